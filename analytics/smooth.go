package analytics

import (
	"math"
	"slices"

	"foresight/analytics/calendar"
	"foresight/analytics/decompose"
	"foresight/analytics/levelshape"
	"foresight/analytics/smoothing"
	"foresight/analytics/theta"
)

const calendarDay = calendar.Day

// holtWinters is exponential smoothing. Days: a damped trend and an additive week, on logarithms
// where every value is above zero. Weeks and months: the form of least AICc, with the year as its
// season up to 24 buckets.
func holtWinters(w *window) []float64 {
	if w.Step.Unit != calendar.Day {
		return automatic(w)
	}
	return shaped(w, func(y []float64, h int) []float64 {
		spec := smoothing.Spec{Trend: true, Damped: true, Season: smoothing.SeasonAdditive, Period: w.rhythm.period}
		return w.onLogs(y, func(y []float64) []float64 { return w.hints.week.forecast(y, spec, h) })
	})
}

// automatic chooses the form on the whole history and fits it again from the origins. (The mean of
// all forms is the better method on its own, and no better as a member.)
func automatic(w *window) []float64 {
	y := w.recent(w.Values)
	if k := &w.hints.form; k.model != nil {
		if f := k.forecast(y, k.model.Spec, len(w.ahead)); f != nil {
			return f
		}
	}
	period := w.rhythm.period
	if period > longestSeason {
		period = 1
	}
	m, err := smoothing.Auto(y, period)
	if err != nil {
		return nil
	}
	if w.hints.form.model == nil {
		w.hints.form.model = &m.Stored
	}
	return m.Predict(len(w.ahead))
}

// longestSeason is the longest season whose states smoothing is asked to find.
const longestSeason = 24

// warmth is a model of which the next fit takes parameters and starting states to begin with.
type warmth struct{ model *smoothing.Stored }

// forecast fits the form, from the model before where it has the same one.
func (k *warmth) forecast(y []float64, spec smoothing.Spec, h int) []float64 {
	var m *smoothing.Model
	var err error
	if k.model != nil && k.model.Spec == spec {
		m, err = k.model.Refit(y)
	} else {
		m, err = smoothing.Fit(y, spec)
	}
	if err != nil {
		return nil
	}
	if k.model == nil {
		k.model = &m.Stored
	}
	return m.Predict(h)
}

// signed says that something observed is below zero: then zero means nothing, and no member takes
// logarithms or factors of what the regression leaves, be it above zero by chance.
func (w *window) signed() bool { return signed(w.Values) }

func signed(values []float64) bool {
	return slices.ContainsFunc(values, func(v float64) bool { return v < 0 })
}

// onLogs runs a method on logarithms where every value is above zero.
func (w *window) onLogs(y []float64, method func([]float64) []float64) []float64 {
	if w.signed() {
		return method(y)
	}
	logs := make([]float64, len(y))
	for i, v := range y {
		if v <= 0 {
			return method(y)
		}
		logs[i] = math.Log(v)
	}
	out := method(logs)
	for i, v := range out {
		out[i] = math.Exp(v)
	}
	return out
}

// dynamicTheta is the dynamic optimised theta model (package theta) on the seasonally adjusted history.
func dynamicTheta(w *window) []float64 {
	return shaped(w, func(y []float64, h int) []float64 {
		season := theta.SeasonTested
		if w.Step.Unit == calendar.Day {
			season = theta.SeasonMultiplicative
		}
		if w.signed() && season == theta.SeasonMultiplicative {
			season = theta.SeasonAdditive
		}
		m, err := theta.Fit(y, theta.Options{Season: season, Period: w.rhythm.period, Near: w.hints.theta})
		if err != nil {
			return nil
		}
		if w.hints.theta == nil {
			w.hints.theta = m.Params.Near()
		}
		return m.Predict(h)
	})
}

// levelShape is a level a period times a fixed shape within it (package levelshape), where the
// series has a strong period.
func levelShape(w *window) []float64 {
	return shaped(w, func(y []float64, h int) []float64 {
		lift := 0.0
		if w.signed() {
			lift = mean(y) // zero means nothing: neither may where it lies
		}
		y = moved(y, -lift)
		if p, err := levelshape.Strongest(y, w.rhythm.period); err != nil || p < 2 {
			return nil
		}
		m, err := levelshape.Fit(y, levelshape.Options{Period: w.rhythm.period})
		if err != nil {
			return nil
		}
		return moved(m.Predict(h), lift)
	})
}

// moved adds a constant.
func moved(y []float64, by float64) []float64 {
	if by == 0 {
		return y
	}
	out := make([]float64, len(y))
	for i, v := range y {
		out[i] = v + by
	}
	return out
}

// decomposed is STL and a damped exponential smoothing of the series without its season, with the
// last season repeated (Hyndman & Athanasopoulos, 13.2; forecast::stlf), on logarithms where every
// value is above zero.
func decomposed(w *window) []float64 {
	return shaped(w, func(y []float64, h int) []float64 {
		return w.onLogs(y, func(y []float64) []float64 { return stlLine(y, w.rhythm.period, h, &w.hints.level) })
	})
}

func stlLine(y []float64, period, h int, k *warmth) []float64 {
	if period < 2 {
		return nil
	}
	c, err := decompose.STL(y, decompose.Options{Period: period, SeasonalWindow: stlSeasons, Robust: len(y) < 400})
	if err != nil {
		return nil
	}
	level := make([]float64, len(y))
	for i := range y {
		level[i] = y[i] - c.Season[i] // NaN stays missing
	}
	out := k.forecast(level, smoothing.Spec{Trend: true, Damped: true}, h)
	last := c.Season[len(y)-period:]
	for i := range out {
		out[i] += last[i%period]
	}
	return out
}

// stlSeasons is the loess span over the years (or weeks) of a season: that of forecast::stlf.
const stlSeasons = 13
