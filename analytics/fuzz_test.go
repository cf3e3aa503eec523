package analytics

import (
	"context"
	"math"
	"testing"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/internal/anyseries"

	"github.com/stretchr/testify/require"
)

// promised holds a forecast to what every one promises: numbers, ascending quantiles, nothing below
// zero where nothing observed was, weights that add up, a probability that never falls.
func promised(t require.TestingT, s Series, f Forecast) {
	positive := true
	for _, v := range s.Values {
		positive = positive && !(v < 0 && v >= -maxMagnitude)
	}
	check := func(what string, values []float64, counts bool) {
		if !anyseries.Finite(values...) {
			require.Fail(t, "not a number", "%s: %v", what, values)
		}
		for _, v := range values {
			if positive && counts && v < 0 {
				require.Fail(t, "below zero", "%s: %v of a series that never was", what, v)
			}
		}
	}
	check("mean", f.Mean, true)
	check("baseline", f.Baseline, true)
	for _, row := range f.Quantiles {
		check("quantiles", row, true)
		for j := 1; j < len(row); j++ {
			require.LessOrEqual(t, row[j-1], row[j])
		}
	}
	for _, path := range f.Paths {
		check("path", path, true)
	}
	for _, c := range f.Components {
		check(c.Name, c.Values, false)
	}
	check("score", []float64{f.Backtest.WAPE, f.Backtest.MASE, f.Backtest.Naive, f.Backtest.Coverage80, f.Backtest.Coverage90}, true)
	total := 0.0
	for _, m := range f.Members {
		total += m.Weight
	}
	require.InDelta(t, 1, total, 1e-9, "weights")
	if f.Crossing != nil {
		check("probability", f.Crossing.Probability, true)
		for i, p := range f.Crossing.Probability {
			require.True(t, p <= 1 && (i == 0 || p >= f.Crossing.Probability[i-1]))
		}
	}
}

var fuzzedSteps = []calendar.Step{stepDay, stepWeek, stepMonth, stepHour, {Unit: calendar.Day, N: 3}, {Unit: calendar.Minute, N: 30}}

// answered runs the engine on the values at a step and holds it to its promises.
func answered(t testing.TB, y []float64, step calendar.Step, o Options) {
	s := made(step, day(2021, 1, 1), len(y), func(i int, _ time.Time) float64 { return y[i] })
	f, err := Run(context.Background(), s, o)
	if err != nil {
		require.ErrorIs(t, err, ErrNoData)
		return
	}
	promised(t, s, f)
	Peaks(s, f, o.Calendar, 0)
}

func TestTheWorstSeriesAreAnswered(t *testing.T) {
	cal := calendarOf(t, "SE")
	for _, seed := range anyseries.Seeds() {
		for _, step := range fuzzedSteps {
			t.Run(seed.Name+"/"+step.String(), func(t *testing.T) {
				y := anyseries.Of(seed.Raw, seed.Length, anyseries.Longest)
				answered(t, y, step, Options{Horizon: 30, Origins: 2, Limits: flatLimits(30, 8), Paths: 20, Calendar: cal})
			})
		}
	}
}

// FuzzRun feeds arbitrary numbers at any step. The series are short, for a run of a few years of days
// would let the fuzzer try little; the longest are in the test above.
func FuzzRun(f *testing.F) {
	for i, s := range anyseries.Seeds() {
		if s.Length < 100 {
			f.Add(s.Raw, s.Length, uint8(i), uint8(20))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, length int, step, h uint8) {
		y := anyseries.Of(raw, length, 200)
		horizon := 1 + int(h)%30
		limit := 1.0
		if len(y) > 0 && !math.IsNaN(y[0]) {
			limit = y[0]
		}
		answered(t, y, fuzzedSteps[int(step)%len(fuzzedSteps)], Options{Horizon: horizon, Origins: 2, Limits: flatLimits(horizon, limit), Paths: 5})
	})
}

// FuzzHours feeds what is long enough to be forecast by days and spread over them.
func FuzzHours(f *testing.F) {
	for _, s := range anyseries.Seeds() {
		if s.Length < 100 {
			f.Add(s.Raw, 24*leastDays+40)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, length int) {
		answered(t, anyseries.Of(raw, length, 24*(leastDays+5)), stepHour, Options{Horizon: 30, Origins: 2, Paths: 5})
	})
}
