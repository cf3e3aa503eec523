package drive

import (
	"math"
)

// relation is a line with a bend, in scaled units (volume over its largest, the
// resource less its median over its spread).
type relation struct {
	a    float64 // at no volume
	b, d float64 // slopes before and after the bend, neither below 0
	k    float64 // where the bend is; 0: none
}

// at adds what only grows to what only grows, so that rounding cannot make it fall.
func (r relation) at(x float64) float64 { return r.a + r.b*math.Min(x, r.k) + r.d*math.Max(0, x-r.k) }

// moments are weighted sums over pairs with x > some place, x being shifted by
// the sample's mean so that squares of nearly equal volumes do not cancel.
type moments struct{ w, x, xx, y, xy float64 }

func (m *moments) add(w, x, y float64) {
	m.w += w
	m.x += w * x
	m.xx += w * x * x
	m.y += w * y
	m.xy += w * x * y
}

// least is a weighted sample in ascending order of x, ready for fits at many bends.
type least struct {
	x      []float64
	right  []moments // right[i]: of the pairs i…n−1
	centre float64   // subtracted from x within the sums
	yy     float64
	beyond []float64 // beyond[i]: pairs i…n−1 with weight, to keep a bend off the edge
}

// sample sums up the pairs, x ascending; a pair of weight 0 is left out.
func (l *least) sample(x, y, w []float64) {
	n := len(x)
	l.x = x
	if cap(l.right) < n+1 {
		l.right, l.beyond = make([]moments, n+1), make([]float64, n+1)
	}
	l.right, l.beyond = l.right[:n+1], l.beyond[:n+1]
	sw, sx := 0.0, 0.0
	for i := range x {
		sw, sx = sw+w[i], sx+w[i]*x[i]
	}
	l.centre = sx / math.Max(sw, 1e-300)
	var m moments
	l.right[n], l.beyond[n], l.yy = m, 0, 0
	for i := n - 1; i >= 0; i-- {
		m.add(w[i], x[i]-l.centre, y[i])
		l.yy += w[i] * y[i] * y[i]
		l.right[i], l.beyond[i] = m, l.beyond[i+1]
		if w[i] > 0 {
			l.beyond[i]++
		}
	}
}

// covariances about the means of x and of u = max(0, x − k), k lying just below
// x[from].
type covariances struct {
	xx, xu, uu, xy, uy, yy float64
	meanX, meanU, meanY    float64
}

func (l *least) covariances(from int, k float64) covariances {
	all, r := l.right[0], l.right[from]
	k -= l.centre
	w := math.Max(all.w, 1e-300)
	u := r.x - k*r.w
	c := covariances{meanX: all.x / w, meanU: u / w, meanY: all.y / w}
	c.xx = all.xx - all.x*c.meanX
	c.xu = r.xx - k*r.x - all.x*c.meanU
	c.uu = r.xx - 2*k*r.x + k*k*r.w - u*c.meanU
	c.xy = all.xy - all.x*c.meanY
	c.uy = r.xy - k*r.y - u*c.meanY
	c.yy = math.Max(0, l.yy-all.y*c.meanY)
	return c
}

// line is the best non-decreasing line without a bend, with its squared error.
func (l *least) line() (relation, float64) {
	c := l.covariances(len(l.x), 0)
	b := 0.0
	if c.xx > 0 {
		b = math.Max(0, c.xy/c.xx)
	}
	r := relation{a: c.meanY - b*(c.meanX+l.centre), b: b, d: b}
	return r, math.Max(0, c.yy-2*b*c.xy+b*b*c.xx)
}

// bent is the best non-decreasing line with its bend at k, which lies just below
// x[from]. Of the two constraints either may bind: the unconstrained solution, the
// one that is flat left of the bend, the one that is flat right of it.
func (l *least) bent(from int, k float64) (relation, float64) {
	v := l.covariances(from, k)
	slope, change, least := 0.0, 0.0, v.yy
	try := func(b, c float64) {
		sse := v.yy - 2*(b*v.xy+c*v.uy) + b*b*v.xx + 2*b*c*v.xu + c*c*v.uu
		if b >= 0 && b+c >= 0 && sse < least {
			slope, change, least = b, c, sse
		}
	}
	if det := v.xx*v.uu - v.xu*v.xu; det > 1e-12*v.xx*v.uu {
		try((v.xy*v.uu-v.uy*v.xu)/det, (v.uy*v.xx-v.xy*v.xu)/det)
	}
	if v.uu > 0 {
		try(0, v.uy/v.uu)
	}
	if flat := v.xx - 2*v.xu + v.uu; flat > 0 { // of min(x, k)
		b := (v.xy - v.uy) / flat
		try(b, -b)
	}
	r := relation{a: v.meanY - slope*(v.meanX+l.centre) - change*v.meanU, b: slope, d: slope + change, k: k}
	return r, math.Max(0, least)
}

// candidates bounds how many places are tried for a bend before it is refined.
const candidates = 200

// bend searches for the place of the bend that leaves the least squared error, with
// at least margin pairs on either side; false where there is no such place.
func (l *least) bend(margin int) (relation, float64, bool) {
	n := len(l.x)
	var best relation
	sse, at := math.Inf(1), -1
	for i := 1; i < n; i += max(1, n/candidates) {
		if !l.inside(i, margin) {
			continue
		}
		if r, e := l.bent(i, l.x[i-1]); e < sse {
			best, sse, at = r, e, i
		}
	}
	if at < 0 {
		return relation{}, 0, false
	}
	// Between the neighbours of the best candidate every pair is tried, and the gap
	// after it halved, since the join may lie between two pairs.
	stride := max(1, n/candidates)
	for i := max(1, at-stride); i < min(n, at+stride+1); i++ {
		if !l.inside(i, margin) {
			continue
		}
		for _, share := range [...]float64{0, 0.25, 0.5, 0.75} {
			k := l.x[i-1] + share*(l.x[i]-l.x[i-1])
			if r, e := l.bent(i, k); e < sse {
				best, sse = r, e
			}
		}
	}
	return best, sse, true
}

// inside says that place i leaves margin pairs on both sides, of different x.
func (l *least) inside(i, margin int) bool {
	n := len(l.x)
	return l.x[i] > l.x[i-1] && l.beyond[i] >= float64(margin) && l.beyond[0]-l.beyond[i] >= float64(margin) &&
		l.x[n-1] > l.x[i-1] && l.x[i-1] > l.x[0]
}
