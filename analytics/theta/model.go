package theta

import (
	"fmt"
	"math"
)

// Model is a fitted, or given, theta model with its states at the end of the
// series.
type Model struct {
	Variant Variant
	Params  Params // fitted, or given to Run
	// Figures are the seasonal figures taken out, the first for the first value of
	// the series; nil without. They are factors if Multiplicative.
	Figures        []float64
	Multiplicative bool
	// Fitted are the one-step forecasts μ, season included, of the series' length;
	// NaN before the first observed value.
	Fitted []float64
	// SSE is the sum of squared one-step errors of the seasonally adjusted series
	// over t ≥ 4, and N how many there are.
	SSE float64
	N   int

	end   state
	start int // of Figures at the first value ahead
}

// Predict returns the expectations of the h values after the series' end. It
// panics if h is negative.
func (m *Model) Predict(h int) []float64 {
	out := make([]float64, h)
	c := newCoefficients(m.Variant, m.Params.Alpha, m.Params.omega())
	s := m.end
	for i := range out {
		mu := s.expect(c)
		s.update(c, mu)
		out[i] = m.seasonal(m.start+i, mu)
	}
	return out
}

// seasonal puts the season of place i back on.
func (m *Model) seasonal(i int, v float64) float64 {
	switch {
	case m.Figures == nil:
		return v
	case m.Multiplicative:
		return v * m.Figures[i%len(m.Figures)]
	default:
		return v + m.Figures[i%len(m.Figures)]
	}
}

// Run gives the model with the given parameters on y, unfitted and unadjusted for
// any season. Alpha must be in (0, 1] and Theta at least 1.
//
// Errors: ErrTooShort below 4 observed values, ErrNotFinite.
func Run(y []float64, v Variant, p Params) (*Model, error) {
	if v < DOTM || v > STM {
		return nil, fmt.Errorf("running a theta model: unknown variant %d: choose DOTM, DSTM, OTM or STM", v)
	}
	if !(p.Alpha > 0 && p.Alpha <= 1 && p.Theta >= 1) || math.IsNaN(p.Level) || math.Abs(p.Level) > limit {
		return nil, fmt.Errorf("running %v: parameters %+v: choose 0 < alpha ≤ 1, theta ≥ 1 and a finite level", v, p)
	}
	first, err := survey(y)
	if err != nil {
		return nil, fmt.Errorf("running %v: %w", v, err)
	}
	m := &Model{Variant: v, Params: p, start: len(y)}
	m.trace(y, first)
	return m, nil
}

// trace runs the recursion over the adjusted series z, whose first observed value
// is at first, and keeps what Model shows.
func (m *Model) trace(z []float64, first int) {
	m.Fitted = make([]float64, len(z))
	for i := range first {
		m.Fitted[i] = math.NaN()
	}
	c := newCoefficients(m.Variant, m.Params.Alpha, m.Params.omega())
	s := begin(z[first:], c, m.Params.Level)
	for i, v := range z[first:] {
		mu := s.expect(c)
		if c.dynamic && i == 0 {
			mu = v // no line yet
		}
		m.Fitted[first+i] = m.seasonal(first+i, mu)
		if math.IsNaN(v) {
			s.update(c, mu)
			continue
		}
		if i >= unscored {
			m.SSE += (v - mu) * (v - mu)
			m.N++
		}
		s.update(c, v)
	}
	m.end = s
}

// limit is the largest size of a value whose square, summed, stays finite.
const limit = 1e150

// survey finds the first observed value and refuses what no model can take.
func survey(y []float64) (first int, err error) {
	seen, first := 0, 0
	for i, v := range y {
		if math.Abs(v) > limit {
			return 0, ErrNotFinite
		}
		if !math.IsNaN(v) {
			if seen == 0 {
				first = i
			}
			seen++
		}
	}
	if seen < 4 {
		return 0, ErrTooShort
	}
	return first, nil
}
