package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// noisy answers with daily counts around a level that may change, with a week.
func noisy(level func(d calendar.Date) float64) func(models.Query, models.Window) (models.Fetched, error) {
	return func(_ models.Query, w models.Window) (models.Fetched, error) {
		f := models.Fetched{Window: w, Columns: []models.Column{{}}}
		epoch := calendar.NewDate(2020, time.January, 1)
		for d := calendar.DateOf(w.From); d.Before(calendar.DateOf(w.To)); d = d.AddDays(1) {
			n := d.Sub(epoch)
			noise := rand.New(rand.NewPCG(uint64(n), 7)).NormFloat64()
			v := level(d) * (1 + 0.1*math.Sin(2*math.Pi*float64(n)/7)) * (1 + 0.03*noise)
			f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: d.In(w.From.Location()).Unix(), Value: math.Round(v), Weight: 1})
		}
		return f, nil
	}
}

func constant(v float64) func(calendar.Date) float64 {
	return func(calendar.Date) float64 { return v }
}

func accuracyOf(t *testing.T, events []models.Event) []models.AccuracyEvent {
	t.Helper()
	var all []models.AccuracyEvent
	for _, e := range events {
		if body, ok := e.Body.(models.AccuracyEvent); ok {
			all = append(all, body)
		}
	}
	return all
}

func TestEachDayThatComesIsScoredOnce(t *testing.T) {
	c := shop(t)
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": noisy(constant(1000))}}
	memory := newFakeMemory()
	seen := map[string]bool{}
	for n := range 16 {
		sink := &fakeSink{}
		r := run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(n))
		told := accuracyOf(t, sink.of(models.SourcetypeAccuracy))
		require.Len(t, told, min(n, 1)+min(n/8, 1), "day %d: the bands that something has come of", n)
		require.Equal(t, len(told), len(r.Signals[0].Accuracy))
		for _, e := range told {
			require.False(t, seen[e.EventID])
			seen[e.EventID] = true
		}
		again := &fakeSink{}
		run(t, lineOf(source, again, memory), c, asOfDay.AddDays(n))
		require.Empty(t, again.of(models.SourcetypeAccuracy), "the same day once more")
	}
	require.Len(t, memory.scores, 15)
	for i, s := range memory.scores {
		require.Equal(t, asOfDay.AddDays(i).In(c.Zone).Unix(), s.Time)
		pairs, due := 0, 0
		for _, tally := range s.Tallies {
			pairs += tally.N
		}
		for _, k := range memory.kept {
			if k.AsOf.Unix() <= s.Time {
				due++
			}
		}
		require.Equal(t, due, pairs, "each forecast that spoke of the day")
	}

	// As a run that had not kept the scores says it.
	sink := &fakeSink{}
	kept := memory.scores
	memory.scores = nil
	r := run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(15))
	require.Equal(t, kept, memory.scores)
	a := r.Signals[0].Accuracy[0]
	assert.Equal(t, 15, a.Buckets)
	assert.InDelta(t, 0.03, a.WAPE, 0.015, "as large as the noise")
	assert.Less(t, a.Relative, 1.0, "better than the year before")
	assert.Greater(t, a.Coverage90, 0.75)
	assert.Equal(t, asOfDay.String(), day(a.From))
	for _, e := range accuracyOf(t, sink.of(models.SourcetypeAccuracy)) {
		require.True(t, seen[e.EventID], "under the same id")
	}
}

func TestRevisedDaysAreScoredAgain(t *testing.T) {
	c := shop(t)
	c.Services[0].Queries[0].Overlap = 3 * 24 * time.Hour
	level := map[calendar.Date]float64{}
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": noisy(func(d calendar.Date) float64 {
		return 1000 + level[d]
	})}}
	memory := newFakeMemory()
	for n := range 8 {
		run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay.AddDays(n))
	}
	before := memory.scores[5].Actual
	level[asOfDay.AddDays(5)], level[asOfDay.AddDays(1)] = 500, 500
	early := memory.scores[1].Actual
	run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay.AddDays(8))
	require.Len(t, memory.scores, 8)
	assert.InDelta(t, 1.5*before, memory.scores[5].Actual, 2)
	assert.InDelta(t, early, memory.scores[1].Actual, 0, "beyond the overlap it stays")

	// A run of a past day leaves what came later alone.
	run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay.AddDays(4))
	assert.Len(t, memory.scores, 8)
}

func TestAnUnreadableTrackStopsNothing(t *testing.T) {
	c := shop(t)
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": noisy(constant(1000))}}
	sink := &fakeSink{}
	l := lineOf(source, sink, newFakeMemory())
	l.Track = brokenTrack{}
	r := run(t, l, c, asOfDay)
	assert.Empty(t, r.Signals[0].Accuracy)
	assert.Len(t, sink.of(models.SourcetypeForecast), 130)
}

type brokenTrack struct{}

func (brokenTrack) Kept(context.Context, string, string, time.Time, time.Time) ([]models.Kept, error) {
	return nil, errors.New("damaged")
}

func (brokenTrack) Scores(context.Context, string, string, time.Time) ([]models.Score, error) {
	return nil, errors.New("damaged")
}

// The forecasts in force said 1000 and a quarter more came: that is a finding, what was
// learnt is not used, and when the forecasts fit again the finding is past.
func TestDriftIsFoundAndRefits(t *testing.T) {
	c := shop(t)
	shift := asOfDay
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": noisy(func(d calendar.Date) float64 {
		if d.Before(shift) {
			return 1000
		}
		return 1250
	})}}
	memory := newFakeMemory()
	run(t, lineOf(source, &fakeSink{}, memory), c, shift)
	memory.kept = stuck(memory.kept[0], shift, c.Zone)
	calm := run(t, lineOf(source, &fakeSink{}, memory), c, shift.AddDays(1))
	for _, f := range calm.Findings {
		require.NotEqual(t, models.KindDrift, f.Subject.Kind, "one day is no drift")
	}
	sink := &fakeSink{}
	r := run(t, lineOf(source, sink, memory), c, shift.AddDays(14))
	f := findingOf(t, r, models.KindDrift)
	assert.Equal(t, "shop:pay:transactions:drift:total", f.Subject.ID())
	assert.Contains(t, f.Title, "lies above the 90 % range")
	var state struct{ Chosen time.Time }
	require.NoError(t, json.Unmarshal(memory.learnt["shop:pay:transactions:forecast:total"], &state))
	assert.Equal(t, shift.AddDays(14).In(c.Zone).Unix(), state.Chosen.Unix(), "fitted anew")
	events := sink.of(models.SourcetypeFinding)
	require.NotEmpty(t, events)

	// What was fitted anew fits, and the finding ends.
	var last models.Result
	for n := 15; n <= 24; n++ {
		last = run(t, lineOf(source, &fakeSink{}, memory), c, shift.AddDays(n))
		if f := findingOf(t, last, models.KindDrift); f.State == models.StatePast {
			return
		}
	}
	require.Fail(t, "the drift does not end")
}

// stuck are forecasts that do not learn: they say what lay before the shift, told anew
// every fifth day.
func stuck(k models.Kept, shift calendar.Date, zone *time.Location) (all []models.Kept) {
	k.Points = nil
	for d := -30; d < 20; d++ {
		v := 1000 * (1 + 0.1*math.Sin(2*math.Pi*float64(shift.AddDays(d).Sub(calendar.NewDate(2020, time.January, 1)))/7))
		k.Points = append(k.Points, models.KeptPoint{Time: shift.AddDays(d).In(zone).Unix(), Mean: v, Quantiles: spread(v, 30)})
	}
	whole := k.Points
	for d := -30; d < 20; d += 5 {
		k.AsOf, k.Points = shift.AddDays(d).In(zone), whole[d+30:]
		all = append(all, k)
	}
	return all
}

func TestPeaksThatWereSaidAreComparedOnce(t *testing.T) {
	c := shop(t)
	christmas := calendar.NewDate(2025, time.December, 23)
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": noisy(func(d calendar.Date) float64 {
		if d.Month == time.December && d.Day >= 20 && d.Day <= 23 {
			return 1700 + 100*float64(d.Day-20)
		}
		return 1000
	})}}
	c.Services[0].Queries[0].History = 900 * 24 * time.Hour
	memory := newFakeMemory()
	var told []models.AccuracyEvent
	for _, before := range []int{95, 30, 5, -1, -2, -3, -4, -5, -6, -7} {
		sink := &fakeSink{}
		run(t, lineOf(source, sink, memory), c, christmas.AddDays(-before))
		for _, e := range accuracyOf(t, sink.sent) {
			if e.Kind == models.KindPeak && e.Event == "Christmas" {
				told = append(told, e)
			}
		}
	}
	require.Len(t, told, 1)
	e := told[0]
	assert.Equal(t, "2025-12-23", e.Came)
	assert.LessOrEqual(t, math.Abs(float64(*e.DaysOff)), 2.0)
	assert.Equal(t, "shop:pay:transactions:accuracy:peak-christmas-2025", e.Subject)
	require.NotNil(t, e.Before28)
	require.NotNil(t, e.Before90)
	assert.InDelta(t, float64(*e.Size), float64(*e.Before90), 0.25*float64(*e.Size))
	assert.InDelta(t, float64(*e.Expected)/float64(*e.Size)-1, float64(*e.SizeError), 1e-9)
}

func TestAPeakIsLookedForNearItsDay(t *testing.T) {
	zone := zoneOf(t, "Europe/Stockholm")
	first := calendar.NewDate(2025, time.November, 20)
	h := cameDays(zone, first, 14, func(i int) float64 { return []float64{1, 1, 1, 1, 1, 5, 9, 20, 7, 6, 8, 1, 1, 1}[i] })
	day := func(n int) time.Time { return first.AddDays(n).In(zone) }
	largest := func(at int, others ...time.Time) (int, bool) {
		found, _, ok := LargestAround(h.points, models.SpanDay, day(at), others)
		return calendar.DateOf(found).Sub(first), ok
	}
	at, ok := largest(5)
	assert.True(t, ok)
	assert.Equal(t, 7, at)
	at, _ = largest(5, day(7), day(10))
	assert.Equal(t, 5, at, "the sixth is as near to the other")
	at, _ = largest(10, day(5), day(7))
	assert.Equal(t, 10, at)
	h.points[5].Total = math.NaN()
	_, ok = largest(5)
	assert.False(t, ok, "the day itself is unknown")
	_, ok = largest(13)
	assert.True(t, ok)
	_, ok = largest(16)
	assert.False(t, ok)
}

// When the busiest day of an occasion has come and the finding names what is left of it, what
// was said of that day is not forgotten.
func TestWhatWasSaidOfAPeakThatGoesOn(t *testing.T) {
	zone := zoneOf(t, "Europe/Stockholm")
	at := func(day, asOf int) *models.Finding {
		return &models.Finding{AsOf: calendar.NewDate(2025, time.December, asOf).In(zone), Peak: &models.Peak{Date: calendar.NewDate(2025, time.December, day).In(zone)}}
	}
	before := models.Said{Finding: at(20, 19)}
	assert.Nil(t, passed(models.Said{}, at(20, 19)))
	assert.Nil(t, passed(before, at(22, 20)), "it has moved, and not yet come")
	got := passed(before, at(28, 21))
	assert.Same(t, before.Finding, got)
	assert.Same(t, got, passed(models.Said{Finding: at(28, 21), Passed: got}, at(29, 29)))
}

// Weeks and months are scored alike, by the days ahead at which they begin.
func TestLongerBucketsAreScored(t *testing.T) {
	for _, span := range []models.Span{models.SpanWeek, models.SpanMonth} {
		c := shop(t)
		c.Services[0].Queries[0].Span = span
		c.Services[0].Queries[0].History = 1100 * 24 * time.Hour
		source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": func(_ models.Query, w models.Window) (models.Fetched, error) {
			f := models.Fetched{Window: w, Columns: []models.Column{{}}}
			for d := calendar.DateOf(w.From); d.Before(calendar.DateOf(w.To)); d = nextPeriod(span, d) {
				noise := rand.New(rand.NewPCG(uint64(d.Sub(calendar.NewDate(2020, time.January, 1))), 3)).NormFloat64()
				f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: d.In(w.From.Location()).Unix(), Value: math.Round(1000 + 30*noise), Weight: 1})
			}
			return f, nil
		}}}
		memory := newFakeMemory()
		run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay)
		sink := &fakeSink{}
		r := run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(70))
		told := accuracyOf(t, sink.sent)
		require.NotEmpty(t, told, span)
		require.Len(t, memory.scores, map[models.Span]int{models.SpanWeek: 10, models.SpanMonth: 2}[span])
		require.Equal(t, 1, memory.scores[0].Lead, "the bucket that the run stands in")
		require.Greater(t, memory.scores[1].Lead, 7)
		require.Less(t, r.Signals[0].Accuracy[0].WAPE, 0.1)
	}
}

// A planner's figure is compared with what came beside the forecast that it stood beside.
func TestOverridesAreScoredBesideTheForecast(t *testing.T) {
	c := shop(t)
	value := 2000.0
	c.Overrides = []models.Override{{ID: "fair", Signals: []string{"pay/transactions"}, From: asOfDay.AddDays(1).In(c.Zone), To: asOfDay.AddDays(2).In(c.Zone),
		Expires: asOfDay.AddDays(9).In(c.Zone), Value: &value, Author: "Åsa", Reason: "a fair"}}
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": noisy(func(d calendar.Date) float64 {
		if d == asOfDay.AddDays(1) || d == asOfDay.AddDays(2) {
			return 1900
		}
		return 1000
	})}}
	memory := newFakeMemory()
	run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay)
	sink := &fakeSink{}
	run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(4))
	told := accuracyOf(t, sink.sent)
	require.Len(t, told, 2)
	e := told[1]
	require.Equal(t, "override", e.Kind)
	require.Equal(t, "fair", e.Override)
	require.Equal(t, "shop:pay:transactions:accuracy:total-1-7-fair", e.Subject)
	require.Equal(t, 2, e.Buckets)
	require.Less(t, float64(*e.WAPE), 0.15)
	require.Greater(t, float64(*e.Beside), 0.4)
	require.Nil(t, e.Coverage90)
}
