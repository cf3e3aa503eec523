package theta_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/internal/anyseries"
	"foresight/analytics/theta"
)

var variants = []theta.Variant{theta.DOTM, theta.DSTM, theta.OTM, theta.STM}

// walk draws a random walk with drift, a season of 4 and, if asked for, gaps.
func walk(t *rapid.T, gaps bool) []float64 {
	n := rapid.IntRange(12, 60).Draw(t, "n")
	drift := rapid.Float64Range(-2, 2).Draw(t, "drift")
	steps := rapid.SliceOfN(rapid.Float64Range(-5, 5), n, n).Draw(t, "steps")
	y, level := make([]float64, n), 200.0
	for i, s := range steps {
		level += drift + s
		y[i] = level + 3*float64(i%4)
		if gaps && i > 0 && i < n-1 && rapid.IntRange(0, 5).Draw(t, "gap") == 0 {
			y[i] = math.NaN()
		}
	}
	return y
}

func fit(t require.TestingT, y []float64, o theta.Options) *theta.Model {
	m, err := theta.Fit(y, o)
	require.NoError(t, err)
	return m
}

// A power of two scales exactly.
func TestScalingTheSeriesScalesTheForecast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := walk(t, true)
		o := theta.Options{Variant: rapid.SampledFrom(variants).Draw(t, "variant"), Season: theta.SeasonTested, Period: 4}
		big := make([]float64, len(y))
		for i, v := range y {
			big[i] = 1024 * v
		}
		a, b := fit(t, y, o).Predict(9), fit(t, big, o).Predict(9)
		for i := range a {
			require.InEpsilon(t, 1024*a[i], b[i], 1e-9)
		}
	})
}

// A constant put on the series is put on the forecast. The search of α stops at
// 1e-5, so that rounding can move it by as much, and a sum of squares with two
// equal minima may fall either way: the sums are compared, and the forecasts with
// the same parameters.
func TestShiftingTheSeriesShiftsTheForecast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := walk(t, true)
		v := rapid.SampledFrom(variants).Draw(t, "variant")
		up := make([]float64, len(y))
		for i := range y {
			up[i] = y[i] + 1000
		}
		a, b := fit(t, y, theta.Options{Variant: v}), fit(t, up, theta.Options{Variant: v})
		require.InDelta(t, a.SSE, b.SSE, 1e-5*a.SSE+1e-6)
		p := a.Params
		p.Level += 1000 / p.Theta // of the bent line, 1 − ω = 1/θ of any constant
		b, err := theta.Run(up, v, p)
		require.NoError(t, err)
		fa, fb := a.Predict(9), b.Predict(9)
		for i := range fa {
			require.InDelta(t, fa[i]+1000, fb[i], 1e-6)
		}
	})
}

// Missing values before the first are not there, and those at the end are
// forecasts: ahead of them the model goes on as if it had predicted them.
func TestMissingValuesStandForTheirExpectation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := walk(t, true)
		v := rapid.SampledFrom(variants).Draw(t, "variant")
		m := fit(t, y, theta.Options{Variant: v})
		nan := math.NaN()
		late := fit(t, append([]float64{nan, nan, nan}, y...), theta.Options{Variant: v})
		require.Equal(t, m.Predict(5), late.Predict(5))
		longer, err := theta.Run(append(append([]float64(nil), y...), nan, nan), v, m.Params)
		require.NoError(t, err)
		require.InDeltaSlice(t, m.Predict(7)[2:], longer.Predict(5), 1e-7)
		require.InDeltaSlice(t, m.Predict(2), longer.Fitted[len(y):], 1e-7)
	})
}

// Around the fitted parameters the plain recursion does no better, although the
// search knows the level and θ only as what is best for each α. With gaps, where ω
// has more than one bottom now and then, it is nearly so.
func TestFitIsAtABottom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gaps := rapid.Bool().Draw(t, "gaps")
		y := walk(t, gaps)
		v := rapid.SampledFrom(variants).Draw(t, "variant")
		m := fit(t, y, theta.Options{Variant: v})
		slack := 1e-6
		if gaps {
			slack = 0.05
		}
		for _, step := range []float64{-0.002, 0.002} {
			p := m.Params
			p.Alpha = max(0.1, min(0.99, p.Alpha+step))
			moved, err := theta.Run(y, v, p)
			require.NoError(t, err)
			require.GreaterOrEqual(t, moved.SSE, m.SSE*(1-slack)-1e-9)
		}
	})
}

func FuzzFit(f *testing.F) {
	for i, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, uint8(i), 7)
	}
	f.Add(anyseries.Bytes(112, 118, math.NaN(), 129, 121, 135, 0, 5e-324, 1e149, -1e149), 10, uint8(3), 4)
	f.Add(anyseries.Bytes(math.Inf(1), 1, 2, 3, 4, 1e-310, 1e-310), 7, uint8(6), 2)
	f.Fuzz(func(t *testing.T, raw []byte, length int, kind uint8, period int) {
		y := anyseries.Of(raw, length, anyseries.Longest)
		o := theta.Options{Variant: theta.Variant(kind % 4), Season: theta.Season(kind / 4 % 4), Period: period}
		m, err := theta.Fit(y, o)
		if err != nil {
			return
		}
		if f := m.Predict(50); !anyseries.Finite(f...) {
			t.Fatalf("%v by %+v of %v", f, m.Params, y)
		}
	})
}

func BenchmarkFit(b *testing.B) {
	for _, n := range []int{30, 110, 1100} {
		for _, v := range variants {
			for _, gaps := range []bool{false, true} {
				y := make([]float64, n)
				for i := range y {
					y[i] = 500 + float64(i) + float64((i*7919)%101) + 50*math.Sin(2*math.Pi*float64(i)/12)
					if gaps && i%17 == 5 {
						y[i] = math.NaN()
					}
				}
				b.Run(fmt.Sprintf("n=%d/%v/gaps=%v", n, v, gaps), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, err := theta.Fit(y, theta.Options{Variant: v, Season: theta.SeasonTested, Period: 12}); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// A search that begins near where it should end finds what one over all of it finds, to the accuracy
// of its steps; one that begins anywhere is a fit all the same.
func TestNearFindsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := walk(t, true)
		whole := fit(t, y, theta.Options{})
		near := fit(t, y, theta.Options{Near: whole.Params.Near()})
		require.LessOrEqual(t, near.SSE, whole.SSE*(1+1e-3)+1e-9)
		odd := fit(t, y, theta.Options{Near: &theta.Near{Alpha: rapid.Float64().Draw(t, "alpha"), Omega: rapid.Float64().Draw(t, "omega")}})
		require.Len(t, odd.Fitted, len(y))
	})
}
