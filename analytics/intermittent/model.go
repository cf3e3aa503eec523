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
	Shape       Shape     // of the phases; none from Run
	Ratios      []float64 // demands over what was expected of their size, ascending
}

// Mean is the forecast of a step after the series' end, whatever its phase: the mean demand a step,
// in the series' unit, never below 0.
func (m *Model) Mean() float64 { return m.Method.expected(m.End, m.Beta, 1, 1) }

// Predict returns the mean demands of h steps after the end: Mean by the step's phase. It panics if
// h is negative.
func (m *Model) Predict(h int) []float64 {
	out := make([]float64, h)
	for i := range out {
		p, size := m.Shape.at(len(m.Fitted) + i)
		out[i] = m.Method.expected(m.End, m.Beta, p, size)
	}
	return out
}

// expected is the mean demand of a step in state s, of which the shape has the factors.
func (m Method) expected(s State, beta, probability, size float64) float64 {
	switch m {
	case TSB:
		return math.Min(1, probability*s.Probability) * (size * s.Size)
	case SBA:
		return (1 - beta/2) * (size * s.Size) * probability / s.Interval
	default:
		return size * s.Size * probability / s.Interval
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
	return run(y, method, alpha, beta, start, Shape{}), nil
}

func run(y []float64, method Method, alpha, beta float64, start State, shape Shape) *Model {
	m := &Model{Method: method, Alpha: alpha, Beta: beta, Start: start, Shape: shape, Fitted: make([]float64, len(y))}
	m.SSE, m.N, m.End = method.carry(y, alpha, beta, start, shape, m.Fitted)
	m.Ratios = m.ratios(y)
	return m
}

// carry runs the recursion; it writes the forecasts to fitted unless that is nil.
func (m Method) carry(y []float64, alpha, beta float64, s State, shape Shape, fitted []float64) (sse float64, n int, end State) {
	since := 0.0 // observed steps since the last demand
	for i, v := range y {
		probability, size := shape.at(i)
		f := m.expected(s, beta, probability, size)
		if fitted != nil {
			fitted[i] = f
		}
		if math.IsNaN(v) {
			continue
		}
		n++
		since++
		sse += (v - f) * (v - f)
		come := 0.0
		if v > 0 {
			come = 1
			s.Size += alpha * (v/size - s.Size)
			s.Interval += beta * (since - s.Interval)
			since = 0
		}
		s.Probability = math.Min(1, s.Probability+beta*(come-math.Min(1, probability*s.Probability)))
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
