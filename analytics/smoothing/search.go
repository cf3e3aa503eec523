package smoothing

import "math"

// search walks from p.x to the nearest minimum of value within the bounds and
// leaves it in p.x: Levenberg-Marquardt (Marquardt 1963; Nocedal and Wright,
// Numerical Optimization, 2006, ch. 10.3) with the steps clipped to the box, and
// with what lies at a bound and is pushed outward left out of the step. It stops
// when so many steps in a row as rests gain less than tol in log-likelihood, or after
// the given steps.
func (p *problem) search(tol float64, rests, steps int) float64 {
	at := p.value(p.x)
	if math.IsInf(at, 1) {
		return at
	}
	damping, small := 1e-3, 0
	half := float64(p.n) / 2
	for range steps {
		p.normals(p.x)
		p.hold()
		gained := -1.0
		for damping < 1e12 {
			if p.propose(damping) {
				if v := p.value(p.trial); v < at {
					gained = half * (at - v)
					p.x, p.trial = p.trial, p.x
					at = v
					damping = math.Max(damping/8, 1e-9)
					break
				}
			}
			damping *= 5
			if p.expected() < tol/100 {
				break
			}
		}
		if gained < 0 {
			return at
		}
		if gained >= tol {
			small = 0
		} else if small++; small == rests {
			return at
		}
	}
	return at
}

// expected bounds from above what the last proposed step could still gain in
// log-likelihood, by the slope along it.
func (p *problem) expected() float64 {
	sum := 0.0
	for _, i := range p.free {
		sum -= p.grad[i] * p.step[i]
	}
	return math.Abs(sum) / math.Max(p.total, math.SmallestNonzeroFloat64) * float64(p.n)
}

// hold lists the unknowns that may move: all but those at a bound with the
// slope pointing out of the box.
func (p *problem) hold() {
	p.free = p.free[:0]
	for i, x := range p.x {
		if (x <= p.lower[i] && p.grad[i] > 0) || (x >= p.upper[i] && p.grad[i] < 0) {
			continue
		}
		p.free = append(p.free, i)
	}
}

// propose writes x plus one damped Gauss-Newton step, clipped, into trial. It
// says no when the matrix cannot be factored.
func (p *problem) propose(damping float64) bool {
	k, f := p.size, len(p.free)
	clear(p.step)
	for a, i := range p.free {
		for b := a; b < f; b++ {
			j := p.free[b]
			p.factor[b*k+a] = p.normal[i*k+j] // i < j as free ascends
		}
		d := p.normal[i*k+i]
		p.factor[a*k+a] = d + damping*math.Max(d, 1e-12)
	}
	if !cholesky(p.factor, k, f) {
		return false
	}
	for a, i := range p.free {
		p.rhs[a] = -p.grad[i]
	}
	substitute(p.factor, k, p.rhs[:f])
	copy(p.trial, p.x)
	for a, i := range p.free {
		p.trial[i] = clamp(p.x[i]+p.rhs[a], p.lower[i], p.upper[i])
		p.step[i] = p.trial[i] - p.x[i]
	}
	return true
}

// cholesky factors the leading n × n lower triangle of a (rows of length k) in
// place into L with A = L·Lᵀ. It says no when A is not positive definite.
func cholesky(a []float64, k, n int) bool {
	for i := range n {
		ri := a[i*k : i*k+i+1]
		for j := range i {
			rj := a[j*k : j*k+j+1]
			sum := ri[j]
			for c, v := range rj[:j] {
				sum -= ri[c] * v
			}
			ri[j] = sum / rj[j]
		}
		sum := ri[i]
		for _, v := range ri[:i] {
			sum -= v * v
		}
		if !(sum > 0) || math.IsInf(sum, 0) {
			return false
		}
		ri[i] = math.Sqrt(sum)
	}
	return true
}

// substitute solves L·Lᵀ·x = b in place.
func substitute(l []float64, k int, b []float64) {
	for i := range b {
		sum := b[i]
		for j, v := range l[i*k : i*k+i] {
			sum -= v * b[j]
		}
		b[i] = sum / l[i*k+i]
	}
	for i := len(b) - 1; i >= 0; i-- {
		b[i] /= l[i*k+i]
		for j, v := range l[i*k : i*k+i] {
			b[j] -= v * b[i]
		}
	}
}
