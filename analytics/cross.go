package analytics

import (
	"math"
	"sort"

	"foresight/analytics/backtest"
)

// Crossing says when the paths first exceed the limit. A path has crossed by t when its value was
// above the limit in some bucket up to t: the probability is the share of such paths, not
// 1 − ∏(1 − p_t) and not where the mean crosses.
type Crossing struct {
	Probability []float64 // share of paths that have crossed by each bucket; never falls

	// First bucket by which 10, 50 and 90 % of the paths have crossed, and by which the risk that
	// the caller takes is reached; −1 when that is not within the horizon.
	Early, Expected, Late, Need int

	// Cautious is the first bucket by which 5 % of the paths have crossed: with 95 % certainty the
	// crossing comes no earlier. −1 when that is not within the horizon.
	Cautious int

	// Needed is the capacity with which P(overload within the horizon) is 5 %: the 95 % quantile
	// over the paths of their largest value in the buckets that have a limit. NaN without paths or
	// limits.
	Needed float64
	// NeededRatio is the 95 % quantile of the paths' largest value relative to the limit of its
	// own day: 1.2 says that every dated limit must grow by a fifth. NaN where Needed is.
	NeededRatio float64

	PeakIndex int // bucket in which most paths come nearest to (or farthest over) their limit; −1 without limits
}

// Cross reads a Crossing from joint paths [n][h] and the usable limit per bucket, in the paths' unit
// (NaN none); buckets beyond a shorter path have none. Risk is the probability for Need. Without
// paths every probability is 0. The input is left as it is.
func Cross(paths [][]float64, limits []float64, risk float64) Crossing {
	h := len(limits)
	first := make([]float64, h)
	tops := make([]int, h)
	highest := make([]float64, 0, len(paths))
	ratios := make([]float64, 0, len(paths))
	for _, path := range paths {
		crossed, top, value, ratio := -1, -1, math.Inf(-1), math.Inf(-1)
		for t := range min(h, len(path)) {
			limit := limits[t]
			if math.IsNaN(limit) {
				continue
			}
			if crossed < 0 && path[t] > limit {
				crossed = t
			}
			value = max(value, path[t])
			if r := share(path[t], limit); r > ratio {
				ratio, top = r, t
			}
		}
		if crossed >= 0 {
			first[crossed]++
		}
		if top >= 0 {
			tops[top]++
			highest, ratios = append(highest, value), append(ratios, ratio)
		}
	}
	c := Crossing{Probability: first, PeakIndex: -1}
	sum := 0.0
	for t := range first {
		sum += first[t]
		first[t] = sum / math.Max(1, float64(len(paths)))
		if tops[t] > 0 && (c.PeakIndex < 0 || tops[t] > tops[c.PeakIndex]) {
			c.PeakIndex = t
		}
	}
	c.Early, c.Expected, c.Late, c.Need = reached(first, 0.1), reached(first, 0.5), reached(first, 0.9), reached(first, risk)
	c.Cautious = reached(first, cautiousReading)
	sort.Float64s(highest)
	sort.Float64s(ratios)
	c.Needed, c.NeededRatio = backtest.Quantile(highest, 0.95), backtest.Quantile(ratios, 0.95)
	return c
}

// share is value over limit, a finite number; a limit of zero or less is far exceeded by anything
// above it.
func share(value, limit float64) float64 {
	if limit > 0 {
		return math.Max(-math.MaxFloat64, math.Min(math.MaxFloat64, value/limit))
	}
	if value > limit {
		return math.MaxFloat64
	}
	return 0
}

// reached is the first place where the ascending probability is at least p, −1 when nowhere.
func reached(probability []float64, p float64) int {
	i := sort.SearchFloat64s(probability, p)
	if i == len(probability) {
		return -1
	}
	return i
}
