package smoothing

import (
	"fmt"
	"math"
)

// FitDouble estimates parameters, starting level and slope of the form s by least
// squares of ε. The starting seasons are the mean figures of the first long
// periods, at most four (Taylor 2003 takes two). The parameters lie where Alpha +
// Delta + Omega ≤ 1 with each at least 0, Beta in [0, 1], Phi in [0.8, 0.98] and
// Rho in [−0.99, 0.99].
//
// Errors: ErrNoData, ErrTooShort (less than two long periods, or fewer than k + 3
// observations for k unknowns), ErrNotFinite, ErrTooLarge, ErrUnstable.
func FitDouble(y []float64, s DoubleSpec) (*Double, error) {
	w := pool.Get().(*Workspace)
	defer pool.Put(w)
	return w.FitDouble(y, s)
}

// FitDouble is the function FitDouble in w.
func (w *Workspace) FitDouble(y []float64, s DoubleSpec) (*Double, error) {
	n, err := s.ready(y)
	if err != nil {
		return nil, fmt.Errorf("fitting %v: %w", s, err)
	}
	w.begin(y[leading(y):], n)
	p := &w.double
	p.prepare(w, s)
	p.start(&w.arena)
	if !p.explore() {
		return nil, fmt.Errorf("fitting %v: %w", s, ErrUnstable)
	}
	return p.finish(y)
}

// ready checks that y can be fitted, and counts its observations.
func (s DoubleSpec) ready(y []float64) (int, error) {
	n, err := s.admit(y)
	if err != nil {
		return 0, err
	}
	if length := len(y) - leading(y); length < 2*s.Long {
		return 0, fmt.Errorf("%d values, less than two periods of %d: %w", length, s.Long, ErrTooShort)
	}
	if n < s.free()+3 {
		return 0, fmt.Errorf("%d observations for %d unknowns: %w", n, s.free(), ErrTooShort)
	}
	return n, nil
}

// doubleProblem is a double seasonal form on a series, made ready for the search.
// Within it the gains of the seasons are shares: δ = (1−α)·delta and
// ω = (1−α)·(1−delta)·omega, so that the stable region is a box.
type doubleProblem struct {
	DoubleSpec
	*series
	descent
	floor float64

	alpha, beta, delta, omega, phi, rho, level, slope int // places of the unknowns; −1 where the form has none

	before          float64   // η of the step before the first
	short, long     []float64 // seasons to start from
	shortOf, longOf []float64 // seasons of a pass
	dl, db, dr, dq  []float64 // derivatives of level, slope, last η; of what is forecast
	dShort, dLong   []float64 // derivatives of the seasons, size each step
	walks           [seeded]walk
}

// prepare gives each unknown its place and bounds, and the buffers.
func (p *doubleProblem) prepare(w *Workspace, s DoubleSpec) {
	*p = doubleProblem{DoubleSpec: s, series: w.series(Spec{}), descent: descent{movable: p.movable[:0]}}
	p.floor = math.Max(float64(p.n)*noise*noise*p.top*p.top, math.SmallestNonzeroFloat64)
	k := 0
	next := func(want bool) int {
		if !want {
			return -1
		}
		k++
		return k - 1
	}
	p.alpha, p.delta, p.omega, p.level = next(true), next(true), next(true), next(true)
	p.beta, p.slope = next(s.Trend), next(s.Trend)
	p.phi, p.rho = next(s.Damped), next(s.AR)
	p.provide(&w.arena, k)
	for _, b := range [...]struct {
		at     int
		lo, hi float64
	}{{p.alpha, alphaLow, alphaHigh}, {p.beta, 0, 1}, {p.delta, 0, 1}, {p.omega, 0, 1}, {p.phi, phiLow, phiHigh}, {p.rho, -rhoHigh, rhoHigh}} {
		if b.at >= 0 {
			p.lower[b.at], p.upper[b.at] = b.lo, b.hi
		}
	}
}

// rhoHigh bounds the AR parameter away from a unit root.
const rhoHigh = 0.99

// provide gives the problem its buffers.
func (p *doubleProblem) provide(a *arena, k int) {
	p.descent.provide(a, k)
	both := p.Short + p.Long
	block := a.take((4+seeded)*k + both*(2+k))
	take := func(n int) []float64 {
		b := block[:n:n]
		block = block[n:]
		return b
	}
	p.dl, p.db, p.dr, p.dq = take(k), take(k), take(k), take(k)
	for i := range p.walks {
		p.walks[i].x = take(k)
	}
	p.short, p.long = take(p.Short), take(p.Long)
	p.shortOf, p.longOf = take(p.Short), take(p.Long)
	p.dShort, p.dLong = take(p.Short*k), take(p.Long*k)
}

// start estimates the states before the first value: a straight line through the
// means of the first long periods, the mean distance from it by step of the short
// season, and what remains by step of the long one.
func (p *doubleProblem) start(a *arena) {
	periods := min(len(p.y)/p.Long, 4)
	y := p.y[:periods*p.Long]
	level, slope := line(y, p.Long)
	if !p.Trend {
		level, slope = mean(y), 0
	}
	if math.IsNaN(level) {
		level, slope = mean(p.y), 0
	}
	base := func(i int) float64 { return level + slope*float64(i+1) }
	counts := a.take(p.Long)
	figures(p.short, counts[:p.Short], y, base)
	clear(counts)
	figures(p.long, counts, y, func(i int) float64 { return base(i) + p.short[i%p.Short] })
	p.x[p.level] = level
	if p.slope >= 0 {
		p.x[p.slope] = slope
	}
}

// figures fills out with the mean of y − base by step of the season, 0 where none
// was seen. counts are zeros, one a step.
func figures(out, counts, y []float64, base func(i int) float64) {
	for i, v := range y {
		if !math.IsNaN(v) {
			out[i%len(out)] += v - base(i)
			counts[i%len(out)]++
		}
	}
	for i, c := range counts {
		if c > 0 {
			out[i] /= c
		}
	}
}

// put writes parameters, with the seasons' gains as shares, into x.
func (p *doubleProblem) put(u DoubleParams) {
	for _, c := range [...]struct {
		at int
		v  float64
	}{{p.alpha, u.Alpha}, {p.beta, u.Beta}, {p.delta, u.Delta}, {p.omega, u.Omega}, {p.phi, u.Phi}, {p.rho, u.Rho}} {
		if c.at >= 0 {
			p.x[c.at] = clamp(c.v, p.lower[c.at], p.upper[c.at])
		}
	}
}

// explore puts x on the best of a search from a few seeds: the best of a coarse
// grid for each pace of the level. Without AR a likelihood has a valley at a slow
// level and another at a fast one, which stands in for the carried-over error. It
// says no when no seed has a value.
func (p *doubleProblem) explore() bool {
	walks := p.walks[:0]
	for _, alpha := range [...]float64{0.01, 0.1, 0.4, 0.8} {
		w := walk{x: p.walks[len(walks)].x, value: math.Inf(1)}
		for _, delta := range [...]float64{0.02, 0.2} {
			for _, omega := range [...]float64{0.05, 0.3} {
				p.put(DoubleParams{Alpha: alpha, Beta: 0.02, Delta: delta, Omega: omega, Phi: 0.95, Rho: 0.5})
				if v := p.value(p.x); v < w.value {
					w.value = v
					copy(w.x, p.x)
				}
			}
		}
		if !math.IsInf(w.value, 1) {
			walks = append(walks, w)
		}
	}
	if len(walks) == 0 {
		return false
	}
	for _, steps := range [...]int{6, rounds} {
		for i := range walks {
			copy(p.x, walks[i].x)
			walks[i].value = p.search(p, p.n, coarse, 1, steps)
			copy(walks[i].x, p.x)
		}
		byValue(walks)
		walks = walks[:min(len(walks), 2)]
	}
	copy(p.x, walks[0].x)
	return true
}

// finish searches on from x to the bottom, and runs over y what it found.
func (p *doubleProblem) finish(y []float64) (*Double, error) {
	p.search(p, p.n, doubleTol, 2, rounds)
	u := p.get(p.x)
	s := DoubleStored{DoubleSpec: p.DoubleSpec, DoubleParams: u.DoubleParams}
	s.Start.Level = math.Ldexp(u.level, p.exp) + p.centre
	s.Start.Trend = math.Ldexp(u.slope, p.exp)
	s.Start.Error = math.Ldexp(p.before, p.exp)
	s.Start.Short, s.Start.Long = p.shortOf, p.longOf
	for _, ring := range [...][]float64{s.Start.Short, s.Start.Long} {
		for i, v := range ring {
			ring[i] = math.Ldexp(v, p.exp)
		}
	}
	m, err := runDouble(y, p.n, s)
	if err != nil {
		return nil, fmt.Errorf("fitting %v: %w", p.DoubleSpec, err)
	}
	return m, nil
}

// doubleTol is the gain in log-likelihood below which the search rests.
const doubleTol = 1e-4
