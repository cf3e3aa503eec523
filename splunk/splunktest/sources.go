package splunktest

import (
	"time"

	"testing"

	"foresight/models"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// metrics are two cores over the night of 25 hours in Stockholm, one of which idles at 10 and
// one of which is at the hour's number.
func metrics(t *testing.T, b *bench) {
	z := stockholm(t)
	from, to := time.Date(2025, 10, 25, 0, 0, 0, 0, z), time.Date(2025, 10, 28, 0, 0, 0, 0, z)
	var points []Point
	for at, n := from, 0; at.Before(to); at, n = at.Add(time.Hour), n+1 {
		points = append(points,
			Point{at, "cpu.usage", 10, map[string]string{"core": "0", "suite": b.source}},
			Point{at.Add(30 * time.Minute), "cpu.usage", float64(n), map[string]string{"core": "1", "suite": b.source}},
			Point{at.Add(45 * time.Minute), "requests", 2, map[string]string{"suite": b.source}})
	}
	b.Points(t, points...)
	q := models.Query{Source: models.SourceMstats, Search: `index="` + b.MetricIndex + `" suite="` + b.source + `"`, Span: models.SpanHour}
	whole := models.Window{From: from, To: to}
	of := func(measure, denominator string, span models.Span, split string) []models.Column {
		q.Signal, q.Span, q.Split = models.Signal{Measure: measure, Denominator: denominator}, span, nil
		if split != "" {
			q.Split = &models.Split{By: split, Max: 5}
		}
		return b.fetch(t, q, whole).Columns
	}
	hours := of("avg(cpu.usage)", "", models.SpanHour, "")[0].Points
	require.Len(t, hours, 73)
	assert.Equal(t, models.Point{Time: from.Unix() + 5*3600, Value: 15, Weight: 2}, hours[5], "sum and count of measurements")

	for i, want := range []float64{24, 25, 24} {
		assert.InDelta(t, want, of("count(requests)", "", models.SpanDay, "")[0].Points[i].Value, 0, "the day of 25 hours")
		assert.InDelta(t, 2*want, of("sum(requests)", "", models.SpanDay, "")[0].Points[i].Value, 0)
	}
	assert.InDelta(t, 48, of("max(cpu.usage)", "", models.SpanDay, "")[0].Points[1].Value, 0)
	assert.InDelta(t, 72, of("last(cpu.usage)", "", models.SpanDay, "")[0].Points[2].Value, 0)
	assert.InDelta(t, 10, of("p50(cpu.usage)", "", models.SpanDay, "")[0].Points[0].Value, 2)

	ratio := of("sum(requests)", "count(cpu.usage)", models.SpanHour, "")[0].Points[0]
	assert.Equal(t, models.Point{Time: from.Unix(), Value: 2, Weight: 2}, ratio)

	parts := of("max(cpu.usage)", "", models.SpanDay, "core")
	require.Len(t, parts, 3)
	assert.InDelta(t, 72, parts[0].Points[2].Value, 0, "the total is a search of its own")
	assert.Equal(t, []string{"1", "0"}, []string{parts[1].Split, parts[2].Split}, "the larger first")

	q.Signal, q.Split, q.Witness = models.Signal{Measure: "avg(cpu.usage)"}, nil, &models.Witness{Search: q.Search, Span: models.SpanDay, Source: models.SourceMstats, Metric: "requests"}
	assert.Len(t, b.fetch(t, q, whole).Witness, 3)
}

func dataModel(t *testing.T, b *bench) {
	b.fill(t, hours(b)...)
	q := models.Query{Source: models.SourceTstats, Search: `source="` + b.source + `" ` + b.Model + ".status>0", Span: models.SpanHour,
		DataModel: &models.DataModel{Name: b.Model, Dataset: b.Model}}
	w := models.Window{From: start, To: start.Add(3 * time.Hour)}
	values := func(measure string) []float64 {
		q.Signal.Measure = measure
		var out []float64
		for _, p := range b.fetch(t, q, w).Columns[0].Points {
			out = append(out, p.Value)
		}
		return out
	}
	assert.Equal(t, []float64{1, 2, 3}, values("count"), "the event without a status is left out")
	q.DataModel.SummariesOnly = true
	assert.Equal(t, []float64{10, 30, 60}, values("sum("+b.Model+".ms)"))
	assert.Equal(t, []float64{1, 2, 2}, values("dc("+b.Model+".user)"))

	q.Signal.Measure, q.Split = "count", &models.Split{By: b.Model + ".user", Max: 5}
	parts := b.fetch(t, q, w).Columns
	require.Len(t, parts, 3)
	assert.Equal(t, "0", parts[1].Split)
	assert.InDelta(t, 2, parts[1].Points[2].Value, 0)
}

// A saved search that makes rows by hours, kept in an app of its own, over a window of two
// of its three hours.
func savedSearch(t *testing.T, b *bench) {
	b.fill(t, hours(b)...)
	name := "Volume, by hour (" + b.source + ")"
	b.Save(t, name, "suite", b.base()+" | timechart span=1h count max(status) as worst")
	q := models.Query{Source: models.SourceSaved, Saved: &models.SavedSearch{Name: name, App: "suite", Owner: "nobody"}, Span: models.SpanHour,
		Signal: models.Signal{Measure: "sum(count)"}}
	w := models.Window{From: start.Add(time.Hour), To: start.Add(3 * time.Hour)}
	points := b.fetch(t, q, w).Columns[0].Points
	require.Len(t, points, 2)
	assert.InDelta(t, 2, points[0].Value, 0)
	assert.InDelta(t, 4, points[1].Value, 0)

	q.Search, q.Signal.Measure = "worst>=500", "count"
	points = b.fetch(t, q, w).Columns[0].Points
	assert.Equal(t, []models.Point{{Time: start.Unix() + 2*3600, Value: 1, Weight: 1}}, points, "search picks among its rows")
}
