package pipeline

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// points are the metric points among events, by the time they lie at.
func points(t *testing.T, events []models.Event) map[int64]map[string]any {
	t.Helper()
	all := map[int64]map[string]any{}
	for _, e := range events {
		if !e.Metric {
			continue
		}
		text, err := json.Marshal(e.Body)
		require.NoError(t, err)
		var fields map[string]any
		require.NoError(t, json.Unmarshal(text, &fields))
		all[e.Time.Unix()] = fields
	}
	return all
}

// A forecast's metric points say what its events say, and nothing where there is none.
func TestForecastsAreToldAsMetricsToo(t *testing.T) {
	customer, source := overloaded(t)
	sink := &fakeSink{}
	l := lineOf(source, sink, newFakeMemory())
	job := jobOf(t, customer, asOfDay)
	job.Metrics = true
	_, err := l.Run(t.Context(), job)
	require.NoError(t, err)
	told := points(t, sink.sent)
	events, ids := 0, map[string]bool{}
	for _, e := range sink.of(models.SourcetypeForecast) {
		require.False(t, ids[e.EventID], "an id is one event's")
		ids[e.EventID] = true
		body, ok := e.Body.(models.ForecastEvent)
		if !ok {
			continue
		}
		events++
		p := told[e.Time.Unix()]
		require.InDelta(t, float64(body.Q50), p["metric_name:foresight.forecast.q50"], 1e-3*float64(body.Q50))
		require.InDelta(t, float64(*body.Limit), p["metric_name:foresight.forecast.limit"], 1)
		require.Equal(t, body.Revision, p["revision"])
		require.Equal(t, body.Subject, p["subject_id"])
		for name, v := range p {
			require.NotNil(t, v, name)
		}
	}
	require.Positive(t, events)
	require.Len(t, told, events)
}

// Where the metric index is new, a forecast that did not change is told once more, and once only.
func TestANewMetricIndexIsFilledByTheNextDaysPass(t *testing.T) {
	customer, source := overloaded(t)
	sink := &fakeSink{}
	l := lineOf(source, sink, newFakeMemory())
	told := func(day int, metrics bool) int {
		sink.sent = nil
		job := jobOf(t, customer, asOfDay.AddDays(day))
		job.Metrics = metrics
		_, err := l.Run(t.Context(), job)
		require.NoError(t, err)
		return len(points(t, sink.sent))
	}
	require.Zero(t, told(0, false))
	sink.sent = nil
	require.Positive(t, told(1, true))
	require.Zero(t, told(2, true))
}
