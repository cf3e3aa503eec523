package regress

import (
	"time"

	"foresight/analytics/calendar"
)

// closure is a day on which nothing (or next to nothing) happens by rule.
type closure struct {
	value    float64 // what is forecast for it, original scale
	occasion bool    // an occasion closes the day rather than its weekday
}

// closures are the rules that a history shows.
type closures struct {
	weekday   [7]bool
	occasions map[string]float64 // occasion id → usual value of the closed day
}

// nearZero is the share of the usual volume up to which a day counts as closed.
const nearZero = .03

// findClosures looks for weekdays that are zero nine times in ten of the last
// half year, and for holidays and own events that have been zero (or next to it)
// four times in five. y has NaN where nothing was observed.
func findClosures(d *design, times []time.Time, y []float64) closures {
	var c closures
	if d.step != calendar.Day {
		return c
	}
	c.weekday = closedWeekdays(d, times, y)
	if d.cal == nil {
		return c
	}
	var open []float64
	zeros := 0
	for i, v := range y {
		if v == v && !c.weekday[weekday(dayOf(times[i]))] {
			open = append(open, v)
			if v == 0 {
				zeros++
			}
		}
	}
	usual := median(open)
	if !(usual > 0) {
		return c
	}
	least := 1
	if zeros*20 > len(open) { // where zeros are common one on a holiday says little
		least = 4
	}
	seen := map[string][]float64{}
	for i, v := range y {
		n := dayOf(times[i])
		if v != v || c.weekday[weekday(n)] {
			continue
		}
		for _, o := range d.days[n] {
			switch o.Kind {
			case calendar.KindPublic, calendar.KindFeast, calendar.KindOwn:
				seen[o.ID] = append(seen[o.ID], v)
			}
		}
	}
	c.occasions = map[string]float64{}
	for id, vs := range seen {
		shut := 0
		for _, v := range vs {
			if v <= nearZero*usual {
				shut++
			}
		}
		if len(vs) >= least && shut*5 >= len(vs)*4 {
			c.occasions[id] = median(vs)
		}
	}
	return c
}

func closedWeekdays(d *design, times []time.Time, y []float64) (shut [7]bool) {
	var seen, zero [7]int
	positive := false
	for i, v := range y {
		n := dayOf(times[i])
		if v != v || n < d.origin-182 {
			continue
		}
		seen[weekday(n)]++
		if v == 0 {
			zero[weekday(n)]++
		} else {
			positive = true
		}
	}
	for w := range shut {
		shut[w] = positive && seen[w] >= 3 && zero[w]*10 >= seen[w]*9
	}
	return shut
}

// on returns the closure of day n, if it has one.
func (c *closures) on(d *design, n int) (closure, bool) {
	if d.step != calendar.Day {
		return closure{}, false
	}
	if c.weekday[weekday(n)] {
		return closure{}, true
	}
	if len(c.occasions) == 0 {
		return closure{}, false
	}
	for _, o := range d.days[n] {
		if v, ok := c.occasions[o.ID]; ok {
			return closure{value: v, occasion: true}, true
		}
	}
	return closure{}, false
}
