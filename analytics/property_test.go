package analytics

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ugly draws a daily series of counts with whatever history throws at a forecaster.
func ugly(t *rapid.T) Series {
	n := rapid.IntRange(1, 300).Draw(t, "n")
	level := math.Pow(10, rapid.Float64Range(-3, 7).Draw(t, "magnitude"))
	zeros, holes := rapid.IntRange(0, 10).Draw(t, "zeros"), rapid.IntRange(0, 9).Draw(t, "holes")
	noise := noisy(rapid.Uint64().Draw(t, "seed"), 1)
	s := made(stepDay, day(2022, 1, 1), n, func(i int, _ time.Time) float64 {
		u := math.Abs(noise())
		switch {
		case int(10*u)%11 < holes && i > 0:
			return math.NaN()
		case int(100*u)%11 < zeros:
			return 0
		case u > 2.5:
			return level * 50 * u
		}
		return level * u
	})
	return s
}

func TestAnyUglinessIsAnswered(t *testing.T) {
	cal := calendarOf(t, "SE")
	rapid.Check(t, func(t *rapid.T) {
		s := ugly(t)
		h := rapid.IntRange(1, 60).Draw(t, "h")
		f, err := Run(context.Background(), s, Options{Horizon: h, Calendar: cal, Quantiles: []float64{0.01, 0.05, 0.5, 0.95, 0.99}, Paths: 20, Origins: 3})
		require.NoError(t, err)
		checkSane(t, f)
		for _, path := range f.Paths {
			for _, v := range path {
				assert.False(t, math.IsNaN(v) || math.IsInf(v, 0) || v < 0)
			}
		}
		Peaks(s, f, cal, 0)
	})
}

func TestScalingTheSeriesScalesTheForecast(t *testing.T) {
	noise := noisy(9, 20)
	s := made(stepDay, day(2022, 1, 1), 300, shop(noise))
	big := made(stepDay, day(2022, 1, 1), 300, func(i int, _ time.Time) float64 { return 1024 * s.Values[i] })
	a, b := run(t, s, Options{Horizon: 30}), run(t, big, Options{Horizon: 30})
	for i := range a.Times {
		for j := range a.Quantiles[i] {
			assert.InEpsilon(t, 1024*a.Quantiles[i][j], b.Quantiles[i][j], 0.01)
		}
	}
}

func TestShiftingByAYearOfWeeksChangesNothing(t *testing.T) {
	noise := noisy(9, 20)
	s := made(stepDay, day(2022, 1, 3), 200, shop(noise))
	later := made(stepDay, day(2022, 1, 3).AddDate(0, 0, 364), 200, func(i int, _ time.Time) float64 { return s.Values[i] })
	a, b := run(t, s, Options{Horizon: 30}), run(t, later, Options{Horizon: 30})
	for i := range a.Times {
		// The days of the month differ, and what little the regression reads into them.
		assert.InEpsilon(t, a.Quantiles[i][1], b.Quantiles[i][1], 0.05)
	}
}

func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		s := made(stepDay, day(2022, 1, 1), n, shop(noisy(4, 9)))
		order := rapid.Permutation(sequence(n)).Draw(t, "order")
		times, values := make([]time.Time, n), make([]float64, n)
		for i, j := range order {
			times[i], values[i] = s.Times[j], s.Values[j]
		}
		r, err := Regularize(times, values, stepDay)
		require.NoError(t, err)
		assert.Equal(t, s, r)
	})
}

func sequence(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func TestIntervalsCoverSimulatedData(t *testing.T) {
	var in80, in90 []float64
	for seed := range uint64(12) {
		noise, walk := noisy(seed, 12), noisy(seed+100, 1)
		level := 300.0
		s := made(stepDay, day(2021, 1, 4), 500+60, func(i int, _ time.Time) float64 {
			level += walk()
			return level*(1+0.2*math.Sin(float64(i)*2*math.Pi/7)) + noise()
		})
		f := run(t, s.first(500), Options{Horizon: 60, Quantiles: []float64{0.05, 0.1, 0.5, 0.9, 0.95}})
		for i := range f.Times {
			in80 = append(in80, inside(s.Values[500+i], f.Quantiles[i][1], f.Quantiles[i][3]))
			in90 = append(in90, inside(s.Values[500+i], f.Quantiles[i][0], f.Quantiles[i][4]))
		}
	}
	assert.InDelta(t, 0.8, mean(in80), 0.1)
	assert.InDelta(t, 0.9, mean(in90), 0.08)
}

func inside(v, low, high float64) float64 {
	if low <= v && v <= high {
		return 1
	}
	return 0
}
