package splunk

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The columns of every result. A field of the user's may not begin with fs_, so
// that none can be taken for another.
const (
	epochColumn  = "fs_epoch"
	valueColumn  = "fs_value"
	weightColumn = "fs_weight"
	partColumn   = "fs_part"
	eventsColumn = "fs_events"
	noPart       = "fs_none" // the part of events without the split's field
)

var (
	plainField = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	dotted     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)
)

// reserved are the words that a parser may take for something else than a field.
var reserved = map[string]bool{
	"and": true, "or": true, "not": true, "xor": true, "in": true, "like": true, "as": true, "by": true,
	"over": true, "where": true, "span": true, "true": true, "false": true, "null": true, "eval": true,
	"groupby": true, "count": true, "c": true,
}

// checkField refuses a field name that cannot be written safely: empty, with a
// quote, backslash, wildcard, pipe, bracket, backtick, $ or control character.
func checkField(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("a field name is missing")
	case len(name) > 200:
		return fmt.Errorf("the field name %.20q… is longer than 200 bytes", name)
	case !utf8.ValidString(name):
		return fmt.Errorf("field name %q is not UTF-8", name)
	case strings.HasPrefix(strings.ToLower(name), "fs_"):
		return fmt.Errorf("field name %q begins with fs_, which is kept for Foresight's own columns: rename it with a field alias in Splunk", name)
	case strings.TrimSpace(name) != name:
		return fmt.Errorf("field name %q begins or ends with a space", name)
	}
	for _, r := range name {
		if strings.ContainsRune("\"'\\*`$|[]", r) || unicode.IsControl(r) || r != ' ' && unicode.IsSpace(r) {
			return fmt.Errorf("field name %q holds %q, which SPL would take for something else: rename it with a field alias in Splunk", name, r)
		}
	}
	return nil
}

// statsField writes a checked field name for stats, tstats and by.
func statsField(name string) string {
	if dotted.MatchString(name) && !reserved[strings.ToLower(name)] {
		return name
	}
	return `"` + name + `"`
}

// evalField writes a checked field name for eval and where.
func evalField(name string) string {
	if plainField.MatchString(name) && !reserved[strings.ToLower(name)] {
		return name
	}
	return "'" + name + "'"
}

// quote writes a string literal.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
