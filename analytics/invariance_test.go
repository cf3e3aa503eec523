package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawn is a series of one of the kinds that the engine treats each in its own way, and options that
// keep a run short.
func drawn(t *rapid.T, kinds ...string) (Series, Options) {
	step := rapid.SampledFrom([]calendar.Step{stepDay, stepDay, stepWeek, stepMonth}).Draw(t, "step")
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	noise := noisy(rapid.Uint64().Draw(t, "seed"), 1)
	growth := rapid.Float64Range(-0.001, 0.004).Draw(t, "growth")
	n := rapid.IntRange(14, 130).Draw(t, "n")
	s := made(step, day(2021, 3, 1), n, func(i int, _ time.Time) float64 {
		season := 0.2 * math.Sin(2*math.Pi*float64(i)/float64(rhythmOf(step).period))
		u := noise()
		switch {
		case kind == "signed":
			return 100 * (5*season + growth*float64(i) + 0.3*u)
		case kind == "gaps" && i > 0 && u > 1:
			return math.NaN()
		case kind == "sparse" && u < 0.7:
			return 0
		}
		return 100 * (1 + season + growth*float64(i)) * math.Exp(0.1*u)
	})
	return s, Options{Horizon: rapid.IntRange(1, 20).Draw(t, "h"), Origins: 2, Paths: 40}
}

var positiveKinds = []string{"plain", "gaps", "sparse"}

// changed is a series with each value (and the time) put through a function.
func changed(s Series, value func(float64) float64, later int) Series {
	return made(s.Step, s.Times[0].AddDate(later, 0, 0), len(s.Values), func(i int, _ time.Time) float64 { return value(s.Values[i]) })
}

// alike wants b's quantiles, means and paths to be a's put through a function, to a share of the
// series' usual size.
func alike(t require.TestingT, a, b Forecast, value func(float64) float64, tolerance float64) {
	for i := range a.Times {
		for j := range a.Quantiles[i] {
			require.InDelta(t, value(a.Quantiles[i][j]), b.Quantiles[i][j], tolerance, "bucket %d, quantile %d", i, j)
		}
		require.InDelta(t, value(a.Mean[i]), b.Mean[i], tolerance, "mean %d", i)
		require.InDelta(t, value(a.Baseline[i]), b.Baseline[i], tolerance, "usual day %d", i)
		for k := range a.Paths {
			require.InDelta(t, value(a.Paths[k][i]), b.Paths[k][i], tolerance, "path %d of bucket %d", k, i)
		}
	}
}

func identity(v float64) float64 { return v }

func mustRun(t require.TestingT, s Series, o Options) Forecast {
	f, err := Run(context.Background(), s, o)
	require.NoError(t, err)
	return f
}

// A power of two scales without rounding, except within logarithms.
func TestTheUnitDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, o := drawn(t, append(positiveKinds, "signed")...)
		by := math.Pow(2, float64(rapid.IntRange(-20, 20).Draw(t, "power")))
		a, b := mustRun(t, s, o), mustRun(t, changed(s, func(v float64) float64 { return by * v }, 0), o)
		alike(t, a, b, func(v float64) float64 { return by * v }, 0.1*by)
		assert.InDelta(t, a.Backtest.MASE, b.Backtest.MASE, 1e-3)
	})
}

// In 28 years weekdays, dates and leap years come back, and so does the year of 365.25 days: nothing
// but the times differs.
func TestTimeDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, o := drawn(t, append(positiveKinds, "signed")...)
		a, b := mustRun(t, s, o), mustRun(t, changed(s, identity, 28), o)
		alike(t, a, b, identity, 1e-3)
		for i, at := range a.Times {
			require.Equal(t, at.AddDate(28, 0, 0), b.Times[i])
		}
	})
}

// What has both signs is forecast by sums: another zero moves the forecast with it.
func TestTheZeroOfSignedSeriesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, o := drawn(t, "signed")
		s.Values[0], s.Values[1] = -500, 500
		plus := float64(rapid.IntRange(-400, 400).Draw(t, "plus"))
		a, b := mustRun(t, s, o), mustRun(t, changed(s, func(v float64) float64 { return v + plus }, 0), o)
		alike(t, a, b, func(v float64) float64 { return v + plus }, 1) // a thousandth of the range
	})
}

// A forecast depends on its series alone: others before it or beside it change no bit of it, and it
// changes no bit of its input.
func TestOtherSeriesDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, o := drawn(t, append(positiveKinds, "signed")...)
		other, oo := drawn(t, append(positiveKinds, "signed")...)
		was := slices.Clone(s.Values)
		alone := mustRun(t, s, o)
		var beside Forecast
		var both sync.WaitGroup
		both.Go(func() { beside, _ = Run(context.Background(), s, o) })
		both.Go(func() { _, _ = Run(context.Background(), other, oo) })
		both.Wait()
		require.Equal(t, written(t, alone), written(t, beside))
		for i, v := range was {
			require.Equal(t, math.Float64bits(v), math.Float64bits(s.Values[i]))
		}
	})
}

// written is a forecast to the last digit, in which a missing error equals itself.
func written(t require.TestingT, f Forecast) string {
	state, err := json.Marshal(f.State)
	require.NoError(t, err)
	f.State = nil
	return fmt.Sprintf("%v %s", f, state)
}

// Quantiles rise with their probability and do not depend on which others are asked for; more
// capacity never raises the probability of an overload.
func TestReadingsOfOneForecastAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, o := drawn(t, append(positiveKinds, "signed")...)
		o.Quantiles = rapid.SliceOfNDistinct(rapid.Float64Range(0.001, 0.999), 1, 9, rapid.ID).Draw(t, "p")
		slices.Sort(o.Quantiles)
		all := o
		all.Quantiles = mergedProbabilities(o.Quantiles, []float64{0.05, 0.5, 0.95})
		o.Limits = flatLimits(o.Horizon, rapid.Float64Range(-100, 300).Draw(t, "limit"))
		all.Limits = flatLimits(o.Horizon, o.Limits[0]+rapid.Float64Range(0, 100).Draw(t, "more"))
		a, b := mustRun(t, s, o), mustRun(t, s, all)
		promised(t, s, a)
		promised(t, s, b)
		for i, row := range a.Quantiles {
			for j, q := range row {
				k := slices.Index(all.Quantiles, o.Quantiles[j])
				require.Equal(t, q, b.Quantiles[i][k])
			}
			require.LessOrEqual(t, b.Crossing.Probability[i], a.Crossing.Probability[i])
		}
		require.Equal(t, a.Crossing.Needed, b.Crossing.Needed, "what is needed does not depend on what there is")
	})
}

// Hours with a day, a week and noise, of one sign and of both: as the days, so the hours.
func TestUnitZeroAndTimeDoNotMatterToHours(t *testing.T) {
	for seed := range uint64(4) {
		noise, signed := noisy(seed, 8), seed%2 == 1
		s := made(stepHour, day(2021, 3, 1), 24*(leastDays+3)+5, func(_ int, at time.Time) float64 {
			v := office(at) + noise()
			if signed {
				return v - 50
			}
			return math.Max(0, v)
		})
		o := Options{Horizon: 40, Origins: 2, Paths: 20}
		a := mustRun(t, s, o)
		alike(t, a, mustRun(t, changed(s, func(v float64) float64 { return 4096 * v }, 0), o), func(v float64) float64 { return 4096 * v }, 4)
		alike(t, a, mustRun(t, changed(s, identity, 28), o), identity, 1e-3)
		if signed {
			plus := func(v float64) float64 { return v + 20 }
			alike(t, a, mustRun(t, changed(s, plus, 0), o), plus, 0.1)
		}
	}
}
