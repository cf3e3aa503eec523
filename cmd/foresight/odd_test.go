package main

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddSeries are short or ugly, and each gets an answer.
var oddSeries = []struct {
	name, from string
	value      func(n int, d time.Time) float64
}{
	{"single", "2025-02-28", func(int, time.Time) float64 { return 7 }},
	{"pair", "2025-02-27", func(n int, _ time.Time) float64 { return float64(n) }},
	{"week", "2025-02-22", growing},
	{"constant", "2024-12-01", func(int, time.Time) float64 { return 500 }},
	{"zeros", "2024-12-01", func(int, time.Time) float64 { return 0 }},
	{"rare", "2024-12-01", func(n int, _ time.Time) float64 { return float64(n % 17 / 16) }},
	{"spike", "2024-12-01", func(n int, d time.Time) float64 { return growing(n, d) + 1e9*float64(n/50%2*(n%50/49)) }},
	{"huge", "2024-12-01", func(n int, d time.Time) float64 { return 1e15 * growing(n, d) }},
	{"tiny", "2024-12-01", func(n int, d time.Time) float64 { return 1e-9 * growing(n, d) }},
	{"falling", "2024-12-01", func(n int, _ time.Time) float64 { return 1000 * math.Exp(-float64(n)/8) }},
	{"exploding", "2024-12-01", func(n int, _ time.Time) float64 { return math.Exp(float64(n) / 5) }},
	{"negative", "2024-12-01", func(n int, d time.Time) float64 { return -growing(n, d) }},
}

func TestOddSeriesGetAnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config, entry, found := strings.Cut(shop, "          - id: orders")
	require.True(t, found)
	for _, s := range oddSeries {
		w.load(daily(t, s.name, s.from, "2025-03-01", s.value), "Europe/Stockholm")
		measure := "sum(value)"
		if s.name == "negative" { // a count cannot be: it is a reading
			measure = "avg(value)"
		}
		config += strings.NewReplacer("id: orders", "id: "+s.name, "series=orders", "series="+s.name, "sum(value)", measure, ", per: 1d", "").Replace("          - id: orders" + entry)
	}
	w.configure(config)
	o := w.run("2025-03-01")
	assert.NotContains(t, o.out+o.err, "NaN")
	forecasts := w.events("foresight:forecast")
	for _, s := range oddSeries {
		points := of(of(forecasts, "signal", s.name), "measure", "total")
		require.Len(t, points, 400, s.name)
		for i, e := range points {
			before := math.Inf(-1)
			if s.name != "negative" {
				before = 0
			}
			for _, q := range []string{"q05", "q10", "q25", "q50", "q75", "q90", "q95"} {
				x, ok := e.Event[q].(float64)
				require.True(t, ok && x >= before, "%s: %s of point %d after %g in %v", s.name, q, i, before, e)
				before = x
			}
			_, ok := e.Event["mean"].(float64)
			require.True(t, ok, "%s: the mean of point %d in %v", s.name, i, e)
		}
	}
	run := w.events("foresight:run")[0]
	assert.InDelta(t, len(oddSeries), run.number("forecasts"), 0, "%v", run)
	assert.FileExists(t, w.dir+"/report/shop.html")
	for _, e := range w.events("foresight:overload", "foresight:action") {
		assert.NotContains(t, fmt.Sprint(e), "NaN")
		assert.NotContains(t, fmt.Sprint(e), "Inf")
	}
}
