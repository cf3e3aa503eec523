package pipeline

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// busyHours answers with hourly counts that peak at noon, of which nothing above a
// ceiling comes through.
func busyHours(ceiling float64) func(models.Query, models.Window) (models.Fetched, error) {
	return func(_ models.Query, w models.Window) (models.Fetched, error) {
		f := models.Fetched{Window: w, Columns: []models.Column{{}}}
		for t := w.From.In(w.From.Location()); t.Before(w.To); t = t.Add(time.Hour) {
			local := t.In(w.From.Location())
			n := float64(t.Unix() / 3600)
			v := 500 * math.Exp(math.Cos(2*math.Pi*float64(local.Hour()-12)/24)) * (1 + 0.2*math.Sin(2*math.Pi*float64(local.Weekday())/7)) * (1 + 0.05*math.Sin(12.9898*n))
			f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: t.Unix(), Value: math.Round(math.Min(v, ceiling)), Weight: 1})
		}
		return f, nil
	}
}

// Hours at a ceiling are lifted before days are made of them; people see what was measured.
func TestSaturatedHoursAreAtLeastWhatCame(t *testing.T) {
	c := shop(t)
	q := &c.Services[0].Queries[0]
	q.Span, q.History = models.SpanHour, 120*24*time.Hour
	top := func(ceiling float64, given ...models.Ceiling) (models.SignalResult, float64, *fakeSink) {
		q.Signal.Ceilings = given
		source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": busyHours(ceiling)}}
		sink := &fakeSink{}
		r, err := lineOf(source, sink, newFakeMemory()).Run(t.Context(), jobOf(t, c, calendar.NewDate(2026, time.March, 20)))
		require.NoError(t, err)
		most := 0.0
		for _, p := range r.Signals[0].Forecasts[1].Points[:28] {
			most = math.Max(most, p.Quantiles[models.Q50])
		}
		return r.Signals[0], most, sink
	}
	_, open, _ := top(1e9)
	_, elsewhere, _ := top(1350, models.Ceiling{Value: 2000}) // a ceiling that is not met lets nothing be looked for
	s, found, sink := top(1350)
	_, given, _ := top(1350, models.Ceiling{Value: 1350})
	t.Logf("busiest hour %.0f, behind a ceiling %.0f, lifted %.0f", open, elsewhere, found)
	assert.Greater(t, open/elsewhere, 1.1)
	assert.InDelta(t, 1, found/open, 0.06)
	assert.InDelta(t, found, given, 1)
	run := sink.of(models.SourcetypeRun)[0].Body.(models.RunEvent)
	assert.Positive(t, run.Censored)
	assert.Contains(t, run.Treated, "a plateau at 1\u202f350, which count as at least that")
	for _, p := range s.History {
		assert.LessOrEqual(t, p.Busiest, 1350.0)
	}
	for _, tr := range s.Forecasts[0].Treated {
		assert.Equal(t, tr.Kind == models.TreatedCensored, tr.Span == models.SpanHour)
	}
}
