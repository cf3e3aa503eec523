package regress

import (
	"math"
	"time"
)

// AtLeast returns what to expect of values of which only a lower bound is known: the
// mean, on the fit scale, of the model's predictive normal distribution above it,
//
//	E[u | u ≥ c] = μ + σ·φ(z)/(1 − Φ(z)),  z = (c − μ)/σ
//
// (Schmee & Hahn 1979, "A simple method for regression analysis with censored data",
// Technometrics 21(4)), back on the original scale. It panics when the lengths differ.
func (m *Model) AtLeast(times []time.Time, least []float64) []float64 {
	if len(times) != len(least) {
		panic("regress: AtLeast needs one bound a time")
	}
	out := make([]float64, len(times))
	for i, v := range m.Predict(times) {
		u := Above(m.scale.to(v), m.Sigma(), m.scale.to(least[i]))
		out[i] = math.Max(least[i], m.scale.back(m.clamp(u)))
	}
	return out
}

// Above is the mean of a normal distribution above a bound; the bound itself where
// there is no spread.
func Above(mean, sd, bound float64) float64 {
	if !(sd > 0) {
		return math.Max(mean, bound)
	}
	const far = 8 // where the mass above is too little to divide by; φ/(1 − Φ) → z + 1/z
	z := (bound - mean) / sd
	if z > far {
		return bound + sd/z
	}
	return mean + sd*math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)/(math.Erfc(z/math.Sqrt2)/2)
}
