package theta

import (
	"math"

	"foresight/analytics/decompose"
)

// adjust takes the season out of y as o says and notes its figures. Missing
// values stay missing; only for finding the figures are they filled.
func (m *Model) adjust(y []float64, o Options) []float64 {
	if o.Season == SeasonNone || o.Period < 2 || len(y)/o.Period < 2 {
		return y
	}
	if o.Season == SeasonTested && !seasonal(y, o.Period) {
		return y
	}
	full := decompose.Fill(y, o.Period)
	if o.Season != SeasonAdditive {
		m.Figures, m.Multiplicative = figures(full, o.Period, true), true
	}
	if m.Figures == nil {
		m.Figures, m.Multiplicative = figures(full, o.Period, false), false
	}
	if m.Figures == nil {
		return y
	}
	z := make([]float64, len(y))
	for i, v := range y {
		if m.Multiplicative {
			z[i] = v / m.Figures[i%o.Period]
		} else {
			z[i] = v - m.Figures[i%o.Period]
		}
	}
	return z
}

// figures are the seasonal figures of the classical decomposition, the first for
// the first value; nil when there are none, or a factor is below 0.01.
func figures(y []float64, period int, multiplicative bool) []float64 {
	c, err := decompose.Classical(y, period, multiplicative)
	if err != nil {
		return nil
	}
	out := c.Season[:period:period]
	for _, v := range out {
		if math.IsNaN(v) || math.IsInf(v, 0) || multiplicative && v < 0.01 {
			return nil
		}
	}
	return out
}

// seasonal is the test of F16 §5.1: the autocorrelation r of the period p against
// its 90 % limit,
//
//	|r_p| > 1.645·√((1 + 2·Σ_{k<p} r_k²)/n)
//
// over the pairs of observed values.
func seasonal(y []float64, period int) bool {
	if period < 4 {
		return false
	}
	// Scaled to at most 1: a square must not run over.
	mean, n, size := 0.0, 0.0, 0.0
	for _, v := range y {
		if !math.IsNaN(v) {
			size = math.Max(size, math.Abs(v))
		}
	}
	if size == 0 {
		return false
	}
	for _, v := range y {
		if !math.IsNaN(v) {
			mean, n = mean+v/size, n+1
		}
	}
	mean /= n
	sum := func(lag int) float64 {
		s := 0.0
		for i := lag; i < len(y); i++ {
			if p := (y[i]/size - mean) * (y[i-lag]/size - mean); !math.IsNaN(p) {
				s += p
			}
		}
		return s
	}
	whole := sum(0)
	if !(whole > 1e-20*n) { // constant but for rounding
		return false
	}
	squares := 0.0
	for k := 1; k < period; k++ {
		r := sum(k) / whole
		squares += r * r
	}
	return math.Abs(sum(period)/whole) > 1.645*math.Sqrt((1+2*squares)/n)
}
