package smoothing

import (
	"cmp"
	"fmt"
	"math"
	"slices"
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
	if n < s.free()+3 {
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

// Refit fits the form of m again to y, a series that begins where m's did and is
// longer or shorter: the search starts from m's parameters and starting states,
// which costs a fraction of Fit, and of Auto a fortieth. It is for the next day, and for rolling origins.
// Where m leads nowhere it is Fit. Errors are those of Fit.
func (m *Model) Refit(y []float64) (*Model, error) {
	n, err := admit(y, m.Spec)
	if err == nil {
		err = enough(len(y)-leading(y), n, m.Spec)
	}
	if err != nil {
		return nil, fmt.Errorf("fitting %v again: %w", m.Spec, err)
	}
	p := newProblem(y[leading(y):], n, m.Spec, m.Start, false)
	p.put(p.x, m.Params, p.fixed)
	if math.IsInf(p.search(rough, 2, rounds), 1) {
		return Fit(y, m.Spec)
	}
	return p.model(y)
}

// fit searches the form s and runs the best that it found.
func fit(y []float64, n int, s Spec, start State, hold bool) (*Model, error) {
	p := newProblem(y[leading(y):], n, s, start, hold)
	if math.IsInf(p.explore(y, hold, math.Inf(1)), 1) {
		return nil, fmt.Errorf("fitting %v: %w", s, ErrUnstable)
	}
	return p.finish(y)
}

// explore walks a few steps from each seed, twice as many from the better half,
// and so on to the best one, and leaves what that found in x. It gives up after
// the first steps where none got below the value hopeless. The value is +Inf
// where the series allows the form nowhere.
func (p *problem) explore(y []float64, hold bool, hopeless float64) float64 {
	seeds := p.seeds()
	if len(seeds) == 0 && !hold {
		p.fixed = p.scaled(flat(y, p.Spec))
		seeds = p.seeds()
	}
	walks := make([]walk, len(seeds))
	room := make([]float64, len(seeds)*p.size)
	for i, u := range seeds {
		walks[i].x = room[i*p.size:][:p.size]
		p.put(walks[i].x, u, p.fixed)
	}
	for steps := first; len(walks) > 0; steps *= 2 {
		for i := range walks {
			copy(p.x, walks[i].x)
			walks[i].value = p.search(coarse, 1, steps)
			copy(walks[i].x, p.x)
		}
		slices.SortStableFunc(walks, func(a, b walk) int { return cmp.Compare(a.value, b.value) })
		if len(walks) == 1 || walks[0].value > hopeless {
			copy(p.x, walks[0].x)
			return walks[0].value
		}
		walks = walks[:(len(walks)+1)/2]
	}
	return math.Inf(1)
}

// walk is a search under way.
type walk struct {
	x     []float64
	value float64
}

// finish searches on from x to the bottom.
func (p *problem) finish(y []float64) (*Model, error) {
	p.search(fine, 2, rounds)
	return p.model(y)
}

// model runs over y what the search has found in x.
func (p *problem) model(y []float64) (*Model, error) {
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

// valueOf is the value of the search that has the AICc score.
func (p *problem) valueOf(score float64) float64 {
	loglik := (aicc(0, p.n, p.Spec.free()+1) - score) / 2
	return -2 * (loglik/float64(p.n) + float64(p.exp)*math.Ln2)
}

// The gain in log-likelihood below which a search rests: from each seed, among
// the forms of Auto, and from the best.
const (
	coarse = 0.3
	rough  = 0.01
	fine   = 1e-8
)

// Steps of a search: the first from a seed, and the most of any.
const (
	first  = 3
	rounds = 60
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
		betas = betas[:min(len(betas), 2)]
	}
	alphas := []float64{0.005, 0.1, 0.3, 0.6, 0.9}
	out := make([]Params, 0, len(alphas)*len(betas)*len(gammas))
	for _, a := range alphas {
		for _, b := range betas {
			for _, g := range gammas {
				out = append(out, Params{Alpha: a, Beta: b, Gamma: g, Phi: 0.95})
			}
		}
	}
	return out
}
