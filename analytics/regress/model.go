package regress

import (
	"math"
	"time"

	"foresight/analytics/calendar"
)

// Model is a fitted regression. It is never changed after Fit, so that many may read it.
type Model struct {
	design *design
	scale  transform
	shut   closures
	sol    solution
	resid  []float64
	odd    []bool  // outliers, by their robust weight
	damp   float64 // share of the growth after the origin that is not damped
	lo, hi float64 // of the observed values, fit scale
}

// Sigma returns the standard deviation of the residuals on the fit scale.
func (m *Model) Sigma() float64 { return m.sol.prior.sigma }

// Residuals returns observed minus fitted on the fit scale (logarithms, or values
// in units of their spread), one a value given to Fit, NaN where a value is missing,
// masked, closed or too old to count. The slice is the model's own.
func (m *Model) Residuals() []float64 { return m.resid }

// Outliers marks the values, one a value given to Fit, that it took for one-off events: their
// robust weight is below a tenth. What an own event or a feast explains is none.
func (m *Model) Outliers() []bool { return m.odd }

// Log reports whether the fit scale is logarithmic, so that components multiply.
func (m *Model) Log() bool { return m.scale.log }

// Prior returns the estimated prior strengths, for refits of the same series.
func (m *Model) Prior() *Prior {
	p := m.sol.prior
	return &p
}

// Predict returns the median of each time's bucket in the series' unit, at or above
// zero when the fit is logarithmic, and finite. Times may lie before, within or after
// the history, in its zone.
func (m *Model) Predict(times []time.Time) []float64 {
	out := make([]float64, len(times))
	for i, e := range m.evaluate(times) {
		out[i] = e.value
	}
	return out
}

// Baseline returns Predict without the calendar's occasions: what a usual such
// day would be.
func (m *Model) Baseline(times []time.Time) []float64 {
	out := make([]float64, len(times))
	for i, e := range m.evaluate(times) {
		out[i] = e.usual
	}
	return out
}

// Adjusted returns y with the occasions' effects taken out, for models that know
// none: y divided by them on the log scale, less them on the linear one. A day
// that an occasion closes becomes its Baseline. It panics when the lengths differ.
func (m *Model) Adjusted(times []time.Time, y []float64) []float64 {
	if len(times) != len(y) {
		panic("regress: Adjusted needs one value a time")
	}
	out := make([]float64, len(times))
	for i, e := range m.evaluate(times) {
		switch {
		case math.IsNaN(y[i]):
			out[i] = math.NaN()
		case e.shut && e.byOccasion:
			out[i] = e.usual
		case e.shut:
			out[i] = y[i]
		default:
			out[i] = m.scale.without(y[i], e.effect)
		}
	}
	return out
}

// evaluation is everything the model says of one bucket.
type evaluation struct {
	value      float64 // median, original scale
	usual      float64 // the same without occasions
	effect     float64 // of the occasions, fit scale
	shut       bool    // closed
	byOccasion bool    // by an occasion rather than the weekday
	parts      []contribution
}

// contribution is a part's share of the linear predictor.
type contribution struct {
	part  *part
	value float64
}

func (m *Model) evaluate(times []time.Time) []evaluation {
	out := make([]evaluation, len(times))
	m.each(times, func(d *design, i, n int, fs []entry) { out[i] = m.evaluateOne(d, n, fs) })
	return out
}

// each hands every bucket's place, first day and row to see.
func (m *Model) each(times []time.Time, see func(d *design, i, n int, fs []entry)) {
	d := *m.design.span(times)
	d.scratch, d.terms = nil, nil // many may read a model at once
	var fs []entry
	for i, t := range times {
		fs = d.row(fs[:0], t, false)
		see(&d, i, dayOf(t), fs)
	}
}

func (m *Model) evaluateOne(d *design, n int, fs []entry) evaluation {
	e := evaluation{parts: make([]contribution, 0, 12)}
	s := m.sum(d, n, fs, func(p *part, v float64) {
		for i := range e.parts {
			if e.parts[i].part == p || *e.parts[i].part == *p {
				e.parts[i].value += v
				return
			}
		}
		e.parts = append(e.parts, contribution{p, v})
	})
	total := s.trend + s.week + s.other
	e.effect = s.effect
	e.value = m.scale.back(m.clamp(total))
	e.usual = m.scale.back(m.clamp(total - e.effect))
	if s, ok := m.shut.on(d, n); ok {
		e.shut, e.byOccasion = true, s.occasion
		e.value = s.value
		if !s.occasion {
			e.usual = s.value
		}
	}
	return e
}

// sums are the linear predictor of a bucket: the trend, the weekday and all else, and of that the
// occasions' effect.
type sums struct{ trend, week, other, effect float64 }

// sum adds a row's contributions up and tells each, unless tell is nil.
func (m *Model) sum(d *design, n int, fs []entry, tell func(*part, float64)) (s sums) {
	for j := range fs {
		f := &fs[j]
		c, ok := d.columnOf(f)
		if !ok {
			continue
		}
		v := m.sol.beta[c] * f.value
		switch {
		case f.block.trend():
			s.trend += v
		case f.block == blockWeekday:
			s.week += v
		default:
			s.other += v
		}
		if f.part.occasion {
			s.effect += v
		}
		if tell != nil {
			tell(f.part, v)
		}
	}
	if g := m.growth(n); g != 0 {
		s.trend += g
		if tell != nil {
			tell(&partTrend, g)
		}
	}
	if p, ok := d.erased(n); ok {
		v := erasure(s.effect, s.week)
		s.other += v
		if p.occasion {
			s.effect += v
		}
		if tell != nil {
			own := p
			tell(&own, v)
		}
	}
	return s
}

// Split returns Predict, and what lies in it besides the trend and the week: a factor on the log
// scale, an amount on the linear one.
func (m *Model) Split(times []time.Time) (value, rest []float64) {
	value, rest = make([]float64, len(times)), make([]float64, len(times))
	m.each(times, func(d *design, i, n int, fs []entry) {
		s := m.sum(d, n, fs, nil)
		total := s.trend + s.week + s.other
		value[i] = m.scale.back(m.clamp(total))
		if shut, ok := m.shut.on(d, n); ok {
			value[i] = shut.value
		}
		if m.scale.log {
			rest[i] = math.Exp(s.other) * (value[i] / (math.Exp(total) * m.scale.unit))
		} else {
			rest[i] = s.other*m.scale.unit + value[i] - (total+m.scale.offset)*m.scale.unit
		}
	})
	return value, rest
}

// clamp keeps the predictor within what was observed, widened by three (a factor
// of 20 on the log scale), so that no extrapolation overflows.
func (m *Model) clamp(f float64) float64 { return math.Min(math.Max(f, m.lo-3), m.hi+3) }

// growth returns the trend's rise on the fit scale from the origin to day n > origin:
//
//	slope · (w·h + (1−w)·D·(1 − exp(−h/D))),  D = 0.35 years · trust
//
// where w, from the slope's size against its uncertainty, says how much of it is
// taken to last, and trust falls below 1 with less than a year and a half of history,
// in which a season looks like growth.
func (m *Model) growth(n int) float64 {
	h := float64(n-m.design.origin) / yearDays
	if h <= 0 {
		return 0
	}
	d := .35 * m.design.trust
	slope := m.sol.beta[m.design.column(key{block: blockSlope})]
	return slope * (m.damp*h + (1-m.damp)*d*(1-math.Exp(-h/d)))
}

// Move returns a value, in the series' unit, moved by delta on the fit scale, in which
// Residuals are; it is kept within what was observed, widened by three on that scale.
func (m *Model) Move(value, delta float64) float64 {
	return m.scale.back(m.clamp(m.scale.to(value) + delta))
}

// Shift is a lasting change of level that a fit found.
type Shift struct {
	Date calendar.Date // first day of the new level
	Size float64       // the new level less the old one, of logarithms when the fit is logarithmic
}

// Shifts returns the level shifts that were given coefficients of their own, in time order.
func (m *Model) Shifts() []Shift {
	out := make([]Shift, 0, len(m.design.shifts))
	for _, n := range m.design.shifts {
		size := -m.sol.beta[m.design.column(key{blockShift, "", n})] // the coefficient is of the days before
		if !m.scale.log {
			size *= m.scale.unit
		}
		out = append(out, Shift{Date: epoch.AddDays(n), Size: size})
	}
	return out
}
