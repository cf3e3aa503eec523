package analytics

import (
	"errors"
	"math"
	"slices"
)

// ErrFewBuckets says that too little finer data were given to learn from.
var ErrFewBuckets = errors.New("too few buckets with finer data: give at least 14")

// minWithin is the least number of buckets to learn the load within one from.
const minWithin = 14

// Within is how the load moves inside a bucket: its busiest stretch over its mean.
type Within struct {
	Factor  float64 // median of busiest over mean, ≥ 1
	Spread  float64 // standard deviation of its logarithm
	Buckets int     // that it was learned from
}

// LearnWithin learns the load within a bucket from pairs of the same buckets in one
// unit: the rate of the busiest stretch inside, and the mean rate. Pairs that are not
// finite and above 0 are left out. The factor is the median of their ratios and never
// below 1. The spread is that of the logarithms about it, those farther than four
// robust deviations counted as so far: one freak hour is not every day's.
//
// ErrFewBuckets when fewer than 14 pairs are left. It panics when lengths differ.
func LearnWithin(busiest, mean []float64) (Within, error) {
	if len(busiest) != len(mean) {
		panic("analytics: as many busiest rates as means are needed")
	}
	var logs []float64
	for i, m := range mean {
		if r := math.Log(busiest[i]) - math.Log(m); m > 0 && busiest[i] > 0 && !math.IsInf(r, 0) && !math.IsNaN(r) {
			logs = append(logs, math.Max(0, r))
		}
	}
	if len(logs) < minWithin {
		return Within{}, ErrFewBuckets
	}
	slices.Sort(logs)
	middle := median(logs)
	off := make([]float64, len(logs))
	for i, v := range logs {
		off[i] = math.Abs(v - middle)
	}
	far := 4 * 1.4826 * median(off)
	sum := 0.0
	for _, d := range off {
		if far > 0 {
			d = math.Min(d, far)
		}
		sum += d * d
	}
	return Within{Factor: math.Exp(middle), Spread: math.Sqrt(sum / float64(len(off)-1)), Buckets: len(logs)}, nil
}
