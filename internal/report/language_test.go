package report_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/report"
	"foresight/models"
)

// english finds words that no Swedish sentence has.
var english = regexp.MustCompile(`(?i)\b(the|is|are|was|were|will|would|of|and|not|by|to|from|with|no|its?|that|this|what|which|until|since|each|day|days|unknown)\b`)

// readable is what a reader of a page sees, or hears by a screen reader.
func readable(page string) string {
	page = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(page, "")
	page = regexp.MustCompile(`(?:aria-label|data-th)="([^"]*)"`).ReplaceAllString(page, `>$1<`)
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, "\n")
}

// swedish is the fixture of a customer who reads Swedish, without the texts that its findings and actions bring along:
// those are written where they are found, in the customer's language.
func swedish() models.Result {
	r := fixture()
	r.Customer.Language = "sv"
	r.Errors[0].Text = "svaret är inte helt"
	for i := range r.Findings {
		r.Findings[i].Title, r.Findings[i].Detail = "Rubrik", ""
	}
	for i := range r.Actions {
		a := &r.Actions[i]
		a.Title, a.Reason, a.StillHelps, a.Evidence = "Arbete", "", "Ring", []string{"Så är det"}
	}
	for i := range r.Signals {
		s := &r.Signals[i]
		s.Service.Owner, s.Signal.Name = "Plattform", "Signal"
		if s.Err != "" {
			s.Err = "svaret är inte helt"
		}
		for j := range s.Forecasts {
			f := &s.Forecasts[j]
			f.Method, f.Choice, f.Assumed, f.Fallback = "", "", nil, ""
		}
	}
	return r
}

func TestAReportInSwedishHasNoEnglish(t *testing.T) {
	r := swedish()
	f := &r.Signals[0].Forecasts[0]
	f.Treated = []models.Treated{
		{Kind: models.TreatedMasked, From: date(2025, 5, 1), Last: date(2025, 5, 2), To: date(2025, 5, 3), Buckets: 2, Reason: "flytt"},
		{Kind: models.TreatedOutage, From: date(2025, 6, 1), Last: date(2025, 6, 1), To: date(2025, 6, 2), Buckets: 1},
		{Kind: models.TreatedOneOff, From: date(2025, 7, 1), Last: date(2025, 7, 1), To: date(2025, 7, 2), Buckets: 1},
		{Kind: models.TreatedCensored, From: date(2025, 8, 1), Last: date(2025, 8, 1), To: date(2025, 8, 2), Buckets: 3, Span: models.SpanHour, Reason: "en platå"},
	}
	r.Signals[0].Accuracy = []models.Accuracy{{Measure: models.MeasureTotal, Band: models.LeadBands[1], From: r.AsOf.AddDate(0, 0, -9), To: r.AsOf.AddDate(0, 0, -1), Buckets: 9, N: 9, WAPE: 0.031, Naive: 0.07, Coverage90: 0.88}}
	drawn, err := report.Draw(r, withHindsight(r))
	require.NoError(t, err)
	page, err := drawn.With(report.Process{
		At: r.AsOf, Cases: []models.Incident{{ID: "nord-1", Service: "shop", Title: "Ingen kan betala", Level: 1, Priority: 1, State: models.IncidentInProgress, Assignee: "bo", Opened: r.AsOf, Verdict: models.VerdictCameTrue, Review: &models.Review{Due: r.AsOf.AddDate(0, 0, 9)},
			Clocks: []models.Clock{{Kind: models.ClockResolve, Target: time.Hour, Since: r.AsOf, Deadline: r.AsOf.Add(time.Hour)}, {Kind: models.ClockUpdate, Target: time.Hour, Since: r.AsOf, Breached: true}},
			Plan:   []models.Task{{ID: "x", Title: "Lasttest", State: models.TaskOpen, Late: true, LatestStart: r.AsOf, NeedBy: r.AsOf}}}},
		Problems: []models.Problem{{ID: "nord-P1", Title: "Full pool", State: models.ProblemKnownError, Cause: "en läcka", Around: "starta om", Cases: []string{"nord-1"}}},
		Items:    []models.Item{{Name: "Front", Service: "shop", TLS: "front:443"}, {Name: "Databas", Service: "shop", Version: "13", EndOfSupport: r.AsOf, Tests: []string{"återläsning"}}},
		Groups:   []models.RedundantGroup{{ID: "databases", Service: "shop", Members: []string{"db1", "db2"}, Needed: 1}},
	})
	require.NoError(t, err)
	require.NoError(t, wellFormed(string(page)))
	for _, line := range strings.Split(readable(string(page)), "\n") {
		assert.NotRegexp(t, english, line)
	}
	text := strings.NewReplacer("\u202f", " ", "&#43;", "+").Replace(readable(string(page)))
	for _, want := range []string{"14 september 2026 (mån)", "3,0 år", "2,57 ×", "Mors dag", "1 ärende om det som inte fungerar nu", "vecka för vecka", "lösa senast 14 september 2026 kl. 01:00"} {
		assert.Contains(t, text, want)
	}
	assert.Contains(t, string(page), `<html lang="sv">`)
}

func TestWeeksInSwedishAreNumbered(t *testing.T) {
	r := plainResult(models.SpanWeek, date(2024, 1, 1), date(2026, 11, 30), 40)
	page := readable(render(t, r, report.Options{Lang: "sv"}))
	assert.Contains(t, page, "vecka 49 (30 november 2026)")
	assert.Contains(t, page, "Summan för varje vecka")
}
