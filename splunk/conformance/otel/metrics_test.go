package otel

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"foresight/models"
	"foresight/splunk/enterprise"
)

// measurement is one number of a metric point as both sides know it.
type measurement struct {
	Millis      int64
	Name, Index string
	Value       float64
	Dimensions  string // canonical JSON
}

// measurementsOf are those of metric points on their way to an index.
func measurementsOf(t *testing.T, events []models.Event, index string) []measurement {
	t.Helper()
	var all []measurement
	for _, e := range events {
		raw, err := json.Marshal(e.Body)
		require.NoError(t, err)
		var fields map[string]any
		require.NoError(t, json.Unmarshal(raw, &fields))
		values, dimensions := map[string]float64{}, map[string]any{}
		for key, v := range fields {
			if name, ok := strings.CutPrefix(key, "metric_name:"); ok {
				values[name] = v.(float64)
			} else {
				dimensions[key] = v
			}
		}
		for name, v := range values {
			all = append(all, measurement{e.Time.UnixMilli(), name, index, v, canonical(t, dimensions)})
		}
	}
	return all
}

// measured are those that the receiver handed on.
func (p *peer) measured(t *testing.T) []measurement {
	t.Helper()
	var all []measurement
	of := func(index string, m pmetric.Metric) {
		for k := range m.Gauge().DataPoints().Len() {
			point := m.Gauge().DataPoints().At(k)
			all = append(all, measurement{point.Timestamp().AsTime().Round(time.Millisecond).UnixMilli(), m.Name(), index, point.DoubleValue(), canonical(t, point.Attributes().AsRaw())})
		}
	}
	for _, metrics := range p.metrics.AllMetrics() {
		for i := range metrics.ResourceMetrics().Len() {
			resource := metrics.ResourceMetrics().At(i)
			index, _ := resource.Resource().Attributes().Get("com.splunk.index")
			for j := range resource.ScopeMetrics().Len() {
				list := resource.ScopeMetrics().At(j).Metrics()
				for k := range list.Len() {
					of(index.AsString(), list.At(k))
				}
			}
		}
	}
	return all
}

// The demo's forecasts as metric points, among its events: each measurement arrives once, with its dimensions, in the metric index.
func TestTheDemosMetricPointsArrive(t *testing.T) {
	var mixed, points, events []models.Event
	for _, e := range ofTheDemo(t) {
		mixed, events = append(mixed, e), append(events, e)
		if e.Sourcetype != models.SourcetypeForecast {
			continue
		}
		var f models.ForecastEvent
		require.NoError(t, json.Unmarshal(e.Body.(json.RawMessage), &f))
		if point, ok := models.MetricOf(f); ok {
			e.Body, e.Metric = point, true
			mixed, points = append(mixed, e), append(points, e)
		}
	}
	require.NotEmpty(t, points)
	p := receive(t)
	rejected, err := p.client(t, func(c *enterprise.HECConfig) { c.MetricIndex = "foresight_metrics" }).Send(t.Context(), mixed)
	require.NoError(t, err)
	require.Empty(t, rejected)
	want := measurementsOf(t, points, "foresight_metrics")
	same(t, want, p.measured(t))
	same(t, told(t, events, "foresight"), p.arrived(t))
	t.Logf("%d metric points of %d measurements among %d events", len(points), len(want), len(events))
}

// same wants two lists to hold the same, in whatever order.
func same[T comparable](t *testing.T, want, got []T) {
	t.Helper()
	left := map[T]int{}
	for _, one := range want {
		left[one]++
	}
	for _, one := range got {
		left[one]--
	}
	for one, n := range left {
		require.Zerof(t, n, "arrived so many times too seldom: %+v", one)
	}
}
