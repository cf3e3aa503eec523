package analytics

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"foresight/analytics/backtest"
	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// demandOf draws an item that is asked for on a share of the days, more on Fridays, in sizes that are
// log-normal about 10.
func demandOf(seed uint64, share float64, n int, step calendar.Step) Series {
	rng := rand.New(rand.NewPCG(seed, 17))
	return made(step, day(2022, 1, 3), n, func(_ int, at time.Time) float64 {
		p := share
		if step.Unit == calendar.Day && at.Weekday() == time.Friday {
			p = math.Min(1, 2*share)
		}
		size := 10 * math.Exp(0.6*rng.NormFloat64())
		if rng.Float64() < p {
			return size
		}
		return 0
	})
}

// Each is run from a past that is cut off and held against what came.
func TestIntermittentSeriesAreForecastBetterByTSB(t *testing.T) {
	t.Log("figures demand: | planted series, share with a demand % | loss over the regression's | over the naive's | at or below q80 % | q95 % |\nfigures demand: |---|---|---|---|---|")
	for _, c := range []struct {
		name string
		step calendar.Step
		n, h int
	}{{"days", stepDay, 400, 60}, {"weeks", stepWeek, 130, 26}, {"months", stepMonth, 72, 12}} {
		name := c.name
		for _, share := range []float64{0.15, 0.35, 0.6} {
			var loss [3]float64
			var below [2][]float64
			for seed := range uint64(12) {
				s := demandOf(seed, share, c.n+c.h, c.step)
				o := Options{Horizon: c.h, Quantiles: scoredQuantiles[:]}
				for k, model := range []string{"", "ridge", yardstick} {
					o.Model = model
					f := run(t, s.first(c.n), o)
					if model == "" {
						checkSane(t, f)
					}
					for i, row := range f.Quantiles {
						actual := s.Values[c.n+i]
						for j, p := range scoredQuantiles {
							loss[k] += backtest.Pinball(p, actual, row[j])
						}
						if k == 0 {
							below[0] = append(below[0], inside(actual, 0, row[1]))
							below[1] = append(below[1], inside(actual, 0, row[3]))
						}
					}
				}
			}
			t.Logf("figures demand: | %d %s, %d ahead, %.0f | %.3f | %.3f | %.1f | %.1f |", c.n, name, c.h, 100*share, loss[0]/loss[1], loss[0]/loss[2], 100*mean(below[0]), 100*mean(below[1]))
			assert.Less(t, loss[0], loss[1])
			assert.Less(t, loss[0], loss[2])
			assert.InDelta(t, math.Max(0.8, 1-share), mean(below[0]), 0.05, "%s, %v", name, share)
			assert.InDelta(t, 0.95, mean(below[1]), 0.03, "%s, %v", name, share)
		}
	}
}

func TestZeroMassOfAForecast(t *testing.T) {
	s := demandOf(3, 0.4, 500, stepDay)
	o := Options{Horizon: 28, Quantiles: []float64{0.05, 0.3, 0.5, 0.9, 0.99}, Paths: 2000, Limits: flatLimits(28, 1e6)}
	f := run(t, s, o)
	require.Equal(t, tsb, f.Members[0].Name, f.Method)
	promised(t, s, f)
	for i, at := range f.Times {
		if at.Weekday() == time.Friday {
			assert.Positive(t, f.Quantiles[i][2], "four Fridays in five have some")
			continue
		}
		assert.Zero(t, f.Quantiles[i][1])
		zeros := 0.0
		for _, path := range f.Paths {
			zeros += inside(path[i], 0, 0) / 2000
		}
		assert.InDelta(t, 0.6, zeros, 0.12, "as many paths without a demand as days")
		assert.InDelta(t, 0.4*10*math.Exp(0.18), f.Mean[i], 1.3)
	}
	var total float64
	for _, path := range f.Paths {
		for _, v := range path {
			total += v / 2000
		}
	}
	var expected float64
	for _, v := range f.Mean {
		expected += v
	}
	assert.InEpsilon(t, expected, total, 0.02)
}

// The run after knows what was taken, and a resumed one says the same as one that chooses anew.
func TestTSBIsKeptFromRunToRun(t *testing.T) {
	s := demandOf(3, 0.4, 501, stepDay)
	for _, model := range []string{"", tsb} {
		o := Options{Horizon: 28, Model: model}
		first := run(t, s.first(500), o)
		require.Equal(t, tsb, first.State.Members[0].Name)
		o.State = first.State
		next := run(t, s, o)
		o.State = nil
		anew := run(t, s, o)
		assert.Equal(t, anew.Quantiles, next.Quantiles)
		assert.Contains(t, next.Choice, "tsb has 0.")
	}
}

// What has zeros for another reason than chance is left to the members that know it.
func TestWhichSeriesAreIntermittent(t *testing.T) {
	office := func(_ int, at time.Time) float64 {
		if w := at.Weekday(); w == time.Saturday || w == time.Sunday {
			return 0
		}
		return 40 + float64(at.Day())
	}
	some := func(of func(i int) bool) func(int, time.Time) float64 {
		return func(i int, _ time.Time) float64 {
			if of(i) {
				return 7
			}
			return 0
		}
	}
	for name, c := range map[string]struct {
		s    Series
		want bool
	}{
		"one day in seven":    {demandOf(1, 0.15, 300, stepDay), true},
		"a month in two":      {demandOf(1, 0.5, 60, stepMonth), true},
		"closed at weekends":  {made(stepDay, day(2022, 1, 3), 300, office), false},
		"closed in summer":    {made(stepDay, day(2022, 1, 3), 700, some(func(i int) bool { return i%365 < 180 })), false},
		"not yet sold":        {made(stepDay, day(2022, 1, 3), 300, some(func(i int) bool { return i > 200 })), false},
		"an outage":           {made(stepDay, day(2022, 1, 3), 300, some(func(i int) bool { return i < 100 || i > 200 })), false},
		"a shop":              {made(stepDay, day(2022, 1, 3), 300, shop(noisy(1, 20))), false},
		"hardly ever":         {made(stepDay, day(2022, 1, 3), 300, some(func(i int) bool { return i%120 == 0 })), false},
		"one in ten is zero":  {made(stepDay, day(2022, 1, 3), 300, some(func(i int) bool { return i%10 > 0 })), false},
		"both signs":          {made(stepDay, day(2022, 1, 3), 300, func(i int, _ time.Time) float64 { return float64(i%3 - 1) }), false},
		"hours":               {demandOf(1, 0.2, 300, stepHour), false},
		"nothing":             {made(stepDay, day(2022, 1, 3), 300, some(func(int) bool { return false })), false},
		"asked for no longer": {made(stepDay, day(2022, 1, 3), 300, some(func(i int) bool { return i < 150 })), false},
	} {
		assert.Equal(t, c.want, comesAndGoes(c.s), name)
	}
}
