package report_test

import (
	"html"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/report"
	"foresight/models"
)

var (
	drawing = regexp.MustCompile(`(?s)<style>.*?</style>|<svg.*?</svg>`)
	tags    = regexp.MustCompile(`<[^>]*>`)
	blanks  = regexp.MustCompile(`[\s|]*\|[\s|]*`)
)

// words returns what a page says outside its pictures: cells apart by "|", thin
// spaces as spaces.
func words(page string) string {
	s := tags.ReplaceAllString(drawing.ReplaceAllString(page, ""), "|")
	return strings.ReplaceAll(blanks.ReplaceAllString(html.UnescapeString(s), "|"), "\u202f", " ")
}

// plainResult is one signal of a steady 1000 a day (or month): history from a day on
// until asOf, and a forecast of n buckets.
func plainResult(span models.Span, from, asOf time.Time, n int) models.Result {
	next := func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }
	if span == models.SpanMonth {
		next = func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }
	}
	if span == models.SpanWeek {
		next = func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }
	}
	s := models.SignalResult{Service: models.Service{ID: "shop"}, Span: span, Query: models.Query{ID: "orders", Span: span},
		Signal: models.Signal{ID: "orders", Kind: models.KindCount, Aggregate: models.AggregateSum}}
	for t := from; t.Before(asOf); t = next(t) {
		s.History = append(s.History, models.HistoryPoint{Time: t, Total: 1000, Busiest: math.NaN()})
	}
	f := models.Forecast{Measure: models.MeasureTotal, Span: span, AsOf: asOf,
		Standing: models.Standing{From: from, To: asOf, Observed: len(s.History), Backtest: models.Backtest{Origins: 8, MASE: 0.7, Naive: 1.3}}}
	for t := asOf; len(f.Points) < n; t = next(t) {
		p := models.ForecastPoint{Time: t, Mean: 2000, Limit: math.NaN(), Overload: math.NaN()}
		for k := range p.Quantiles {
			p.Quantiles[k] = 1900 + 30*float64(k)
		}
		f.Points = append(f.Points, p)
	}
	s.Forecasts = []models.Forecast{f}
	return models.Result{AsOf: asOf, Customer: models.Customer{ID: "c"}, Signals: []models.SignalResult{s}}
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// found is a peak of plainResult's signal.
func found(on time.Time, event, id string, expected, factor float64) models.Finding {
	return models.Finding{Subject: models.Subject{Service: "shop", Signal: "orders", Kind: models.KindPeak}, State: models.StateOpen,
		Peak: &models.Peak{Date: on, Event: event, EventID: id, Expected: expected, Low: expected, High: expected, Factor: factor, TimesSeen: 4, Measure: models.MeasureTotal}}
}

// A month stands beside the same days of the year before, all known, or beside none.
func TestAYearBeforeIsLikeForLike(t *testing.T) {
	r := plainResult(models.SpanDay, date(2015, 1, 1), date(2016, 2, 5), 400)
	page := words(render(t, r, report.Options{}))
	assert.Contains(t, page, "Feb 2016|25 days of 29|50 000|24 000|", "5 to 29 Feb against 5 to 28 Feb")
	assert.Contains(t, page, "Mar 2016|62 000|31 000|")
	assert.Contains(t, page, "Jan 2017|62 000|31 000|")
	assert.Contains(t, page, "Feb 2017|56 000|–|", "only four days of Feb 2016 are known")
	assert.Contains(t, page, "Mar 2017|10 days of 31|20 000|–|")

	r.Signals[0].History[31+28+2].Total = math.NaN() // 3 Mar 2015
	page = words(render(t, r, report.Options{}))
	assert.Contains(t, page, "Mar 2016|62 000|–|", "a hole")
	assert.Contains(t, page, "Apr 2016|60 000|30 000|")
}

func TestPaydaysStandTogether(t *testing.T) {
	r := plainResult(models.SpanDay, date(2015, 1, 1), date(2016, 2, 5), 400)
	for i := range 12 {
		r.Findings = append(r.Findings, found(date(2016, time.Month(2+i), 25), "Payday", "payday", 2000, 1.16+0.002*float64(i)))
	}
	r.Findings = append(r.Findings, found(date(2016, 11, 25), "Black Friday", "black_friday", 5000, 2.3))
	raw := render(t, r, report.Options{})
	page := words(raw)
	assert.Contains(t, page, "12 paydays, each about 1.17 × a usual day")
	assert.Contains(t, page, "|1|peak ahead, and 12 paydays|")
	before, _, ok := strings.Cut(page, "12 paydays, each")
	require.True(t, ok)
	assert.Contains(t, before, "25 Nov 2016 (Fri)|in 294 days|Black Friday|")
	assert.NotContains(t, before, "Payday|")
	strip := raw[strings.Index(raw, `class="plot strip"`):]
	strip = strip[:strings.Index(strip, "</svg>")]
	assert.Contains(t, strip, "Black Friday, 25 Nov")
	assert.NotContains(t, strip, "Payday")

	r.Findings = r.Findings[:1]
	assert.Contains(t, words(render(t, r, report.Options{})), "1 payday, about 1.16 × a usual day")
	r.Findings = append(r.Findings, found(date(2016, 3, 25), "Payday", "payday", 2000, 1.5))
	assert.Contains(t, words(render(t, r, report.Options{})), "2 paydays, from 1.16 × to 1.50 × a usual day")
}

func TestMonthlyDataSpeaksOfMonths(t *testing.T) {
	r := plainResult(models.SpanMonth, date(2010, 1, 1), date(2016, 2, 1), 14)
	r.Findings = []models.Finding{found(date(2016, 12, 1), "Christmas", "christmas", 14000, 1.15),
		{Subject: models.Subject{Service: "shop", Signal: "orders", Kind: models.KindOverload}, State: models.StateOpen,
			Overload: &models.Overload{Limit: 1900, Per: models.PerBucket, Measure: models.MeasureTotal, Early: date(2016, 11, 1),
				Expected: date(2016, 12, 1), Probability: 0.6, Horizon: date(2017, 3, 1), NeededLimit: 2500, PeakDay: date(2016, 12, 1)}}}
	raw := render(t, r, report.Options{})
	page := words(raw)
	for _, want := range []string{"Peaks of the coming 13 months", "Dec 2016|in 10 months|Christmas|", "Tried from 8 past months", "on the same months",
		"Month|Expected|90 % range|A year before|Limit crossed by then|", "Feb 2016|1 990|1 900 – 2 080|1 000|", "Feb 2017|1 990|1 900 – 2 080|–|",
		"Crossed, 10 % likely|Nov 2016|", "90 % likely|not by Mar 2017|", "Likely month of the highest load|Dec 2016|",
		"10 % probability by Nov 2016, 50 % by Dec 2016", "from Jan 2010 to Feb 2016"} {
		assert.Contains(t, page, want)
	}
	assert.NotRegexp(t, `\b1 (Nov|Dec|Mar)\b`, page)
	assert.NotRegexp(t, `(?i)peak day|past day|largest`, page)
	assert.Contains(t, raw, "50\u202f%: Dec<")
}

// Whatever dates a finding's or an action's text has, the page writes one style.
func TestOneStyleOfDates(t *testing.T) {
	r := fixture()
	r.Actions[0].Evidence = []string{"It must start by 2026-10-10, outside the freeze (2026-11-20 to 2027-01-06).", "Silent since 2026-09-12 15:04; order A-2026-09-12 stays, and so does 2026-13-40."}
	page := words(render(t, r, withHindsight(r)))
	assert.Contains(t, page, "It must start by 10 Oct 2026 (Sat), outside the freeze (20 Nov 2026 (Fri) to 6 Jan 2027 (Wed)).")
	assert.Contains(t, page, "Silent since 12 Sep 2026 (Sat) 15:04; order A-2026-09-12 stays, and so does 2026-13-40.")
	assert.Contains(t, page, "22 Dec 2026 (Tue) is expected at 1.7 ×")
	assert.Contains(t, page, "second limit by 26 Nov 2027 (Fri)")
	assert.Contains(t, page, "Issued 14 Sep 2026 (Mon), 06:00 +02:00")
	assert.NotRegexp(t, `\d (January|February|March|April|June|July|August|September|October|November|December)\b`, page)
}

func TestActionsOfOneStartByNeed(t *testing.T) {
	r := fixture()
	a := r.Actions[0]
	later, sooner := a, a
	later.Title, later.Subject.Episode, later.NeedBy = "Work A", "a", date(2026, 12, 23)
	sooner.Title, sooner.Subject.Episode, sooner.NeedBy = "Work B", "b", date(2026, 11, 25)
	sooner.Moved = []models.Move{{Field: "need_by", From: "2026-12-01", To: "2026-11-25", Cause: "data"}}
	r.Actions = []models.Action{later, sooner}
	page := words(render(t, r, report.Options{}))
	assert.Less(t, strings.Index(page, "Work B"), strings.Index(page, "Work A"))
	assert.Contains(t, page, "moved: due 2026-12-01 → 2026-11-25 (data)")
}

func TestOccasionsOfOneDay(t *testing.T) {
	r := plainResult(models.SpanDay, date(2015, 1, 1), date(2016, 11, 1), 40)
	f := &r.Signals[0].Forecasts[0]
	lift := func(name string, at map[int]float64) models.Component {
		c := models.Component{Name: name, Multiplicative: true, Values: make([]float64, len(f.Points))}
		for i := range c.Values {
			c.Values[i] = 1
			if v, ok := at[i]; ok {
				c.Values[i] = v
			}
		}
		return c
	}
	f.Components = []models.Component{lift("Black Friday", map[int]float64{24: 1.97}), lift("Payday", map[int]float64{24: 1.17, 25: 1.2}), lift("week", map[int]float64{24: 1.3})}
	page := words(render(t, r, report.Options{}))
	assert.Contains(t, page, "Black Friday lifts 25 Nov 2016 (Fri) to 1.97 × (and Payday 1.17 × the same day: together 2.30 ×).")
	assert.Contains(t, page, "Payday lifts 26 Nov 2016 (Sat) to 1.20 ×.")
}

// A Sunday that is large for a Sunday is no peak of the signal.
func TestUnusualDays(t *testing.T) {
	r := plainResult(models.SpanDay, date(2015, 1, 1), date(2016, 2, 5), 400)
	r.Findings = []models.Finding{found(date(2016, 10, 9), "Columbus Day", "columbus_day", 900, 1.71)}
	page := words(render(t, r, report.Options{}))
	assert.Contains(t, page, "1.71 ×|unusual day|")
	assert.Contains(t, page, "|0|peaks ahead, and 1 unusual|")
	assert.Contains(t, page, "Unusual day: well above what is usual")
	r.Findings[0].Peak.Expected = 1100
	page = words(render(t, r, report.Options{}))
	assert.NotContains(t, strings.ToLower(page), "unusual")
	assert.Contains(t, page, "|1|peak ahead|")
}

func TestFurtherAhead(t *testing.T) {
	r := fixture()
	page := words(render(t, r, report.Options{}))
	limits, ahead, text, noticed := strings.Index(page, "Limits that may be crossed"), strings.Index(page, "|Further ahead|"),
		strings.Index(page, "Orders will reach the second limit"), strings.Index(page, "|Also noticed|")
	assert.True(t, 0 < limits && limits < ahead && ahead < text && text < noticed, "%d %d %d %d", limits, ahead, text, noticed)
	assert.NotContains(t, page, "overload_outlook")
	r.Actions = nil
	r.Findings = []models.Finding{{Subject: models.Subject{Kind: models.KindOutlook}, State: models.StateOpen, Title: "Far"}}
	assert.Contains(t, words(render(t, r, report.Options{})), "No work is due yet; further ahead a limit may be crossed.")
}

// What is left of a total whose parts have ended is no total.
func TestHindsightOfATotalEndsWithItsParts(t *testing.T) {
	r := plainResult(models.SpanDay, date(2015, 1, 1), date(2016, 2, 5), 100)
	part := r.Signals[0]
	part.Signal.ID = "orders/north"
	r.Signals = append(r.Signals, part)
	came := func(n int) (out []models.HistoryPoint) {
		for i := range n {
			out = append(out, models.HistoryPoint{Time: r.AsOf.AddDate(0, 0, i), Total: 2000})
		}
		return out
	}
	page := words(render(t, r, report.Options{Hindsight: map[string][]models.HistoryPoint{"shop/orders": came(60), "shop/orders/north": came(40)}}))
	assert.Contains(t, page, "Over the 40 days known since")
	assert.NotContains(t, page, "Over the 60 days known since")
}

// Weeks are named by their Monday, and counted as weeks.
func TestWeeklyDataSpeaksOfWeeks(t *testing.T) {
	r := plainResult(models.SpanWeek, date(2014, 1, 6), date(2016, 2, 8), 56)
	r.Findings = []models.Finding{found(date(2016, 11, 21), "Black Friday", "black_friday", 5000, 1.4),
		{Subject: models.Subject{Service: "shop", Signal: "orders", Kind: models.KindOverload}, State: models.StateOpen,
			Overload: &models.Overload{Limit: 1900, Per: models.PerBucket, Measure: models.MeasureTotal, Expected: date(2016, 11, 21), Horizon: date(2017, 2, 27)}}}
	page := words(render(t, r, report.Options{}))
	for _, want := range []string{"Peaks of the coming 57 weeks", "week of 21 Nov 2016 (Mon)|in 41 weeks|Black Friday|", "Tried from 8 past weeks",
		"50 % by the week of 21 Nov 2016 (Mon)", "Over a usual week", "Likely week of the highest load"} {
		assert.Contains(t, page, want)
	}
}
