package analytics

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// crowd draws n paths of h buckets around 1000.
func crowd(n, h int) [][]float64 {
	rng := rand.New(rand.NewPCG(1, 1))
	paths := make([][]float64, n)
	for p := range paths {
		paths[p] = make([]float64, h)
		for i := range paths[p] {
			paths[p][i] = 1000 + 100*rng.NormFloat64()
		}
	}
	return paths
}

// BenchmarkReadPaths is what is read off the paths of a finished forecast: crossings of a limit, the
// maximum's distribution, and the capacity that would do.
func BenchmarkReadPaths(b *testing.B) {
	for _, n := range []int{500, 2000, 5000} {
		for _, h := range []int{90, 400, 2160} {
			paths, limits := crowd(n, h), make([]float64, h)
			for i := range limits {
				limits[i] = 1350
			}
			for name, read := range map[string]func(){
				"cross":   func() { Cross(paths, limits, 0.2) },
				"maximum": func() { MaximumOf(paths, []float64{0.05, 0.5, 0.95}) },
				"needed":  func() { NeededCapacity(paths, limits, 0.05) },
			} {
				b.Run(fmt.Sprintf("%s/paths=%d,h=%d", name, n, h), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						read()
					}
				})
			}
		}
	}
}

// BenchmarkRunPaths is a whole run by how many paths it draws; what a run takes beside them is BenchmarkRun.
func BenchmarkRunPaths(b *testing.B) {
	s := shopDays(1, 1095)
	for _, n := range []int{500, 2000, 5000} {
		b.Run(fmt.Sprintf("days=1095,h=400,paths=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run(b, s, Options{Horizon: 400, Paths: n})
			}
		})
	}
}
