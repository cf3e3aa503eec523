package splunk

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"foresight/models"
)

var (
	modelName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,99}$`)
	metricName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.:-]{0,199}$`)
	namespace  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}$`)
)

func checkMetric(name string) error {
	if !metricName.MatchString(name) {
		return fmt.Errorf("%q is no name of a metric: letters, digits and . _ : -, a letter first", name)
	}
	return checkField(name)
}

// checkNames refuses a data model or saved search that the source does not have, that it
// lacks, or whose name cannot be written safely.
func checkNames(q models.Query) error {
	switch m := q.DataModel; {
	case m == nil:
	case q.Source != models.SourceTstats:
		return fmt.Errorf("a data model is read with source tstats")
	case !modelName.MatchString(m.Name) || !modelName.MatchString(m.Dataset):
		return fmt.Errorf("data model %q, dataset %q: their ids have letters, digits and _ alone, a letter first", m.Name, m.Dataset)
	}
	switch s := q.Saved; {
	case s == nil && q.Source == models.SourceSaved:
		return fmt.Errorf("source saved needs the name of a saved search")
	case s == nil:
	case q.Source != models.SourceSaved:
		return fmt.Errorf("a saved search is read with source saved")
	case (s.App == "") != (s.Owner == ""):
		return fmt.Errorf("saved search: app and owner belong together (owner nobody for one that is shared)")
	case s.App != "" && (!namespace.MatchString(s.App) || !namespace.MatchString(s.Owner)):
		return fmt.Errorf("saved search: app %q, owner %q: letters, digits and _ . @ - alone", s.App, s.Owner)
	default:
		return checkSavedName(s.Name)
	}
	return nil
}

// checkSavedName refuses what could mean more than a name within quotes: a $ begins what
// some commands replace, and a backtick a macro.
func checkSavedName(name string) error {
	switch {
	case strings.TrimSpace(name) != name || name == "":
		return fmt.Errorf("saved search: the name %q is empty, or begins or ends with a space", name)
	case len(name) > 255 || !utf8.ValidString(name):
		return fmt.Errorf("saved search: its name is longer than 255 bytes, or not UTF-8")
	}
	for _, r := range name {
		if strings.ContainsRune("\"\\`$|[]*", r) || unicode.IsControl(r) || r != ' ' && unicode.IsSpace(r) || r == unicode.ReplacementChar {
			return fmt.Errorf("saved search: the name %q holds %q, which SPL would take for something else: name a copy of the search otherwise", name, r)
		}
	}
	return nil
}
