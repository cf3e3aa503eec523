package analytics

import (
	"fmt"
	"testing"
)

// BenchmarkPrepare has three years of days and of hours, as they are and saturated.
func BenchmarkPrepare(b *testing.B) {
	for _, c := range []struct {
		name string
		s    Series
	}{{"days", tills(1, 1096)}, {"hours", desk(1, 24*1096)}} {
		for _, share := range []float64{0, 0.05} {
			s := cut(c.s, percentile(c.s.Values, 1-share))
			b.Run(fmt.Sprintf("%s/saturated=%v", c.name, share), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					p := prepare(s, Options{})
					p.lift(Options{})
				}
			})
		}
	}
}
