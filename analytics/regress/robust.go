package regress

import (
	"math"
	"slices"

	"foresight/analytics/calendar"
	"foresight/analytics/detect"
)

// start brings the values to the fit scale and gives first weights: days that lie
// more than six spreads from the median of the same weekday around them are left
// out of the first pass unless an occasion may explain them.
func (f *fitter) start() {
	n := len(f.y)
	f.u, f.w, f.offset = make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range f.y {
		if f.use[i] {
			f.u[i] = f.scale.to(f.y[i])
			f.w[i] = f.base(i)
		}
	}
	f.rare = f.rareDays()
	r := f.roughRemainder()
	s := spread(r)
	for i, v := range r {
		if f.use[i] && !f.rare[i] && math.Abs(v) > 6*s {
			f.w[i] = 0
		}
	}
}

// roughRemainder returns u less a running median of a month and less the median
// of each weekday; NaN where unused.
func (f *fitter) roughRemainder() []float64 {
	const half = 14
	out := make([]float64, len(f.u))
	window := make([]float64, 0, 2*half+1)
	var week [7][]float64
	for i := range f.u {
		out[i] = math.NaN()
		if !f.use[i] {
			continue
		}
		window = window[:0]
		for j := max(0, i-half); j < min(len(f.u), i+half+1); j++ {
			if f.use[j] {
				window = append(window, f.u[j])
			}
		}
		out[i] = f.u[i] - median(window)
		w := weekday(dayOf(f.times[i]))
		week[w] = append(week[w], out[i])
	}
	var middle [7]float64
	for w := range middle {
		middle[w] = median(week[w])
	}
	for i := range out {
		if f.use[i] {
			out[i] -= middle[weekday(dayOf(f.times[i]))]
		}
	}
	return out
}

// reweigh sets the weights by Tukey's bisquare of the residuals in units of their
// spread, with the constant 6: days of occasions that were seldom seen keep
// theirs, since a large effect looks like an outlier until it has been learnt.
func (f *fitter) reweigh(beta []float64) {
	r := make([]float64, len(f.u))
	for i := range r {
		r[i] = math.NaN()
		if f.use[i] {
			r[i] = f.u[i] - f.offset[i] - f.x.dot(i, beta)
		}
	}
	s := math.Max(spread(r), sigmaFloor)
	for i, v := range r {
		if !f.use[i] {
			continue
		}
		f.w[i] = f.base(i)
		if f.rare[i] {
			continue
		}
		z := v / (6 * s)
		if z*z >= 1 {
			f.w[i] = 0
		} else {
			f.w[i] *= (1 - z*z) * (1 - z*z)
		}
	}
}

// spread returns 1.4826 times the median of |r|, the standard deviation where r
// is normal around zero; NaN values are left out.
func spread(r []float64) float64 {
	a := make([]float64, 0, len(r))
	for _, v := range r {
		if v == v {
			a = append(a, math.Abs(v))
		}
	}
	return 1.4826 * median(a)
}

// rareDays marks the days on or beside an occasion seen at most five times, and
// the days before Christmas where it was.
func (f *fitter) rareDays() []bool {
	const few = 100
	out := make([]bool, len(f.times))
	d := f.design
	if d.cal == nil {
		return out
	}
	seen := map[string]int{}
	var fs []feature
	occasion := func(b block) bool {
		return b == blockLarge || b == blockSmall || b == blockOwn || b == blockDecember
	}
	for i, t := range f.times {
		if !f.use[i] {
			continue
		}
		for _, x := range d.occasions(fs[:0], dayOf(t)) {
			if occasion(x.key.block) && x.key.n == 0 || x.key.block == blockDecember {
				seen[x.key.id+string(rune(x.key.n))]++
			}
		}
	}
	for i, t := range f.times {
		if !f.use[i] {
			continue
		}
		for _, x := range d.occasions(fs[:0], dayOf(t)) {
			n := x.key.n
			if x.key.block != blockDecember {
				n = 0
			}
			if occasion(x.key.block) && seen[x.key.id+string(rune(n))] <= few {
				out[i] = true
			}
		}
	}
	return out
}

// erase recomputes the weekday erasure from the present coefficients.
func (f *fitter) erase(beta []float64) {
	d := f.design
	var fs []feature
	for i, t := range f.times {
		n := dayOf(t)
		if !f.use[i] || !d.erased(n) {
			continue
		}
		e, w := 0.0, 0.0
		fs = d.features(fs[:0], t)
		for _, x := range fs {
			v := beta[d.index[x.key]] * x.value
			switch {
			case x.part.occasion:
				e += v
			case x.key.block == blockWeekday:
				w += v
			}
		}
		f.offset[i] = erasure(e, w)
	}
}

// base returns a row's weight before robustness: the caller's, times the fading of
// what is old.
func (f *fitter) base(i int) float64 {
	half, _ := memory(f.design.step)
	w := math.Exp2(float64(dayOf(f.times[i])-f.design.origin) / float64(half))
	if f.weights != nil {
		w *= f.weights[i]
	}
	return w
}

// findShifts looks for lasting changes of level in what is left when seasons,
// occasions and growth are taken out, and gives each a free coefficient, so that
// it is no season, no growth and no series of outliers. It reports whether there
// are any.
func (f *fitter) findShifts(beta []float64) bool {
	d := f.design
	if d.step != calendar.Day {
		return false
	}
	level := make([]float64, 0, len(f.u))
	at := make([]int, 0, len(f.u))
	for i := range f.u {
		if !f.use[i] {
			continue
		}
		v := f.u[i] - f.offset[i]
		cols, vals := f.x.row(i)
		for k, c := range cols {
			if b := d.cols[c].block; b != blockLevel && b != blockStep && b != blockShift {
				v -= vals[k] * beta[c]
			}
		}
		level, at = append(level, v), append(at, i)
	}
	before := slices.Clone(d.shifts)
	d.shifts = d.shifts[:0]
	for _, s := range detect.LevelShifts(level, detect.ShiftOptions{MinSize: .2, MinSegment: 3}) {
		d.shifts = append(d.shifts, dayOf(f.times[at[s.Index]]))
	}
	return !slices.Equal(before, d.shifts)
}
