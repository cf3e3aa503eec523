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

// fit searches the form s and runs the best that it found.
func fit(y []float64, n int, s Spec, start State, hold bool) (*Model, error) {
	p := newProblem(y[leading(y):], n, s, start, hold)
	if math.IsInf(p.explore(y, hold), 1) {
		return nil, fmt.Errorf("fitting %v: %w", s, ErrUnstable)
	}
	return p.finish(y)
}

// explore walks a little way from each seed, further from the one that got
// lowest, and leaves what it found in x. The value is +Inf where the series
// allows the form nowhere.
func (p *problem) explore(y []float64, hold bool) float64 {
	seeds := p.seeds()
	if len(seeds) == 0 && !hold {
		p.fixed = p.scaled(flat(y, p.Spec))
		seeds = p.seeds()
	}
	least, best := math.Inf(1), make([]float64, p.size)
	for _, u := range seeds {
		p.put(p.x, u, p.fixed)
		if v := p.search(coarse, 1); v < least {
			least = v
			copy(best, p.x)
		}
	}
	copy(p.x, best)
	return least
}

// finish searches on from x to the bottom and runs the model over y.
func (p *problem) finish(y []float64) (*Model, error) {
	p.search(fine, 2)
	params, from := p.result(p.x)
	m, err := Run(y, p.Spec, params, from)
	if err != nil {
		return nil, fmt.Errorf("fitting: %w", err)
	}
	return m, nil
}

// loglik is Model.LogLik for a value of the search.
func (p *problem) loglik(value float64) float64 {
	return -float64(p.n) * (value/2 + float64(p.exp)*math.Ln2)
}

// The gain in log-likelihood below which a search rests: from each seed, among
// the forms of Auto, and from the best.
const (
	coarse = 0.3
	rough  = 0.01
	fine   = 1e-8
)

// seeds gives the parameters to search from: the best of a coarse grid in each
// of its corners, as a likelihood often has a valley in more than one.
func (p *problem) seeds() []Params {
	var best [4]Params
	least := [4]float64{math.Inf(1), math.Inf(1), math.Inf(1), math.Inf(1)}
	for _, u := range p.grid() {
		corner := p.corner(u)
		p.put(p.trial, u, p.fixed)
		if v := p.value(p.trial); v < least[corner] {
			least[corner], best[corner] = v, u
		}
	}
	seeds := make([]Params, 0, len(best))
	for i, v := range least {
		if !math.IsInf(v, 1) {
			seeds = append(seeds, best[i])
		}
	}
	return seeds
}

// corner sorts parameters: slow or fast level by slow or fast season; without a
// season four paces of the level.
func (p *problem) corner(u Params) int {
	c := 0
	if u.Alpha > 0.2 {
		c = 1
	}
	switch {
	case p.Season != SeasonNone && u.Gamma > 0.1, p.Season == SeasonNone && (u.Alpha < 0.05 || u.Alpha > 0.5):
		c += 2
	}
	return c
}

// grid spreads parameters over where fits end up.
func (p *problem) grid() []Params {
	betas, gammas := []float64{0}, []float64{0}
	if p.Trend {
		betas = []float64{0.02, 0.2, 0.7}
	}
	if p.Season != SeasonNone {
		gammas = []float64{0.02, 0.2, 0.6}
	}
	var out []Params
	for _, a := range []float64{0.005, 0.1, 0.3, 0.6, 0.9} {
		for _, b := range betas {
			for _, g := range gammas {
				out = append(out, Params{Alpha: a, Beta: b, Gamma: g, Phi: 0.95})
			}
		}
	}
	return out
}
