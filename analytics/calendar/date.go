package calendar

import (
	"fmt"
	"time"
)

// Date is a civil day, without a zone. The zero Date is no day at all. Dates made
// by this package are normalised and may be compared with ==.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate returns the date of year y, month m and day d. Values out of range carry
// over as in time.Date: 31 February is 2 or 3 March.
func NewDate(y int, m time.Month, d int) Date {
	return DateOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the civil day of t in t's own Location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// ParseDate reads a day written as 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("reading date %q: it is no day written as 2006-01-02", s)
	}
	return DateOf(t), nil
}

// utc returns midnight UTC of d, the ruler that dates are measured with.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// AddDays returns the date n days later; n may be negative.
func (d Date) AddDays(n int) Date { return NewDate(d.Year, d.Month, d.Day+n) }

// Sub returns the number of days from e to d, so that e.AddDays(d.Sub(e)) == d.
func (d Date) Sub(e Date) int { return int((d.utc().Unix() - e.utc().Unix()) / 86400) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Compare returns -1, 0 or +1 as d lies before, on or after e.
func (d Date) Compare(e Date) int {
	switch {
	case d == e:
		return 0
	case d.Year != e.Year:
		return sign(d.Year - e.Year)
	case d.Month != e.Month:
		return sign(int(d.Month - e.Month))
	}
	return sign(d.Day - e.Day)
}

func sign(x int) int {
	if x < 0 {
		return -1
	}
	return 1
}

// Before reports whether d lies before e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d lies after e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// IsZero reports whether d is the zero Date.
func (d Date) IsZero() bool { return d == Date{} }

// String returns the date as 2006-01-02.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes the date as 2006-01-02, and the zero Date as "".
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// In returns the first instant of the local day d in loc. Where the clocks jump
// over midnight (Santiago, Havana, Cairo) that is the instant of the jump, shown
// as 01:00; where midnight comes twice it is the first of the two. A day that a
// zone skipped whole (Apia, 30 December 2011) begins, and ends, where the next
// one begins.
func (d Date) In(loc *time.Location) time.Time {
	const near = 3 * time.Hour // no zone moves its clocks twice within it
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
	if DateOf(t) == d && offset(t.Add(-near)) == offset(t.Add(near)) {
		return t
	}
	return d.inTransition(t)
}

// inTransition finds the first instant whose local day is not before d, near t,
// among the instants that are midnight by some offset and those at which the
// clocks move. time.Date promises neither the one nor the other.
func (d Date) inTransition(t time.Time) time.Time {
	const reach = 25 * time.Hour // the largest move known is the 24 h of the date line
	start, end := t.ZoneBounds()
	tries := []time.Time{t, start, end}
	for _, at := range []time.Time{t.Add(-reach), t, t.Add(reach)} {
		tries = append(tries, time.Unix(d.utc().Unix()-int64(offset(at)), 0).In(t.Location()))
	}
	first, found := t, false
	for _, c := range tries {
		if c.IsZero() || DateOf(c).Before(d) || !DateOf(c.Add(-1)).Before(d) {
			continue
		}
		if !found || c.Before(first) {
			first, found = c, true
		}
	}
	return first
}

func offset(t time.Time) int {
	_, o := t.Zone()
	return o
}

// Hours returns the length of the local day in hours: 24, 23 or 25 where the
// clocks move, 23.5 or 24.5 on Lord Howe Island.
func (d Date) Hours(loc *time.Location) float64 {
	return d.AddDays(1).In(loc).Sub(d.In(loc)).Hours()
}
