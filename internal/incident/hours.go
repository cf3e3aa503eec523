package incident

import (
	"time"

	"foresight/analytics/calendar"
	"foresight/models"
)

// Hours are those in which an agreement counts time. The zero value counts all of it.
type Hours struct {
	Calendar *calendar.Calendar // of its working days; nil: every day of the week is one
	Zone     *time.Location
	Week     [7][]models.Opening // by time.Weekday, in order; all empty: round the clock
}

// always reports whether every hour counts.
func (h Hours) always() bool {
	for _, day := range h.Week {
		if len(day) > 0 {
			return false
		}
	}
	return true
}

// longest is how far Add looks ahead: an agreement without an hour in it has no deadline.
const longest = 5 * 366

// shifts are a day's stretches of time.
func (h Hours) shifts(d calendar.Date) [][2]time.Time {
	if h.Calendar != nil && !h.Calendar.WorkingDay(d) && len(h.Week[d.Weekday()]) > 0 && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
		return nil // a holiday; a weekend that the agreement names counts
	}
	out := make([][2]time.Time, 0, 2)
	for _, s := range h.Week[d.Weekday()] {
		// By the clock on the wall: a night in which the clock is changed is as long as it is.
		from := time.Date(d.Year, d.Month, d.Day, 0, s.From, 0, 0, h.zone())
		to := time.Date(d.Year, d.Month, d.Day, 0, s.To, 0, 0, h.zone())
		if to.After(from) {
			out = append(out, [2]time.Time{from, to})
		}
	}
	return out
}

func (h Hours) zone() *time.Location {
	if h.Zone == nil {
		return time.UTC
	}
	return h.Zone
}

// Between is how much of [from, to) counts; none when to is not after from.
func (h Hours) Between(from, to time.Time) time.Duration {
	if !to.After(from) {
		return 0
	}
	if h.always() {
		return to.Sub(from)
	}
	var sum time.Duration
	last := calendar.DateOf(to.In(h.zone()))
	for d := calendar.DateOf(from.In(h.zone())); !d.After(last); d = d.AddDays(1) {
		for _, s := range h.shifts(d) {
			a, b := later(s[0], from), earlier(s[1], to)
			if b.After(a) {
				sum += b.Sub(a)
			}
		}
	}
	return sum
}

// Add is the first moment by which d has counted since from; zero when five years hold
// no such.
func (h Hours) Add(from time.Time, d time.Duration) time.Time {
	if h.always() || d <= 0 {
		return from.Add(max(d, 0))
	}
	day := calendar.DateOf(from.In(h.zone()))
	for range longest {
		for _, s := range h.shifts(day) {
			begin := later(s[0], from)
			if !s[1].After(begin) {
				continue
			}
			if length := s[1].Sub(begin); length < d {
				d -= length
				continue
			}
			return begin.Add(d)
		}
		day = day.AddDays(1)
	}
	return time.Time{}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
