package smoothing

import (
	"fmt"
	"math"
)

// Model is a form with its parameters and states, run over a series.
type Model struct {
	Stored
	End State // after the last value

	N         int       // observations (values that are not missing)
	Fitted    []float64 // forecast of each value from those before it, missing or not; NaN before the first observation
	Residuals []float64 // y − Fitted; NaN where y is missing
	SSE       float64   // Σ Residuals², whatever the errors

	// Sigma2 is the variance of one step's error, Σe²/(N − k), with k the
	// parameters and states of the form; with relative errors that of e/Fitted.
	// It is Σe²/N where k ≥ N.
	Sigma2 float64
	// LogLik is the Gaussian log-likelihood without its constants, as R's
	// forecast::ets has it (HKOS eq. 5.3):
	//
	//	−½·(N·ln Σe²)                            additive errors
	//	−½·(N·ln Σ(e/Fitted)² + 2·Σ ln Fitted)   relative errors
	//
	// so that forms on one series compare. A fit without any error counts as one
	// with errors of 1e-13 of the largest value.
	LogLik float64
	// AICc is −2·LogLik + 2K + 2K(K+1)/(N−K−1) with K = k + 1 for the variance; it
	// is +Inf where N ≤ K + 1.
	AICc float64
}

// Run carries the form s with the parameters p and the states start over y and
// says how well it forecast each value from those before. Nothing is estimated.
// NaN in y is a missing value; start is the state before the first that is not.
// R's HoltWinters starts after one period: give it y[period:] to compare. Parameters
// are taken as they are, stable or not.
//
// Errors: ErrNoData, ErrNotFinite, ErrTooLarge, ErrNotPositive, ErrUnstable.
func Run(y []float64, s Spec, p Params, start State) (*Model, error) {
	n, err := admit(y, s)
	if err == nil {
		err = fits(start, s)
	}
	if err != nil {
		return nil, fmt.Errorf("running %v: %w", s, err)
	}
	m, err := run(y, n, Stored{s, p, start})
	if err != nil {
		return nil, fmt.Errorf("running %v: %w", s, err)
	}
	return m, nil
}

// run is Run for a y of n observations that s can take.
func run(y []float64, n int, s Stored) (*Model, error) {
	m := &Model{Stored: s, N: n}
	m.Params = m.effective(m.Spec)
	period, lead := m.period(), leading(y)
	block := make([]float64, 2*len(y)+2*period)
	m.Fitted, block = block[:len(y):len(y)], block[len(y):]
	m.Residuals, block = block[:len(y):len(y)], block[len(y):]
	m.Start, m.End = s.Start.copied(m.Spec, block[:period:period]), State{Season: block[period:]}
	for i := range lead {
		m.Fitted[i], m.Residuals[i] = math.NaN(), math.NaN()
	}
	m.carry(y[lead:], m.Fitted[lead:], m.Residuals[lead:])
	if err := m.score(y); err != nil {
		return nil, err
	}
	return m, nil
}

// carry fills fitted, residuals and End by the equations of the package comment.
func (m *Model) carry(y, fitted, residuals []float64) {
	ring, at := m.End.Season, 0
	copy(ring, m.Start.Season)
	l, b := m.Start.Level, m.Start.Trend
	p, gain := m.Params, m.Gamma*(1-m.Alpha)
	for i, v := range y {
		q, s := l+p.Phi*b, ring[at]
		mu := q + s
		if m.Season == SeasonMultiplicative {
			mu = q * s
		}
		fitted[i], residuals[i] = mu, v-mu
		l, b = q, p.Phi*b
		if !math.IsNaN(v) {
			e, by := v-mu, 1.0
			if m.Season == SeasonMultiplicative {
				e /= s
				by = q / s
				if !m.Relative {
					by = (q + p.Alpha*e) / s
				}
			}
			l += p.Alpha * e
			b += p.Alpha * p.Beta * e
			ring[at] = s + gain*e/by
		}
		if at++; at == len(ring) {
			at = 0
		}
	}
	m.End.Level, m.End.Trend = l, b
	if m.Season == SeasonNone {
		m.End.Season = nil
		return
	}
	turn(ring, at)
}
