package theta

import (
	"fmt"
	"math"
)

// Bounds of α: those of the authors' own R package (forecTheta). A smaller gain
// hardly leaves the straight line.
const minAlpha, maxAlpha = 0.1, 0.99

// Fit finds the parameters that minimise the squared one-step errors and returns
// the model, ready to predict. A missing value is NaN.
//
// Errors: ErrTooShort below 4 observed values, ErrNotFinite.
func Fit(y []float64, o Options) (*Model, error) {
	if o.Variant < DOTM || o.Variant > STM || o.Season < SeasonNone || o.Season > SeasonMultiplicative {
		return nil, fmt.Errorf("fitting a theta model: unknown variant or season in %+v: choose one of the constants", o)
	}
	first, err := survey(y)
	if err != nil {
		return nil, fmt.Errorf("fitting %v: %w", o.Variant, err)
	}
	m := &Model{Variant: o.Variant, start: len(y)}
	z := m.adjust(y, o)
	p := newProblem(z[first:], o.Variant)
	found := false
	if o.Near != nil {
		m.Params, found = p.solveNear(*o.Near)
	}
	if !found {
		m.Params = p.solve()
	}
	m.trace(z, first)
	return m, nil
}

// problem is a fit under way. The values are scaled by a power of two to about 1,
// so that no square runs over or under.
type problem struct {
	z         []float64
	scale     float64
	a, b      float64 // the line of the whole, for the static models
	reach     float64 // how far ℓ_0 may lie from (1−ω)·z_1
	dynamic   bool
	optimised bool
	gaps      bool
	share     []float64 // 1/t, t from 1
	lines     []float64 // without gaps: a and b of the line through the values before each, in turn
}

func newProblem(z []float64, v Variant) *problem {
	p := &problem{z: make([]float64, len(z)), dynamic: v.dynamic(), optimised: v.optimised()}
	lo, hi := z[0], z[0]
	for _, x := range z {
		if math.IsNaN(x) {
			p.gaps = true
			continue
		}
		lo, hi = math.Min(lo, x), math.Max(hi, x)
	}
	_, exponent := math.Frexp(math.Max(math.Abs(lo), math.Abs(hi)))
	exponent = max(exponent, -1000) // below, 1/scale would run over
	p.scale = math.Ldexp(1, exponent)
	for i, x := range z {
		p.z[i] = x / p.scale
	}
	p.reach = 10 * (hi/p.scale - lo/p.scale)
	p.a, p.b = line(p.z)
	p.share = make([]float64, len(z)+2)
	for t := 1; t < len(p.share); t++ {
		p.share[t] = 1 / float64(t)
	}
	if p.optimised && !p.gaps {
		p.drawLines()
	}
	return p
}

// solve searches α: over a grid, then around each point of it that is lower than its
// neighbours. Only there is ω polished. With gaps it does so with them filled, and comes to its end
// with them left open.
func (p *problem) solve() Params {
	if p.gaps && p.optimised {
		v := p.filled(p.pass(0.5, 0.5)).whole()
		if v, ok := p.filledNear(Near{v.alpha, v.omega}); ok {
			if v, ok := p.near(Near{v.alpha, v.omega}); ok {
				return p.params(v)
			}
		}
	}
	return p.params(p.whole())
}

// whole is the lowest point of all.
func (p *problem) whole() at {
	const steps = 10
	const width = (maxAlpha - minAlpha) / steps
	var grid [steps + 3]float64 // with an infinite rim
	grid[0], grid[steps+2] = math.Inf(1), math.Inf(1)
	best := at{sse: math.Inf(1)}
	for i := range steps + 1 {
		v := p.best(minAlpha+width*float64(i), nil)
		best = lowest(best, v)
		grid[i+1] = v.sse
	}
	for i := 1; i <= steps+1; i++ {
		if grid[i] > grid[i-1] || grid[i] >= grid[i+1] {
			continue
		}
		alpha := minAlpha + width*float64(i-1)
		minimise(func(alpha float64) float64 {
			v := p.best(alpha, &omegas{0, 1, 1e-4, 0})
			best = lowest(best, v)
			return v.sse
		}, math.Max(minAlpha, alpha-width), math.Min(maxAlpha, alpha+width), 1e-5)
	}
	if best.alpha == 0 { // no sum of squares was a number
		best = p.best(0.5, nil)
	}
	return best
}

// params are a point's, in the series' unit.
func (p *problem) params(v at) Params {
	return Params{Alpha: v.alpha, Theta: 1 / (1 - v.omega), Level: v.level * p.scale}
}

// omegas are where ω is searched, how finely, and where the search begins (0: anywhere).
type omegas struct{ lo, hi, tol, from float64 }

// at is a point of the search and its sum of squares.
type at struct {
	alpha, omega, level, sse float64
	held                     bool // the level lies at its bound
}

// best gives the best ω and ℓ_0 for α. Without gaps the sum of squares is a
// parabola in ω (see parabola), unless ℓ_0 is held at its bound. Where
// it is nearly one, to polish is to look closer; nil does not.
func (p *problem) best(alpha float64, polish *omegas) at {
	if !p.optimised {
		return p.pass(alpha, 0.5)
	}
	if !p.gaps {
		if v, ok := p.parabola(alpha); ok {
			return v
		}
	}
	if polish != nil && polish.from > 0 && polish.from < 1 {
		if v := p.closer(p.pass(alpha, polish.from), polish.tol); !v.held {
			return v
		}
	}
	a, b, c := p.pass(alpha, 0), p.pass(alpha, 0.5), p.pass(alpha, 1)
	best := lowest(a, b, c)
	if w, ok := vertex(a, b, c); ok {
		best = lowest(best, p.pass(alpha, w))
	}
	switch {
	case polish == nil, !p.gaps && !a.held && !b.held && !c.held:
	case a.held || b.held || c.held:
		minimise(func(omega float64) float64 {
			v := p.pass(alpha, omega)
			best = lowest(best, v)
			return v.sse
		}, polish.lo, polish.hi, polish.tol)
	default:
		best = p.closer(best, polish.tol)
	}
	return best
}

// closer follows parabolas through ever nearer neighbours of a point to the best ω.
func (p *problem) closer(v at, tol float64) at {
	for step := 0.1; step > tol/4; step /= 5 {
		left, right := p.pass(v.alpha, math.Max(0, v.omega-step)), p.pass(v.alpha, math.Min(1, v.omega+step))
		if left.omega == v.omega || right.omega == v.omega { // at the rim
			v = lowest(v, left, right)
			continue
		}
		w, ok := vertex(left, v, right)
		best := lowest(v, left, right)
		if ok {
			best = lowest(best, p.pass(v.alpha, w))
		}
		moved := math.Abs(best.omega - v.omega)
		v = best
		if moved < tol {
			break
		}
	}
	return v
}

// lowest is the point with the smallest sum of squares, the first of equals.
func lowest(points ...at) at {
	best := points[0]
	for _, v := range points[1:] {
		if v.sse < best.sse {
			best = v
		}
	}
	return best
}

// vertex is the ω in [0, 1] at the bottom of the parabola through three points in
// rising order of ω; no if it has no bottom.
func vertex(a, b, c at) (float64, bool) {
	left, right := b.omega-a.omega, c.omega-b.omega
	down, up := (b.sse-a.sse)/left, (c.sse-b.sse)/right
	bend := (up - down) / (left + right)
	if !(bend > 0) {
		return 0, false
	}
	w := (a.omega+b.omega)/2 - down/(2*bend)
	return math.Min(1, math.Max(0, w)), true
}
