package reconcile

import (
	"fmt"
	"testing"
)

func BenchmarkSeries(b *testing.B) {
	for _, parts := range []int{5, 50, 1000} {
		b.Run(fmt.Sprintf("parts=%d", parts), func(b *testing.B) {
			p := Total(parts).Structural()
			y := make([][]float64, parts+1)
			for i := range y {
				y[i] = make([]float64, 400)
			}
			b.ReportAllocs()
			for b.Loop() {
				p.Series(y, true)
			}
		})
	}
}

func BenchmarkMinT(b *testing.B) {
	for _, parts := range []int{5, 50, 200} {
		b.Run(fmt.Sprintf("parts=%d", parts), func(b *testing.B) {
			errors := make([][]float64, parts+1)
			for i := range errors {
				for t := range 365 {
					errors[i] = append(errors[i], float64((t*7919+i*104729)%1009)-504)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Total(parts).MinT(errors); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
