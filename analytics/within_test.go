package analytics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func ExampleLearnWithin() {
	var busiest, mean []float64 // five minutes and hours, both as payments an hour
	for day := range 30 {
		mean = append(mean, 1000+float64(day))
		busiest = append(busiest, mean[day]*(1.4+0.02*float64(day%3)))
	}
	w, err := LearnWithin(busiest, mean)
	fmt.Printf("%.2f ± %.3f from %d days, %v\n", w.Factor, w.Spread, w.Buckets, err)
	// Output: 1.42 ± 0.012 from 30 days, <nil>
}

func TestTheLoadWithinIsFoundAsDrawn(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var busiest, mean []float64
	for range 400 {
		m := 100 * math.Exp(rng.NormFloat64())
		mean, busiest = append(mean, m), append(busiest, m*1.5*math.Exp(0.1*rng.NormFloat64()))
	}
	w, err := LearnWithin(busiest, mean)
	require.NoError(t, err)
	require.InDelta(t, 1.5, w.Factor, 0.02)
	require.InDelta(t, 0.1, w.Spread, 0.01)
	busiest[7] *= 1e6
	freak, err := LearnWithin(busiest, mean)
	require.NoError(t, err)
	require.InDelta(t, w.Spread, freak.Spread, 0.01)
	_, err = LearnWithin(busiest[:13], mean[:13])
	require.ErrorIs(t, err, ErrFewBuckets)
}

func TestTheLoadWithinHasNoUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := rapid.SliceOfN(rapid.Float64Range(0.1, 1e6), 20, 60)
		n := 20
		busiest, mean := pair.Draw(t, "busiest")[:n], pair.Draw(t, "mean")[:n]
		by := rapid.Float64Range(0.01, 100).Draw(t, "by")
		scaled := func(v []float64) []float64 {
			out := make([]float64, len(v))
			for i := range v {
				out[i] = by * v[i]
			}
			return out
		}
		a, err := LearnWithin(busiest, mean)
		require.NoError(t, err)
		b, err := LearnWithin(scaled(busiest), scaled(mean))
		require.NoError(t, err)
		require.GreaterOrEqual(t, a.Factor, 1.0)
		require.InEpsilon(t, a.Factor, b.Factor, 1e-9)
		require.InDelta(t, a.Spread, b.Spread, 1e-9)
	})
}

func FuzzLearnWithin(f *testing.F) {
	f.Add(1.0, 0.0, math.Inf(1), 5e-324)
	f.Add(math.NaN(), -1.0, math.MaxFloat64, 2.0)
	f.Fuzz(func(t *testing.T, a, b, c, d float64) {
		var busiest, mean []float64
		for range 14 {
			busiest, mean = append(busiest, a, c, 1), append(mean, b, d, 2)
		}
		w, err := LearnWithin(busiest, mean)
		require.NoError(t, err)
		require.False(t, math.IsNaN(w.Factor) || math.IsNaN(w.Spread) || w.Factor < 1 || w.Spread < 0)
	})
}

func BenchmarkLearnWithin(b *testing.B) {
	for _, n := range []int{30, 180, 1000} {
		b.Run(fmt.Sprintf("buckets=%d", n), func(b *testing.B) {
			busiest, mean := make([]float64, n), make([]float64, n)
			for i := range mean {
				mean[i], busiest[i] = 100, 100+float64(i*7919%61)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := LearnWithin(busiest, mean); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
