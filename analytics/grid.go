package analytics

import (
	"math"
	"time"

	"foresight/analytics/calendar"
)

// cell says where a bucket lies: its local day, counted from the grid's first, and its slot of
// the day by the wall clock. On a day of 25 hours two buckets share a slot, on one of 23 a slot has
// none.
type cell struct{ day, slot int }

// grid is a sub-daily series laid out by local day and slot.
type grid struct {
	first  calendar.Date
	slots  int
	zone   *time.Location
	values [][]float64 // [day][slot], NaN missing, the mean where two buckets share a slot
	class  []int       // of each day ahead too: 0..6 weekday, 7 a day that closes offices
	cells  []cell      // of each bucket of the history
	starts []int       // first bucket of each day
}

// closedClass is the class of days on which most offices are closed.
const closedClass = 7

func newGrid(s Series, slots int, cal *calendar.Calendar, daysAhead int) *grid {
	g := &grid{first: calendar.DateOf(s.Times[0]), slots: slots, zone: s.Times[0].Location()}
	g.cells = g.place(s.Times)
	days := g.cells[len(g.cells)-1].day + 1
	flat := make([]float64, days*slots)
	count := make([]uint8, days*slots)
	for i := range flat {
		flat[i] = math.NaN()
	}
	g.starts = make([]int, days)
	for i := range s.Values {
		c := g.cells[i]
		if i == 0 || g.cells[i-1].day != c.day {
			g.starts[c.day] = i
		}
		v, at := s.Values[i], c.day*slots+c.slot
		if math.IsNaN(v) {
			continue
		}
		if count[at]++; count[at] > 1 {
			v = (flat[at] + v) / 2
		}
		flat[at] = v
	}
	g.values = make([][]float64, days)
	for d := range g.values {
		g.values[d] = flat[d*slots : (d+1)*slots]
	}
	g.class = classes(g.first, days+daysAhead, cal)
	return g
}

// place finds each time's cell.
func (g *grid) place(times []time.Time) []cell {
	out := make([]cell, len(times))
	width := dayMinutes / g.slots
	var date calendar.Date
	day := 0
	for i, t := range times {
		if d := calendar.DateOf(t); d != date {
			date, day = d, d.Sub(g.first)
		}
		h, m, _ := t.Clock()
		out[i] = cell{day, min(g.slots-1, (60*h+m)/width)}
	}
	return out
}

// slotOf numbers the slots of all days.
func (g *grid) slotOf(c cell) int { return c.day*g.slots + c.slot }

// classes gives each day its weekday, or closedClass.
func classes(first calendar.Date, days int, cal *calendar.Calendar) []int {
	out := make([]int, days)
	w := int(first.Weekday())
	for d := range out {
		out[d] = (w + d) % 7
	}
	if cal == nil {
		return out
	}
	for _, o := range cal.Between(first, first.AddDays(days-1)) {
		if o.Closed {
			out[o.Date.Sub(first)] = closedClass
		}
	}
	return out
}
