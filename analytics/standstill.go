package analytics

import (
	"math"

	"foresight/analytics/calendar"
)

// Days on which a service that never rests stood still, in a storm or an outage, are no level to go on
// from: taken for one, the two days without bicycles before an origin halve the weeks after it. Such a
// day counts as not observed.

const (
	standstill  = 0.02 // of the usual level at most
	rareStill   = 0.03 // share of days that may stand still; more is the service's way
	rareWeekday = 0.2  // the same of one weekday
	endedAfter  = 14   // days of standing still in a row after which the service has ended
	besideDate  = 3    // days beside the same date of another year that make it a habit
)

// oneOffStills finds the days that stood still for once: not on an occasion of the calendar, nor around
// the same date in another year, nor on a weekday that often does. Nil where there are none.
func oneOffStills(levels []float64, first calendar.Date, cal *calendar.Calendar) []bool {
	n, usual := len(levels), median(levels)
	still := make([]bool, n)
	var total float64
	var ofWeekday, seen [7]float64
	for d, level := range levels {
		if !math.IsNaN(level) {
			seen[d%7]++
		}
		if still[d] = usual > 0 && level <= standstill*usual; still[d] {
			total, ofWeekday[d%7] = total+1, ofWeekday[d%7]+1
		}
	}
	if total == 0 || total > rareStill*float64(observed(levels)) {
		return nil
	}
	known := map[calendar.Date]bool{}
	if cal != nil {
		for _, o := range cal.Between(first, first.AddDays(n-1)) {
			known[o.Date] = known[o.Date] || moves(o)
		}
	}
	odd, found := make([]bool, n), false
	for d := 0; d < n; d++ {
		end := d
		for end < n && still[end] {
			end++
		}
		for ; d < end && end-d <= endedAfter; d++ {
			odd[d] = !known[first.AddDays(d)] && !yearly(still, d) && ofWeekday[d%7] <= rareWeekday*seen[d%7]
			found = found || odd[d]
		}
		d = max(d, end)
	}
	if !found {
		return nil
	}
	return odd
}

// yearly says that around the same date of another year a day stood still too.
func yearly(still []bool, d int) bool {
	for _, years := range []int{-2, -1, 1, 2} {
		at := d + int(365.25*float64(years))
		for near := max(0, at-besideDate); near <= at+besideDate && near < len(still); near++ {
			if still[near] {
				return true
			}
		}
	}
	return false
}
