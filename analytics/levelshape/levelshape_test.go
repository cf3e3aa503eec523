package levelshape_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/internal/anyseries"
	"foresight/analytics/levelshape"
)

// weeks draws days with a week, a drift, noise and, if asked for, gaps.
func weeks(t *rapid.T, gaps bool) ([]float64, levelshape.Options) {
	n := rapid.IntRange(21, 120).Draw(t, "n")
	o := levelshape.Options{Period: 7, Cycle: rapid.SampledFrom([]float64{0, 17.5, 28}).Draw(t, "cycle"),
		ShapePeriods: rapid.SampledFrom([]int{0, 2, 5}).Draw(t, "shape")}
	drift := rapid.Float64Range(-0.3, 0.5).Draw(t, "drift")
	noise := rapid.SliceOfN(rapid.Float64Range(0.8, 1.25), n, n).Draw(t, "noise")
	y := make([]float64, n)
	for i := range y {
		y[i] = (60 + drift*float64(i)) * (1 + 0.3*float64(i%7)) * noise[i]
		if gaps && i > 0 && rapid.IntRange(0, 5).Draw(t, "gap") == 0 {
			y[i] = math.NaN()
		}
	}
	return y, o
}

func predict(t require.TestingT, y []float64, o levelshape.Options) []float64 {
	m, err := levelshape.Fit(y, o)
	require.NoError(t, err)
	return m.Predict(30)
}

func TestScalingTheSeriesScalesTheForecast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := weeks(t, true)
		factor := rapid.SampledFrom([]float64{1e-6, 0.37, 1000}).Draw(t, "factor")
		scaled := make([]float64, len(y))
		for i, v := range y {
			scaled[i] = factor * v
		}
		a, b := predict(t, y, o), predict(t, scaled, o)
		for i := range a {
			// λ is found to 1e-7 and, where the likelihood is flat to rounding, less well.
			require.InEpsilon(t, factor*a[i], b[i], 1e-4)
		}
	})
}

// Only full periods count: up to six values before them change nothing, and nor does
// the time at which the series lies.
func TestWhatLiesBeforeTheFirstPeriodIsLeftOff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := weeks(t, false)
		y = y[len(y)%7:]
		lead := rapid.IntRange(0, 6).Draw(t, "lead")
		longer := append(append([]float64(nil), y[:lead]...), y...)
		require.Equal(t, predict(t, y, o), predict(t, longer, o))
	})
}

func TestForecastsStayInReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := weeks(t, true)
		lo, hi := math.Inf(1), 0.0
		for _, v := range y {
			if !math.IsNaN(v) {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
		for _, v := range predict(t, y, o) {
			require.True(t, v >= 0 && v <= hi+hi-lo)
		}
	})
}

// A level times a shape, without noise, goes on as it is.
func TestAPureProductGoesOn(t *testing.T) {
	shape := []float64{1, 2, 3, 2, 1, 4, 5}
	y := make([]float64, 140)
	for i := range y {
		y[i] = 10 * shape[i%7]
	}
	y[60], y[61] = math.NaN(), math.NaN()
	m, err := levelshape.Fit(y, levelshape.Options{Period: 7})
	require.NoError(t, err)
	f := m.Predict(21)
	for i, v := range f {
		assert.InDelta(t, 10*shape[i%7], v, 1e-6)
	}
	for i := range y { // and below zero
		y[i] -= 60
	}
	m, err = levelshape.Fit(y, levelshape.Options{Period: 7})
	require.NoError(t, err)
	assert.InDelta(t, f[6]-60, m.Predict(7)[6], 1e-6)
}

// A season of closed days and a silent month leave an answer.
func TestClosedDaysAndSilence(t *testing.T) {
	y := make([]float64, 200)
	for i := range y {
		if i%7 < 5 {
			y[i] = 100 + float64(i%3)
		}
		if i >= 90 && i < 125 {
			y[i] = math.NaN()
		}
	}
	m, err := levelshape.Fit(y, levelshape.Options{Period: 7})
	require.NoError(t, err)
	f := m.Predict(14)
	for i, v := range f {
		if (200+i)%7 < 5 {
			assert.InDelta(t, 101, v, 3)
		} else {
			assert.Zero(t, v)
		}
	}
}

func TestDeadEnds(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		y    []float64
		want error
	}{
		{nil, levelshape.ErrNoData},
		{[]float64{nan, nan, nan, nan, nan, nan}, levelshape.ErrNoData},
		{[]float64{1, 2, 3, 4, 5}, levelshape.ErrTooShort},
		{[]float64{1, 2, 3, 4, 5, math.Inf(-1)}, levelshape.ErrNotFinite},
	} {
		_, err := levelshape.Fit(c.y, levelshape.Options{Period: 2})
		require.ErrorIs(t, err, c.want)
	}
	for _, o := range []levelshape.Options{{}, {Period: 7, Cycle: 7}, {Period: 7, Cycle: nan}, {Period: 7, ShapePeriods: -1}} {
		_, err := levelshape.Fit(make([]float64, 30), o)
		require.Error(t, err)
	}
	_, err := levelshape.Strongest([]float64{nan}, 7)
	require.ErrorIs(t, err, levelshape.ErrNoData)
	p, err := levelshape.Strongest(make([]float64, 30), 7)
	require.NoError(t, err)
	assert.Equal(t, 1, p)
}

func FuzzFit(f *testing.F) {
	for _, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, 7, 0.0)
	}
	f.Add(anyseries.Bytes(1, 2, 3, 4, 5, 6, math.NaN(), 8, 1e149, 5e-324, -1e149), 11, 2, 4.5)
	f.Add(anyseries.Bytes(-3), 6, 2, 4.0)
	f.Fuzz(func(t *testing.T, raw []byte, length, period int, cycle float64) {
		y := anyseries.Of(raw, length, anyseries.Longest)
		if p, err := levelshape.Strongest(y, period, 7); err == nil && p < 1 {
			t.Fatalf("a period of %d", p)
		}
		m, err := levelshape.Fit(y, levelshape.Options{Period: period, Cycle: cycle})
		if err != nil {
			return
		}
		if f := m.Predict(100); !anyseries.Finite(f...) {
			t.Fatalf("%v by %+v of %v", f, m, y)
		}
	})
}

// visits of eight weeks, rising.
func visits() []float64 {
	y := make([]float64, 56)
	for i := range y {
		y[i] = (100 + float64(i)) * []float64{1, 1.1, 1.1, 1.2, 1.6, 1.4, 0.6}[i%7]
	}
	return y
}

func ExampleFit() {
	m, err := levelshape.Fit(visits(), levelshape.Options{Period: 7})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("shape %.2f\n", m.Shape)
	fmt.Printf("%.0f\n", m.Predict(7))
	// Output:
	// shape [0.12 0.14 0.14 0.15 0.20 0.18 0.08]
	// [155 172 173 190 255 225 97]
}

func ExampleStrongest() {
	p, err := levelshape.Strongest(visits(), 5, 7)
	fmt.Println(p, err)
	// Output: 7 <nil>
}

func BenchmarkFit(b *testing.B) {
	for _, c := range []struct {
		n, period int
		cycle     float64
	}{{110, 12, 0}, {1100, 7, 365.25}, {3650, 7, 365.25}, {8760, 24, 168}, {26304, 24, 168}} {
		y := make([]float64, c.n)
		for i := range y {
			y[i] = 500 + float64((i*7919)%101) + 200*math.Sin(2*math.Pi*float64(i)/float64(c.period))
		}
		b.Run(fmt.Sprintf("n=%d/period=%d", c.n, c.period), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m, err := levelshape.Fit(y, levelshape.Options{Period: c.period, Cycle: c.cycle})
				if err != nil {
					b.Fatal(err)
				}
				m.Predict(90)
			}
		})
	}
}
