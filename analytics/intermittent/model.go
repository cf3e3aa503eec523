package intermittent

import (
	"fmt"
	"math"
)

// Model is a method with its gains, run over a series.
type Model struct {
	Method      Method
	Alpha, Beta float64   // the gains, in (0, 1]
	Start, End  State     // before the first value and after the last
	Fitted      []float64 // the forecast of each value from those before it
	SSE         float64   // squared one-step errors over the observed values
	N           int       // observed values
}

// Mean is the forecast of every step after the series' end: the mean demand a step, in
// the series' unit, never below 0.
func (m *Model) Mean() float64 { return m.Method.forecast(m.End, m.Beta) }

// Predict returns Mean h times. It panics if h is negative.
func (m *Model) Predict(h int) []float64 {
	out := make([]float64, h)
	for i := range out {
		out[i] = m.Mean()
	}
	return out
}

// forecast is the mean demand of a step in state s.
func (m Method) forecast(s State, beta float64) float64 {
	switch m {
	case TSB:
		return s.Probability * s.Size
	case SBA:
		return (1 - beta/2) * s.Size / s.Interval
	default:
		return s.Size / s.Interval
	}
}

// Run carries the state start over y with the gains alpha and beta, in (0, 1]. Nothing
// is estimated. A start that its method cannot have (a size below 0, a probability
// outside [0, 1], an interval below 1) is an error.
//
// Errors: ErrNoData, ErrNotFinite, ErrNegative.
func Run(y []float64, method Method, alpha, beta float64, start State) (*Model, error) {
	if method < TSB || method > SBA {
		return nil, fmt.Errorf("running an intermittent method: unknown method %d: choose TSB, Croston or SBA", method)
	}
	if !(alpha > 0 && alpha <= 1 && beta > 0 && beta <= 1) {
		return nil, fmt.Errorf("running %v: gains %v and %v: choose above 0 and at most 1", method, alpha, beta)
	}
	if !(start.Size >= 0 && start.Size <= limit && start.Probability >= 0 && start.Probability <= 1) ||
		method != TSB && !(start.Interval >= 1 && start.Interval <= limit) {
		return nil, fmt.Errorf("running %v: start %+v: choose a size of at least 0, a probability in [0, 1] and an interval of at least 1", method, start)
	}
	if err := survey(y); err != nil {
		return nil, fmt.Errorf("running %v: %w", method, err)
	}
	m := &Model{Method: method, Alpha: alpha, Beta: beta, Start: start, Fitted: make([]float64, len(y))}
	m.SSE, m.N, m.End = method.carry(y, alpha, beta, start, m.Fitted)
	return m, nil
}

// carry runs the recursion; it writes the forecasts to fitted unless that is nil.
func (m Method) carry(y []float64, alpha, beta float64, s State, fitted []float64) (sse float64, n int, end State) {
	since := 0.0 // observed steps since the last demand
	f := m.forecast(s, beta)
	for i, v := range y {
		if fitted != nil {
			fitted[i] = f
		}
		if math.IsNaN(v) {
			continue
		}
		n++
		since++
		sse += (v - f) * (v - f)
		if v > 0 {
			s.Size += alpha * (v - s.Size)
			s.Probability += beta * (1 - s.Probability)
			s.Interval += beta * (since - s.Interval)
			since = 0
			f = m.forecast(s, beta)
		} else if m == TSB {
			s.Probability -= beta * s.Probability
			f = m.forecast(s, beta)
		}
	}
	return sse, n, s
}

// limit is the largest size of a value whose square, summed, stays finite.
const limit = 1e150

// survey refuses what no method can take.
func survey(y []float64) error {
	seen := false
	for _, v := range y {
		if math.Abs(v) > limit {
			return ErrNotFinite
		}
		if v < 0 {
			return ErrNegative
		}
		seen = seen || !math.IsNaN(v)
	}
	if !seen {
		return ErrNoData
	}
	return nil
}
