package decompose

import "math"

// smooth writes the loess of y (values at 0, 1, 2 …) into out, of the same
// length. weights, of that length too, multiply the weights of the neighbourhood;
// nil weighs all alike. Every jump-th value, and the last, is computed and the
// rest lies on straight lines between (C90 §3.4). w is scratch of that length.
func (s smoother) smooth(out, y, weights, w []float64) {
	n := len(y)
	if n == 0 {
		return
	}
	jump := max(1, min(s.jump, n-1))
	last := -1
	for i := 0; ; i = min(i+jump, n-1) {
		lo, hi := s.neighbours(i, n)
		var v float64
		var ok bool
		if s.tricube != nil && lo == i-s.span/2 && hi == i+s.span/2+1 {
			v, ok = s.middle(i, lo, hi, y, weights, w)
		} else {
			v, ok = s.at(float64(i), lo, hi, y, weights, w)
		}
		if !ok {
			v = y[i]
		}
		out[i] = v
		if last >= 0 {
			slope := (out[i] - out[last]) / float64(i-last)
			for j := last + 1; j < i; j++ {
				out[j] = out[last] + slope*float64(j-last)
			}
		}
		if i == n-1 {
			return
		}
		last = i
	}
}

// neighbours gives the half-open range of the span values nearest to i among n.
func (s smoother) neighbours(i, n int) (lo, hi int) {
	if s.span >= n {
		return 0, n
	}
	lo = i - s.span/2
	lo = max(0, min(lo, n-s.span))
	return lo, lo + s.span
}

// at is the local fit at x from y[lo:hi] (C90 §2.1, eq. 1): tricube weights by
// distance, h the distance of the farthest neighbour, widened when the span is
// longer than the series. It says no when every weight is zero.
func (s smoother) at(x float64, lo, hi int, y, weights, w []float64) (float64, bool) {
	h := math.Max(x-float64(lo), float64(hi-1)-x)
	if s.span > len(y) {
		h += float64((s.span - len(y)) / 2)
	}
	total := 0.0
	for j := lo; j < hi; j++ {
		w[j] = tricube(math.Abs(float64(j)-x), h)
		if weights != nil {
			w[j] *= weights[j]
		}
		total += w[j]
	}
	if total <= 0 {
		return 0, false
	}
	return s.line(x, lo, hi, total, y, w, h > 0), true
}

// middle is at for a neighbourhood that lies alike on both sides of i: its tricube
// weights are always the same, and without others the line through it has its mean
// at i.
func (s smoother) middle(i, lo, hi int, y, weights, w []float64) (float64, bool) {
	if weights == nil {
		value := 0.0
		for j, v := range y[lo:hi] {
			value += s.tricube[j] * v
		}
		return value / s.total, true
	}
	total := 0.0
	for j, v := range weights[lo:hi] {
		v *= s.tricube[j]
		w[lo+j] = v
		total += v
	}
	if total <= 0 {
		return 0, false
	}
	return s.line(float64(i), lo, hi, total, y, w, true), true
}

// tricube is the weight of a neighbour at distance r of h, with R's rim, which
// counts nothing, and middle, which counts fully.
func tricube(r, h float64) float64 {
	switch {
	case r > 0.999*h:
		return 0
	case r > 0.001*h:
		u := r / h
		u = 1 - u*u*u
		return u * u * u
	default:
		return 1
	}
}

// line is the value at x of the polynomial fitted to y[lo:hi] with the weights w,
// whose sum is total.
func (s smoother) line(x float64, lo, hi int, total float64, y, w []float64, wide bool) float64 {
	var centre, value float64
	for j := lo; j < hi; j++ {
		w[j] /= total
		centre += w[j] * float64(j)
		value += w[j] * y[j]
	}
	if !s.linear || !wide {
		return value
	}
	var spread, tilt float64
	for j := lo; j < hi; j++ {
		d := float64(j) - centre
		spread += w[j] * d * d
		tilt += w[j] * d * y[j]
	}
	if math.Sqrt(spread) > 0.001*float64(len(y)-1) { // else the points lie too near each other for a slope
		value += (x - centre) / spread * tilt
	}
	return value
}

// average writes the moving averages of m successive values of y into out, whose
// length len(y) − m + 1 it returns it with.
func average(out, y []float64, m int) []float64 {
	out = out[:len(y)-m+1]
	sum := 0.0
	for _, v := range y[:m] {
		sum += v
	}
	out[0] = sum / float64(m)
	for i := 1; i < len(out); i++ {
		sum += y[i+m-1] - y[i-1]
		out[i] = sum / float64(m)
	}
	return out
}
