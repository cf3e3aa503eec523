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
// Errors: ErrNoData, ErrTooShort (fewer than k + 2 observations for k unknowns,
// or less than two periods), ErrNotFinite, ErrTooLarge, ErrNotPositive,
// ErrUnstable.
func Fit(y []float64, s Spec) (*Model, error) {
	n, err := admit(y, s)
	if err == nil {
		err = enough(len(y)-leading(y), n, s)
	}
	if err != nil {
		return nil, fmt.Errorf("fitting %v: %w", s, err)
	}
	return fit(y, n, s, begin(y[leading(y):], s), false)
}

// enough checks that n observations within length values can tell the form s.
func enough(length, n int, s Spec) error {
	if n < s.free()+2 {
		return fmt.Errorf("%d observations for %d unknowns: %w", n, s.free(), ErrTooShort)
	}
	if s.Season != SeasonNone && length < 2*s.Period {
		return fmt.Errorf("%d values, less than two periods of %d: %w", length, s.Period, ErrTooShort)
	}
	return nil
}

// FitFrom is Fit with the starting states given, as stats::HoltWinters does.
func FitFrom(y []float64, s Spec, start State) (*Model, error) {
	n, err := admit(y, s)
	if err == nil && s.Season != SeasonNone && len(start.Season) != s.Period {
		err = fmt.Errorf("%d seasons to start from: give one a step of the period, %d", len(start.Season), s.Period)
	}
	if err != nil {
		return nil, fmt.Errorf("fitting %v: %w", s, err)
	}
	return fit(y, n, s, start, true)
}

// fit searches from the most promising points of a coarse grid of parameters.
func fit(y []float64, n int, s Spec, start State, hold bool) (*Model, error) {
	p := newProblem(y[leading(y):], n, s, start, hold)
	seeds, ok := p.promising()
	if !ok && !hold {
		p.fixed = p.scaled(flat(y, s))
		seeds, ok = p.promising()
	}
	if !ok {
		return nil, fmt.Errorf("fitting %v: %w", s, ErrUnstable)
	}
	at, best := math.Inf(1), make([]float64, p.size)
	for _, u := range seeds {
		p.put(p.x, u, p.fixed)
		if v := p.search(rough); v < at {
			at = v
			copy(best, p.x)
		}
	}
	copy(p.x, best)
	p.search(fine)
	params, from := p.result(p.x)
	m, err := Run(y, s, params, from)
	if err != nil {
		return nil, fmt.Errorf("fitting: %w", err)
	}
	return m, nil
}

// The gain in log-likelihood below which a search rests: among the seeds, and
// from the best of them.
const (
	rough = 1e-3
	fine  = 1e-8
)

// starts is how many points of the grid are searched from.
const starts = 2

// promising gives the points of a coarse grid of parameters with the best
// values, best first. It says no when none has a finite one.
func (p *problem) promising() ([]Params, bool) {
	type point struct {
		at Params
		v  float64
	}
	var top []point
	for _, u := range p.grid() {
		p.put(p.trial, u, p.fixed)
		v := p.value(p.trial)
		if math.IsInf(v, 1) {
			continue
		}
		i := len(top)
		for i > 0 && v < top[i-1].v {
			i--
		}
		if i < starts {
			top = append(top, point{})
			copy(top[i+1:], top[i:])
			top[i] = point{u, v}
			top = top[:min(len(top), starts)]
		}
	}
	seeds := make([]Params, len(top))
	for i, t := range top {
		seeds[i] = t.at
	}
	return seeds, len(seeds) > 0
}

// grid spreads parameters over where fits end up.
func (p *problem) grid() []Params {
	betas, gammas := []float64{0}, []float64{0}
	if p.Trend {
		betas = []float64{0.02, 0.2}
	}
	if p.Season != SeasonNone {
		gammas = []float64{0.02, 0.2, 0.6}
	}
	var out []Params
	for _, a := range []float64{0.02, 0.1, 0.3, 0.6, 0.9} {
		for _, b := range betas {
			for _, g := range gammas {
				out = append(out, Params{Alpha: a, Beta: b, Gamma: g, Phi: 0.95})
			}
		}
	}
	return out
}
