package splunktest

import (
	"testing"
	"time"

	"foresight/models"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hours are 3 hours of 1, 2 and 3 events whose ms are 10, 20, 30 and status 200, 200,
// 500, and in the last hour an event whose ms is no number.
func hours(b *bench) []models.Event {
	events := make([]models.Event, 0, 6)
	status := [3]int{200, 200, 500}
	for h := range 3 {
		for i := range h + 1 {
			at := start.Add(time.Duration(h)*time.Hour + time.Duration(59-10*i)*time.Minute) // the newest first
			events = append(events, b.event(at, map[string]any{"ms": 10 * (i + 1), "status": status[i%3], "user": i % 2}))
		}
	}
	return append(events, b.event(start.Add(150*time.Minute), map[string]any{"ms": "-"})) // as an access log writes none
}

func measures(t *testing.T, b *bench) {
	b.fill(t, hours(b)...)
	w := models.Window{From: start, To: start.Add(3 * time.Hour)}
	for _, tt := range []struct {
		measure, denominator string
		values, weights      []float64
	}{
		{"count", "", []float64{1, 2, 4}, nil},
		{"sum(ms)", "", []float64{10, 30, 60}, nil},
		{"last(ms)", "", []float64{10, 10, 10}, nil}, // the first sent lies latest
		{"max(status)", "", []float64{200, 200, 500}, nil},
		{"min(status)", "", []float64{200, 200, 200}, nil},
		{"dc(user)", "", []float64{1, 2, 2}, nil},
		{"avg(ms)", "", []float64{10, 30, 60}, []float64{1, 2, 3}},
		{"count(eval(status>=500))", "count", []float64{0, 0, 1}, []float64{1, 2, 4}},
		{"sum(absent)", "", []float64{}, nil},
	} {
		got := b.fetch(t, models.Query{Span: models.SpanHour, Signal: models.Signal{Measure: tt.measure, Denominator: tt.denominator}}, w)
		require.Len(t, got.Columns, 1, tt.measure)
		values, weights := make([]float64, 0, 3), make([]float64, 0, 3)
		for i, p := range got.Columns[0].Points {
			require.Equal(t, start.Unix()+int64(i)*3600, p.Time, tt.measure)
			values, weights = append(values, p.Value), append(weights, p.Weight)
		}
		assert.Equal(t, tt.values, values, tt.measure)
		if tt.weights != nil {
			assert.Equal(t, tt.weights, weights, tt.measure)
		}
	}
	p95 := b.fetch(t, models.Query{Span: models.SpanHour, Signal: models.Signal{Measure: "p95(ms)"}}, w)
	require.Len(t, p95.Columns[0].Points, 3)
	assert.InDelta(t, 30, p95.Columns[0].Points[2].Value, 2, "between 20 and 30, near the top, by any definition")
}

func splits(t *testing.T, b *bench) {
	events := make([]models.Event, 0, 60)
	for i := range 60 {
		body := map[string]any{"n": i}
		if kind := []string{"web", "app", "web", "", "till"}[i%5]; kind != "" {
			body["kind"] = kind
		}
		events = append(events, b.event(start.Add(time.Duration(i)*2*time.Minute), body))
	}
	b.fill(t, events...)
	got := b.fetch(t, models.Query{Span: models.SpanHour, Signal: models.Signal{Measure: "count"}, Split: &models.Split{By: "kind", Max: 2}},
		models.Window{From: start, To: start.Add(2 * time.Hour)})
	require.Len(t, got.Columns, 3)
	assert.Equal(t, 1, got.Dropped)
	assert.Equal(t, "web", got.Columns[1].Split)
	assert.Equal(t, "app", got.Columns[2].Split, "of equal volume the first by name")
	for h := range 2 {
		assert.InDelta(t, 30, got.Columns[0].Points[h].Value, 0, "the total holds what is dropped and what has no kind")
		assert.InDelta(t, 12, got.Columns[1].Points[h].Value, 0)
	}
}

// The night from 25 to 26 October 2025 has 25 hours in Stockholm.
func longNight(t *testing.T, b *bench) {
	z := stockholm(t)
	from, to := time.Date(2025, 10, 25, 0, 0, 0, 0, z), time.Date(2025, 10, 28, 0, 0, 0, 0, z)
	var events []models.Event
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		events = append(events, b.event(at, map[string]any{"n": 1}))
	}
	b.fill(t, events...)
	q := models.Query{Span: models.SpanDay, Signal: models.Signal{Measure: "count"}}
	for _, q.Source = range []models.Source{models.SourceEvents, models.SourceTstats} {
		got := b.fetch(t, q, models.Window{From: from, To: to})
		require.Len(t, got.Columns[0].Points, 3, q.Source)
		for i, want := range []float64{24, 25, 24} {
			assert.InDelta(t, want, got.Columns[0].Points[i].Value, 0, q.Source)
		}
		assert.Equal(t, from.AddDate(0, 0, 2).Unix(), got.Columns[0].Points[2].Time)
	}
	q.Source, q.Split = models.SourceTstats, &models.Split{By: "host", Max: 1}
	got := b.fetch(t, q, models.Window{From: from, To: to})
	require.Len(t, got.Columns, 2)
	assert.Equal(t, got.Columns[0].Points, got.Columns[1].Points)

	q.Split, q.Signal.Measure = nil, "dc(host)" // a search for each day
	got = b.fetch(t, q, models.Window{From: from, To: to})
	require.Len(t, got.Columns[0].Points, 3)
	assert.InDelta(t, 1, got.Columns[0].Points[1].Value, 0)
}

func witness(t *testing.T, b *bench) {
	b.fill(t, hours(b)[:3]...) // hours 0 and 1 only
	got := b.fetch(t, models.Query{Span: models.SpanHour, Signal: models.Signal{Measure: "count"},
		Witness: &models.Witness{Search: b.base(), Span: models.SpanHour}}, models.Window{From: start, To: start.Add(3 * time.Hour)})
	assert.Equal(t, []int64{start.Unix(), start.Unix() + 3600}, got.Witness)
}

func indexedBy(t *testing.T, b *bench) {
	b.fill(t, hours(b)...)
	q := models.Query{Span: models.SpanHour, Signal: models.Signal{Measure: "count"}}
	w := models.Window{From: start, To: start.Add(3 * time.Hour), IndexedBy: start.Add(4 * time.Hour)} // long before they were sent
	assert.Empty(t, b.fetch(t, q, w).Columns[0].Points)
	w.IndexedBy = start.AddDate(20, 0, 0)
	assert.Len(t, b.fetch(t, q, w).Columns[0].Points, 3)
}
