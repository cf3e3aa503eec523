package intermittent_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/intermittent"
	"foresight/analytics/internal/anyseries"
)

// demand was made up for the comparison: 30 steps, 8 demands.
var demand = []float64{0, 0, 3, 0, 0, 0, 2, 0, 5, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 2, 0, 0, 0, 0, 0, 6, 0, 1, 0, 0}

// PyPI statsforecast 2.1.1, models._tsb(demand, 1, True, alpha_d, alpha_p): mean and
// last fitted, printed to 8 decimals. It starts from the first demand and
// from the first step as the probability, and so counts the first step as known.
func TestTSBGivesStatsforecastsNumbers(t *testing.T) {
	for _, c := range []struct{ alpha, beta, mean, last float64 }{
		{0.1, 0.1, 0.74149661, 0.82388512},
		{0.3, 0.2, 0.72539798, 0.90674748},
		{0.5, 0.05, 0.54618226, 0.57492869},
	} {
		m, err := intermittent.Run(demand[1:], intermittent.TSB, c.alpha, c.beta, intermittent.State{Size: 3, Probability: 0})
		require.NoError(t, err)
		assert.InDelta(t, c.mean, m.Mean(), 6e-9)
		assert.InDelta(t, c.last, m.Fitted[len(m.Fitted)-1], 6e-9)
	}
}

// statsforecast 2.1.1, models._croston_classic and _croston_sba(demand, 1, …), whose
// gains are 0.1 and which start from the first demand and the first interval.
func TestCrostonGivesStatsforecastsNumbers(t *testing.T) {
	start := intermittent.State{Size: 3, Interval: 3}
	m, err := intermittent.Run(demand, intermittent.Croston, 0.1, 0.1, start)
	require.NoError(t, err)
	assert.InDelta(t, 0.90505403, m.Mean(), 6e-9)
	assert.InDelta(t, 0.94273004, m.Fitted[19], 6e-9)
	m, err = intermittent.Run(demand, intermittent.SBA, 0.1, 0.1, start)
	require.NoError(t, err)
	assert.InDelta(t, 0.85980133, m.Mean(), 6e-9)
}

// TSB forgets what is no longer asked for, Croston does not.
func TestObsolescence(t *testing.T) {
	y := append(append([]float64(nil), demand...), make([]float64, 60)...)
	tsb, err := intermittent.Fit(y, intermittent.Options{Alpha: 0.1, Beta: 0.1})
	require.NoError(t, err)
	croston, err := intermittent.Fit(y, intermittent.Options{Method: intermittent.Croston, Alpha: 0.1, Beta: 0.1})
	require.NoError(t, err)
	assert.Less(t, tsb.Mean(), 0.01)
	assert.Greater(t, croston.Mean(), 0.3)
}

func TestNothingIsEverAskedFor(t *testing.T) {
	for _, m := range []intermittent.Method{intermittent.TSB, intermittent.Croston, intermittent.SBA} {
		f, err := intermittent.Fit([]float64{0, math.NaN(), 0}, intermittent.Options{Method: m})
		require.NoError(t, err)
		assert.Equal(t, []float64{0, 0}, f.Predict(2))
		one, err := intermittent.Fit([]float64{7}, intermittent.Options{Method: m, Alpha: 0.1, Beta: 0.1})
		require.NoError(t, err)
		assert.InDelta(t, 7, one.Mean(), 0.36) // SBA takes off its 5 %
	}
}

func TestDeadEnds(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		y    []float64
		want error
	}{
		{nil, intermittent.ErrNoData},
		{[]float64{nan, nan}, intermittent.ErrNoData},
		{[]float64{1, math.Inf(1)}, intermittent.ErrNotFinite},
		{[]float64{1, -1e151}, intermittent.ErrNotFinite},
		{[]float64{1, -1}, intermittent.ErrNegative},
	} {
		_, err := intermittent.Fit(c.y, intermittent.Options{})
		require.ErrorIs(t, err, c.want)
		_, err = intermittent.Run(c.y, intermittent.TSB, 0.1, 0.1, intermittent.State{})
		require.ErrorIs(t, err, c.want)
	}
	for _, o := range []intermittent.Options{{Method: 5}, {Alpha: 2}, {Beta: nan}, {Alpha: -1}} {
		_, err := intermittent.Fit(demand, o)
		require.Error(t, err)
	}
	_, err := intermittent.Run(demand, intermittent.SBA, 0.1, 0.1, intermittent.State{Size: 1})
	require.ErrorContains(t, err, "interval")
}

// sparse draws counts that are zero more often than not.
func sparse(t *rapid.T) ([]float64, intermittent.Options) {
	n := rapid.IntRange(1, 60).Draw(t, "n")
	y := make([]float64, n)
	for i := range y {
		switch rapid.IntRange(0, 7).Draw(t, "kind") {
		case 0, 1:
			y[i] = rapid.Float64Range(0.5, 20).Draw(t, "size")
		case 2:
			y[i] = math.NaN()
		}
	}
	y[n/2] = 1
	return y, intermittent.Options{Method: rapid.SampledFrom([]intermittent.Method{intermittent.TSB, intermittent.Croston, intermittent.SBA}).Draw(t, "method")}
}

func TestScalingTheSeriesScalesTheForecast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := sparse(t)
		big := make([]float64, len(y))
		for i, v := range y {
			big[i] = 64 * v
		}
		a, err := intermittent.Fit(y, o)
		require.NoError(t, err)
		b, err := intermittent.Fit(big, o)
		require.NoError(t, err)
		require.Equal(t, 64*a.Mean(), b.Mean())
	})
}

// Missing values anywhere change nothing but time: the forecasts are those of the
// series without them.
func TestMissingValuesAreNotThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := sparse(t)
		var seen []float64
		for _, v := range y {
			if !math.IsNaN(v) {
				seen = append(seen, v)
			}
		}
		a, err := intermittent.Fit(y, o)
		require.NoError(t, err)
		b, err := intermittent.Fit(seen, o)
		require.NoError(t, err)
		require.Equal(t, b.Predict(3), a.Predict(3))
		require.Equal(t, b.SSE, a.SSE)
	})
}

// The gains found are no worse than any others, and the forecast lies between
// nothing and the largest demand.
func TestFoundGainsAreGood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := sparse(t)
		m, err := intermittent.Fit(y, o)
		require.NoError(t, err)
		for _, a := range []float64{0.01, 0.1, 0.3, 0.5} {
			for _, b := range []float64{0.01, 0.1, 0.3, 0.5} {
				o.Alpha, o.Beta = a, b
				other, err := intermittent.Fit(y, o)
				require.NoError(t, err)
				require.GreaterOrEqual(t, other.SSE, m.SSE)
			}
		}
		require.True(t, m.Mean() >= 0 && m.Mean() <= 20)
	})
}

func FuzzFit(f *testing.F) {
	for i, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, uint8(i))
	}
	f.Add(anyseries.Bytes(0, math.NaN(), 5e-324, 1e149, 3), 5, uint8(1))
	f.Fuzz(func(t *testing.T, raw []byte, length int, method uint8) {
		y := anyseries.Of(raw, length, anyseries.Longest)
		for i, v := range y {
			y[i] = math.Abs(v)
		}
		m, err := intermittent.Fit(y, intermittent.Options{Method: intermittent.Method(method % 3), Period: int(method) / 3 % 9})
		if err != nil {
			return
		}
		last := 0.0
		for lead, p := range []float64{0.01, 0.5, 0.9, 0.999} {
			q, middle := m.Quantile(3, p), m.Middle(lead, float64(lead))
			if !anyseries.Finite(q, middle) || q < last || !(middle > 0 && middle < 1) {
				t.Fatalf("quantile %v after %v, middle %v by %+v", q, last, middle, m)
			}
			last = q
		}
		for _, v := range append(m.Predict(9), m.Mean()) {
			if !anyseries.Finite(v) || v < 0 {
				t.Fatalf("forecast %v by %+v", v, m)
			}
		}
	})
}

func ExampleFit() {
	m, err := intermittent.Fit(demand, intermittent.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v: a demand at %.0f %% of steps, of %.1f: %.2f a step\n", m.Method, 100*m.End.Probability, m.End.Size, m.Mean())
	// Output: TSB: a demand at 27 % of steps, of 3.0: 0.80 a step
}

func ExampleRun() {
	m, err := intermittent.Run(demand, intermittent.SBA, 0.1, 0.1, intermittent.State{Size: 3, Interval: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f every %.1f steps: %.2f\n", m.End.Size, m.End.Interval, m.Predict(2))
	// Output: 3.00 every 3.3 steps: [0.86 0.86]
}

func BenchmarkFit(b *testing.B) {
	for _, n := range []int{110, 1100, 5000} {
		y := make([]float64, n)
		for i := range y {
			y[i] = max(0, float64((i*7919)%101)-80)
		}
		for _, m := range []intermittent.Method{intermittent.TSB, intermittent.SBA} {
			b.Run(fmt.Sprintf("n=%d/%v", n, m), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := intermittent.Fit(y, intermittent.Options{Method: m}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
