package decompose

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/internal/anyseries"
)

// drawn is a series with a season, some noise and some holes, and options for it.
func drawn(t *rapid.T) ([]float64, Options) {
	period := rapid.IntRange(2, 9).Draw(t, "period")
	n := rapid.IntRange(2*period, 60).Draw(t, "n")
	y := rapid.SliceOfN(rapid.Float64Range(-100, 100), n, n).Draw(t, "y")
	o := Options{Period: period, Robust: rapid.Bool().Draw(t, "robust"),
		SeasonalWindow: rapid.SampledFrom([]int{0, 7, 11}).Draw(t, "window"),
		SeasonalDegree: rapid.SampledFrom([]Degree{DegreeDefault, Linear}).Draw(t, "degree"),
		TrendJump:      rapid.IntRange(0, 5).Draw(t, "jump")}
	return y, o
}

func TestComponentsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := drawn(t)
		for i := range y {
			if rapid.IntRange(0, 9).Draw(t, "hole") == 0 && i > 0 {
				y[i] = math.NaN()
			}
		}
		c, err := STL(y, o)
		require.NoError(t, err)
		for i, v := range y {
			if math.IsNaN(v) {
				assert.True(t, math.IsNaN(c.Remainder[i]))
				assert.False(t, math.IsNaN(c.Trend[i]+c.Season[i]), "trend and season know no holes")
				continue
			}
			assert.InDelta(t, v, c.Trend[i]+c.Season[i]+c.Remainder[i], 1e-9)
			assert.True(t, c.Weights[i] >= 0 && c.Weights[i] <= 1)
		}
	})
}

// Another unit and another zero must not change what is trend and what is season.
// A power of two and whole shifts keep the rounding alike; the robust weights are
// left out, for a median among ties may fall either way.
func TestUnitAndZeroDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := drawn(t)
		o.Robust = false
		shift := float64(rapid.IntRange(-1000, 1000).Draw(t, "shift"))
		moved := make([]float64, len(y))
		for i, v := range y {
			moved[i] = 4*v + shift
		}
		a, err := STL(y, o)
		require.NoError(t, err)
		b, err := STL(moved, o)
		require.NoError(t, err)
		for i := range y {
			assert.InDelta(t, 4*a.Trend[i]+shift, b.Trend[i], 1e-8)
			assert.InDelta(t, 4*a.Season[i], b.Season[i], 1e-8)
		}
	})
}

func TestRobustWeightsSilenceAShock(t *testing.T) {
	y := make([]float64, 84)
	for i := range y {
		y[i] = 100 + 0.5*float64(i) + 10*math.Sin(2*math.Pi*float64(i)/7) + 0.1*float64(i%5)
	}
	y[40] += 500
	c, err := STL(y, Options{Period: 7, Robust: true})
	require.NoError(t, err)
	assert.Zero(t, c.Weights[40])
	assert.InDelta(t, 500, c.Remainder[40], 1)
	assert.InDelta(t, 0, c.Remainder[41], 1)
}

func TestHolesAreBridgedWithinTheirSeason(t *testing.T) {
	nan := math.NaN()
	got := Fill([]float64{1, 10, nan, nan, 3, 30, nan, nan, nan, 40}, 2)
	assert.Equal(t, []float64{1, 10, 2, 20, 3, 30, 3, 35, 3, 40}, got)
	got = Fill([]float64{nan, 10, nan, 20}, 2) // the first season was never seen
	assert.Equal(t, []float64{10, 10, 15, 20}, got)
}

func TestClassicalPartsMultiply(t *testing.T) {
	r := readR(t)
	y := r.Observations
	c, err := Classical(y, 12, true)
	require.NoError(t, err)
	for i := 6; i < len(y)-6; i++ {
		require.InDelta(t, y[i], c.Trend[i]*c.Season[i]*c.Remainder[i], 1e-9)
	}
	assert.True(t, math.IsNaN(c.Trend[5]) && math.IsNaN(c.Trend[len(y)-6]))
	odd, err := Classical([]float64{1, 2, 6, 1, 2, 6, 1}, 3, false)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{-2, -1, 3, -2, -1, 3, -2}, odd.Season, 1e-12)
}

func TestBadInputIsAnError(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name string
		y    []float64
		o    Options
		want error
	}{
		{"short", []float64{1, 2, 3}, Options{Period: 2}, ErrTooShort},
		{"empty", nil, Options{Period: 2}, ErrTooShort},
		{"missing", []float64{nan, nan, nan, nan}, Options{Period: 2}, ErrNoData},
		{"infinite", []float64{1, 2, inf, 4}, Options{Period: 2}, ErrNotFinite},
		{"huge", []float64{1, 2, 1e200, 4}, Options{Period: 2}, ErrNotFinite},
		{"no period", []float64{1, 2, 3, 4}, Options{}, nil},
		{"negative window", []float64{1, 2, 3, 4}, Options{Period: 2, TrendWindow: -1}, nil},
		{"degree", []float64{1, 2, 3, 4}, Options{Period: 2, TrendDegree: 7}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := STL(c.y, c.o)
			require.Error(t, err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
	_, err := Classical([]float64{1, 0, 1, 2}, 2, true)
	require.ErrorIs(t, err, ErrNotPositive)
	_, err = Classical([]float64{1, 2, 3}, 2, true)
	require.ErrorIs(t, err, ErrTooShort)
}

func TestMiddlesAreThoseOfTheSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 1, 2, 2, 3.5, 7, 8, 1e300}), 1, 40).Draw(t, "v")
		sorted := slices.Sorted(slices.Values(v))
		lower, upper := middles(v)
		require.Equal(t, sorted[(len(v)-1)/2], lower)
		require.Equal(t, sorted[len(v)/2], upper)
	})
}

func FuzzSTL(f *testing.F) {
	for i, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, 7, 0, i%2 == 0)
	}
	f.Add(anyseries.Bytes(math.NaN(), 1e149, -1e149, 5e-324, 0, 1e-150, 3), 9, 3, 7, false)
	f.Fuzz(func(t *testing.T, raw []byte, length, period, window int, robust bool) {
		y := anyseries.Of(raw, length, anyseries.Longest)
		c, err := STL(y, Options{Period: period, SeasonalWindow: window, Robust: robust})
		if err != nil {
			return
		}
		if !anyseries.Finite(c.Trend...) || !anyseries.Finite(c.Season...) {
			t.Fatalf("trend %v, season %v of %v", c.Trend, c.Season, y)
		}
	})
}

// Means and filled holes stay among what was observed, in whatever unit; factors are above zero.
func TestClassicalAndFillKnowNoUnitAndNoZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := drawn(t)
		y[0], y[len(y)/2] = math.NaN(), math.NaN()
		moved := make([]float64, len(y))
		for i, v := range y {
			moved[i] = 4*v + 300
		}
		a, err := Classical(y, o.Period, false)
		require.NoError(t, err)
		b, err := Classical(moved, o.Period, false)
		require.NoError(t, err)
		fa, fb := Fill(y, o.Period), Fill(moved, o.Period)
		near := func(want, got float64) {
			if math.IsNaN(want) {
				require.True(t, math.IsNaN(got))
				return
			}
			require.InDelta(t, want, got, 1e-9)
		}
		for i, v := range y {
			near(4*a.Trend[i]+300, b.Trend[i])
			near(4*a.Season[i], b.Season[i])
			near(4*a.Remainder[i], b.Remainder[i])
			near(4*fa[i]+300, fb[i])
			require.False(t, math.IsNaN(fa[i]) || !math.IsNaN(v) && v != fa[i], "holes alone are filled")
		}
	})
}

func FuzzClassical(f *testing.F) {
	for i, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, 2+i%6, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, raw []byte, length, period int, multiplicative bool) {
		y := anyseries.Of(raw, length, anyseries.Longest)
		c, err := Classical(y, period, multiplicative)
		if err != nil {
			return
		}
		for i := range y {
			if math.IsInf(c.Trend[i], 0) || math.IsInf(c.Season[i], 0) {
				t.Fatalf("trend %v, season %v at %d of %v", c.Trend[i], c.Season[i], i, y)
			}
		}
		if filled := Fill(y, period); !anyseries.Finite(filled...) {
			t.Fatalf("%v filled to %v", y, filled)
		}
	})
}

func ExampleSTL() {
	y := []float64{12, 18, 15, 13, 19, 16, 14, 20, 17, 15, 21, 18}
	c, _ := STL(y, Options{Period: 3})
	fmt.Printf("trend %.2f … %.2f\nseason %.2f\n", c.Trend[0], c.Trend[11], c.Season[:3])
	// Output:
	// trend 14.74 … 18.26
	// season [-2.76 3.00 -0.24]
}

func BenchmarkSTL(b *testing.B) {
	for _, c := range []struct{ n, period int }{{110, 12}, {1100, 7}, {8760, 168}} {
		y := make([]float64, c.n)
		for i := range y {
			y[i] = float64((i*7919)%101) + 50*math.Sin(2*math.Pi*float64(i)/float64(c.period))
		}
		for _, robust := range []bool{false, true} {
			b.Run(fmt.Sprintf("n=%d/period=%d/robust=%v", c.n, c.period, robust), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := STL(y, Options{Period: c.period, Robust: robust}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
