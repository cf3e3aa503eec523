package regress

import (
	"fmt"
	"testing"
)

// BenchmarkFit shows what a fit costs by years of days, with all strengths
// estimated and with those of an earlier fit.
func BenchmarkFit(b *testing.B) {
	se := testCalendar(b, "SE")
	for _, years := range []int{1, 3, 10} {
		times := days(years * 365)
		y := shape{growth: .1, year: .1, noise: .08}.draw(times, 1)
		o := Options{Step: daily, Calendar: se}
		b.Run(fmt.Sprintf("years=%d", years), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fit(b, times, y, o)
			}
		})
		o.Prior = fit(b, times, y, o).Prior()
		b.Run(fmt.Sprintf("years=%d/prior", years), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fit(b, times, y, o)
			}
		})
	}
}
