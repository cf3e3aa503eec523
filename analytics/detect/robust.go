package detect

import (
	"math"
	"slices"
)

// madToSD turns a median absolute deviation into the standard deviation of a
// normal distribution: 1/Φ⁻¹(3/4).
const madToSD = 1.482602218505602

// Robust returns the median of the finite values and their robust standard
// deviation, 1.4826 · median |r − median r|; NaN and 0 when there are none. Where more
// than half of the values are equal, which makes the median deviation 0, the mean
// absolute deviation times √(π/2) takes its place.
func Robust(v []float64) (middle, sd float64) {
	s := make([]float64, 0, len(v))
	for _, x := range v {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			s = append(s, x)
		}
	}
	if len(s) == 0 {
		return math.NaN(), 0
	}
	slices.Sort(s)
	middle = sortedMedian(s)
	mean := 0.0
	for i, x := range s {
		s[i] = math.Abs(x/4 - middle/4)
		mean += s[i] / float64(len(s))
	}
	slices.Sort(s)
	sd = madToSD * sortedMedian(s)
	if sd == 0 {
		sd = math.Sqrt(math.Pi/2) * mean
	}
	return middle, math.Min(sd, math.MaxFloat64/4) * 4
}

// sortedMedian returns the middle of sorted values, at least one.
func sortedMedian(s []float64) float64 {
	n := len(s)
	return s[(n-1)/2]/2 + s[n/2]/2
}

// median returns the middle of the values that are not NaN; NaN when there are none.
func median(v, scratch []float64) float64 {
	s := scratch[:0]
	for _, x := range v {
		if x == x {
			s = append(s, x)
		}
	}
	if len(s) == 0 {
		return math.NaN()
	}
	slices.Sort(s)
	return sortedMedian(s)
}
