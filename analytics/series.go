package analytics

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"foresight/analytics/calendar"
)

// ErrNoData says that a series has not one observed value to forecast from.
var ErrNoData = errors.New("the series holds no observed value: widen its time range or check its search")

// maxBuckets bounds what Regularize fills in, so that one stray date does not take all memory.
const maxBuckets = 5_000_000

// Series is a regular series: Times[i] = Step.Add(Times[0], i), all in one Location. A missing
// value is NaN; an infinite one is taken for missing.
type Series struct {
	Times  []time.Time   // of the buckets' starts, ascending
	Values []float64     // one a time, in the series' unit
	Step   calendar.Step // width of every bucket
}

// Regularize makes a Series of observations at some of the buckets of step, in any order. Absent
// buckets between the first and the last become NaN: a gap is never zero and never shifts time.
// A time given twice or off the grid of step is an error that names its index and time, and so are
// lengths that differ and a grid of more than five million buckets; no time at all is ErrNoData.
func Regularize(times []time.Time, values []float64, step calendar.Step) (Series, error) {
	if len(times) != len(values) {
		return Series{}, fmt.Errorf("regularizing a series: %d times but %d values", len(times), len(values))
	}
	if len(times) == 0 {
		return Series{}, fmt.Errorf("regularizing a series: %w", ErrNoData)
	}
	first, last := slices.MinFunc(times, time.Time.Compare), slices.MaxFunc(times, time.Time.Compare)
	n, _ := step.Between(first, last)
	if n >= maxBuckets {
		return Series{}, fmt.Errorf("regularizing a series: %d buckets between %s and %s, more than %d: choose a longer step", n, first.Format(time.RFC3339), last.Format(time.RFC3339), maxBuckets)
	}
	s := Series{Times: make([]time.Time, n+1), Values: make([]float64, n+1), Step: step}
	from := make([]int, n+1) // place of the observation in each bucket, plus one
	for i := range s.Times {
		s.Times[i], s.Values[i] = step.Add(first, i), math.NaN()
	}
	for i, t := range times {
		k, exact := step.Between(first, t)
		if !exact {
			return Series{}, fmt.Errorf("regularizing a series: time %s (place %d) is off the grid of %s from %s: mend that time or leave the value out", t.Format(time.RFC3339), i, step, first.Format(time.RFC3339))
		}
		if from[k] > 0 {
			return Series{}, fmt.Errorf("regularizing a series: time %s comes twice (places %d and %d): sum them or drop one", t.Format(time.RFC3339), from[k]-1, i)
		}
		from[k], s.Values[k] = i+1, values[i]
	}
	return s, nil
}

// ahead returns the n bucket starts after the series.
func (s Series) ahead(n int) []time.Time {
	out := make([]time.Time, n)
	for i := range out {
		out[i] = s.Step.Add(s.Times[0], len(s.Times)+i)
	}
	return out
}

// first returns the series' first n buckets, sharing memory.
func (s Series) first(n int) Series {
	return Series{Times: s.Times[:n], Values: s.Values[:n], Step: s.Step}
}

// last returns the series' last n buckets, or all, sharing memory.
func (s Series) last(n int) Series {
	from := max(0, len(s.Times)-n)
	return Series{Times: s.Times[from:], Values: s.Values[from:], Step: s.Step}
}

// cleaned returns a copy with infinite values made missing, next to nothing made zero and leading
// missing buckets cut, and the number of observed values.
func (s Series) cleaned() (Series, int) {
	values := make([]float64, len(s.Values))
	observed, begin := 0, -1
	for i, v := range s.Values {
		if math.IsInf(v, 0) || math.Abs(v) > maxMagnitude {
			v = math.NaN()
		}
		if math.Abs(v) < minMagnitude {
			v = 0
		}
		values[i] = v
		if !math.IsNaN(v) {
			observed++
			if begin < 0 {
				begin = i
			}
		}
	}
	if begin < 0 {
		return Series{}, 0
	}
	return Series{Times: s.Times[begin:], Values: values[begin:], Step: s.Step}, observed
}

// Where a value stops being a measurement: beyond maxMagnitude sums of squares overflow, below
// minMagnitude shares of it are no numbers any more.
const (
	maxMagnitude = 1e100
	minMagnitude = 1e-100
)
