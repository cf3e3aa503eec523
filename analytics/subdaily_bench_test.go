package analytics

import (
	"fmt"
	"testing"
	"time"

	"foresight/analytics/calendar"
)

// BenchmarkHourly is the whole of a run of hours, by length of history and horizon; 26 280 hours and
// 2160 ahead are the engine's bar (2 s of CPU).
func BenchmarkHourly(b *testing.B) {
	for _, k := range []struct{ days, h int }{{14, 48}, {30, 48}, {60, 48}, {365, 48}, {365, 168}, {365, 2160}, {1095, 168}, {1095, 2160}} {
		benchmarkBuckets(b, stepHour, k.days, k.h)
	}
}

// BenchmarkFiveMinutes is the same of buckets of five minutes, to 14 days ahead.
func BenchmarkFiveMinutes(b *testing.B) {
	for _, k := range []struct{ days, h int }{{14, 288}, {60, 288}, {60, 14 * 288}} {
		benchmarkBuckets(b, stepFive, k.days, k.h)
	}
}

func benchmarkBuckets(b *testing.B, step calendar.Step, days, h int) {
	noise := noisy(1, 0.1)
	n := days * int(step.PerDay())
	s := made(step, day(2021, 1, 1), n, func(i int, at time.Time) float64 {
		return office(at) * (1 + 0.0001*float64(i)/step.PerDay()) * (1 + noise())
	})
	cal := calendarOf(b, "SE")
	b.Run(fmt.Sprintf("days=%d,buckets=%d,h=%d", days, n, h), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			run(b, s, Options{Horizon: h, Calendar: cal})
		}
	})
}
