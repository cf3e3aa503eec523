package analytics

import (
	"math"

	"foresight/analytics/calendar"
	"foresight/analytics/decompose"
	"foresight/analytics/smoothing"
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
		return onLogs(y, func(y []float64) []float64 {
			return smoothed(func() (*smoothing.Model, error) { return smoothing.Fit(y, spec) }, h)
		})
	})
}

// automatic chooses the form on the whole history and fits it again from the origins.
func automatic(w *window) []float64 {
	y := w.recent(w.Values)
	if form := w.hints.form; form != nil {
		if f := smoothed(func() (*smoothing.Model, error) { return smoothing.Fit(y, *form) }, len(w.ahead)); f != nil {
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
	if w.hints.form == nil {
		w.hints.form = &m.Spec
	}
	return m.Predict(len(w.ahead))
}

// longestSeason is the longest season whose states smoothing is asked to find.
const longestSeason = 24

// recent cuts a history to what smoothing still hears of: three years of days, fifteen of months,
// ten of weeks.
func (w *window) recent(y []float64) []float64 {
	most := 15 * w.rhythm.period
	switch w.Step.Unit {
	case calendar.Day:
		most = 3 * 364
	case calendar.Week:
		most = 10 * w.rhythm.period
	}
	return y[max(0, len(y)-most):]
}

// smoothed forecasts with a model that may not be had.
func smoothed(fit func() (*smoothing.Model, error), h int) []float64 {
	m, err := fit()
	if err != nil {
		return nil
	}
	return m.Predict(h)
}

// onLogs runs a method on logarithms where every value is above zero.
func onLogs(y []float64, method func([]float64) []float64) []float64 {
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

// theta is the standard theta method (Assimakopoulos & Nikolopoulos 2000) as simple exponential
// smoothing with half the slope of the linear trend as drift (Hyndman & Billah 2003), on the
// seasonally adjusted history (ratio to the mean of the same season, on logarithms where every
// value is above zero).
func theta(w *window) []float64 {
	return shaped(w, func(y []float64, h int) []float64 {
		return onLogs(y, func(y []float64) []float64 { return thetaLine(y, w.rhythm.period, h) })
	})
}

func thetaLine(y []float64, period, h int) []float64 {
	season := make([]float64, period)
	adjusted := y
	if len(y) >= 2*period && period > 1 {
		season = seasonFigures(y, period)
		adjusted = make([]float64, len(y))
		for i, v := range y {
			adjusted[i] = v - season[i%period]
		}
	}
	m, err := smoothing.Fit(adjusted, smoothing.Spec{})
	if err != nil {
		return nil
	}
	out := m.Predict(h)
	drift := slope(adjusted) / 2
	for i := range out {
		out[i] += drift*float64(i+1) + season[(len(y)+i)%period]
	}
	return out
}

// seasonFigures are the medians of the differences from a centred moving mean, by place in the
// season, about zero.
func seasonFigures(y []float64, period int) []float64 {
	byPlace := make([][]float64, period)
	half := period / 2
	for i := half; i < len(y)-half; i++ {
		sum, n := 0.0, 0.0
		for j := i - half; j <= i+half; j++ {
			share := 1.0
			if period%2 == 0 && (j == i-half || j == i+half) {
				share = 0.5
			}
			if !math.IsNaN(y[j]) {
				sum, n = sum+share*y[j], n+share
			}
		}
		if n > 0 && !math.IsNaN(y[i]) {
			byPlace[i%period] = append(byPlace[i%period], y[i]-sum/n)
		}
	}
	out := make([]float64, period)
	total := 0.0
	for p := range out {
		if v := mean(byPlace[p]); !math.IsNaN(v) {
			out[p] = v
		}
		total += out[p]
	}
	for p := range out {
		out[p] -= total / float64(period)
	}
	return out
}

// slope is the least-squares slope of the values that are there.
func slope(y []float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for i, v := range y {
		if !math.IsNaN(v) {
			x := float64(i)
			n, sx, sy, sxx, sxy = n+1, sx+x, sy+v, sxx+x*x, sxy+x*v
		}
	}
	d := n*sxx - sx*sx
	if d <= 0 {
		return 0
	}
	return (n*sxy - sx*sy) / d
}

// decomposed is STL and a damped exponential smoothing of the series without its season, with the
// last season repeated (Hyndman & Athanasopoulos, 13.2; forecast::stlf), on logarithms where every
// value is above zero.
func decomposed(w *window) []float64 {
	return shaped(w, func(y []float64, h int) []float64 {
		return onLogs(y, func(y []float64) []float64 { return stlLine(y, w.rhythm.period, h) })
	})
}

func stlLine(y []float64, period, h int) []float64 {
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
	out := smoothed(func() (*smoothing.Model, error) {
		return smoothing.Fit(level, smoothing.Spec{Trend: true, Damped: true})
	}, h)
	last := c.Season[len(y)-period:]
	for i := range out {
		out[i] += last[i%period]
	}
	return out
}

// stlSeasons is the loess span over the years (or weeks) of a season: that of forecast::stlf.
const stlSeasons = 13
