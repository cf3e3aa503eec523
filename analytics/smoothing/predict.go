package smoothing

import "math"

// Predict forecasts the h steps after the last value by carrying the states on
// without errors (HKOS table 4.2). For additive errors, and for an additive
// season, this is the mean; Mean has it for the others. It is empty for h ≤ 0.
// Values stay within ±1.8e308 however far ahead.
func (m *Model) Predict(h int) []float64 {
	out := make([]float64, max(h, 0))
	sum, damp := 0.0, 1.0
	for i := range out {
		damp *= m.Phi
		sum += damp
		v := bounded(m.End.Level + sum*m.End.Trend)
		switch m.Season {
		case SeasonNone:
		case SeasonAdditive:
			v += m.End.Season[i%len(m.End.Season)]
		case SeasonMultiplicative:
			v *= m.End.Season[i%len(m.End.Season)]
		}
		out[i] = bounded(v)
	}
	return out
}

// Mean is Predict, but for relative errors with a multiplicative season it is
// the exact mean: there an error moves level and season together, so that from
// the second period ahead the mean of their product is no longer the product of
// their means (HKOS ch. 6.3; R's forecast::ets). With a common error ε of
// variance σ²,
//
//	E[l'·s'] = E[q·s]·(1 + α·γ_ETS·σ²)
//
// and the same with b. The difference is small: 0.03 % for airline passengers.
func (m *Model) Mean(h int) []float64 {
	if m.Season != SeasonMultiplicative || !m.Relative {
		return m.Predict(h)
	}
	out := make([]float64, max(h, 0))
	period := len(m.End.Season)
	level, slope := make([]float64, period), make([]float64, period) // E[l·s], E[b·s]
	for j, s := range m.End.Season {
		level[j], slope[j] = m.End.Level*s, m.End.Trend*s
	}
	alpha, beta, gamma, phi := m.ETS()
	for i := range out {
		at := i % period
		for j := range level {
			slope[j] *= phi
			level[j] = bounded(level[j] + slope[j])
		}
		mu := level[at]
		out[i] = mu
		level[at] = bounded(mu + alpha*gamma*m.Sigma2*mu)
		slope[at] = bounded(slope[at] + beta*gamma*m.Sigma2*mu)
	}
	return out
}

// bounded keeps v among the finite numbers.
func bounded(v float64) float64 { return clamp(v, -math.MaxFloat64, math.MaxFloat64) }

func clamp(v, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, v)) }
