package backtest

import (
	"math"
	"sort"
)

// CRPSFromPaths is the continuous ranked probability score of an ensemble, in the series' unit, by
// its energy form (Gneiting & Raftery 2007, equation 21): with X and X′ drawn independently of the
// paths' values in a bucket,
//
//	E|X − y| − ½·E|X − X′|,
//
// averaged over the buckets. Paths are [path][bucket]. It is the score of the empirical
// distribution: for a single path it is the absolute error.
func CRPSFromPaths(actual []float64, paths [][]float64) float64 {
	var sum, n float64
	values := make([]float64, 0, len(paths))
	for i, y := range actual {
		values = values[:0]
		for _, p := range paths {
			if i < len(p) && !missing(p[i]) {
				values = append(values, p[i])
			}
		}
		if s := energy(y, values); !missing(s) {
			sum, n = sum+s, n+1
		}
	}
	return ratio(sum, n)
}

// energy scores one bucket and sorts its values: ½·E|X − X′| is Σ(2i − n − 1)·x_(i) / n² over the
// ascending x_(1) … x_(n).
func energy(y float64, x []float64) float64 {
	n := float64(len(x))
	if n == 0 {
		return math.NaN()
	}
	sort.Float64s(x)
	var away, apart float64
	for i, v := range x {
		away += math.Abs(v - y)
		apart += (2*float64(i+1) - n - 1) * (v - x[0]) // from x_(1): the weights sum to zero
	}
	s := away/n - apart/(n*n)
	if s < 0 {
		return 0 // by rounding
	}
	return s
}
