package smoothing

import "math"

// objective is what a search makes small. value is ln of a sum of squares (and
// what is the same at every scale of it), +Inf where x has no meaning; normals
// fills the Gauss-Newton matrix, the gradient of half the sum and total, the sum,
// at an x of finite value.
type objective interface {
	value(x []float64) float64
	normals(x []float64)
}

// descent is where a search stands, and its buffers.
type descent struct {
	size             int       // unknowns
	x                []float64 // the best so far
	grad             []float64 // Jᵀε
	normal           []float64 // JᵀJ, size × size, upper triangle
	total            float64   // εᵀε
	lower, upper     []float64 // bounds of x
	rhs, step, trial []float64
	factor           []float64 // size × size
	movable          []int     // the unknowns that a step may move
}

// room is how many numbers a descent over k unknowns needs.
func room(k int) int { return 2*k*k + 7*k }

// provide gives the descent buffers for k unknowns, and no bounds.
func (d *descent) provide(a *arena, k int) {
	block := a.take(room(k))
	take := func(n int) []float64 {
		b := block[:n:n]
		block = block[n:]
		return b
	}
	d.size = k
	d.normal, d.factor = take(k*k), take(k*k)
	for _, b := range [...]*[]float64{&d.x, &d.grad, &d.lower, &d.upper, &d.rhs, &d.step, &d.trial} {
		*b = take(k)
	}
	for i := range d.x {
		d.lower[i], d.upper[i] = math.Inf(-1), math.Inf(1)
	}
	if cap(d.movable) < k {
		d.movable = make([]int, 0, k)
	}
}

// search walks from d.x to the nearest minimum of o within the bounds and
// leaves it in d.x: Levenberg-Marquardt (Marquardt 1963; Nocedal and Wright,
// Numerical Optimization, 2006, ch. 10.3) with the steps clipped to the box, and
// with what lies at a bound and is pushed outward left out of the sted. It stops
// when so many steps in a row as rests gain less than tol in the log-likelihood of
// n observations, or after the given steps.
func (d *descent) search(o objective, n int, tol float64, rests, steps int) float64 {
	at := o.value(d.x)
	if math.IsInf(at, 1) {
		return at
	}
	damping, small := 1e-3, 0
	half := float64(n) / 2
	for range steps {
		o.normals(d.x)
		d.hold()
		gained := -1.0
		for damping < 1e12 {
			if d.propose(damping) {
				if v := o.value(d.trial); v < at {
					gained = half * (at - v)
					d.x, d.trial = d.trial, d.x
					at = v
					damping = math.Max(damping/8, 1e-9)
					break
				}
			}
			damping *= 5
			if half*d.expected() < tol/200 {
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

// expected bounds from above what the last proposed step could still take from
// the value, by the slope along it.
func (d *descent) expected() float64 {
	sum := 0.0
	for _, i := range d.movable {
		sum -= d.grad[i] * d.step[i]
	}
	return math.Abs(sum) / math.Max(d.total, math.SmallestNonzeroFloat64)
}

// hold lists the unknowns that may move: all but those at a bound with the
// slope pointing out of the box.
func (d *descent) hold() {
	d.movable = d.movable[:0]
	for i, x := range d.x {
		if (x <= d.lower[i] && d.grad[i] > 0) || (x >= d.upper[i] && d.grad[i] < 0) {
			continue
		}
		d.movable = append(d.movable, i)
	}
}

// propose writes x plus one damped Gauss-Newton step, clipped, into trial. It
// says no when the matrix cannot be factored.
func (d *descent) propose(damping float64) bool {
	k, f := d.size, len(d.movable)
	clear(d.step)
	for a, i := range d.movable {
		for b := a; b < f; b++ {
			j := d.movable[b]
			d.factor[b*k+a] = d.normal[i*k+j] // i < j as free ascends
		}
		own := d.normal[i*k+i]
		d.factor[a*k+a] = own + damping*math.Max(own, 1e-12)
	}
	if !cholesky(d.factor, k, f) {
		return false
	}
	for a, i := range d.movable {
		d.rhs[a] = -d.grad[i]
	}
	substitute(d.factor, k, d.rhs[:f])
	copy(d.trial, d.x)
	for a, i := range d.movable {
		d.trial[i] = clamp(d.x[i]+d.rhs[a], d.lower[i], d.upper[i])
		d.step[i] = d.trial[i] - d.x[i]
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
