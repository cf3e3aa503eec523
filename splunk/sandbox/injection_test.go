package sandbox

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"foresight/models"
	"foresight/splunk"

	"github.com/stretchr/testify/require"
)

// shapeOf is what Splunk would do with a search: its commands, in order.
func shapeOf(t *testing.T, spl string) []string {
	t.Helper()
	parts, err := splitPipes(spl)
	require.NoError(t, err, spl)
	names := make([]string, len(parts))
	for i, part := range parts {
		names[i], _ = splitName(part)
		mode := modeArgs
		if names[i] == "search" {
			mode = modeSearch
		}
		tokens, err := lex(part, mode)
		if err != nil {
			continue // compile says whether that is so of the whole
		}
		for _, tok := range tokens {
			if tok.kind != tokenString && tok.kind != tokenField {
				require.NotContains(t, "[]`", tok.text+" ", "outside its literal in %s", spl)
				require.False(t, strings.ContainsAny(tok.text, "[]`|"), "%q outside its literal in %s", tok.text, spl)
			}
		}
	}
	return names
}

func asLiteral(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// planned writes the searches of a query over a day; a saved search is named "kept".
func planned(search, measure, by string, source models.Source) ([]splunk.Chunk, error) {
	q := models.Query{ID: "q", Source: source, Search: search, Span: models.SpanHour, Signal: models.Signal{Measure: measure}}
	switch {
	case source == models.SourceSaved:
		q.Saved = &models.SavedSearch{Name: "kept"}
	case source == models.SourceMstats && measure == "count":
		q.Signal.Measure = "count(cpu)"
	}
	return plannedQuery(q, by)
}

func plannedQuery(q models.Query, by string) ([]splunk.Chunk, error) {
	if by != "" {
		q.Split = &models.Split{By: by, Max: 3}
	}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return splunk.Plan(time.UTC, q, models.Window{From: day, To: day.AddDate(0, 0, 1)})
}

// FuzzInjection: whatever stands in a configured value, the searches that are made of it
// have the commands of any other value's, as this server's own parser reads them; and a
// value that was written as a literal finds the event that has it.
func FuzzInjection(f *testing.F) {
	for _, s := range []string{`a" | delete | search "`, `x" OR index=*`, `[search index=secret | return 10 note]`, "`macro(1)`", `\`, `\"`, `a\\" | delete "`,
		`"`, `'`, `a|b`, `) OR (`, `$token$`, `*`, `a=b`, `<!--`, "```comment```", `" earliest=0 "`, `count(eval(x="1"))`, `Å "ö" 日本`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, source := range []models.Source{models.SourceEvents, models.SourceTstats, models.SourceMstats, models.SourceSaved} {
			plain := map[string][]string{}
			for name, by := range map[string]string{"": "", "split": "host"} {
				chunks, err := planned("index=main note=a", "count", by, source)
				require.NoError(t, err)
				plain[name] = shapeOf(t, chunks[0].Search.SPL)
			}
			for _, c := range []struct{ shape, search, measure, by string }{
				{"", "index=main note=" + asLiteral(value), "count", ""}, // as it should be written
				{"", "index=main note=" + value, "count", ""},            // and as it should not
				{"", `index=main note="` + value + `"`, "count", ""},
				{"", value, "count", ""},
				{"", "index=main", "count(eval(note=" + asLiteral(value) + "))", ""},
				{"", "index=main", `count(eval(note="` + value + `"))`, ""},
				{"", "index=main", value, ""},
				{"", "index=main", "count(" + value + ")", ""},
				{"split", "index=main", "count", value},
			} {
				if c.shape == "split" && value == "" {
					continue // no split
				}
				chunks, err := planned(c.search, c.measure, c.by, source)
				if err != nil {
					continue // refused, with words
				}
				shape := plain[c.shape]
				if source != models.SourceEvents && source != models.SourceSaved && !slices.Equal(shape, shapeOf(t, chunks[0].Search.SPL)) {
					shape = plain["split"] // a measure that cannot be combined is written otherwise
				}
				for _, chunk := range chunks {
					require.Subset(t, append([]string{"search", "tstats", "mstats", "savedsearch", "", "where", "rename", "stats"}, shape...), shapeOf(t, chunk.Search.SPL), chunk.Search.SPL)
				}
				if source == models.SourceEvents {
					require.Equal(t, shape, shapeOf(t, chunks[0].Search.SPL), chunks[0].Search.SPL)
				}
			}
		}
		namesKeepTheirPlace(t, value)
		if value == "" || !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) && r != ' ' }) {
			return
		}
		findsItself(t, value)
	})
}

// namesKeepTheirPlace: a value in the place of a name of a data model, saved search or metric is
// refused, or changes nothing but the name.
func namesKeepTheirPlace(t *testing.T, value string) {
	t.Helper()
	count := models.Signal{Measure: "count"}
	witness := func(metric string) *models.Witness {
		return &models.Witness{Search: "index=m", Span: models.SpanHour, Source: models.SourceMstats, Metric: metric}
	}
	for _, make := range []func(name string) models.Query{
		func(name string) models.Query {
			return models.Query{Source: models.SourceTstats, Signal: count, DataModel: &models.DataModel{Name: name, Dataset: "Web", SummariesOnly: true}}
		},
		func(name string) models.Query {
			return models.Query{Source: models.SourceTstats, Signal: count, DataModel: &models.DataModel{Name: "Web", Dataset: name}}
		},
		func(name string) models.Query {
			return models.Query{Source: models.SourceSaved, Signal: count, Saved: &models.SavedSearch{Name: name}}
		},
		func(name string) models.Query {
			return models.Query{Source: models.SourceMstats, Search: "index=m", Signal: models.Signal{Measure: "max(" + name + ")"}}
		},
		func(name string) models.Query {
			return models.Query{Source: models.SourceEvents, Search: "index=m", Signal: count, Witness: witness(name)}
		},
	} {
		shapes := func(name string) (all []string, err error) {
			q := make(name)
			q.ID, q.Span = "q", models.SpanHour
			chunks, err := plannedQuery(q, "")
			for _, c := range chunks {
				all = append(all, strings.Join(shapeOf(t, c.Search.SPL), "|"))
			}
			return all, err
		}
		want, err := shapes("name")
		require.NoError(t, err)
		if got, err := shapes(value); err == nil {
			require.Equal(t, want, got, value)
		}
	}
}

// findsItself runs the searches for a literal over an event that has it and one that has
// not quite.
func findsItself(t *testing.T, value string) {
	t.Helper()
	store := newStore()
	for _, note := range []string{value, value + "x"} {
		raw, err := json.Marshal(map[string]string{"note": note})
		require.NoError(t, err)
		store.add(Event{Time: time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC), Index: "main", Raw: string(raw)})
	}
	run := func(search, measure string) string {
		chunks, err := planned(search, measure, "", models.SourceEvents)
		if err != nil {
			return "refused"
		}
		p, err := compile(chunks[0].Search.SPL, unbounded(noon), noon, knowledge{store: store})
		require.NoError(t, err, chunks[0].Search.SPL)
		out, err := p.run(context.Background(), store.snapshot())
		require.NoError(t, err)
		if len(out.table.rows) == 0 {
			return "none"
		}
		return out.table.rows[0].get("fs_value").text()
	}
	got := run("index=main", "count(eval(note="+asLiteral(value)+"))")
	require.Contains(t, []string{"1", "refused"}, got, "of eval's equality")
	got = run("index=main note="+asLiteral(value), "count")
	require.Contains(t, []string{"1", "2", "refused"}, got, "a term may hold wildcards, and finds its own event")
}
