package levelshape

import "math"

// Predict forecasts the h values after the series' end: medians, as far as the
// transform of the level makes its errors symmetric. Neither the level nor a value
// goes further than one range beyond what was seen, nor below zero where nothing
// was. It panics if h is negative.
func (m *Model) Predict(h int) []float64 {
	out := make([]float64, h)
	period := len(m.Shape)
	k := len(m.level)
	path := append([]float64(nil), m.level...)
	for i := 0; i < h; i += period {
		j := k + i/period
		next := m.Intercept + m.Slope*m.trend(i/period+1) + m.Lag*path[j-1]
		if m.lag > 0 {
			next += m.CycleLag * path[j-m.lag]
		}
		next = math.Min(m.high, math.Max(m.low, next))
		path = append(path, next)
		level := inverse(next/m.unit+m.last, m.Lambda)
		if m.Season != nil {
			level *= m.Season[m.cycle.phase(j)]
		}
		level *= m.scale
		for p := i; p < min(h, i+period); p++ {
			v := level*m.Shape[p-i] - m.shift
			out[p] = math.Min(m.ceiling, math.Max(m.floor, v))
		}
	}
	return out
}

// trend is the place of the step-th level ahead on the damped trend, as a share of the
// history.
func (m *Model) trend(step int) float64 {
	k := float64(len(m.level))
	ahead := 0.0
	if m.Damping > 1e-10 {
		ahead = m.Damping * (1 - math.Pow(m.Damping, float64(step))) / (1 - m.Damping)
	}
	return (k - 1 + ahead) / k
}
