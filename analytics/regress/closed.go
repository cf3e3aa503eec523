package regress

import "foresight/analytics/calendar"

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

// findClosures looks for weekdays that have become closed, and for holidays and own events that have been zero (or next to it)
// four times in five. y has NaN where nothing was observed.
func findClosures(d *design, day []int, y []float64) closures {
	var c closures
	if d.step != calendar.Day {
		return c
	}
	c.weekday = closedWeekdays(day, y)
	if d.cal == nil {
		return c
	}
	var open []float64
	zeros := 0
	for i, v := range y {
		if v == v && !c.weekday[weekday(day[i])] {
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
		n := day[i]
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

// closedWeekdays returns the weekdays whose last eight days were zero but for one at
// most, where other weekdays' zeros are rare; where they are not, it takes nineteen
// in twenty of the last half year. Three days are the least.
func closedWeekdays(day []int, y []float64) (shut [7]bool) {
	var seen, zero, late, lateZero [7]int
	for i := len(y) - 1; i >= 0 && day[i] > day[len(day)-1]-182; i-- {
		if y[i] != y[i] {
			continue
		}
		w, z := weekday(day[i]), 0
		if y[i] == 0 {
			z = 1
		}
		seen[w], zero[w] = seen[w]+1, zero[w]+z
		if seen[w] <= 8 {
			late[w], lateZero[w] = late[w]+1, lateZero[w]+z
		}
	}
	open, openZero, some := 0, 0, false
	candidate := [7]bool{}
	for w := range shut {
		candidate[w] = late[w] >= 3 && lateZero[w]*8 >= late[w]*7
		if !candidate[w] {
			open, openZero, some = open+seen[w], openZero+zero[w], true
		}
	}
	for w := range shut {
		always := seen[w] >= 8 && zero[w]*20 >= seen[w]*19
		shut[w] = candidate[w] && some && (openZero*4 <= open || always)
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
