package smoothing

import "math"

// doubleUnknowns is what a vector of the search means: gains as the recursion
// takes them, and the shares that they come from.
type doubleUnknowns struct {
	DoubleParams
	delta, omega float64
	level, slope float64
}

// get reads the vector x, and lays out the seasons for a pass.
func (p *doubleProblem) get(x []float64) doubleUnknowns {
	u := doubleUnknowns{delta: x[p.delta], omega: x[p.omega], level: x[p.level]}
	u.Alpha, u.Phi = x[p.alpha], 1
	u.Delta = (1 - u.Alpha) * u.delta
	u.Omega = (1 - u.Alpha) * (1 - u.delta) * u.omega
	for _, c := range [...]struct {
		at int
		to *float64
	}{{p.beta, &u.Beta}, {p.phi, &u.Phi}, {p.rho, &u.Rho}, {p.slope, &u.slope}} {
		if c.at >= 0 {
			*c.to = x[c.at]
		}
	}
	copy(p.shortOf, p.short)
	copy(p.longOf, p.long)
	return u
}

// value is ln Σε² at x.
func (p *doubleProblem) value(x []float64) float64 {
	u := p.get(x)
	short, long, i, j := p.shortOf, p.longOf, 0, 0
	l, b, last, sse := u.level, u.slope, p.before, 0.0
	slopeGain := u.Alpha * u.Beta
	for _, v := range p.y {
		b *= u.Phi
		l += b
		e := v - (l + short[i] + long[j])
		carried := u.Rho * last
		if math.IsNaN(e) {
			e = carried
		} else {
			eps := e - carried
			sse += eps * eps
		}
		l += u.Alpha * e
		b += slopeGain * e
		short[i] += u.Delta * e
		long[j] += u.Omega * e
		last = e
		if i++; i == len(short) {
			i = 0
		}
		if j++; j == len(long) {
			j = 0
		}
	}
	if math.IsNaN(sse) || math.IsInf(sse, 0) {
		return math.Inf(1)
	}
	return math.Log(math.Max(sse, p.floor))
}

// normals fills the Gauss-Newton matrix, gradient and total at x; the derivatives
// of the states are carried along with the recursion.
func (p *doubleProblem) normals(x []float64) {
	u := p.get(x)
	for _, b := range [...][]float64{p.normal, p.grad, p.dl, p.db, p.dr, p.dShort, p.dLong} {
		clear(b)
	}
	p.total = 0
	p.dl[p.level] = 1
	if p.slope >= 0 {
		p.db[p.slope] = 1
	}
	k, i, j := p.size, 0, 0
	l, b, last := u.level, u.slope, p.before
	for _, v := range p.y {
		q := l + u.Phi*b
		e := v - (q + p.shortOf[i] + p.longOf[j])
		seen := !math.IsNaN(e)
		if !seen {
			e = u.Rho * last
		}
		p.slopes(u, p.dShort[i*k:][:k], p.dLong[j*k:][:k], b, e, last, seen)
		l, b = q+u.Alpha*e, u.Phi*b+u.Alpha*u.Beta*e
		p.shortOf[i] += u.Delta * e
		p.longOf[j] += u.Omega * e
		last = e
		if i++; i == p.Short {
			i = 0
		}
		if j++; j == p.Long {
			j = 0
		}
	}
}

// slopes moves the derivatives over one step from the states before it, with ds
// and dw those of its seasons: b the slope before it, e its η, last that of the
// step before.
func (p *doubleProblem) slopes(u doubleUnknowns, ds, dw []float64, b, e, last float64, seen bool) {
	k := len(ds)
	dl, db, dr, dq := p.dl[:k], p.db[:k], p.dr[:k], p.dq[:k]
	dw = dw[:k]
	if p.phi >= 0 {
		dl[p.phi] += b // q = l + φb
	}
	slopeGain := u.Alpha * u.Beta
	// dr becomes ∂η of this step, dq is ∂ε.
	for c := range k {
		slope := u.Phi * db[c]
		level := dl[c] + slope
		carried := u.Rho * dr[c]
		de := carried
		if seen {
			de = -(level + ds[c] + dw[c])
		}
		dq[c] = de - carried
		dr[c] = de
		dl[c] = level + u.Alpha*de
		db[c] = slope + slopeGain*de
		ds[c] += u.Delta * de
		dw[c] += u.Omega * de
	}
	if p.rho >= 0 {
		if seen {
			dq[p.rho] -= last
		} else { // η = ρ·last, and with it every state
			dr[p.rho] += last
			dl[p.rho] += u.Alpha * last
			db[p.rho] += slopeGain * last
			ds[p.rho] += u.Delta * last
			dw[p.rho] += u.Omega * last
		}
	}
	p.own(u, ds, dw, b, e)
	if seen {
		p.keep(e-u.Rho*last, dq)
	}
}

// own adds what the parameters themselves do to the states after a step.
func (p *doubleProblem) own(u doubleUnknowns, ds, dw []float64, b, e float64) {
	p.dl[p.alpha] += e
	p.db[p.alpha] += u.Beta * e
	ds[p.alpha] -= u.delta * e
	dw[p.alpha] -= (1 - u.delta) * u.omega * e
	ds[p.delta] += (1 - u.Alpha) * e
	dw[p.delta] -= (1 - u.Alpha) * u.omega * e
	dw[p.omega] += (1 - u.Alpha) * (1 - u.delta) * e
	if p.beta >= 0 {
		p.db[p.beta] += u.Alpha * e
	}
	if p.phi >= 0 {
		p.db[p.phi] += b
	}
}

// keep takes the derivatives of one ε into gradient, matrix and sum.
func (p *doubleProblem) keep(eps float64, d []float64) {
	k := len(d)
	p.total += eps * eps
	for a, da := range d {
		p.grad[a] += eps * da
		line := p.normal[a*k : a*k+k]
		for c := a; c < k; c++ {
			line[c] += da * d[c]
		}
	}
}
