package splunk

import (
	"strings"
	"testing"
	"time"

	"foresight/models"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pipes counts the pipes and brackets that Splunk would act on: those outside double
// quotes. It knows nothing of lexSearch.
func pipes(spl string) int {
	n, quoted := 0, false
	for i := 0; i < len(spl); i++ {
		switch {
		case quoted && spl[i] == '\\':
			i++
		case spl[i] == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte("|[]`", spl[i]) >= 0:
			n++
		}
	}
	if quoted {
		return -1
	}
	return n
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func query() models.Query {
	return models.Query{ID: "web", Source: models.SourceEvents, Search: "index=web", Span: models.SpanHour,
		Signal: models.Signal{Measure: "count"}}
}

func TestSearchesThatAreTaken(t *testing.T) {
	for _, s := range []string{
		"index=web status=200",
		"index=web (status=200 OR status=404) NOT host=test*",
		`index=web note="å|\"[ ] \\"`,
		`index="my index" "GET /a|b"`,
		"index=web user IN (a, b)", `index=web note="O'Brien"`,
		"index=web\n  sourcetype=access",
		"error", "search=1", "by=1 latest", `index=web C:\temp`, "index=web status>=500 took!=0",
	} {
		q := query()
		q.Search = s
		assert.NoError(t, CheckQuery(q, time.UTC), s)
	}
}

func TestSearchesThatAreRefused(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", "is empty"},
		{" \n", "is empty"},
		{"index=web | delete", "pipe outside quotes"},
		{"|tstats count", "pipe outside quotes"},
		{"index=web [search x]", "subsearches"},
		{"index=web ]", "subsearches"},
		{`index=web "abc`, "not closed"},
		{`index=web "abc\"`, "not closed"},
		{`index=web \"a|b\"`, "backslash before a quote"},
		{"index=web note=O'Brien", "single quote"},
		{"index=web (a", "no closing one"},
		{"index=web a) OR (b", "no opening one"},
		{"`mymacro`", "backtick"},
		{"search index=web", "begins with the command search"},
		{"tstats count", "begins with the command tstats"},
		{"index=web earliest=-1d", "would override the window"},
		{"index=web Latest = now", "would override the window"},
		{`index=web "earliest"=-1d`, "would override the window"},
		{"index=web _index_latest=5", "would override the window"},
		{"index=web _time>5", "would override the window"},
		{"index=web a\x00b", "odd character"},
		{"index=web a\u00a0b", "odd character"},
		{"index=web a\xffb", "odd character"},
		{"index=web \"a\nb\"", "line break"},
	} {
		q := query()
		q.Search = tt.in
		assert.ErrorContains(t, CheckQuery(q, time.UTC), tt.want, tt.in)
	}
	q := query()
	q.Source, q.Search = models.SourceTstats, "index=web by host"
	assert.ErrorContains(t, CheckQuery(q, time.UTC), "where clause of tstats")
}

func TestQueriesThatAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		change     func(*models.Query)
	}{
		{"source", "none of events, tstats, mstats and saved", func(q *models.Query) { q.Source = "other" }},
		{"span", "none of 5m", func(q *models.Query) { q.Span = "2h" }},
		{"measure", "measure", func(q *models.Query) { q.Signal.Measure = "nonsense" }},
		{"denominator", "denominator", func(q *models.Query) { q.Signal.Denominator = "nonsense" }},
		{"eval in tstats", "use source events", func(q *models.Query) {
			q.Source, q.Signal.Measure = models.SourceTstats, "count(eval(a=1))"
		}},
		{"split by _time", "split by another", func(q *models.Query) { q.Split = &models.Split{By: "_time", Max: 1} }},
		{"split without max", "at least 1", func(q *models.Query) { q.Split = &models.Split{By: "a"} }},
		{"split by a quote", "SPL would take", func(q *models.Query) { q.Split = &models.Split{By: `a" | delete "`, Max: 1} }},
		{"split by a wildcard", "SPL would take", func(q *models.Query) { q.Split = &models.Split{By: "a*", Max: 1} }},
		{"split by ours", "kept for Foresight", func(q *models.Query) { q.Split = &models.Split{By: "fs_epoch", Max: 1} }},
		{"witness span", "witness: span", func(q *models.Query) { q.Witness = &models.Witness{Search: "a", Span: "1w"} }},
		{"mstats without a metric", "mstats wants a metric", func(q *models.Query) { q.Source = models.SourceMstats }},
		{"mstats and dc", "no distinct count", func(q *models.Query) { q.Source, q.Signal.Measure = models.SourceMstats, "dc(cpu)" }},
		{"mstats and eval", "use source events", func(q *models.Query) { q.Source, q.Signal.Measure = models.SourceMstats, "count(eval(a=1))" }},
		{"mstats and a fine percentile", "whole numbers", func(q *models.Query) { q.Source, q.Signal.Measure = models.SourceMstats, "p99.9(cpu)" }},
		{"mstats and an odd metric", "no name of a metric", func(q *models.Query) { q.Source, q.Signal.Measure = models.SourceMstats, `max("a b")` }},
		{"mstats, metric in the search", "the measure names the metric", func(q *models.Query) {
			q.Source, q.Search, q.Signal.Measure = models.SourceMstats, "index=m metric_name=cpu", "max(cpu)"
		}},
		{"mstats by", "name the field in split", func(q *models.Query) {
			q.Source, q.Search, q.Signal.Measure = models.SourceMstats, "index=m by host", "max(cpu)"
		}},
		{"data model of events", "source tstats", func(q *models.Query) { q.DataModel = &models.DataModel{Name: "Web", Dataset: "Web"} }},
		{"data model's name", "their ids", func(q *models.Query) {
			q.Source, q.DataModel = models.SourceTstats, &models.DataModel{Name: "Web where", Dataset: "Web"}
		}},
		{"data model's dataset", "their ids", func(q *models.Query) { q.Source, q.DataModel = models.SourceTstats, &models.DataModel{Name: "Web"} }},
		{"saved without a name", "needs the name", func(q *models.Query) { q.Source = models.SourceSaved }},
		{"saved of events", "source saved", func(q *models.Query) { q.Saved = &models.SavedSearch{Name: "a"} }},
		{"saved with a quote", "would take for something else", func(q *models.Query) {
			q.Source, q.Saved = models.SourceSaved, &models.SavedSearch{Name: `a" | delete "`}
		}},
		{"saved with a token", "would take for something else", func(q *models.Query) { q.Source, q.Saved = models.SourceSaved, &models.SavedSearch{Name: "a $x$"} }},
		{"saved, app alone", "belong together", func(q *models.Query) {
			q.Source, q.Saved = models.SourceSaved, &models.SavedSearch{Name: "a", App: "b"}
		}},
		{"saved, path for an app", "letters, digits", func(q *models.Query) {
			q.Source, q.Saved = models.SourceSaved, &models.SavedSearch{Name: "a", App: "../..", Owner: "nobody"}
		}},
		{"witness of a saved search", "use events, tstats or mstats", func(q *models.Query) {
			q.Witness = &models.Witness{Search: "a", Span: "1h", Source: models.SourceSaved}
		}},
		{"witness without a metric", "needs a metric", func(q *models.Query) {
			q.Witness = &models.Witness{Search: "a", Span: "1h", Source: models.SourceMstats}
		}},
		{"witness with a metric", "source mstats only", func(q *models.Query) { q.Witness = &models.Witness{Search: "a", Span: "1h", Metric: "cpu"} }},
		{"witness search", "witness: search", func(q *models.Query) { q.Witness = &models.Witness{Search: "a|b", Span: "1h"} }},
	} {
		q := query()
		tt.change(&q)
		err := CheckQuery(q, time.UTC)
		assert.ErrorContains(t, err, tt.want, tt.name)
		assert.ErrorContains(t, err, "query web", tt.name)
	}
}

// The span must divide every offset of the zone: India is at +05:30.
func TestHalfHourZones(t *testing.T) {
	q := query()
	err := CheckQuery(q, zone(t, "Asia/Kolkata"))
	assert.ErrorContains(t, err, "span 1h does not divide the offset +05:30 of zone Asia/Kolkata")
	assert.ErrorContains(t, err, "use span 30m")
	q.Span = models.Span30Min
	assert.NoError(t, CheckQuery(q, zone(t, "Asia/Kolkata")))
	assert.ErrorContains(t, CheckQuery(q, zone(t, "Asia/Kathmandu")), "use span 15m")  // +05:45
	assert.ErrorContains(t, CheckQuery(q, zone(t, "Australia/Eucla")), "use span 15m") // +08:45
	q.Span = models.SpanDay
	assert.NoError(t, CheckQuery(q, zone(t, "Asia/Kathmandu")))
	q.Span, q.Witness = models.SpanDay, &models.Witness{Search: "a", Span: models.SpanHour}
	assert.ErrorContains(t, CheckQuery(q, zone(t, "America/St_Johns")), "use span 30m") // −03:30, −02:30
	// Caracas was at −04:30 until 2016, which no window of today touches.
	assert.NoError(t, CheckQuery(query(), zone(t, "America/Caracas")))
}

// No configured text whatever changes how many commands a search has.
func TestNoValueChangesTheShape(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.StringMatching("[a-z\"'\\\\|()\\[\\]`=<> ]{0,20}"))
	rapid.Check(t, func(t *rapid.T) {
		q := query()
		q.Search = texts.Draw(t, "search")
		field, literal := texts.Draw(t, "field"), texts.Draw(t, "literal")
		q.Signal.Measure = rapid.SampledFrom([]string{
			"count", "sum(" + quote(field) + ")", "dc(" + field + ")", "count(eval('" + field + "'=" + quote(literal) + "))", texts.Draw(t, "measure"),
		}).Draw(t, "which")
		q.Source = rapid.SampledFrom([]models.Source{models.SourceEvents, models.SourceTstats, models.SourceMstats, models.SourceSaved}).Draw(t, "source")
		if q.Source == models.SourceSaved {
			q.Saved = &models.SavedSearch{Name: texts.Draw(t, "name")}
		}
		if q.Source == models.SourceTstats && rapid.Bool().Draw(t, "modelled") {
			q.DataModel = &models.DataModel{Name: texts.Draw(t, "model"), Dataset: "Web"}
		}
		q.Span = rapid.SampledFrom([]models.Span{models.SpanHour, models.SpanDay, models.SpanMonth}).Draw(t, "span")
		if rapid.Bool().Draw(t, "split") {
			q.Split = &models.Split{By: texts.Draw(t, "by"), Max: 3}
		}
		plain := q
		plain.Search, plain.Signal.Measure = "index=web", "count"
		if q.Source == models.SourceMstats {
			plain.Signal.Measure = "count(x)"
		}
		if q.Saved != nil {
			plain.Saved = &models.SavedSearch{Name: "plain"}
		}
		if q.DataModel != nil {
			plain.DataModel = &models.DataModel{Name: "Plain", Dataset: "Web"}
		}
		if strings.TrimSpace(q.Search) == "" {
			plain.Search = q.Search
		}
		w := models.Window{From: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC)}
		chunks, err := Plan(time.UTC, q, w)
		if err != nil {
			return
		}
		if m, err := parseMeasure(q.Signal.Measure); err == nil && m.combining() != combineAdd {
			plain.Signal.Measure = m.fn + "(x)"
		}
		if q.Source == models.SourceMstats && plain.Signal.Measure == "dc(x)" {
			t.Fatalf("mstats took %q", q.Signal.Measure)
		}
		if q.Split != nil {
			plain.Split = &models.Split{By: "x", Max: 3}
		}
		like, err := Plan(time.UTC, plain, w)
		require.NoError(t, err)
		require.Len(t, chunks, len(like))
		for i := range chunks {
			require.Equal(t, pipes(like[i].Search.SPL), pipes(chunks[i].Search.SPL), chunks[i].Search.SPL)
		}
	})
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"index=web", `a="b|c"`, `a\"|b`, "(a OR b)", `"\\"|`, "a'b|c'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if checkBase(s, models.SourceEvents) != nil {
			return
		}
		b, err := base(s, models.SourceEvents, time.Time{}, false)
		if err != nil || pipes(b) != 0 {
			t.Fatalf("%q became %q with %d pipes (%v)", s, b, pipes(b), err)
		}
	})
}
