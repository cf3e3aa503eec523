package levelshape

import (
	"fmt"
	"math"

	"foresight/analytics/decompose"
)

// Model is a fitted level and shape.
type Model struct {
	// Shape are the shares of the phases of a period, which sum to 1; the first is that
	// of the first value after the series' end.
	Shape []float64
	// Memory is the number of last periods whose mean proportions the shape is.
	Memory int
	// Season are the factors of the phases of the longer cycle on the level, with
	// mean 1; nil without one.
	Season []float64
	// Lambda is the power of the Box-Cox transform of the level, in [0, 1].
	Lambda float64
	// Lag, CycleLag, Intercept and Slope are the weights of the level's regression; see
	// the package comment. Slope is per history.
	Intercept, Slope, Lag, CycleLag float64
	// Damping is φ of the trend, in [0, 1).
	Damping float64

	shift, scale   float64   // of the series and the level
	floor, ceiling float64   // no forecast leaves these
	level          []float64 // transformed, less the last one, times unit
	last, unit     float64
	low, high      float64 // no transformed level leaves these
	cycle          cycle
	lag            int // of CycleLag, in levels; 0 without
}

// Fit finds level and shape of y and returns the model, ready to predict. Values
// before the first full period, counted from the end, are left off. A missing
// value is NaN.
//
// Errors: ErrTooShort below three full periods, ErrNoData, ErrNotFinite.
func Fit(y []float64, o Options) (*Model, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("fitting level × shape: %w", err)
	}
	lo, hi, err := survey(y)
	if err != nil {
		return nil, fmt.Errorf("fitting level × shape: %w", err)
	}
	k := len(y) / o.Period
	if k < 3 {
		return nil, fmt.Errorf("fitting level × shape: %d values of period %d: %w", len(y), o.Period, ErrTooShort)
	}
	m := &Model{}
	m.bound(lo, hi)
	g := m.fold(y[len(y)-k*o.Period:], o.Period)
	m.shape(g, o.ShapePeriods)
	m.cycle = newCycle(o, k)
	m.deseason(g)
	m.transform(g.level)
	m.regress(g)
	return m, nil
}

// limit is the largest size of a value whose square, summed, stays finite.
const limit = 1e150

// survey gives the extremes of y and refuses what cannot be fitted.
func survey(y []float64) (lo, hi float64, err error) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range y {
		if math.Abs(v) > limit {
			return 0, 0, ErrNotFinite
		}
		if !math.IsNaN(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	if lo > hi {
		return 0, 0, ErrNoData
	}
	return lo, hi, nil
}

// bound lifts a series with negative values above zero, by a quarter of its range
// more, and says how far a forecast may go: one range beyond what was seen, and
// not below zero where nothing was.
func (m *Model) bound(lo, hi float64) {
	width := hi - lo
	m.floor, m.ceiling = lo-width, hi+width
	if lo < 0 {
		m.shift = width/4 - lo
		if width == 0 {
			m.shift = -2 * lo
		}
		return
	}
	m.floor = math.Max(0, m.floor)
}

// folded is a series by period.
type folded struct {
	period int
	value  []float64 // k·period values without holes, shifted, over the mean level
	level  []float64 // k sums over a period, of mean 1
	known  []bool    // at least half of the period's values were observed
}

// fold fills the holes of y, within their phase, and sums it by period.
func (m *Model) fold(y []float64, period int) folded {
	k := len(y) / period
	g := folded{period: period, value: decompose.Fill(y, period), level: make([]float64, k), known: make([]bool, k)}
	for i := range k {
		seen := 0
		for j := i * period; j < (i+1)*period; j++ {
			if !math.IsNaN(y[j]) {
				seen++
			}
			g.value[j] += m.shift
			g.level[i] += g.value[j] / float64(k)
		}
		g.known[i] = 2*seen >= period
	}
	for _, v := range g.level {
		m.scale += v
	}
	if !(m.scale > 1e-290) { // all zero, or so near to it that k/scale is no number
		m.scale = 1
	}
	for i := range g.level {
		g.level[i] *= float64(k) / m.scale
	}
	for i := range g.value {
		g.value[i] /= m.scale
	}
	return g
}
