package analytics

import (
	"math"
	"time"

	"foresight/analytics/calendar"
)

// aligned is what the regression says of a day, moved by how far the same day of earlier years lay
// from what it says of them. The same day is the one as many days from its feast where a feast is
// near, by its date from the weeks before Christmas to New Year, and otherwise the same weekday 364
// days before. It is the seasonal naive with the growth, the weekdays and the moving feasts of the
// regression, and undoes the shrinkage of what one year alone has shown:
//
//	median(t) = regression(t) moved by Σ 0.6^(k−1) r(same day, k years before) / Σ 0.6^(k−1)
//
// r is the residual on the fit scale; off the feasts it is smoothed over the days around, where one
// day's noise says nothing of the same day a year later. It is for daily series; without an
// earlier year it is the regression.
func aligned(w *window) []float64 {
	s := w.regression()
	if s == nil || w.Step.Unit != calendar.Day || w.Step.N > 1 {
		return nil
	}
	y := pastYears{residual: s.model.Residuals(), last: calendar.DateOf(w.Times[len(w.Times)-1]), calendar: w.calendar}
	y.smooth = smoothed7(y.residual)
	out := make([]float64, len(w.ahead))
	for i, at := range w.ahead {
		out[i] = s.model.Move(s.fit[i], y.moved(calendar.DateOf(at)))
	}
	return out
}

// pastYears finds the residuals of the same day in earlier years.
type pastYears struct {
	residual, smooth []float64
	last             calendar.Date // of the history
	calendar         *calendar.Calendar
}

const (
	yearsFade  = 0.6 // what a year further back says of this one, against the year after it
	nearFeast  = 2   // days around a feast that lie by it
	mostYears  = 4
	alikeShift = 20 // days by which a feast moves at most against the 364 days (Easter moves by 35; beyond, another day is meant)
)

// moved is the mean of the residuals of the day's like, zero where there are none.
func (y pastYears) moved(d calendar.Date) float64 {
	var sum, weight float64
	w := 1.0
	for k := 1; k <= mostYears; k++ {
		source, feast := y.like(d, k)
		at := len(y.residual) - 1 - y.last.Sub(source)
		if at >= 0 && at < len(y.residual) {
			r := y.smooth[at]
			if feast {
				r = y.residual[at]
			}
			if !math.IsNaN(r) {
				sum, weight = sum+w*r, weight+w
			}
		}
		w *= yearsFade
	}
	if weight == 0 {
		return 0
	}
	return sum / weight
}

// like is the day k years before d that d is like, and whether a feast says so.
func (y pastYears) like(d calendar.Date, k int) (source calendar.Date, feast bool) {
	usual := d.AddDays(-364 * k)
	for !usual.Before(y.last.AddDays(1)) {
		usual = usual.AddDays(-364)
	}
	if y.calendar == nil {
		return usual, false
	}
	if byDate(d) {
		return calendar.NewDate(d.Year-k, d.Month, d.Day), true
	}
	for off := 0; off <= nearFeast; off++ {
		for _, shift := range []int{-off, off} {
			for _, o := range y.calendar.On(d.AddDays(-shift)) {
				if !moves(o) {
					continue
				}
				if last, ok := y.before(o, k); ok {
					return last.AddDays(shift), true
				}
			}
		}
	}
	return usual, false
}

// byDate says that a day is compared by its date: people shop for Christmas by the days left.
func byDate(d calendar.Date) bool {
	return d.Month == time.December && d.Day >= 14 || d.Month == time.January && d.Day <= 3
}

// before finds the occasion k years before.
func (y pastYears) before(o calendar.Occasion, k int) (calendar.Date, bool) {
	around := o.Date.AddDays(-364*k - k/2)
	for off := 0; off <= alikeShift+15; off++ {
		for _, shift := range []int{off, -off} {
			for _, p := range y.calendar.On(around.AddDays(shift)) {
				if p.ID == o.ID {
					return p.Date, true
				}
			}
		}
	}
	return calendar.Date{}, false
}

// smoothed7 is the mean over a week around each place of the values that are there.
func smoothed7(x []float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = mean(x[max(0, i-3):min(len(x), i+4)])
	}
	return out
}
