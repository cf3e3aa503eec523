package regress

import (
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/floats"

	"foresight/analytics/calendar"
)

// Fit estimates the model of the values y of the buckets that start at times,
// which must ascend; NaN is a missing value, and a bucket that is absent is
// missing too. Times are in the series' zone, days at their local midnight.
//
// It returns ErrInput when the arguments do not fit together, ErrStep for a step
// that is not one day, week or month, and ErrTooShort for too short a history.
// The result depends on the arguments alone.
func Fit(times []time.Time, y []float64, o Options) (*Model, error) {
	if err := check(times, y, o); err != nil {
		return nil, fmt.Errorf("fitting regression: %w", err)
	}
	unit := o.Step.Unit
	origin := dayOf(times[len(times)-1])
	_, keep := memory(unit)
	old := 0
	for dayOf(times[old]) < origin-keep {
		old++
	}
	times, y = times[old:], y[old:]
	f := &fitter{times: times, y: y, old: old, day: make([]int, len(times))}
	for i, t := range times {
		f.day[i] = dayOf(t)
	}
	if o.Weights != nil {
		f.weights = o.Weights[old:]
	}
	d := newDesign(unit, o.Calendar, f.day[0], origin, o.Shared)
	_, end := d.period(times[len(times)-1])
	d.load(f.day[0], end)
	d.findChristmas()
	f.design = d
	f.shut = findClosures(d, f.day, f.observed())
	if n := f.choose(o.Scale); n < shortest(unit) {
		return nil, fmt.Errorf("fitting regression to %d usable values: %w", n, ErrTooShort)
	}
	return f.run(o.Prior, o.Centre), nil
}

func check(times []time.Time, y []float64, o Options) error {
	if o.Step.N != 1 || (o.Step.Unit != calendar.Day && o.Step.Unit != calendar.Week && o.Step.Unit != calendar.Month) {
		return fmt.Errorf("step %v: %w", o.Step, ErrStep)
	}
	if len(times) != len(y) || (o.Weights != nil && len(o.Weights) != len(y)) {
		return fmt.Errorf("%d times, %d values, %d weights: %w", len(times), len(y), len(o.Weights), ErrInput)
	}
	if len(y) < shortest(o.Step.Unit) {
		return fmt.Errorf("%d values: %w", len(y), ErrTooShort)
	}
	for i, t := range times {
		if i > 0 && dayOf(t) <= dayOf(times[i-1]) {
			return fmt.Errorf("time %d (%s) is not a later day than the one before: %w", i, t.Format(time.DateOnly), ErrInput)
		}
		if math.IsInf(y[i], 0) {
			return fmt.Errorf("value %d is infinite: %w", i, ErrInput)
		}
		if o.Weights != nil && !(o.Weights[i] >= 0 && o.Weights[i] <= math.MaxFloat32) {
			return fmt.Errorf("weight %d is %v, not in [0, ∞): %w", i, o.Weights[i], ErrInput)
		}
	}
	return nil
}

// shortest is the least number of usable values.
func shortest(u calendar.Unit) int {
	if u == calendar.Day {
		return 14
	}
	return 8
}

// fitter is the state of one Fit.
type fitter struct {
	design  *design
	times   []time.Time
	y       []float64
	day     []int // numbers of the times' days
	weights []float64
	old     int // values before times[0] that are too old to count
	shut    closures
	scale   transform

	use    []bool    // the row takes part
	u      []float64 // y on the fit scale where used
	w      []float64 // weight of the row: the caller's times the robust one
	bound  []float64 // spreads from which on the row counts for nothing
	rough  []float64 // remainder after running medians
	x      *rows
	offset []float64 // weekday erasure, fit scale
}

// observed returns y with NaN where the caller's weight is 0.
func (f *fitter) observed() []float64 {
	if f.weights == nil {
		return f.y
	}
	out := make([]float64, len(f.y))
	for i, v := range f.y {
		out[i] = v
		if f.weights[i] == 0 {
			out[i] = math.NaN()
		}
	}
	return out
}

// choose decides on the scale and on the rows that take part, and returns their
// number. On the log scale a rare zero is an outage, and zeros in long stretches
// are closed times: neither is an observation. Where zeros are common, or the last
// thing known, they are part of the volume.
func (f *fitter) choose(s Scale) int {
	y := f.observed()
	f.use = make([]bool, len(y))
	count := 0
	for i, v := range y {
		_, shut := f.shut.on(f.design, f.day[i])
		f.use[i] = v == v && !shut
		if f.use[i] {
			count++
		}
	}
	if count == 0 {
		return 0
	}
	f.scale = newTransform(f.usable(y), s)
	if !f.scale.log {
		return count
	}
	zeros := tellZeros(f.day, y, f.use)
	if zeros.common*25 >= count-zeros.idle {
		return count
	}
	count = 0
	for i, v := range y {
		f.use[i] = f.use[i] && (v > 0 || zeros.last[i])
		if f.use[i] {
			count++
		}
	}
	if count > 0 {
		f.scale = newTransform(f.usable(y), s)
	}
	return count
}

// usable returns the values that take part.
func (f *fitter) usable(y []float64) []float64 {
	v := make([]float64, 0, len(y))
	for i := range y {
		if f.use[i] {
			v = append(v, y[i])
		}
	}
	return v
}

// run fits in three passes: robust weights from a running median, then from the
// residuals, with the weekday erasure and the level shifts that the residuals show.
func (f *fitter) run(given *Prior, siblings Coefficients) *Model {
	f.start()
	f.x = f.design.train(f.times, f.use)
	prior, rounds := *defaultPrior(), []int{6, 4, 3}
	if given != nil {
		prior, rounds = *given, []int{0, 0}
	}
	var sol solution
	for pass, r := range rounds {
		if pass > 0 && f.findShifts(sol.beta) {
			f.x = f.design.train(f.times, f.use)
			f.roughWeights()
		}
		mean, share := f.centre(siblings)
		if pass == 0 && given == nil {
			prior.narrow(share)
		}
		target := make([]float64, len(f.u))
		for i := range target {
			target[i] = f.u[i] - f.offset[i]
			if mean != nil {
				target[i] -= f.x.dot(i, mean)
			}
		}
		eq := newNormal(f.x, target, f.w, f.design.cols, &f.design.shared.work)
		eq.share = share
		s, ok := eq.estimate(f.design.cols, f.design.dense, prior, r, sigmaFloor)
		if !ok { // rounding only: the first strengths make the matrix definite
			s, _ = eq.estimate(f.design.cols, f.design.dense, *defaultPrior(), 0, sigmaFloor)
			s.prior = *defaultPrior()
		}
		if mean != nil && s.beta != nil {
			floats.Add(s.beta, mean)
		}
		sol, prior = s, s.prior
		f.erase(sol.beta)
		f.reweigh(sol.beta)
	}
	return f.model(sol)
}

// oddWeight is the robust weight below which a value is an outlier rather than noise.
const oddWeight = 0.1

// longestEvent is how many outliers in a row are one-off events: more are a stretch of
// another level, or a season that the model lacks.
const longestEvent = 7

// briefOnly takes back the marks of long runs.
func briefOnly(odd []bool) {
	for from := 0; from < len(odd); {
		to := from
		for to < len(odd) && odd[to] {
			to++
		}
		if to-from > longestEvent {
			clear(odd[from:to])
		}
		from = max(to, from+1)
	}
}

// sigmaFloor is the least noise that is believed, on the fit scale.
const sigmaFloor = 1e-3

// model wraps the last solution up.
func (f *fitter) model(sol solution) *Model {
	m := &Model{design: f.design, scale: f.scale, shut: f.shut, sol: sol, lo: math.Inf(1), hi: math.Inf(-1)}
	m.resid, m.odd = make([]float64, f.old+len(f.y)), make([]bool, f.old+len(f.y))
	for i := range m.resid {
		m.resid[i] = math.NaN()
	}
	for i := range f.y {
		if f.use[i] {
			m.odd[f.old+i] = f.w[i] < oddWeight*f.base(i)
			m.resid[f.old+i] = f.u[i] - f.offset[i] - f.x.dot(i, sol.beta)
			m.lo, m.hi = math.Min(m.lo, f.u[i]), math.Max(m.hi, f.u[i])
		}
	}
	briefOnly(m.odd)
	if sol.beta == nil { // not solvable at any strength: the middle of the history
		m.sol = solution{beta: make([]float64, len(f.design.cols)), prior: *defaultPrior()}
		m.sol.beta[f.design.column(key{block: blockLevel})] = (m.lo + m.hi) / 2
	}
	m.damp = lasting(f.design, m.sol)
	return m
}

// lasting returns the share of the slope that is taken to last: z²/(z²+4) of the
// slope's z score under the posterior, so that a slope within its noise is damped
// and one that years of steps cannot explain away is not.
func lasting(d *design, s solution) float64 {
	i := d.column(key{block: blockSlope})
	if !(s.slopeVar > 0) {
		return 0
	}
	z2 := s.beta[i] * s.beta[i] / s.slopeVar
	return d.trust * z2 / (z2 + 4)
}
