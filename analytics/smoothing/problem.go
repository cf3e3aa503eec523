package smoothing

import "math"

// problem is one form on one series, made ready for the search: the values
// scaled to about one, the places of the unknowns in the vector that the search
// moves, and every buffer that a pass over the series needs. A pass allocates
// nothing.
type problem struct {
	Spec
	*series
	floor float64 // least sum of squares that is told from none

	// Places of the unknowns in the vector; −1 where the form has none or holds it
	// fixed. Seasons lie last. With a season the level is held: adding to the
	// level what is taken from every season changes no forecast, nor does
	// multiplying, so one of them has no place of its own.
	alpha, beta, gamma, phi, level, slope, season int
	fixed                                         State // what is not searched

	descent
	ring          []float64    // seasons of a pass
	dl, db, ds    []float64    // derivatives of level, slope and ring
	walks         [seeded]walk // of explore
	rows          [4][]float64 // derivatives of μ, weighted, waiting to be summed
	waiting       int
	pull, carried []float64 // Σ ε·∂ε and Σ ∂μ/μ of relative errors
}

// unknowns is what a vector of the search means.
type unknowns struct {
	Params
	level, slope float64
}

// prepare makes p the problem of the form s on the series of w. start is where
// the states are searched from, in units of the series; with hold they stay there.
func (p *problem) prepare(w *Workspace, s Spec, start State, hold bool) {
	*p = problem{Spec: s, series: w.series(s), descent: descent{movable: p.movable[:0]}}
	top := p.top
	if s.Relative {
		top = 1
	}
	p.floor = math.Max(float64(p.n)*noise*noise*top*top, math.SmallestNonzeroFloat64)
	p.place(hold)
	p.provide(&w.arena)
	p.fixed = p.scaled(start, s, p.fixed.Season)
	p.bound()
}

// search moves x to the nearest maximum of the likelihood: see descent.search.
func (p *problem) search(tol float64, rests, steps int) float64 {
	return p.descent.search(p, p.n, tol, rests, steps)
}

// place gives each unknown its place.
func (p *problem) place(hold bool) {
	next := func(want bool) int {
		if !want {
			return -1
		}
		p.size++
		return p.size - 1
	}
	seasonal := p.Season != SeasonNone
	p.alpha = next(true)
	p.beta = next(p.Trend)
	p.gamma = next(seasonal)
	p.phi = next(p.Damped)
	p.level = next(!hold && (!seasonal || p.Period > longest))
	p.slope = next(!hold && p.Trend)
	p.season = next(!hold && seasonal && p.Period <= longest)
	if p.season >= 0 {
		p.size += p.Period - 1
	}
}

// provide gives the problem its buffers.
func (p *problem) provide(a *arena) {
	m, k := p.period(), p.size
	p.descent.provide(a, k)
	block := a.take((8+seeded+m)*k + 2*m)
	take := func(n int) []float64 {
		b := block[:n:n]
		block = block[n:]
		return b
	}
	for _, b := range [...]*[]float64{&p.dl, &p.db, &p.pull, &p.carried, &p.rows[0], &p.rows[1], &p.rows[2], &p.rows[3]} {
		*b = take(k)
	}
	for i := range p.walks {
		p.walks[i].x = take(k)
	}
	p.ring, p.ds, p.fixed.Season = take(m), take(m*k), take(m)
}

// bound gives each unknown its bounds.
func (p *problem) bound() {
	for _, b := range [...]struct {
		at     int
		lo, hi float64
	}{{p.alpha, alphaLow, alphaHigh}, {p.beta, 0, 1}, {p.gamma, 0, 1}, {p.phi, phiLow, phiHigh}} {
		if b.at >= 0 {
			p.lower[b.at], p.upper[b.at] = b.lo, b.hi
		}
	}
}

// Bounds of the search, as R's forecast::ets has them for α and φ; β and γ may
// reach both ends, as in stats::HoltWinters.
const (
	alphaLow, alphaHigh = 1e-4, 0.9999
	phiLow, phiHigh     = 0.8, 0.98
)

// longest period whose starting seasons are searched. Beyond it they stay at
// their first estimate: so many unknowns would cost more than they tell.
const longest = 48

// put writes parameters and the starting states into the vector x.
func (p *problem) put(x []float64, u Params, st State) {
	for _, c := range [...]struct {
		at int
		v  float64
	}{{p.alpha, u.Alpha}, {p.beta, u.Beta}, {p.gamma, u.Gamma}, {p.phi, u.Phi}, {p.level, st.Level}, {p.slope, st.Trend}} {
		if c.at >= 0 {
			x[c.at] = clamp(c.v, p.lower[c.at], p.upper[c.at])
		}
	}
	if p.season >= 0 {
		copy(x[p.season:], st.Season)
	}
}

// get reads the vector x, and lays its seasons into the ring.
func (p *problem) get(x []float64) unknowns {
	u := unknowns{Params: Params{Alpha: x[p.alpha], Phi: 1}, level: p.fixed.Level, slope: p.fixed.Trend}
	for _, c := range [...]struct {
		at int
		to *float64
	}{{p.beta, &u.Beta}, {p.gamma, &u.Gamma}, {p.phi, &u.Phi}, {p.level, &u.level}, {p.slope, &u.slope}} {
		if c.at >= 0 {
			*c.to = x[c.at]
		}
	}
	if p.season >= 0 {
		copy(p.ring, x[p.season:])
	} else {
		copy(p.ring, p.fixed.Season)
	}
	return u
}

// result gives the vector x as parameters and starting states in units of the
// series, with the seasons summing to zero (additive) or to their number. The
// seasons lie in a buffer of p.
func (p *problem) result(x []float64) (Params, State) {
	u := p.get(x)
	st := State{Level: u.level, Trend: u.slope}
	if p.Season != SeasonNone {
		st.Season = p.ring
	}
	if p.season >= 0 {
		normalise(&st, p.Season)
	}
	if p.Season == SeasonAdditive {
		for i, v := range st.Season {
			st.Season[i] = math.Ldexp(v, p.exp)
		}
	}
	st.Level = math.Ldexp(st.Level, p.exp) + p.centre
	st.Trend = math.Ldexp(st.Trend, p.exp)
	return u.Params, st
}

// normalise moves what the seasons have in common to level and trend, which
// changes no forecast.
func normalise(st *State, season Season) {
	mean := 0.0
	for _, s := range st.Season {
		mean += s / float64(len(st.Season))
	}
	for i := range st.Season {
		if season == SeasonAdditive {
			st.Season[i] -= mean
		} else {
			st.Season[i] /= mean
		}
	}
	if season == SeasonAdditive {
		st.Level += mean
	} else {
		st.Level *= mean
		st.Trend *= mean
	}
}
