package analytics

import (
	"math"
	"time"

	"foresight/analytics/regress"
)

// shape is what the regression knows besides trend and week: the year, the days of the month and
// the calendar's occasions, for the history and the buckets ahead. Members that know only a trend
// and a week are fitted to the history without it and get it back ahead.
type shape struct {
	model *regress.Model
	log   bool
	odd   []bool    // one-off events of the history, from which nothing follows
	past  []float64 // factors (log) or amounts, one per bucket of the history
	ahead []float64
	fit   []float64 // the regression's own medians ahead
}

// leastFactor is where a factor says "closed" rather than "less": dividing by it tells nothing.
const leastFactor = 0.05

// regression fits the ridge regression of the window, once; nil when the window does not carry it.
func (w *window) regression() *shape {
	if w.tried {
		return w.shape
	}
	w.tried = true
	m, err := w.fitRegression()
	if err != nil {
		return nil
	}
	all := make([]time.Time, 0, len(w.Times)+len(w.ahead))
	all = append(append(all, w.Times...), w.ahead...)
	s := &shape{model: m, log: m.Log()}
	total, effect := m.Split(all)
	if !finite(total) || !finite(effect) {
		return nil
	}
	n := len(w.Times)
	s.odd = m.Outliers()
	s.past, s.ahead, s.fit = effect[:n], effect[n:], total[n:]
	w.shape = s
	return s
}

// fitRegression fits with the strengths that an earlier fit found, and leaves its own. Those about the
// siblings' means are others than those about zero, with which the fits from the origins are made.
func (w *window) fitRegression() (*regress.Model, error) {
	o := regress.Options{Step: w.Step, Calendar: w.calendar, Prior: w.hints.prior, Shared: &w.hints.days}
	strengths := &w.hints.prior
	if w.siblings != nil {
		if w.hints.prior == nil {
			alone, err := regress.Fit(w.Times, w.Values, o)
			if err != nil {
				return nil, err
			}
			w.hints.prior = alone.Prior()
		}
		strengths, o.Prior, o.Centre = &w.hints.near, w.hints.near, w.siblings
	}
	m, err := regress.Fit(w.Times, w.Values, o)
	if err == nil && *strengths == nil {
		*strengths = m.Prior()
	}
	return m, err
}

// without takes the shape out of the history.
func (s *shape) without(y []float64) []float64 {
	out := make([]float64, len(y))
	for i, v := range y {
		switch {
		case s.odd[i]:
			out[i] = math.NaN()
		case !s.log:
			out[i] = v - s.past[i]
		case s.past[i] < leastFactor:
			out[i] = math.NaN()
		default:
			out[i] = v / s.past[i]
		}
	}
	return out
}

// with gives the shape back to a forecast.
func (s *shape) with(f []float64) []float64 {
	out := make([]float64, len(f))
	for i, v := range f {
		if s.log {
			out[i] = v * s.ahead[i]
		} else {
			out[i] = v + s.ahead[i]
		}
	}
	return out
}

// ridge is the regression on its own.
func ridge(w *window) []float64 {
	s := w.regression()
	if s == nil {
		return nil
	}
	return s.fit
}

// shaped runs a method that knows a trend and a week on the history without its shape; on the
// history as it is where there is no regression.
func shaped(w *window, method func(y []float64, h int) []float64) []float64 {
	s := w.regression()
	if s == nil || w.Step.Unit != calendarDay {
		return method(w.recent(w.Values), len(w.ahead))
	}
	f := method(w.recent(s.without(w.Values)), len(w.ahead))
	if f == nil {
		return nil
	}
	return s.with(f)
}
