package pipeline

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

func TestACrossingBeyondTheHorizonIsToldWithoutWork(t *testing.T) {
	c, source := overloaded(t)
	c.Services[0].Queries[0].Signal.Horizon = 20 * 24 * time.Hour
	sink := &fakeSink{}
	r := run(t, lineOf(source, sink, newFakeMemory()), c, asOfDay)
	f := findingOf(t, r, models.KindOutlook)
	require.Contains(t, f.Title, "will reach its limit of 2\u202f600 payments per day by")
	require.Contains(t, f.Detail, "beyond the 20 for which work is dated")
	require.Empty(t, r.Actions)
	require.Len(t, sink.of(models.SourcetypeFinding), 1)
}

func TestAnOverloadSaysWhatTheYearAsksFor(t *testing.T) {
	c, source := overloaded(t)
	f := findingOf(t, run(t, lineOf(source, nil, nil), c, asOfDay), models.KindOverload)
	require.Contains(t, f.Detail, "All of the forecast, to 9 July 2026, asks for a limit of")
	a := actionOf(t, run(t, lineOf(source, nil, nil), c, asOfDay), actionCapacity)
	require.Contains(t, a.Evidence[1], "reaches 20 %")
}

// christmasShop answers by the hour, with twice the volume on 23 December and on one
// quiet Sunday.
func christmasShop(_ models.Query, w models.Window) (models.Fetched, error) {
	f := models.Fetched{Window: w, Columns: []models.Column{{}}}
	for t := w.From; t.Before(w.To); t = t.Add(time.Hour) {
		d := calendar.DateOf(t)
		v := 100 * math.Exp(0.03*rand.New(rand.NewPCG(uint64(d.Year), uint64(d.Month)*100+uint64(d.Day))).NormFloat64())
		if d.Weekday() == time.Sunday {
			v *= 0.3
		}
		switch {
		case d.Month == time.December && d.Day >= 21 && d.Day <= 23:
			v *= 2
		case d == mothersDay(d.Year):
			v *= 2 // twice a Sunday is still a quiet day
		}
		if t.Hour() == 20 {
			v *= 1.5
		}
		f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: t.Unix(), Value: math.Round(v), Weight: 1})
	}
	return f, nil
}

// mothersDay is the last Sunday of May.
func mothersDay(year int) calendar.Date {
	d := calendar.NewDate(year, time.May, 31)
	return d.AddDays(-int(d.Weekday()))
}

func TestAPeakIsPreparedAtTheRateInsideIt(t *testing.T) {
	c := shop(t)
	c.Services[0].Queries[0].Span = models.SpanHour
	c.Services[0].Queries[0].History = 3 * 365 * 24 * time.Hour
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": christmasShop}}
	line := lineOf(source, nil, nil)
	line.Horizon = 400
	r := run(t, line, c, asOfDay)
	peaks, prepared := map[string]*models.Peak{}, map[string]models.Action{}
	for _, f := range r.Findings {
		if f.Peak != nil {
			peaks[f.Subject.Episode] = f.Peak
		}
	}
	for _, a := range r.Actions {
		prepared[a.Subject.Episode] = a
	}
	christmas := peaks["christmas-2026"]
	require.NotNil(t, christmas)
	require.Equal(t, time.Hour, christmas.BusiestWidth)
	require.InEpsilon(t, 300, christmas.BusiestHigh, 0.2, "100 an hour, twice at Christmas, half again at eight in the evening")
	require.Contains(t, prepared["christmas-2026"].Title, "payments per hour, no changes")
	require.NotNil(t, peaks["mothers_day-2026"], "an unusual Sunday is told: %v", peaks)
	require.Less(t, peaks["mothers_day-2026"].Exceeds, 0.9)
	require.NotContains(t, prepared, "mothers_day-2026", "but a quiet day needs no work")
}

func TestLongSilenceIsUnknown(t *testing.T) {
	c, source := overloaded(t)
	memory := newFakeMemory()
	run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay)
	inner := source.answer["payments"]
	source.answer["payments"] = func(q models.Query, w models.Window) (models.Fetched, error) {
		end := asOfDay.In(c.Zone)
		f, err := inner(q, models.Window{From: w.From, To: end})
		f.Window = w
		return f, err
	}
	r := run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay.AddDays(90))
	require.Contains(t, r.Signals[0].Err, "no data since 2026-03-02")
	require.Empty(t, r.Signals[0].Forecasts)
	require.Equal(t, models.StateOpen, findingOf(t, r, models.KindDataMissing).State)
	for _, f := range r.Findings {
		require.NotEqual(t, models.StateWithdrawn, f.State, "what is unknown is not withdrawn: %s", f.Title)
	}
}

func TestFreezesAreNamed(t *testing.T) {
	c, source := overloaded(t)
	c.Freezes = []models.Freeze{
		{Name: "audit", From: calendar.NewDate(2026, time.April, 20).In(c.Zone), To: calendar.NewDate(2026, time.April, 24).In(c.Zone)},
		{Name: "long past", From: calendar.NewDate(2025, time.April, 13).In(c.Zone), To: calendar.NewDate(2025, time.April, 17).In(c.Zone)},
	}
	a := actionOf(t, run(t, lineOf(source, nil, nil), c, asOfDay), actionCapacity)
	require.Contains(t, a.Evidence[2], "outside the freeze audit (2026-04-20 to 2026-04-24)")
	require.NotContains(t, a.Evidence[2], "long past")
}
