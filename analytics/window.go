package analytics

import (
	"math"
	"sort"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/regress"
	"foresight/analytics/theta"
)

// window is the history up to one origin with what several members share, and the buckets to
// forecast from there.
type window struct {
	Series
	rhythm   rhythm
	calendar *calendar.Calendar
	ahead    []time.Time
	hints    *hints
	begin    int // place from which on the history counts for members that forget

	// Coefficients that siblings have in common; of the whole history only, since from an origin before
	// their last year they would know what came.
	siblings regress.Coefficients

	tried bool
	shape *shape // see regression
}

// hints are what the fits to the whole history found and the fits from the origins take over:
// searching it anew at each origin is most of a fit's time. They are strengths, forms and where a
// search begins, never values.
type hints struct {
	prior, near *regress.Prior // of the ridge regression, about zero and about its siblings' means

	theta *theta.Near

	days regress.Shared // what the calendar says of them

	week, form, level warmth // of exponential smoothing of days, of other steps, and of what STL leaves
}

// windowAt cuts the history at an origin for a forecast of h buckets.
func windowAt(s Series, origin, h int, r rhythm, cal *calendar.Calendar) *window {
	most, _ := memory(s.Step, r)
	w := &window{Series: s.first(origin), rhythm: r, calendar: cal, hints: &hints{}, begin: max(0, origin-most)}
	if origin+h <= len(s.Times) {
		w.ahead = s.Times[origin : origin+h]
	} else {
		w.ahead = w.Series.ahead(h)
	}
	return w
}

// recent cuts a history to what smoothing still hears of. All windows of a run begin at one place, so
// that a fit can start from another's states.
func (w *window) recent(y []float64) []float64 { return y[min(w.begin, len(y)):] }

// memory is how many buckets smoothing hears of, and how many at least before the first origin: three
// years of days and one, fifteen years of months, ten of weeks.
func memory(step calendar.Step, r rhythm) (most, least int) {
	switch step.Unit {
	case calendar.Day:
		return 3 * 364, 364
	case calendar.Week:
		return 10 * r.period, 10 * r.period
	}
	return 15 * r.period, 15 * r.period
}

// observed counts the values that are there.
func observed(y []float64) int {
	n := 0
	for _, v := range y {
		if !math.IsNaN(v) {
			n++
		}
	}
	return n
}

// median of the values that are there; NaN for none. The input stays as it is.
func median(x []float64) float64 {
	s := make([]float64, 0, len(x))
	for _, v := range x {
		if !math.IsNaN(v) {
			s = append(s, v)
		}
	}
	if len(s) == 0 {
		return math.NaN()
	}
	sort.Float64s(s)
	if len(s)%2 == 1 {
		return s[len(s)/2]
	}
	return s[len(s)/2-1]/2 + s[len(s)/2]/2
}

// mean of the values that are there; NaN for none.
func mean(x []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / n
}

// lastObserved returns the newest value that is there.
func lastObserved(y []float64) float64 {
	for i := len(y) - 1; i >= 0; i-- {
		if !math.IsNaN(y[i]) {
			return y[i]
		}
	}
	return math.NaN()
}

// finite says that every value is a number.
func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
