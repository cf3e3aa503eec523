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
	v, ok := p.filledNear(n)
	if !ok {
		v, ok = p.near(n)
	}
	return p.params(v), ok
}

// near is solveNear's search; false when the lowest point is at the rim.
func (p *problem) near(n Near) (at, bool) {
	lo, hi := math.Max(minAlpha, n.Alpha-nearAlpha), math.Min(maxAlpha, n.Alpha+nearAlpha)
	o := omegas{math.Max(0, n.Omega-nearOmega), math.Min(1, n.Omega+nearOmega), nearOmegaTol, n.Omega}
	best := at{sse: math.Inf(1)}
	minimise(func(alpha float64) float64 {
		v := p.best(alpha, &o)
		best = lowest(best, v)
		o.from = best.omega
		return v.sse
	}, lo, hi, nearAlphaTol)
	const rim = 0.01
	inside := func(x, lo, hi, least, most float64) bool {
		return (x > lo+rim || lo == least) && (x < hi-rim || hi == most)
	}
	// Without gaps ω comes from a parabola over all of its range rather than from the search.
	if best.alpha == 0 || !inside(best.alpha, lo, hi, minAlpha, maxAlpha) || p.optimised && (p.gaps || best.held) && !inside(best.omega, o.lo, o.hi, 0, 1) {
		return best, false
	}
	return best, true
}

// filledNear searches with the gaps filled by what the place before expects there, until that changes
// nothing (Dempster, Laird and Rubin 1977, without their variances): without gaps a search takes a
// twentieth of the time. It says no for what has no gaps and when the search is led away.
func (p *problem) filledNear(n Near) (at, bool) {
	if !p.gaps || !p.optimised {
		return at{}, false
	}
	v := p.pass(n.Alpha, n.Omega)
	best, inside := v, false
	for range filledRounds {
		var w at
		w, inside = p.filled(v).near(Near{v.alpha, v.omega})
		still := math.Abs(w.alpha-v.alpha) < nearAlphaTol && math.Abs(w.omega-v.omega) < nearOmegaTol
		if v = p.pass(w.alpha, w.omega); v.sse < best.sse {
			best = v
		}
		if still {
			break
		}
	}
	return best, inside
}

// filledRounds are the most; each brings what is missing of the answer down by the share of gaps.
const filledRounds = 4

// filled is the problem with what a point's recursion expects in the gaps.
func (p *problem) filled(v at) *problem {
	q := *p
	q.gaps = false
	q.z = make([]float64, len(p.z))
	c := coefficients{alpha: v.alpha, omega: v.omega, dynamic: p.dynamic}
	s := begin(p.z, c, v.level)
	for i, y := range p.z {
		if math.IsNaN(y) {
			y = s.expect(c)
		}
		q.z[i] = y
		s.update(c, y)
	}
	q.drawLines()
	return &q
}
