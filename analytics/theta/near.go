package theta

import "math"

// Near is where a search begins: the parameters of a fit to nearly the same series, the day before or
// from another origin. Omega is 1 − 1/θ.
type Near struct {
	Alpha float64 `json:"alpha"`
	Omega float64 `json:"omega"`
}

// Near returns the place for a later fit to begin at.
func (p Params) Near() *Near { return &Near{p.Alpha, p.omega()} }

// How far around the place the search looks, and how fine: a third of the passes of a search over all
// of it.
const (
	nearAlpha, nearAlphaTol = 0.08, 1e-4
	nearOmega, nearOmegaTol = 0.2, 1e-3
)

// solveNear searches around a place; false when the lowest point is not inside of what it looked at.
func (p *problem) solveNear(n Near) (Params, bool) {
	if !(n.Alpha >= minAlpha && n.Alpha <= maxAlpha && n.Omega >= 0 && n.Omega <= 1) {
		return Params{}, false
	}
	lo, hi := math.Max(minAlpha, n.Alpha-nearAlpha), math.Min(maxAlpha, n.Alpha+nearAlpha)
	o := omegas{math.Max(0, n.Omega-nearOmega), math.Min(1, n.Omega+nearOmega), nearOmegaTol}
	best := at{sse: math.Inf(1)}
	minimise(func(alpha float64) float64 {
		v := p.best(alpha, &o)
		best = lowest(best, v)
		return v.sse
	}, lo, hi, nearAlphaTol)
	const rim = 0.01
	inside := func(x, lo, hi, least, most float64) bool {
		return (x > lo+rim || lo == least) && (x < hi-rim || hi == most)
	}
	// Without gaps ω comes from a parabola over all of its range rather than from the search.
	if best.alpha == 0 || !inside(best.alpha, lo, hi, minAlpha, maxAlpha) || p.optimised && (p.gaps || best.held) && !inside(best.omega, o.lo, o.hi, 0, 1) {
		return Params{}, false
	}
	return p.params(best), true
}
