package smoothing

import (
	"fmt"
	"math"
)

// Stored is what of a model is worth keeping from one day to the next: form,
// parameters and starting states. It goes through JSON without loss, as Go
// prints floats in full.
type Stored struct {
	Spec
	Params
	Start State `json:"start"` // before the first observation
}

// Refit fits the stored form again to y, a series that begins where the model's
// did and is longer or shorter: the search starts from the stored parameters and
// states, which costs a twentieth of Fit, and of Auto an eightieth. It is for the
// next day, and for rolling origins; for a window that has moved, Advance first.
// Where the stored figures are no numbers or lead nowhere it is Fit.
//
// Errors: those of Fit.
func (s Stored) Refit(y []float64) (*Model, error) {
	return borrowed(func(w *Workspace) (*Model, error) { return w.Refit(s, y) })
}

// Refit is Stored.Refit in w.
func (w *Workspace) Refit(s Stored, y []float64) (*Model, error) {
	n, err := admit(y, s.Spec)
	if err == nil {
		err = enough(len(y)-leading(y), n, s.Spec)
	}
	if err != nil {
		return nil, fmt.Errorf("fitting %v again: %w", s.Spec, err)
	}
	if !s.usable() {
		return w.Fit(y, s.Spec)
	}
	w.begin(y[leading(y):], n)
	p := &w.problems[0]
	p.prepare(w, s.Spec, s.Start, false)
	p.put(p.x, s.Params, p.fixed)
	if math.IsInf(p.search(rough, 2, rounds), 1) {
		return w.Fit(y, s.Spec)
	}
	return p.model(y)
}

// Advance carries the states over the first gone values of y, the series that the
// model was fitted to, so that Start stands before the first observation that is
// left: for a window that moves on, as the last three years do from day to day.
// Refit then takes the window that begins with y[gone].
//
// Errors: ErrNoData where no observation is left, and those of Run. It panics where
// gone is not within y.
func (s Stored) Advance(y []float64, gone int) (Stored, error) {
	gone += leading(y[gone:])
	if gone == len(y) {
		return Stored{}, fmt.Errorf("advancing: %w", ErrNoData)
	}
	if leading(y[:gone]) == gone {
		return s, nil
	}
	m, err := Run(y[:gone], s.Spec, s.Params, s.Start)
	if err != nil {
		return Stored{}, fmt.Errorf("advancing: %w", err)
	}
	s.Start = m.End
	return s, nil
}

// usable says whether a search can start from s.
func (s Stored) usable() bool {
	return fits(s.Start, s.Spec) == nil && finite(s.Start.Level, s.Start.Trend, s.Alpha, s.Beta, s.Gamma, s.Phi) && finite(s.Start.Season...)
}

// fits checks that there is a season for each step of the period.
func fits(start State, s Spec) error {
	if s.Season != SeasonNone && len(start.Season) != s.Period {
		return fmt.Errorf("%d seasons to start from: give one a step of the period, %d", len(start.Season), s.Period)
	}
	return nil
}
