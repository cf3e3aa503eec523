package analytics

import (
	"math"
	"sort"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/regress"
	"foresight/analytics/smoothing"
)

// window is the history up to one origin with what several members share, and the buckets to
// forecast from there.
type window struct {
	Series
	rhythm   rhythm
	calendar *calendar.Calendar
	ahead    []time.Time
	hints    *hints

	tried bool
	shape *shape // see regression
}

// hints are what the fits to the whole history found and the fits from the origins take over:
// searching it anew at each origin is most of a fit's time. They are strengths and forms, never
// values.
type hints struct {
	prior *regress.Prior  // of the ridge regression
	form  *smoothing.Spec // of exponential smoothing
}

// windowAt cuts the history at an origin for a forecast of h buckets.
func windowAt(s Series, origin, h int, r rhythm, cal *calendar.Calendar) *window {
	w := &window{Series: s.first(origin), rhythm: r, calendar: cal, hints: &hints{}}
	if origin+h <= len(s.Times) {
		w.ahead = s.Times[origin : origin+h]
	} else {
		w.ahead = w.Series.ahead(h)
	}
	return w
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
