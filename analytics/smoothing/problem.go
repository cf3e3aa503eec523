package smoothing

import "math"

// problem is one form on one series, made ready for the search: the values
// scaled to about one, the places of the unknowns in the vector that the search
// moves, and every buffer that a pass over the series needs. A pass allocates
// nothing.
type problem struct {
	Spec
	y      []float64 // scaled (and centred, where the form allows it); NaN missing
	n      int       // observations
	exp    int       // y = scaled·2^exp + centre
	centre float64
	floor  float64 // least sum of squares that is told from none

	// Places of the unknowns in the vector; −1 where the form has none or holds it
	// fixed. Seasons lie last. With a season the level is held: adding to the
	// level what is taken from every season changes no forecast, nor does
	// multiplying, so one of them has no place of its own.
	alpha, beta, gamma, phi, level, slope, season int
	size                                          int
	fixed                                         State // what is not searched

	x, rhs, step, grad, trial []float64 // size
	lower, upper              []float64 // size
	normal, factor            []float64 // size × size
	free                      []int     // the unknowns that a step may move

	ring          []float64    // seasons of a pass
	dl, db, ds    []float64    // derivatives of level, slope and ring
	rows          [4][]float64 // derivatives of μ, weighted, waiting to be summed
	waiting       int
	pull, carried []float64 // Σ ε·∂ε and Σ ∂μ/μ of relative errors
	total         float64   // Σe², or Σ(e/μ)², of the last normals
}

// unknowns is what a vector of the search means.
type unknowns struct {
	Params
	level, slope float64
}

// newProblem scales y for the form s. start is where the states are searched
// from, in units of y; with hold they stay there. n counts the observations.
func newProblem(y []float64, n int, s Spec, start State, hold bool) *problem {
	p := &problem{Spec: s, n: n}
	p.scale(y)
	p.fixed = p.scaled(start)
	p.place(hold)
	return p
}

// scale brings the values near one, by a power of two so that no digit is lost.
// Where only sums are formed their middle is taken off first, so that a series
// far from zero keeps its digits too.
func (p *problem) scale(y []float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range y {
		if !math.IsNaN(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	if !p.positive() {
		p.centre = lo + (hi-lo)/2
	}
	size := math.Max(hi-p.centre, p.centre-lo)
	_, p.exp = math.Frexp(size)
	p.y = make([]float64, len(y))
	for i, v := range y {
		p.y[i] = math.Ldexp(v-p.centre, -p.exp)
	}
	top := math.Ldexp(math.Max(math.Abs(lo), math.Abs(hi)), -p.exp)
	if p.Relative {
		top = 1
	}
	p.floor = math.Max(float64(p.n)*noise*noise*top*top, math.SmallestNonzeroFloat64)
}

// scaled gives a state in the search's units.
func (p *problem) scaled(st State) State {
	c := st.clone(p.Spec)
	c.Level = math.Ldexp(c.Level-p.centre, -p.exp)
	c.Trend = math.Ldexp(c.Trend, -p.exp)
	if p.Season == SeasonNone {
		c.Season = []float64{0}
	}
	if p.Season == SeasonAdditive {
		for i, v := range c.Season {
			c.Season[i] = math.Ldexp(v, -p.exp)
		}
	}
	return c
}

// place gives each unknown its place, its bounds and the buffers.
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
	m, k := p.period(), p.size
	block := make([]float64, 2*k*k+(17+m)*k+m)
	take := func(n int) []float64 {
		b := block[:n:n]
		block = block[n:]
		return b
	}
	p.normal, p.factor = take(k*k), take(k*k)
	for _, b := range []*[]float64{&p.x, &p.rhs, &p.step, &p.grad, &p.trial, &p.lower, &p.upper,
		&p.dl, &p.db, &p.pull, &p.carried, &p.rows[0], &p.rows[1], &p.rows[2], &p.rows[3]} {
		*b = take(k)
	}
	p.ring, p.ds = take(m), take(m*k)
	p.free = make([]int, 0, k)
	for i := range p.x {
		p.lower[i], p.upper[i] = math.Inf(-1), math.Inf(1)
	}
	for _, b := range []struct {
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
	for _, c := range []struct {
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

// result gives the vector x as parameters and starting states in units of y,
// with the seasons summing to zero (additive) or to their number.
func (p *problem) result(x []float64) (Params, State) {
	u := p.get(x)
	st := State{Level: u.level, Trend: u.slope}
	if p.Season != SeasonNone {
		st.Season = append(st.Season, p.ring...)
	}
	if p.season >= 0 {
		mean := 0.0
		for _, s := range st.Season {
			mean += s / float64(len(st.Season))
		}
		for i := range st.Season {
			if p.Season == SeasonAdditive {
				st.Season[i] -= mean
			} else {
				st.Season[i] /= mean
			}
		}
		if p.Season == SeasonAdditive {
			st.Level += mean
		} else {
			st.Level *= mean
			st.Trend *= mean
		}
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
