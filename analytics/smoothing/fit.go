package smoothing

import (
	"fmt"
	"math"
)

// Fit estimates the parameters and starting states of the form s by maximum
// likelihood (least squares for additive errors). NaN in y is a missing value.
// The parameters lie in the unit cube, α in [0.0001, 0.9999], φ in [0.8, 0.98].
// The starting seasons are estimated with the rest up to a period of 48; longer
// ones stay at the mean figure of the first periods.
//
// Errors: ErrNoData, ErrTooShort (fewer than k + 3 observations for k unknowns,
// or less than two periods), ErrNotFinite, ErrTooLarge, ErrNotPositive,
// ErrUnstable.
func Fit(y []float64, s Spec) (*Model, error) {
	return borrowed(func(w *Workspace) (*Model, error) { return w.Fit(y, s) })
}

// Fit is the function Fit in w.
func (w *Workspace) Fit(y []float64, s Spec) (*Model, error) {
	n, err := admit(y, s)
	if err == nil {
		err = enough(len(y)-leading(y), n, s)
	}
	if err != nil {
		return nil, fmt.Errorf("fitting %v: %w", s, err)
	}
	w.begin(y[leading(y):], n)
	return w.fit(y, s, begin(w.plain.raw, s, &w.arena), false)
}

// enough checks that n observations within length values can tell the form s.
func enough(length, n int, s Spec) error {
	if n < s.free()+3 {
		return fmt.Errorf("%d observations for %d unknowns: %w", n, s.free(), ErrTooShort)
	}
	if s.Season != SeasonNone && length < 2*s.Period {
		return fmt.Errorf("%d values, less than two periods of %d: %w", length, s.Period, ErrTooShort)
	}
	return nil
}

// FitFrom is Fit with the starting states given, as stats::HoltWinters does. start is
// the state before the first observation, with a season a step of the period.
//
// Errors: those of Fit but ErrTooShort, and one for another number of seasons.
func FitFrom(y []float64, s Spec, start State) (*Model, error) {
	return borrowed(func(w *Workspace) (*Model, error) { return w.FitFrom(y, s, start) })
}

// FitFrom is the function FitFrom in w.
func (w *Workspace) FitFrom(y []float64, s Spec, start State) (*Model, error) {
	n, err := admit(y, s)
	if err == nil {
		err = fits(start, s)
	}
	if err != nil {
		return nil, fmt.Errorf("fitting %v: %w", s, err)
	}
	w.begin(y[leading(y):], n)
	return w.fit(y, s, start, true)
}

// fit searches the form s on the series that w has begun with, and runs over y
// the best that it found.
func (w *Workspace) fit(y []float64, s Spec, start State, hold bool) (*Model, error) {
	p := &w.problems[0]
	p.prepare(w, s, start, hold)
	if math.IsInf(p.explore(&w.arena, hold, patient, math.Inf(1)), 1) {
		return nil, fmt.Errorf("fitting %v: %w", s, ErrUnstable)
	}
	p.search(fine, 2, rounds)
	return p.model(y)
}

// model runs over y what the search has found in x.
func (p *problem) model(y []float64) (*Model, error) {
	params, from := p.result(p.x)
	m, err := run(y, p.n, Stored{p.Spec, params, from})
	if err != nil {
		return nil, fmt.Errorf("fitting: %w", err)
	}
	return m, nil
}

// The gain in log-likelihood below which a search rests: from each seed, among
// the forms of Auto, and from the best.
const (
	coarse = 0.3
	rough  = 0.01
	fine   = 1e-8
)

// rounds is the most steps of any search.
const rounds = 60
