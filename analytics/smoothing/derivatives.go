package smoothing

import "math"

// normals fills normal (upper triangle) with the Gauss-Newton matrix JᵀJ and grad with
// Jᵀε at x, where ε is the vector whose length the search makes small. The
// derivatives of level, slope and seasons by every unknown are carried along with
// the recursion. For relative errors ε = G·(y/μ − 1) with G the geometric mean
// of μ, whose square is exp(value): a factor G² common to both is left out.
// x must have a finite value.
func (p *problem) normals(x []float64) {
	u := p.get(x)
	clear(p.normal)
	clear(p.grad)
	clear(p.dl)
	clear(p.db)
	clear(p.ds)
	clear(p.pull)
	clear(p.carried)
	p.waiting = 0
	if p.level >= 0 {
		p.dl[p.level] = 1
	}
	if p.slope >= 0 {
		p.db[p.slope] = 1
	}
	if p.season >= 0 {
		for j := range p.ring {
			p.ds[j*p.size+p.season+j] = 1
		}
	}
	p.total = 0
	if p.Season == SeasonMultiplicative {
		p.productSlopes(u)
	} else {
		p.sumSlopes(u)
	}
	p.flush()
	if p.Relative {
		p.bendNormals()
	}
}

// bendNormals adds what the factor G of relative errors does: ∂ε/G = ∂(y/μ) +
// (y/μ − 1)·c with c = Σ(∂μ/μ)/n.
func (p *problem) bendNormals() {
	k, squares := p.size, p.total
	for i := range p.carried {
		p.carried[i] /= float64(p.n)
	}
	for i := range k {
		ci, vi := p.carried[i], p.pull[i]
		for j := i; j < k; j++ {
			p.normal[i*k+j] += vi*p.carried[j] + ci*p.pull[j] + squares*ci*p.carried[j]
		}
		p.grad[i] = vi + squares*ci
	}
}

// drift carries the derivatives over a missing value.
func (p *problem) drift(u unknowns, b float64) {
	for j, d := range p.db {
		d *= u.Phi
		p.db[j] = d
		p.dl[j] += d
	}
	if p.phi >= 0 {
		p.db[p.phi] += b
		p.dl[p.phi] += b
	}
}

// sumSlopes is normals for the additive recursion.
func (p *problem) sumSlopes(u unknowns) {
	l, b, at, k := u.level, u.slope, 0, p.size
	gain, slopeGain := u.Gamma*(1-u.Alpha), u.Alpha*u.Beta
	ring, dl, db := p.ring, p.dl[:k], p.db[:k]
	for _, v := range p.y {
		q := l + u.Phi*b
		mu := q + ring[at]
		e := v - mu
		if !math.IsNaN(e) {
			row, ds := p.rows[p.waiting][:k], p.ds[at*k:][:k]
			if p.phi >= 0 {
				dl[p.phi] += b
			}
			for j := range row {
				slope := u.Phi * db[j]
				level := dl[j] + slope
				d := level + ds[j]
				row[j] = d
				dl[j] = level - u.Alpha*d
				db[j] = slope - slopeGain*d
				ds[j] -= gain * d
			}
			if p.phi >= 0 {
				db[p.phi] += b
			}
			dl[p.alpha] += e
			db[p.alpha] += u.Beta * e
			ds[p.alpha] -= u.Gamma * e
			if p.beta >= 0 {
				db[p.beta] += u.Alpha * e
			}
			if p.gamma >= 0 {
				ds[p.gamma] += (1 - u.Alpha) * e
			}
			l, b = q+u.Alpha*e, u.Phi*b+slopeGain*e
			ring[at] += gain * e
			p.keep(row, v, mu, e)
		} else {
			p.drift(u, b)
			l, b = q, u.Phi*b
		}
		if at++; at == len(ring) {
			at = 0
		}
	}
}

// productSlopes is sumSlopes for a multiplicative season.
func (p *problem) productSlopes(u unknowns) {
	l, b, at, k := u.level, u.slope, 0, p.size
	gain, slopeGain := u.Gamma*(1-u.Alpha), u.Alpha*u.Beta
	ring, dl, db := p.ring, p.dl[:k], p.db[:k]
	for _, v := range p.y {
		q, s := l+u.Phi*b, ring[at]
		mu := q * s
		e := v - mu
		if !math.IsNaN(e) {
			row, ds := p.rows[p.waiting][:k], p.ds[at*k:][:k]
			if p.phi >= 0 {
				dl[p.phi] += b
			}
			// r = e/s corrects level and slope, w = e/by the season; by is q for ETS and
			// the new level q + αr for Holt and Winters.
			r, over := e/s, 1/s
			by, toward := q, 0.0
			if !p.Relative {
				by, toward = q+u.Alpha*r, u.Alpha
			}
			w, under := e/by, 1/by
			for j := range row {
				slope := u.Phi * db[j]
				level := dl[j] + slope
				d := s*level + q*ds[j]
				dr := -(d + r*ds[j]) * over
				row[j] = d
				dl[j] = level + u.Alpha*dr
				db[j] = slope + slopeGain*dr
				ds[j] -= gain * (d + w*(level+toward*dr)) * under
			}
			if p.phi >= 0 {
				db[p.phi] += b
			}
			dl[p.alpha] += r
			db[p.alpha] += u.Beta * r
			ds[p.alpha] -= u.Gamma * w
			if !p.Relative {
				ds[p.alpha] -= gain * w * r * under
			}
			if p.beta >= 0 {
				db[p.beta] += u.Alpha * r
			}
			if p.gamma >= 0 {
				ds[p.gamma] += (1 - u.Alpha) * w
			}
			l, b = q+u.Alpha*r, u.Phi*b+slopeGain*r
			ring[at] += gain * w
			p.keep(row, v, mu, e)
		} else {
			p.drift(u, b)
			l, b = q, u.Phi*b
		}
		if at++; at == len(ring) {
			at = 0
		}
	}
}

// keep takes the derivatives of one μ into gradient, matrix and sums.
func (p *problem) keep(row []float64, v, mu, e float64) {
	if p.Relative {
		eps, inv, w := e/mu, 1/mu, v/(mu*mu)
		for j, d := range row {
			p.carried[j] += d * inv
			d *= w
			row[j] = d
			p.pull[j] -= eps * d
		}
		p.total += eps * eps
	} else {
		for j, d := range row {
			p.grad[j] -= e * d
		}
		p.total += e * e
	}
	if p.waiting++; p.waiting == len(p.rows) {
		p.flush()
	}
}

// flush adds the waiting rows to the matrix, four at a time and to two of its lines
// at once: each number of the matrix is then loaded and stored once for four
// products, and each of the rows once for two.
func (p *problem) flush() {
	for i := p.waiting; i < len(p.rows); i++ {
		clear(p.rows[i])
	}
	p.waiting = 0
	k := p.size
	r0, r1, r2, r3 := p.rows[0][:k], p.rows[1][:k], p.rows[2][:k], p.rows[3][:k]
	i := 0
	for ; i+1 < k; i += 2 {
		a0, a1, a2, a3 := r0[i], r1[i], r2[i], r3[i]
		b0, b1, b2, b3 := r0[i+1], r1[i+1], r2[i+1], r3[i+1]
		line := p.normal[i*k : i*k+k]
		next := p.normal[i*k+k : i*k+2*k]
		line[i] += a0*a0 + a1*a1 + a2*a2 + a3*a3
		for j := i + 1; j < k; j++ {
			c0, c1, c2, c3 := r0[j], r1[j], r2[j], r3[j]
			line[j] += a0*c0 + a1*c1 + a2*c2 + a3*c3
			next[j] += b0*c0 + b1*c1 + b2*c2 + b3*c3
		}
	}
	if i < k {
		p.normal[i*k+i] += r0[i]*r0[i] + r1[i]*r1[i] + r2[i]*r2[i] + r3[i]*r3[i]
	}
}
