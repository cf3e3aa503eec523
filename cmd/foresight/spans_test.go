package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The month, week or day that the run's day lies in is not over: it is forecast,
// whole, and its rows so far count for nothing.
func TestUnfinishedWeeksAndMonthsAreForecastWhole(t *testing.T) {
	t.Parallel()
	zone := location(t, "Europe/Stockholm")
	for _, tt := range []struct {
		span, first string
		least, most float64
	}{
		{"1mon", "2025-03-01", 2800, 3150}, // 100 a day
		{"1w", "2025-03-10", 699, 701},
		{"1d", "2025-03-12", 99.9, 100.1},
	} {
		t.Run(tt.span, func(t *testing.T) {
			w := newWorld(t)
			w.load(daily(t, "orders", "2024-01-01", "2025-03-20", func(int, time.Time) float64 { return 100 }), "Europe/Stockholm")
			w.configure(buckets, "span: 1h", "span: "+tt.span, "history: 1d", "history: 2y")
			w.run("2025-03-12") // a Wednesday
			e := first(t, w.events(), "total")
			start, err := time.ParseInLocation(time.DateOnly, tt.first, zone)
			require.NoError(t, err)
			assert.InDelta(t, float64(start.Unix()), e.Time, 0, "%v", e)
			assert.GreaterOrEqual(t, e.number("q50"), tt.least, "%v", e)
			assert.LessOrEqual(t, e.number("q50"), tt.most, "%v", e)
			assert.Equal(t, tt.span, e.text("span"))
		})
	}
}

// A split gives a signal for each of the largest values, named by its escaped
// value, beside a total that holds them all.
func TestSplitAddsUpToItsTotal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, size := range map[string]float64{"kort": 400, "å/b:c%20": 300, "swish": 200, "faktura": 100} {
		w.load(daily(t, name, "2024-12-01", "2025-03-01", func(int, time.Time) float64 { return size }), "Europe/Stockholm")
	}
	w.configure(buckets, " series=orders", "", "span: 1h", "span: 1d", "history: 1d", "history: 1y\n            split: {by: series, max: 2}")
	w.run("2025-03-01")
	sizes := map[string]float64{}
	for _, e := range w.events("foresight:forecast") {
		if _, seen := sizes[e.text("signal")]; !seen {
			sizes[e.text("signal")] = e.number("q50")
		}
	}
	want := map[string]float64{"orders": 1000, "orders/kort": 400, "orders/%C3%A5%2Fb:c%2520": 300}
	require.Len(t, sizes, len(want), "%v", sizes)
	for signal, size := range want {
		assert.InDelta(t, size, sizes[signal], 0.5, "%s of %v", signal, sizes)
	}
}

// A share is taken over the day's sums, not as a mean of hours.
func TestRatioIsTakenOverSums(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zone := location(t, "Europe/Stockholm")
	from := time.Date(2025, 2, 28, 0, 0, 0, 0, zone)
	w.load(stretch("few", from, from.Add(12*time.Hour), time.Hour, func(time.Time) float64 { return 1 }), "UTC")
	w.load(stretch("many", from.Add(12*time.Hour), from.Add(24*time.Hour), 15*time.Minute, func(time.Time) float64 { return 0 }), "UTC")
	w.configure(buckets, " series=orders", "", "{measure: sum(value), unit: orders}", "{measure: sum(value), denominator: count, max: 1}")
	w.run("2025-03-01")
	e := first(t, w.events(), "total")
	assert.InDelta(t, 12.0/60, e.number("q50"), 1e-9, "12 of 60, where the mean of the hours would be a half: %v", e)
}

// A calendar day that became known after the run's day is no part of it.
func TestCampaignIsUnknownBeforeItsDay(t *testing.T) {
	t.Parallel()
	run := func(day, campaigns string) map[string]string {
		w := stocked(t)
		w.configure(shop, "    lead_time: {work_days: 10}", "    lead_time: {work_days: 10}\n    calendar:\n      events:"+campaigns)
		w.run(day)
		return byID(t, w.events("foresight:peak", "foresight:forecast"))
	}
	const (
		past     = "\n        - {name: Sale, dates: [2024-05-14, 2024-09-17]}"
		tomorrow = past + "\n        - {name: Sale, dates: [2025-05-13], known_from: 2025-02-21}"
	)
	assert.Equal(t, run("2025-02-20", past), run("2025-02-20", tomorrow), "not known yet")
	assert.NotEqual(t, run("2025-02-25", past), run("2025-02-25", tomorrow), "known by then")
}
