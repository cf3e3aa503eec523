package smoothing

import (
	"cmp"
	"math"
	"slices"
)

// explore walks a few steps from each seed, twice as many from those that still
// have a chance, and so on to the best one, and leaves what that found in x.
// It gives up after the first steps where none got below the value hopeless. The
// value is +Inf where the series allows the form nowhere.
func (p *problem) explore(a *arena, hold bool, at pace, hopeless float64) float64 {
	walks := p.seeds()
	if len(walks) == 0 && !hold {
		p.fixed = p.scaled(flat(p.raw, p.Spec, a), p.Spec, p.fixed.Season)
		walks = p.seeds()
	}
	if len(walks) == 0 {
		return math.Inf(1)
	}
	byValue(walks)
	walks = race{most: seeded, lag: astray}.in(walks, p.series)
	steps := at.first
	for _, r := range at.races {
		for i := range walks {
			copy(p.x, walks[i].x)
			walks[i].value = p.search(coarse, 1, steps)
			copy(walks[i].x, p.x)
		}
		byValue(walks)
		if walks[0].value > hopeless || len(walks) == 1 {
			break
		}
		walks = r.in(walks, p.series)
		steps *= 2
	}
	copy(p.x, walks[0].x)
	return walks[0].value
}

// byValue sorts walks, the best first.
func byValue(walks []walk) {
	slices.SortStableFunc(walks, func(a, b walk) int { return cmp.Compare(a.value, b.value) })
}

// astray is the log-likelihood that a seed may lag before any step.
const astray = 100.0

// pace is how explore goes about it: the steps from each seed, and who walks on
// after these, after twice as many, and so on.
type pace struct {
	first int
	races []race
}

// The pace of a fit, and that of a form among others, which is searched again when
// it does well.
var (
	patient = pace{first: 3, races: []race{{most: 2, lag: 20}, {most: 1}, {most: 1}}}
	hasty   = pace{first: 1, races: []race{{most: seeded, lag: 20}, {most: 2, lag: 8}, {most: 1}, {most: 1}}}
)

// race says who walks on: at most so many, and nobody whose log-likelihood lags by
// more than lag, stretched, behind the best.
type race struct {
	most int
	lag  float64
}

// in gives those of the sorted walks that walk on.
func (r race) in(walks []walk, d *series) []walk {
	limit := walks[0].value + 2*d.stretched(r.lag)/float64(d.n)
	n := 1
	for n < min(len(walks), r.most) && walks[n].value < limit {
		n++
	}
	return walks[:n]
}

// walk is a search under way.
type walk struct {
	x     []float64
	value float64
}

// seeds sets a walk on the best of a coarse grid in each of its corners, as a
// likelihood often has a valley in more than one.
func (p *problem) seeds() []walk {
	for i := range p.walks {
		p.walks[i].value = math.Inf(1)
	}
	betas, gammas := fromGrid(p.Trend, gridBeta[:]), fromGrid(p.Season != SeasonNone, gridGamma[:])
	if p.Season != SeasonNone {
		betas = betas[:min(len(betas), 2)]
	}
	for _, alpha := range gridAlpha {
		for _, beta := range betas {
			for _, gamma := range gammas {
				p.sow(Params{Alpha: alpha, Beta: beta, Gamma: gamma, Phi: 0.95})
			}
		}
	}
	n := 0
	for i := range p.walks {
		if !math.IsInf(p.walks[i].value, 1) {
			p.walks[n], p.walks[i] = p.walks[i], p.walks[n]
			n++
		}
	}
	return p.walks[:n]
}

// sow sets the walk of u's corner on u, if that is the best of the corner so far.
func (p *problem) sow(u Params) {
	w := &p.walks[p.corner(u)]
	p.put(p.trial, u, p.fixed)
	if v := p.value(p.trial); v < w.value {
		w.value = v
		copy(w.x, p.trial)
	}
}

// seeded is the number of corners.
const seeded = 4

// The grid spreads parameters over where fits end up.
var (
	gridAlpha = [...]float64{0.005, 0.1, 0.3, 0.6, 0.9}
	gridBeta  = [...]float64{0.02, 0.2, 0.7}
	gridGamma = [...]float64{0.02, 0.2, 0.6}
	gridNone  = [...]float64{0}
)

// fromGrid is the grid of a parameter, or zero where the form has none.
func fromGrid(has bool, grid []float64) []float64 {
	if has {
		return grid
	}
	return gridNone[:]
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
