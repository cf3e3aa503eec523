package analytics

import (
	"fmt"
	"math"
	"strconv"
)

// The rungs for a history too short to backtest, from the top:
//
//	seasonal  two main seasons and more: the mean of the members that fit
//	level     four values and more: drift and mean, half each
//	mean      two or three values: their mean
//	last      one value: that value, with a range that says how little is known
//
// No rung is an error; Forecast.Fallback says which was taken and why.

// lastSpread is the mean absolute relative error taken for a series seen once: a 90 % interval of
// about ±100 % of the value. No data stands behind it.
const lastSpread = 0.5

// climbDown forecasts without a backtest.
func climbDown(w *window, members []member, only string) (median []float64, used []Member, why string) {
	n, h := observed(w.Values), len(w.ahead)
	take := func(names ...string) bool {
		var points [][]float64
		for _, m := range members {
			for _, name := range names {
				if m.name != name {
					continue
				}
				if f := m.run(w); f != nil {
					points, used = append(points, f), append(used, Member{Name: name})
				}
			}
		}
		for i := range used {
			used[i].Weight = 1 / float64(len(used))
		}
		if len(points) > 0 {
			median = blend(points, weightsOf(used), h)
		}
		return median != nil
	}
	number := strconv.Itoa(n)
	switch {
	case only != "" && take(only):
		return median, used, fmt.Sprintf(sayFewForBacktest, number) + ": " + sayFromChanges
	case n >= 2*w.rhythm.period && n >= 8 && take(seasonalSet...):
		return median, used, fmt.Sprintf(sayFewForBacktest, number) + ": " + sayEqualMean
	case n >= 4 && take("drift", "mean"):
		return median, used, fmt.Sprintf(sayOnly, number) + ": " + sayDampedAndMean
	case n >= 2 && take("mean"):
		return median, used, fmt.Sprintf(sayOnly, number) + ": " + sayTheirMean
	}
	return repeated(lastObserved(w.Values), h), []Member{{Name: "last value", Weight: 1}}, sayOnlyOne + ": " + sayRepeated
}

// seasonalSet are the members trusted without a backtest.
var seasonalSet = []string{yardstick, "holt-winters", "ridge"}

func weightsOf(members []Member) []float64 {
	w := make([]float64, len(members))
	for i, m := range members {
		w[i] = m.Weight
	}
	return w
}

// guessSpread is the spread without a backtest: from the mean absolute relative change between
// neighbours, or between seasons where those are smaller, growing with the root of the lead.
func guessSpread(y []float64, size sizer, period int) *spread {
	s := &spread{size: size, persistence: 0.5}
	steps := changes(y, 1, size)
	seasons := changes(y, period, size)
	step := mean(steps)
	if m := mean(seasons); len(seasons) >= 4 && m < step {
		step = m
	}
	switch n := observed(y); {
	case n < 2 || math.IsNaN(step):
		s.a = lastSpread
	default:
		// Few changes carry their own doubt: two values say half of what twenty say.
		s.a = step * (1 + 2/float64(n))
		s.b = step * 0.15
	}
	s.tabulate([groups][]float64{}, 1, 1, period)
	return s
}

// changes are the relative sizes of the differences over lag buckets.
func changes(y []float64, lag int, size sizer) []float64 {
	var out []float64
	for i := lag; i < len(y); i++ {
		if d := math.Abs(y[i]-y[i-lag]) / size.of(y[i-lag]); !math.IsNaN(d) {
			out = append(out, d)
		}
	}
	return out
}
