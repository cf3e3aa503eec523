package apptest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
	"foresight/splunk/app/studio"
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
	views, err := studio.Read(app.Files())
	require.NoError(t, err)
	for _, v := range views {
		all = append(all, shown(t, v)...)
	}
	return all
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

// shown are the searches of a dashboard as it begins.
func shown(t testing.TB, v studio.View) []Search {
	t.Helper()
	tokens := beginsWith(t, v)
	ids, sources := v.Searches()
	var all []Search
	for _, id := range ids {
		s := Search{Where: v.Name + ".xml " + id}
		query, earliest, latest := sources[id].Query()
		s.SPL = fill(t, s.Where, query, tokens)
		s.Range = Range{Earliest: fill(t, s.Where, earliest, tokens), Latest: fill(t, s.Where, latest, tokens)}
		all = append(all, s)
	}
	return all
}

// chosen is what tests choose in inputs that have no default: these take the first row of their search,
// and of a real index nobody knows which that is.
var chosen = map[string]string{"customer": "nordbutiken", "service": "payments", "signal": "transactions", "measure": "busiest"}

// beginsWith are the values that a dashboard's tokens begin with.
func beginsWith(t testing.TB, v studio.View) map[string]string {
	t.Helper()
	tokens := map[string]string{}
	for name, d := range v.Definition.Defaults.Tokens.Default {
		tokens[name] = d.Value
	}
	for id, input := range v.Definition.Inputs {
		var value string
		if raw, has := input.Options["defaultValue"]; has {
			require.NoErrorf(t, json.Unmarshal(raw, &value), "%s: the default of input %s is one text", v.Name, id)
		}
		if value == "" {
			value = chosen[input.Token()]
			require.NotEmptyf(t, value, "%s: input %s has no default, and tests choose none for $%s$", v.Name, id, input.Token())
		}
		tokens[input.Token()] = value
	}
	return tokens
}

// token is $name$ or $name|filter$.
var token = regexp.MustCompile(`\$([A-Za-z_][A-Za-z0-9_.:-]*)(\|[a-z])?\$`)

// fill puts the tokens' values in; one that nothing sets is a mistake of the dashboard.
func fill(t testing.TB, where, text string, tokens map[string]string) string {
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
