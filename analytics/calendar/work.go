package calendar

// WorkingDay reports whether most people of the country work on d: Monday to
// Friday, no closed public holiday, and no day off in practice (Midsummer Eve in
// Sweden). Bridge days, half days and own events are working days.
func (c *Calendar) WorkingDay(d Date) bool {
	if weekend(d) {
		return false
	}
	for _, o := range c.visible(c.year(d.Year).on(d)) {
		if o.Closed {
			return false
		}
	}
	return true
}

// AddWorkingDays returns the n-th working day after d, or the -n-th before it for a
// negative n; d need not be a working day itself. n = 0 returns d.
func (c *Calendar) AddWorkingDays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		if c.WorkingDay(d) {
			n--
		}
	}
	return d
}

// Freeze is a run of whole days in which no work may be done.
type Freeze struct {
	Name     string
	From, To Date // both included
}

// frozenFrom returns the first day of a freeze that holds d.
func frozenFrom(d Date, freezes []Freeze) (Date, bool) {
	for _, f := range freezes {
		if !d.Before(f.From) && !d.After(f.To) {
			return f.From, true
		}
	}
	return Date{}, false
}

// searchDays is how far LatestStart looks back beyond the work itself.
const searchDays = 3660

// LatestStart returns the last day on which work of so many working days may start
// and be finished by the end of the last working day before need. Only working days
// outside all freezes count, and the start is one of them and the work's first day:
//
//	start = max{s : |{d : s ≤ d < need, d is a working day, d in no freeze}| ≥ workingDays}
//
// Work of no day at all (workingDays < 1) may still start on need itself when that
// is a working day outside freezes, else on the last such day before it. When freezes
// leave no such day within ten years, the zero Date is returned: it cannot be done.
func (c *Calendar) LatestStart(need Date, workingDays int, freezes []Freeze) Date {
	d, left := need.AddDays(-1), workingDays
	if workingDays < 1 {
		d, left = need, 1
	}
	idle := 0 // days passed since the last one that counted
	for idle < searchDays {
		if from, frozen := frozenFrom(d, freezes); frozen {
			idle += d.Sub(from) + 1
			d = from.AddDays(-1)
			continue
		}
		if c.WorkingDay(d) {
			idle = 0
			if left--; left == 0 {
				return d
			}
		}
		idle++
		d = d.AddDays(-1)
	}
	return Date{}
}
