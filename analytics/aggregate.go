package analytics

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"foresight/analytics/calendar"
)

// Aggregation says how buckets make a longer one.
type Aggregation string

// The aggregations. Percentiles and distinct counts have none: a day's cannot be made of its hours'.
const (
	AggregateSum  Aggregation = "sum"  // of what is counted
	AggregateMean Aggregation = "mean" // of a level
	AggregateMax  Aggregation = "max"
	AggregateLast Aggregation = "last" // of a counter that only grows
)

// Aggregations lists them, as they are written.
func Aggregations() []string {
	return []string{string(AggregateSum), string(AggregateMean), string(AggregateMax), string(AggregateLast)}
}

// ErrNoWhole says that not one of the longer buckets is whole.
var ErrNoWhole = errors.New("not one of the longer buckets is whole: bring more rows or take a shorter bucket")

// Aggregate makes longer buckets of a series': local days (of 23, 24 or 25 hours), weeks from Monday,
// months (of 28 to 31 days), or hours counted from the first local midnight. A longer bucket of which
// one of its buckets is missing is missing too, but for places of the week that are nearly always
// missing: a shop that has no rows at night is closed. What is not whole at either end is left out.
//
// It fails when the buckets do not fit into the longer ones (weeks into months), and with ErrNoWhole.
func Aggregate(s Series, to calendar.Step, how Aggregation) (Series, error) {
	if !slices.Contains(Aggregations(), string(how)) {
		return Series{}, fmt.Errorf("aggregating a series: no aggregation %q: choose one of %v", how, Aggregations())
	}
	if len(s.Times) == 0 || len(s.Times) != len(s.Values) {
		return Series{}, fmt.Errorf("aggregating a series of %d times and %d values: %w", len(s.Times), len(s.Values), ErrNoData)
	}
	a := aggregator{Series: s, to: to, start: firstStart(s.Times[0], to)}
	a.findHabits()
	out := Series{Step: to}
	for i := 0; i < len(s.Times); {
		n, _ := to.Between(a.start, s.Times[i])
		from := to.Add(a.start, n)
		end := to.Add(a.start, n+1)
		first := i
		for i < len(s.Times) && s.Times[i].Before(end) {
			i++
		}
		if after := s.Step.Add(s.Times[0], i); after.After(end) && s.Times[i-1].Before(end) {
			return Series{}, fmt.Errorf("aggregating a series: the bucket of %s at %s reaches out of that of %s: they do not fit into each other", s.Step, s.Times[i-1].Format(time.RFC3339), to)
		}
		edge := first == 0 && !a.closed(from, s.Times[0]) || i == len(s.Times) && !a.closed(s.Step.Add(s.Times[0], i), end)
		if edge {
			continue
		}
		out.Times, out.Values = append(out.Times, from), append(out.Values, a.combine(first, i, how))
	}
	if len(out.Times) == 0 {
		return Series{}, fmt.Errorf("aggregating a series: %w", ErrNoWhole)
	}
	return out, nil
}

// firstStart is the start of the longer bucket that holds the first time.
func firstStart(t time.Time, to calendar.Step) time.Time {
	d := calendar.DateOf(t)
	switch n := max(1, to.N); to.Unit {
	case calendar.Week:
		d = d.AddDays(-(int(d.Weekday()) + 6) % 7)
	case calendar.Month:
		d = calendar.NewDate(d.Year, d.Month, 1)
		if 12%n == 0 { // quarters begin with the year
			d = calendar.NewDate(d.Year, d.Month-time.Month((int(d.Month)-1)%n), 1)
		}
	}
	return d.In(t.Location())
}

// aggregator is the work of one Aggregate.
type aggregator struct {
	Series
	to     calendar.Step
	start  time.Time
	habits map[place]bool // places of the week that are nearly always missing
}

// place is a bucket's place in the local week.
type place struct {
	day    time.Weekday
	minute int
}

func placeOf(t time.Time) place { return place{t.Weekday(), t.Hour()*60 + t.Minute()} }

// A place of the week is closed by habit when it was seen in so many weeks, and was missing in such a
// share of them.
const (
	habitWeeks = 4
	habitShare = 0.8
)

// findHabits needs buckets that have a place in the week.
func (a *aggregator) findHabits() {
	if a.Step.PerDay() < 1 {
		return
	}
	seen, missing := map[place]int{}, map[place]int{}
	for i, t := range a.Times {
		p := placeOf(t)
		seen[p]++
		if math.IsNaN(a.Values[i]) {
			missing[p]++
		}
	}
	a.habits = map[place]bool{}
	for p, n := range missing {
		a.habits[p] = seen[p] >= habitWeeks && float64(n) >= habitShare*float64(seen[p])
	}
}

// closed says that every bucket from one time to another would be missing by habit; true where there
// is none.
func (a *aggregator) closed(from, to time.Time) bool {
	for t := from; t.Before(to); t = a.Step.Add(t, 1) {
		if !a.habits[placeOf(t)] {
			return false
		}
	}
	return true
}

// combine makes one value of the buckets [from, to).
func (a *aggregator) combine(from, to int, how Aggregation) float64 {
	var sum, n float64
	top, last := math.Inf(-1), math.NaN()
	for i := from; i < to; i++ {
		v := a.Values[i]
		if math.IsNaN(v) {
			if a.habits[placeOf(a.Times[i])] {
				continue
			}
			return math.NaN()
		}
		sum, n, top, last = sum+v, n+1, math.Max(top, v), v
	}
	switch {
	case n == 0:
		return math.NaN()
	case how == AggregateMean:
		return sum / n
	case how == AggregateMax:
		return top
	case how == AggregateLast:
		return last
	}
	return sum
}
