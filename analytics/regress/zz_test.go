package regress

import (
	"foresight/analytics/calendar"
	"testing"
)

func BenchmarkFit(b *testing.B) {
	s := readDaily(b, "us_births_daily.csv.gz")[0]
	c := testCalendar(b, "US")
	n := len(s.y)
	for _, k := range []int{730, 1096, 3652} {
		b.Run("", func(b *testing.B) {
			for b.Loop() {
				Fit(s.times[n-k:], s.y[n-k:], Options{Step: calendar.Step{Unit: calendar.Day, N: 1}, Calendar: c})
			}
		})
	}
}
