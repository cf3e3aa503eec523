package analytics

import (
	"sort"
	"time"

	"foresight/analytics/calendar"
)

// moves says that an occasion moves a day's volume by itself, and not only the month's rhythm.
func moves(o calendar.Occasion) bool {
	switch o.Kind {
	case calendar.KindPayday, calendar.KindBridge, calendar.KindHalf:
		return false
	}
	return true
}

// The classes of local days by which errors are told apart: how near a feast is, and for each of
// these, working days from days off.
const (
	usualDay    = iota
	besideFeast // a feast, holiday or own event, or the day before or after one
	christmasWeeks
	nearness
	dayClasses = 2 * nearness
)

// classOfDays gives each bucket the class of its local day; nil for weeks and months. The errors of
// each class have a spread of their own: a year's Christmas trade is no measure of a usual March,
// nor an office's Sunday of its Monday.
func classOfDays(cal *calendar.Calendar, step calendar.Step, times []time.Time) []int {
	if step.Unit == calendar.Week || step.Unit == calendar.Month || len(times) == 0 {
		return nil
	}
	near := map[calendar.Date]bool{}
	off := map[calendar.Date]bool{}
	christmas := false
	if cal != nil {
		first, last := calendar.DateOf(times[0]), calendar.DateOf(times[len(times)-1])
		for _, o := range cal.Between(first.AddDays(-1), last.AddDays(1)) {
			if o.Closed {
				off[o.Date] = true
			}
			if moves(o) {
				christmas = christmas || o.Family == "christmas"
				for shift := -1; shift <= 1; shift++ {
					near[o.Date.AddDays(shift)] = true
				}
			}
		}
	}
	out := make([]int, len(times))
	for i, t := range times {
		d := calendar.DateOf(t)
		switch {
		case christmas && byDate(d):
			out[i] = christmasWeeks
		case near[d]:
			out[i] = besideFeast
		}
		if w := d.Weekday(); w == time.Saturday || w == time.Sunday || off[d] {
			out[i] += nearness
		}
	}
	return out
}

// occurrence is one year's run of days of an occasion family: Good Friday to Easter Monday.
type occurrence struct {
	calendar.Occasion               // its first day's
	last              calendar.Date // its last day
}

// sameRun is how far apart two days of one family may lie and still be one occurrence.
const sameRun = 10

// occurrences groups the occasions of [from, to] into one run per family and year, in order of
// date.
func occurrences(cal *calendar.Calendar, from, to calendar.Date) []occurrence {
	var out []occurrence
	open := map[string]int{}
	days := cal.Between(from, to)
	sort.SliceStable(days, func(a, b int) bool { return days[a].Date.Before(days[b].Date) })
	for _, o := range days {
		if o.Kind == calendar.KindBridge || o.Kind == calendar.KindHalf {
			continue
		}
		if i, ok := open[o.Family]; ok && o.Date.Sub(out[i].last) <= sameRun {
			out[i].last = o.Date
			continue
		}
		open[o.Family] = len(out)
		out = append(out, occurrence{Occasion: o, last: o.Date})
	}
	return out
}

// christmas says that the occurrence is Christmas, by its date: a half day or an own event is not.
func (o occurrence) christmas() bool {
	return o.Date.Month == time.December && o.Date.Day >= 20 && o.Date.Day <= 26 && o.Kind != calendar.KindOwn && o.Kind != calendar.KindPayday
}

// window is the range of days that must be observed for the occurrence to be seen, and any of
// which may be its peak. Christmas is bought for on 22 to 24 December; a payday acts on itself and
// the next day; all else from three days before its first day (the Saturday before Mother's Day)
// to the day after its last.
func (o occurrence) window() (from, to calendar.Date) {
	switch {
	case o.christmas():
		return calendar.NewDate(o.Date.Year, time.December, 22), calendar.NewDate(o.Date.Year, time.December, 24)
	case o.Kind == calendar.KindPayday:
		return o.Date, o.last.AddDays(1)
	case o.Kind == calendar.KindOwn:
		return o.Date, o.last
	}
	return o.Date.AddDays(-3), o.last.AddDays(1)
}

// episode is the range of days that the occurrence can move: they hold its peak if it moves them
// (reasons.moved). Christmas's trade begins in November and ends with the sales of the 28th, Black
// Friday's with its week.
func (o occurrence) episode() (from, to calendar.Date) {
	switch from, to = o.window(); {
	case o.christmas():
		return calendar.NewDate(o.Date.Year, time.November, 14), calendar.NewDate(o.Date.Year, time.December, 28)
	case o.Family == "black_friday":
		return o.Date.AddDays(-6), o.last.AddDays(2)
	case o.Kind == calendar.KindPayday, o.Kind == calendar.KindOwn:
		return from, to
	}
	return from, o.last.AddDays(2)
}

// distance is how many days d lies outside the occurrence's own days.
func (o occurrence) distance(d calendar.Date) int {
	switch {
	case d.Before(o.Date):
		return o.Date.Sub(d)
	case d.After(o.last):
		return d.Sub(o.last)
	}
	return 0
}
