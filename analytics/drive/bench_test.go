package drive

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkFit(b *testing.B) {
	for _, days := range []int{30, 120, 365} {
		v, r := planted(days, 1, saturating, 3)
		b.Run(fmt.Sprintf("hours=%d", len(v)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Fit(v, r, Options{MaxLag: 2}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPath(b *testing.B) {
	v, r := planted(120, 1, saturating, 3)
	m, err := Fit(v, r, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{90, 400} {
		b.Run(fmt.Sprintf("buckets=%d", n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			dst := make([]float64, n)
			b.ReportAllocs()
			for b.Loop() {
				m.Path(dst, v[:n], rng)
			}
		})
	}
}

func BenchmarkLimit(b *testing.B) {
	v, r := planted(120, 1, saturating, 3)
	m, err := Fit(v, r, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Limit(75)
	}
}
