package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/splunk/sandbox"
)

// With a metric index the run's forecasts lie in it too, point by point, and are not sent
// again while they say the same; check says what they weigh.
func TestForecastsComeToTheMetricIndex(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.load(daily(t, "orders", "2025-01-01", "2026-03-02", growing), "Europe/Stockholm")
	w.configure(shop, "  hec:\n", "  hec:\n    metric_index: foresight_metrics\n")
	points := func() (n int) {
		var b bytes.Buffer
		require.NoError(t, w.server.WriteEvents(&b, func(e sandbox.Event) bool { return e.Index == "foresight_metrics" }))
		return bytes.Count(b.Bytes(), []byte("metric_name:foresight.forecast.q50"))
	}
	w.run("2026-03-02")
	n := points()
	require.Positive(t, n)
	require.Len(t, w.events("foresight:forecast"), n)
	w.run("2026-03-02")
	require.Equal(t, n, points())
	o := w.foresight("check", "-c", w.config(), "--as-of", "2026-03-02")
	require.Contains(t, o.out, "into metric index foresight_metrics", o)
}
