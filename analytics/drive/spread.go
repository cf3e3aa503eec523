package drive

import (
	"math"
	"slices"
	"sort"
)

// spread is the residual's robust standard deviation by volume: its value at the
// middle of each of a few bins of equally many pairs, straight lines between.
type spread struct{ x, s []float64 }

const (
	binPairs = 30 // pairs that a bin needs to have a spread of its own
	maxBins  = 8
	prior    = 10 // pairs as which the spread of all counts within a bin
	toSD     = 1.4826
)

// spreadOf learns the spread of residuals e at ascending x, never below least.
func spreadOf(x, e []float64, floor float64) spread {
	n := len(x)
	all := scale(e)
	bins := min(maxBins, max(1, n/binPairs))
	var s spread
	for b := range bins {
		from, to := b*n/bins, (b+1)*n/bins
		own := scale(e[from:to])
		size := float64(to - from)
		v := math.Sqrt((size*own*own + prior*all*all) / (size + prior))
		s.x = append(s.x, x[(from+to)/2])
		s.s = append(s.s, math.Max(floor, v))
	}
	return s
}

// at is the spread at x. Above the last bin's middle it grows in proportion to the
// volume where it was already growing: nothing was seen there.
func (s spread) at(x float64) float64 {
	last := len(s.x) - 1
	i := sort.SearchFloat64s(s.x, x)
	switch {
	case i == 0:
		return s.s[0]
	case i > last:
		if last > 0 && s.s[last] > s.s[last-1] && s.x[last] > 0 {
			return s.s[last] * x / s.x[last]
		}
		return s.s[last]
	}
	if s.x[i] == s.x[i-1] {
		return s.s[i]
	}
	return s.s[i-1] + (s.s[i]-s.s[i-1])*(x-s.x[i-1])/(s.x[i]-s.x[i-1])
}

// scale is the median absolute value as a standard deviation.
func scale(e []float64) float64 {
	a := make([]float64, len(e))
	for i, v := range e {
		a[i] = math.Abs(v)
	}
	return toSD * middle(a)
}

// middle is the median; it sorts v. Zero of nothing.
func middle(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return v[n/2-1]/2 + v[n/2]/2
	}
	return v[len(v)/2]
}
