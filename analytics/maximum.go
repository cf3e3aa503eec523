package analytics

import (
	"math"
	"sort"

	"foresight/analytics/backtest"
)

// Reading is a date read twice, as a bucket ahead: Expected is the first by which half of the
// futures have come to it, Cautious the first by which 5 % have, so that 95 % lie later. −1 is not
// within the horizon.
type Reading struct{ Expected, Cautious int }

// The probabilities of the two readings.
const (
	expectedReading = 0.5
	cautiousReading = 0.05
)

// read is the reading of an ascending probability.
func read(probability []float64) Reading {
	return Reading{reached(probability, expectedReading), reached(probability, cautiousReading)}
}

// Reading reads the crossing's date: Expected with the median, Cautious with 95 % certainty that it
// comes no earlier.
func (c Crossing) Reading() Reading { return read(c.Probability) }

// Maximum is the distribution of the largest value over a horizon, from joint paths: more than the
// largest of the buckets' medians, since some bucket will come out high.
type Maximum struct {
	Probabilities []float64 // as asked for
	Quantiles     []float64 // of the paths' maxima at those; NaN without paths
	Mean          float64   // of the paths' maxima; NaN without paths
	Index         int       // bucket in which most paths have theirs, the first of several alike; −1 without paths
	Share         float64   // of the paths that have it there
	When          Reading   // by which bucket the paths have met theirs
}

// MaximumOf reads the distribution of the maximum off joint paths [n][h], at the probabilities in
// (0, 1), by sample quantiles (backtest.Quantile). All is in the paths' unit.
func MaximumOf(paths [][]float64, probabilities []float64) Maximum {
	m := Maximum{Probabilities: probabilities, Quantiles: make([]float64, len(probabilities)), Index: -1, When: Reading{-1, -1}}
	tops, places := maxima(paths, nil)
	m.Mean = mean(tops)
	sort.Float64s(tops)
	for j, p := range probabilities {
		m.Quantiles[j] = backtest.Quantile(tops, p)
	}
	if len(tops) == 0 {
		return m
	}
	n := float64(len(tops))
	by := make([]float64, len(places))
	for t, count := range places {
		by[t] = count / n
		if t > 0 {
			by[t] += by[t-1]
		}
		if m.Index < 0 || count > places[m.Index] {
			m.Index = t
		}
	}
	by[len(by)-1] = 1 // the sum of shares may be a rounding short of it
	m.Share, m.When = places[m.Index]/n, read(by)
	return m
}

// maxima returns the paths' largest values over the buckets that have a limit (nil: all), and how
// many paths have theirs in each bucket.
func maxima(paths [][]float64, limits []float64) (tops, places []float64) {
	for _, path := range paths {
		top := -1
		for t, v := range path {
			if limits != nil && (t >= len(limits) || math.IsNaN(limits[t])) {
				continue
			}
			if top < 0 || v > path[top] {
				top = t
			}
		}
		if top < 0 {
			continue
		}
		for len(places) < len(path) {
			places = append(places, 0)
		}
		places[top]++
		tops = append(tops, path[top])
	}
	return tops, places
}

// DefaultNeedRisk is the probability of overload that a needed capacity leaves when nobody says
// another.
const DefaultNeedRisk = 0.05

// NeededCapacity is the smallest limit, the same in every bucket, that at most the share risk
// (0 = DefaultNeedRisk) of the paths ever exceeds, over the buckets in which limits has a value (nil:
// all). NaN without such a bucket or without paths. It is a path's own maximum, not interpolated, so
// that the promise holds exactly on the paths.
func NeededCapacity(paths [][]float64, limits []float64, risk float64) float64 {
	tops, _ := maxima(paths, limits)
	return leastExceeded(tops, risk)
}

// NeededRatio is the smallest factor on every dated limit with which at most the share risk
// (0 = DefaultNeedRisk) of the paths ever crosses: 1.2 says a fifth more from the first day to the
// last, below 1 that there is room. NaN without limits or paths.
func NeededRatio(paths [][]float64, limits []float64, risk float64) float64 {
	var ratios []float64
	for _, path := range paths {
		most, any := math.Inf(-1), false
		for t := range min(len(path), len(limits)) {
			if !math.IsNaN(limits[t]) {
				most, any = math.Max(most, share(path[t], limits[t])), true
			}
		}
		if any {
			ratios = append(ratios, most)
		}
	}
	return leastExceeded(ratios, risk)
}

// leastExceeded is the smallest of the values that at most the share risk of them exceeds.
func leastExceeded(values []float64, risk float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	if !(risk > 0) {
		risk = DefaultNeedRisk
	}
	sort.Float64s(values)
	above := int(risk * float64(len(values)) * (1 + 1e-12)) // 0.05 · 2000 is 100
	return values[max(0, len(values)-1-above)]
}
