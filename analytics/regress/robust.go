package regress

import (
	"math"
	"slices"

	"foresight/analytics/calendar"
	"foresight/analytics/detect"
)

// start brings the values to the fit scale and gives first weights.
func (f *fitter) start() {
	n := len(f.y)
	f.u, f.w, f.offset = make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range f.y {
		if f.use[i] {
			f.u[i] = f.scale.to(f.y[i])
		}
	}
	f.bound = f.bounds()
	f.rough = f.roughRemainder()
	f.roughWeights()
}

// roughWeights leaves out the days that lie farther than their bound from the
// median of the same weekday around them. They serve until residuals are known, and
// again when a level shift has been found, since the residuals had taken every day
// behind it for an outlier.
func (f *fitter) roughWeights() {
	s := spread(f.rough)
	for i, v := range f.rough {
		f.w[i] = 0
		if f.use[i] && math.Abs(v) <= f.bound[i]*s {
			f.w[i] = f.base(i)
		}
	}
}

// roughRemainder returns u less a running median of a month and less the median
// of each weekday; NaN where unused.
func (f *fitter) roughRemainder() []float64 {
	const half = 14
	n := len(f.u)
	out := make([]float64, n)
	window := make([]float64, 0, 2*half+1) // of u around i, ascending
	enter := func(i int) {
		if i < n && f.use[i] {
			at, _ := slices.BinarySearch(window, f.u[i])
			window = slices.Insert(window, at, f.u[i])
		}
	}
	for i := range half {
		enter(i)
	}
	var week [7][]float64
	for i := range f.u {
		enter(i + half)
		if past := i - half - 1; past >= 0 && f.use[past] {
			at, _ := slices.BinarySearch(window, f.u[past])
			window = slices.Delete(window, at, at+1)
		}
		out[i] = math.NaN()
		if !f.use[i] {
			continue
		}
		out[i] = f.u[i] - window[len(window)/2]
		w := weekday(f.day[i])
		week[w] = append(week[w], out[i])
	}
	var middle [7]float64
	for w := range middle {
		middle[w] = median(week[w])
	}
	for i := range out {
		if f.use[i] {
			out[i] -= middle[weekday(f.day[i])]
		}
	}
	return out
}

// reweigh sets the weights by Tukey's bisquare of the residuals in units of their
// spread, with the constant that caution gives the day.
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
		bound := f.bound[i] * s
		if f.bound[i] == boundNear && f.scale.log {
			bound = math.Max(bound, plausible)
		}
		z := v / bound
		f.w[i] *= math.Pow(math.Max(0, 1-z*z), 2)
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

// The spreads from which on a day counts for nothing: a usual one, one beside an
// occasion, whose effect looks like an outlier until it has been learnt, and one of
// the user's own events or of Christmas, which are what the forecast is for.
const (
	boundUsual = 6
	boundNear  = 30
	boundOwn   = 1e6
)

// plausible is what an occasion may do to a day on the log scale, 2.7 times or a
// third of it, however quiet the series is otherwise: on one with little noise 30
// spreads are less than Black Friday. An outage is more.
const plausible = 1.0

// bounds returns the bound of every day.
func (f *fitter) bounds() []float64 {
	out := make([]float64, len(f.times))
	for i, n := range f.day {
		out[i] = boundUsual
		if f.design.cal != nil && f.use[i] {
			out[i] = f.design.bound(n)
		}
	}
	return out
}

// bound looks a day's bound up, once for all fits.
func (d *design) bound(n int) float64 {
	kind := dayKind{day: n, xmas: d.xmas}
	if b, known := d.shared.bound[kind]; known {
		return b
	}
	b := float64(boundUsual)
	if _, ok := d.beforeChristmas(epoch.AddDays(n)); ok {
		b = boundNear
	}
	for _, x := range d.occasions(nil, n) {
		switch x.key.block {
		case blockLarge, blockSmall, blockLead:
			b = math.Max(b, boundNear)
		case blockOwn, blockDecember:
			b = boundOwn
		}
	}
	if d.shared.bound == nil {
		d.shared.bound = map[dayKind]float64{}
	}
	d.shared.bound[kind] = b
	return b
}

// erase recomputes the weekday erasure from the present coefficients.
func (f *fitter) erase(beta []float64) {
	d := f.design
	var fs []entry
	for i, t := range f.times {
		n := f.day[i]
		if _, ok := d.erased(n); !ok || !f.use[i] {
			continue
		}
		e, w := 0.0, 0.0
		fs = d.row(fs[:0], t, true)
		for j := range fs {
			x := &fs[j]
			c, _ := d.columnOf(x)
			v := beta[c] * x.value
			switch {
			case x.part.occasion:
				e += v
			case x.block == blockWeekday:
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
	w := math.Exp2(float64(f.day[i]-f.design.origin) / float64(half))
	if f.weights != nil {
		w *= f.weights[i]
	}
	return w
}

// shiftSize is the least level shift that is given a coefficient, on the fit scale:
// what it must be between the halves it divides, and between the weeks beside it,
// which steady growth is not.
const (
	shiftSize = .2
	shiftDays = 21
)

// findShifts looks for lasting changes of level in what is left when seasons and
// occasions are taken out, and gives each a free coefficient, so that it is no
// season, no growth and no series of outliers. It reports whether they are others
// than before.
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
			if !d.cols[c].block.trend() {
				v -= vals[k] * beta[c]
			}
		}
		level, at = append(level, v), append(at, i)
	}
	before := slices.Clone(d.shifts)
	d.shifts = d.shifts[:0]
	for _, s := range detect.LevelShifts(level, detect.ShiftOptions{MinSize: shiftSize, MinSegment: 3}) {
		left := median(level[max(0, s.Index-shiftDays):s.Index])
		right := median(level[s.Index:min(len(level), s.Index+shiftDays)])
		if math.Abs(right-left) >= shiftSize {
			d.shifts = append(d.shifts, f.day[at[s.Index]])
		}
	}
	return !slices.Equal(before, d.shifts)
}
