package detect

import (
	"math"
)

// Shift is a lasting change of level.
type Shift struct {
	Index         int     // first value of the new level
	Before, After float64 // medians of the segments on both sides
}

// ShiftOptions says what counts as a shift. The zero value is usable.
type ShiftOptions struct {
	Block      int     // values whose median is taken as one, so that neither a single outlier nor a week's pattern counts; 0: 7
	MinSegment int     // blocks that a level must last at least; 0: 4
	Penalty    float64 // cost of a shift in units of 2σ² log n; 0: 3
	MinSize    float64 // least |After − Before|, in the unit of the values
}

func (o ShiftOptions) withDefaults() ShiftOptions {
	if o.Block <= 0 {
		o.Block = 7
	}
	if o.MinSegment <= 0 {
		o.MinSegment = 4
	}
	if !(o.Penalty > 0) {
		o.Penalty = 3
	}
	return o
}

// LevelShifts returns the lasting changes of level of a series without trend and
// season, in time order. It divides the blocks' medians into segments of constant
// mean at the least penalised cost
//
//	Σ over segments Σ (x − mean)² + penalty · 2σ² log n
//
// by optimal partitioning (Jackson et al. 2005, "An algorithm for optimal
// partitioning of data on an interval"), σ being the robust standard deviation of
// the medians' differences over √2 and so not raised by the shifts themselves. The
// time is quadratic in the number of blocks: take longer blocks where values are
// fine. A shift is then placed to the value within its blocks, and dropped when the medians on
// both sides differ by less than MinSize. Fewer than two segments' worth of values
// have no shift.
func LevelShifts(y []float64, o ShiftOptions) []Shift {
	o = o.withDefaults()
	x, start := blockMedians(y, o.Block)
	if len(x) < 2*o.MinSegment {
		return nil
	}
	unit := rescale(x)
	diff := make([]float64, len(x)-1)
	for i := range diff {
		diff[i] = x[i+1] - x[i]
	}
	_, sd := Robust(diff)
	// a series without noise still has cuts that cost something
	s2 := math.Max(sd*sd/2, 1e-18)
	cuts := partition(x, o.MinSegment, o.Penalty*2*s2*math.Log(float64(len(x))))
	placed := make([]int, len(cuts))
	for i, c := range cuts {
		from, to := 0, len(y)
		if i > 0 {
			from = start[cuts[i-1]]
		}
		if i+1 < len(cuts) {
			to = start[cuts[i+1]]
		}
		placed[i] = place(y, from, start[c], to, o.Block, unit)
		if i > 0 && placed[i] <= placed[i-1] {
			placed[i] = start[c] // short segments leave room for one cut only
		}
	}
	return sized(y, placed, o.MinSize)
}

// blockMedians returns the medians of consecutive blocks, without those that are
// all missing, and where each block starts.
func blockMedians(y []float64, block int) (x []float64, start []int) {
	scratch := make([]float64, 0, block)
	for i := 0; i < len(y); i += block {
		m := median(y[i:min(i+block, len(y))], scratch)
		if m == m && !math.IsInf(m, 0) {
			x, start = append(x, m), append(start, i)
		}
	}
	return x, start
}

// rescale divides x by its largest magnitude, which it returns, so that no square overflows.
func rescale(x []float64) float64 {
	big := 0.0
	for _, v := range x {
		big = math.Max(big, math.Abs(v))
	}
	if big == 0 {
		return 1
	}
	for i := range x {
		x[i] /= big
	}
	return big
}

// partition returns the first indices of every segment but the first.
func partition(x []float64, shortest int, penalty float64) []int {
	n := len(x)
	sum, square := make([]float64, n+1), make([]float64, n+1)
	for i, v := range x {
		sum[i+1], square[i+1] = sum[i]+v, square[i]+v*v
	}
	cost := func(a, b int) float64 { // of the segment x[a:b]
		s := sum[b] - sum[a]
		return math.Max(0, square[b]-square[a]-s*s/float64(b-a))
	}
	best := make([]float64, n+1) // best[t]: of x[:t], with a penalty for each segment
	from := make([]int, n+1)
	for t := 1; t <= n; t++ {
		best[t] = math.Inf(1)
	}
	best[0] = -penalty
	for t := shortest; t <= n; t++ {
		for a := 0; a <= t-shortest; a++ {
			if c := best[a] + cost(a, t) + penalty; c < best[t] {
				best[t], from[t] = c, a
			}
		}
	}
	var cuts []int
	for t := from[n]; t > 0; t = from[t] {
		cuts = append([]int{t}, cuts...)
	}
	return cuts
}

// place returns the index within a block of cut that best divides y[from:to] into
// two constant levels by the sum of absolute deviations.
func place(y []float64, from, cut, to, block int, unit float64) int {
	before := median(y[from:cut], nil) / unit
	after := median(y[cut:to], nil) / unit
	best, at := math.Inf(1), cut
	lo, hi := max(from+1, cut-block), min(to-1, cut+block)
	for c := lo; c <= hi; c++ {
		s := 0.0
		for i := lo - 1; i < hi; i++ {
			level := before
			if i >= c {
				level = after
			}
			if d := math.Abs(y[i]/unit - level); d == d {
				s += d
			}
		}
		if s < best*(1-1e-9) { // of places that are equal but for rounding the first
			best, at = s, c
		}
	}
	return at
}

// sized makes shifts of the cuts and drops the smallest that lies below least,
// again and again, since a dropped one joins its segments.
func sized(y []float64, cuts []int, least float64) []Shift {
	for len(cuts) > 0 {
		shifts := make([]Shift, len(cuts))
		small, at := math.Inf(1), -1
		for i, c := range cuts {
			from, to := 0, len(y)
			if i > 0 {
				from = cuts[i-1]
			}
			if i+1 < len(cuts) {
				to = cuts[i+1]
			}
			s := Shift{Index: c, Before: median(y[from:c], nil), After: median(y[c:to], nil)}
			shifts[i] = s
			if d := math.Abs(s.After - s.Before); !(d >= small) {
				small, at = d, i
			}
		}
		if small >= least && small > 0 {
			return shifts
		}
		cuts = append(cuts[:at], cuts[at+1:]...)
	}
	return nil
}
