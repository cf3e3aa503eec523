package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Unit is what a Step is counted in.
type Unit int

// The units, from short to long.
const (
	Minute Unit = iota
	Hour
	Day
	Week
	Month
)

// Step is the width of a bucket: N units. An N below 1 counts as 1, so that the zero
// Step is a minute.
type Step struct {
	Unit Unit
	N    int
}

// maxCount bounds the number before a unit; nobody's bucket is wider, and sums of
// steps stay far from overflow.
const maxCount = 10000

// ParseStep reads a bucket width: 5min, 30min, 1h, h, D, W, M, or any of the units
// with a number before it. M is a month, min a minute; a bare m is refused, since
// it is read both ways.
func ParseStep(s string) (Step, error) {
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	n := 1
	if digits != "" {
		v, err := strconv.ParseUint(digits, 10, 31)
		if err != nil || v < 1 || v > maxCount {
			return Step{}, fmt.Errorf("reading bucket width %q: the number before the unit must lie in 1..%d", s, maxCount)
		}
		n = int(v)
	}
	switch s[len(digits):] {
	case "min":
		return Step{Minute, n}, nil
	case "h", "H":
		return Step{Hour, n}, nil
	case "D", "d":
		return Step{Day, n}, nil
	case "W", "w":
		return Step{Week, n}, nil
	case "M":
		return Step{Month, n}, nil
	}
	return Step{}, fmt.Errorf("reading bucket width %q: write Nmin, Nh, D, W or M (5min, 1h, D)", s)
}

// String returns the form that ParseStep reads: 5min, 1h, D, 2W, M.
func (s Step) String() string {
	switch s.Unit {
	case Minute:
		return strconv.Itoa(s.count()) + "min"
	case Hour:
		return strconv.Itoa(s.count()) + "h"
	}
	name := map[Unit]string{Day: "D", Week: "W", Month: "M"}[s.Unit]
	if s.count() == 1 {
		return name
	}
	return strconv.Itoa(s.count()) + name
}

func (s Step) count() int { return max(s.N, 1) }

// width returns the fixed width of minutes and hours, 0 for longer units.
func (s Step) width() time.Duration {
	switch s.Unit {
	case Minute:
		return time.Duration(s.count()) * time.Minute
	case Hour:
		return time.Duration(s.count()) * time.Hour
	}
	return 0
}

// PerDay returns the number of buckets in a day of 24 hours: 24 for an hour, 1/7
// for a week, 12/365.25 for a month.
func (s Step) PerDay() float64 {
	n := float64(s.count())
	switch s.Unit {
	case Minute:
		return 1440 / n
	case Hour:
		return 24 / n
	case Week:
		return 1 / (7 * n)
	case Month:
		return 12 / 365.25 / n
	}
	return 1 / n
}

// Add returns the bucket n steps after t; n may be negative.
//
// Minutes and hours are added to the instant, so that a day of 25 hours has 25
// hourly buckets. Days, weeks and months move the civil date in t's Location and
// keep the wall clock; a t at the first instant of its local day yields the first
// instant of the other day, whatever the clocks do at midnight.
//
// Months: the last day of a month goes to the last day of the other month (28
// February → 31 March, 30 April → 31 May), since a series stamped at month ends
// is far commoner than one stamped on every 28th or 30th; any other day keeps its
// number and is clamped where the month is shorter (30 January → 28 February).
func (s Step) Add(t time.Time, n int) time.Time {
	if w := s.width(); w > 0 {
		return t.Add(time.Duration(n) * w)
	}
	from := DateOf(t)
	var to Date
	switch s.Unit {
	case Week:
		to = from.AddDays(7 * n * s.count())
	case Month:
		to = from.addMonths(n * s.count())
	default:
		to = from.AddDays(n * s.count())
	}
	if t.Equal(from.In(t.Location())) {
		return to.In(t.Location())
	}
	h, m, sec := t.Clock()
	return time.Date(to.Year, to.Month, to.Day, h, m, sec, t.Nanosecond(), t.Location())
}

// addMonths moves d by n months: month ends to month ends, else clamped.
func (d Date) addMonths(n int) Date {
	first := NewDate(d.Year, d.Month+time.Month(n), 1)
	last := first.monthEnd()
	if d == d.monthEnd() || d.Day > last.Day {
		return last
	}
	return Date{Year: first.Year, Month: first.Month, Day: d.Day}
}

// monthEnd returns the last day of d's month.
func (d Date) monthEnd() Date { return NewDate(d.Year, d.Month+1, 0) }

// Between returns how many whole buckets lie from from to to, negative when to
// comes first, and whether to is on the grid that starts at from:
//
//	n = max{k : Add(from, k) ≤ to}, exact = (Add(from, n) = to)
func (s Step) Between(from, to time.Time) (n int, exact bool) {
	to = to.In(from.Location())
	if w := s.width(); w > 0 {
		d := to.Sub(from)
		n = int(d / w)
		if d%w < 0 {
			n--
		}
		return n, d%w == 0
	}
	a, b := DateOf(from), DateOf(to)
	switch s.Unit {
	case Month:
		n = (12*(b.Year-a.Year) + int(b.Month-a.Month)) / s.count()
	case Week:
		n = b.Sub(a) / (7 * s.count())
	default:
		n = b.Sub(a) / s.count()
	}
	for s.Add(from, n).After(to) {
		n--
	}
	for !s.Add(from, n+1).After(to) {
		n++
	}
	return n, s.Add(from, n).Equal(to)
}
