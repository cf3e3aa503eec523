package smoothing

import (
	"fmt"
	"testing"
)

// sizes is the ladder of the benchmarks.
var sizes = []int{50, 110, 250, 750, 1000, 3000}

// ladder runs a benchmark for every size and period of which a series holds two.
func ladder(b *testing.B, run func(b *testing.B, w *Workspace, y []float64, period int)) {
	for _, period := range []int{7, 12, 24} {
		for _, n := range sizes {
			y := wave(n, period)
			b.Run(fmt.Sprintf("m=%d/n=%d", period, n), func(b *testing.B) {
				b.ReportAllocs()
				run(b, new(Workspace), y, period)
			})
		}
	}
}

func BenchmarkAuto(b *testing.B) {
	ladder(b, func(b *testing.B, w *Workspace, y []float64, period int) {
		for b.Loop() {
			if _, err := w.Auto(y, period); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkFit is one form of three: sums, sums with relative errors, products.
func BenchmarkFit(b *testing.B) {
	for _, s := range []Spec{{Season: SeasonAdditive}, {Season: SeasonAdditive, Relative: true}, {Season: SeasonMultiplicative, Relative: true}} {
		s.Trend, s.Damped = true, true
		b.Run(s.String(), func(b *testing.B) {
			ladder(b, func(b *testing.B, w *Workspace, y []float64, period int) {
				s.Period = period
				for b.Loop() {
					if _, err := w.Fit(y, s); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkRefit takes the next period from what was stored, beside Fit of the
// same.
func BenchmarkRefit(b *testing.B) {
	ladder(b, func(b *testing.B, w *Workspace, y []float64, period int) {
		m, err := w.Fit(y[:len(y)-1], Spec{Trend: true, Damped: true, Season: SeasonAdditive, Period: period})
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := w.Refit(m.Stored, y); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPass(b *testing.B) {
	y := wave(1000, 7)
	for _, s := range []Spec{{Trend: true, Season: SeasonAdditive, Period: 7}, {Trend: true, Season: SeasonMultiplicative, Period: 7, Relative: true}} {
		p := ready(y, len(y), s)
		p.put(p.x, Params{Alpha: 0.3, Beta: 0.1, Gamma: 0.1, Phi: 0.9}, p.fixed)
		b.Run(fmt.Sprintf("value/%v", s), func(b *testing.B) {
			for b.Loop() {
				p.value(p.x)
			}
		})
		b.Run(fmt.Sprintf("slopes/%v", s), func(b *testing.B) {
			for b.Loop() {
				p.normals(p.x)
			}
		})
	}
}

// BenchmarkAutoM3 takes every fiftieth of the M3 series in turn.
func BenchmarkAutoM3(b *testing.B) {
	train, _ := m3(b)
	var series [][]float64
	for i, r := range ofR(b, "ets") {
		if i%50 == 0 {
			series = append(series, train[r[0]])
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := Auto(series[i%len(series)], 12); err != nil {
			b.Fatal(err)
		}
	}
}
