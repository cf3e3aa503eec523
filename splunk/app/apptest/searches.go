package apptest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
)

// Search is one search of the app.
type Search struct {
	Where string // "savedsearches.conf [Foresight - Action late]", "foresight_actions.xml ds_due"
	SPL   string // a dashboard's tokens filled with their defaults, macros as they stand
	Range Range
}

// Range is the time range of a search, in Splunk's time modifiers; "" is none.
type Range struct{ Earliest, Latest string }

// Slug names a search's files.
func (s Search) Slug() string {
	return strings.Trim(unfit.ReplaceAllString(strings.ToLower(s.Where), "-"), "-")
}

var unfit = regexp.MustCompile(`[^a-z0-9]+`)

// Expanded is the search as Splunk runs it.
func (s Search) Expanded(t testing.TB) string {
	t.Helper()
	macros, err := app.ReadMacros(app.Files())
	require.NoError(t, err)
	spl, err := macros.Expand(s.SPL)
	require.NoErrorf(t, err, "%s", s.Where)
	if spl = strings.TrimSpace(spl); !strings.HasPrefix(spl, "|") && !strings.HasPrefix(spl, "search ") {
		spl = "search " + spl
	}
	return spl
}

// Searches returns every search of the app: the saved ones, and those of its dashboards.
func Searches(t testing.TB) []Search {
	t.Helper()
	all := saved(t)
	for _, file := range Dashboards(t) {
		all = append(all, ReadView(t, file).Searches(t)...)
	}
	return all
}

// Dashboards lists the views of Dashboard Studio; the set-up page is a view of another kind.
func Dashboards(t testing.TB) (files []string) {
	t.Helper()
	views, err := fs.Glob(app.Files(), "default/data/ui/views/*.xml")
	require.NoError(t, err)
	for _, file := range views {
		text, err := fs.ReadFile(app.Files(), file)
		require.NoError(t, err)
		var view struct {
			Version string `xml:"version,attr"`
		}
		require.NoErrorf(t, xml.Unmarshal(text, &view), "%s", file)
		if view.Version == "2" {
			files = append(files, file)
		}
	}
	return files
}

func saved(t testing.TB) []Search {
	t.Helper()
	conf, err := app.ReadConf(app.Files(), "default/savedsearches.conf")
	require.NoError(t, err)
	var all []Search
	for _, s := range conf {
		one := Search{Where: fmt.Sprintf("savedsearches.conf [%s]", s.Name)}
		one.SPL, _ = s.Get("search")
		one.Range.Earliest, _ = s.Get("dispatch.earliest_time")
		one.Range.Latest, _ = s.Get("dispatch.latest_time")
		all = append(all, one)
	}
	return all
}

// View is a dashboard of Dashboard Studio: its file and what is in its definition.
type View struct {
	File       string
	Label      string
	Definition Definition
	JSON       []byte // the definition as it stands
}

// Definition is what tests read of a dashboard.
type Definition struct {
	Inputs      map[string]Part `json:"inputs"`
	DataSources map[string]Part `json:"dataSources"`
	Defaults    struct {
		DataSources map[string]struct {
			Options Options `json:"options"`
		} `json:"dataSources"`
		Tokens struct {
			Default map[string]struct {
				Value string `json:"value"`
			} `json:"default"`
		} `json:"tokens"`
	} `json:"defaults"`
}

// Part is an input or a data source.
type Part struct {
	Type    string  `json:"type"`
	Options Options `json:"options"`
}

// Options are those of an input or a data source.
type Options struct {
	Token           string          `json:"token"`
	Default         json.RawMessage `json:"defaultValue"`
	Query           string          `json:"query"`
	Extend          string          `json:"extend"`
	Ref             string          `json:"ref"`
	QueryParameters struct {
		Earliest string `json:"earliest"`
		Latest   string `json:"latest"`
	} `json:"queryParameters"`
}

// ReadView reads a dashboard of the app.
func ReadView(t testing.TB, file string) View {
	t.Helper()
	text, err := fs.ReadFile(app.Files(), file)
	require.NoError(t, err)
	var dashboard struct {
		XMLName    xml.Name `xml:"dashboard"`
		Label      string   `xml:"label"`
		Definition string   `xml:"definition"`
	}
	require.NoErrorf(t, xml.Unmarshal(text, &dashboard), "%s", file)
	v := View{File: file, Label: dashboard.Label, JSON: []byte(dashboard.Definition)}
	require.NoErrorf(t, json.Unmarshal(v.JSON, &v.Definition), "the definition in %s", file)
	return v
}

// Tokens are the values that a dashboard's tokens begin with.
func (v View) Tokens(t testing.TB) map[string]string {
	t.Helper()
	tokens := map[string]string{}
	for name, d := range v.Definition.Defaults.Tokens.Default {
		tokens[name] = d.Value
	}
	for id, input := range v.Definition.Inputs {
		value, err := beginsWith(input.Options.Default)
		require.NoErrorf(t, err, "%s: the default of input %s", v.File, id)
		if input.Type == "input.timerange" {
			earliest, latest, ok := strings.Cut(value, ",")
			require.Truef(t, ok, "%s: input %s needs a default earliest,latest", v.File, id)
			tokens[input.Options.Token+".earliest"], tokens[input.Options.Token+".latest"] = earliest, latest
			continue
		}
		if value == "" { // the input takes the first row of its search: of a real index nobody knows which
			value = chosen[input.Options.Token]
			require.NotEmptyf(t, value, "%s: input %s has no default, and tests choose none for $%s$", v.File, id, input.Options.Token)
		}
		tokens[input.Options.Token] = value
	}
	return tokens
}

// chosen is what tests choose in inputs that have no default.
var chosen = map[string]string{"customer": "nordbutiken", "service": "payments", "signal": "transactions", "measure": "busiest"}

// beginsWith reads a default value: a text, a number, or several.
func beginsWith(raw json.RawMessage) (string, error) {
	if len(raw) == 0 {
		return "", nil
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return "", err
	}
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v), nil
	}
	var parts []string
	for _, x := range list {
		parts = append(parts, fmt.Sprint(x))
	}
	return strings.Join(parts, ","), nil
}

// token is $name$ or $name|filter$.
var token = regexp.MustCompile(`\$([A-Za-z_][A-Za-z0-9_.:-]*)(\|[a-z])?\$`)

// fill puts the tokens' values in; one that nothing sets is a mistake of the dashboard.
func (v View) fill(t testing.TB, where, text string, tokens map[string]string) string {
	t.Helper()
	return token.ReplaceAllStringFunc(text, func(found string) string {
		parts := token.FindStringSubmatch(found)
		value, ok := tokens[parts[1]]
		require.Truef(t, ok, "%s: nothing sets the token $%s$: give it an input, or a default in defaults.tokens.default", where, parts[1])
		if parts[2] == "|s" {
			return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
		}
		return value
	})
}

// Searches returns the searches of a dashboard, each with those that it extends before it.
func (v View) Searches(t testing.TB) []Search {
	t.Helper()
	tokens := v.Tokens(t)
	var all []Search
	for _, id := range slices.Sorted(maps.Keys(v.Definition.DataSources)) {
		kind := v.Definition.DataSources[id].Type
		if kind != "ds.search" && kind != "ds.chain" {
			continue
		}
		s := Search{Where: path.Base(v.File) + " " + id}
		spl, from := v.whole(t, id, 0)
		s.SPL = v.fill(t, s.Where, spl, tokens)
		standard := v.Definition.Defaults.DataSources["ds.search"].Options.QueryParameters
		s.Range = Range{Earliest: first(from.QueryParameters.Earliest, standard.Earliest), Latest: first(from.QueryParameters.Latest, standard.Latest)}
		s.Range.Earliest, s.Range.Latest = v.fill(t, s.Where, s.Range.Earliest, tokens), v.fill(t, s.Where, s.Range.Latest, tokens)
		all = append(all, s)
	}
	return all
}

// whole joins a chain: its text, and the options of the search that it begins with.
func (v View) whole(t testing.TB, id string, depth int) (string, Options) {
	t.Helper()
	source, ok := v.Definition.DataSources[id]
	require.Truef(t, ok, "%s: there is no data source %s", v.File, id)
	require.Lessf(t, depth, 20, "%s: the data source %s extends itself", v.File, id)
	if source.Type == "ds.search" {
		return source.Options.Query, source.Options
	}
	require.Equalf(t, "ds.chain", source.Type, "%s: the data source %s", v.File, id)
	base, options := v.whole(t, source.Options.Extend, depth+1)
	return base + " | " + strings.TrimPrefix(strings.TrimSpace(source.Options.Query), "|"), options
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
