package regress

import (
	"math"
	"strings"
	"time"

	"foresight/analytics/calendar"
)

// reach is how many days before and after an occasion its effect may lie.
const reach = 2

// occasions appends what the calendar says of day n.
func (d *design) occasions(dst []feature, n int) []feature {
	if d.cal == nil {
		return dst
	}
	date := epoch.AddDays(n)
	december := d.xmas && inDecember(date)
	if d.xmas {
		dst = d.christmas(dst, n, date)
	}
	dst = d.lead(dst, n, date)
	for off := -reach; off <= reach; off++ {
		for _, o := range d.days[n-off] {
			if december && o.Kind != calendar.KindOwn && o.Kind != calendar.KindPayday {
				// its date has a coefficient of its own
				if off == 0 && o.Kind == calendar.KindPublic {
					dst = append(dst, feature{key{blockClass, string(o.Kind), classDay(o, 0)}, 1, partOf(o)})
				}
				continue
			}
			if off != 0 && o.Kind != calendar.KindPayday && d.nearer(n, o, max(off, -off)) {
				continue
			}
			dst = d.occasion(dst, o, off)
		}
	}
	return dst
}

// onWeekend marks the class of a public holiday on a Saturday or Sunday: offices that are
// closed anyway do not close.
const onWeekend = 10

// observed ends the id of the day on which a holiday that fell on a weekend is kept: it
// has the effect of the holiday on a weekday, and the weekend's own day another.
const observed = "_observed"

// classDay is what an occasion's weekday adds to the number of its column.
func classDay(o calendar.Occasion, off int) int {
	if w := o.Date.Weekday(); off == 0 && o.Kind == calendar.KindPublic && (w == time.Saturday || w == time.Sunday) {
		return onWeekend
	}
	return 0
}

// nearer reports whether a day of the occasion's family lies nearer to day n than
// away days. Such a day's effect is the nearer one's: when the Fourth of July is kept on
// Monday the 5th, its Sunday is no eve, and what it taught of eves is not the
// Thursday's before a Friday on which it is kept.
func (d *design) nearer(n int, o calendar.Occasion, away int) bool {
	for off := 0; off < away; off++ {
		for _, at := range [...]int{n - off, n + off} {
			for _, p := range d.days[at] {
				if p.Family == o.Family && p.Kind != calendar.KindHalf && p.Kind != calendar.KindBridge {
					return true
				}
			}
		}
	}
	return false
}

// partOf names an occasion's component.
func partOf(o calendar.Occasion) part {
	return part{name: calendar.FamilyName(o.Family), family: o.Family, occasion: true}
}

// occasion appends the columns of a day that lies off days after occasion o.
func (d *design) occasion(dst []feature, o calendar.Occasion, off int) []feature {
	p := partOf(o)
	switch o.Kind {
	case calendar.KindOwn:
		if off == 0 { // neighbours of the user's own days are usual days
			dst = append(dst, feature{key{blockOwn, o.ID, 0}, 1, p})
		}
		return dst
	case calendar.KindPayday:
		return append(dst, feature{key{blockPayday, o.ID, off}, 1, partPayday})
	}
	b := blockSmall
	if o.Kind == calendar.KindPublic || o.Kind == calendar.KindFeast {
		b = blockLarge
	}
	if (o.Kind == calendar.KindBridge || o.Kind == calendar.KindHalf) && off != 0 {
		return dst
	}
	dst = append(dst, feature{key{b, strings.TrimSuffix(o.ID, observed), off + classDay(o, off)}, 1, p})
	if off >= -1 && off <= 1 { // what its kind has in common, for an occasion never seen
		dst = append(dst, feature{key{blockClass, string(o.Kind), off + classDay(o, off)}, 1, p})
	}
	return dst
}

var (
	partChristmas = part{name: "Christmas", family: "christmas", occasion: true}
	partNewYear   = part{name: "New Year", family: "new_year", occasion: true}
)

// inDecember reports whether a date lies so near Christmas or New Year that it
// has a coefficient of its own.
func inDecember(d calendar.Date) bool {
	return (d.Month == time.December && d.Day >= 20) || (d.Month == time.January && d.Day <= 3)
}

// christmas appends the date's own coefficient, the two ramps exp(o/2.5) and
// exp(o/8) of o ≤ 0 days before the 24th, and the weekend's in the weeks before.
func (d *design) christmas(dst []feature, n int, date calendar.Date) []feature {
	p := partChristmas
	if date.Month == time.January || date.Day >= 29 {
		p = partNewYear
	}
	if inDecember(date) {
		dst = append(dst, feature{key{blockDecember, "", int(date.Month)*100 + date.Day}, 1, p})
	}
	eve := dayNumber(calendar.Date{Year: date.Year, Month: time.December, Day: 24})
	o := float64(n - eve)
	if o > 0 || o < -40 {
		return dst
	}
	dst = append(dst,
		feature{key{blockRamp, "", 1}, math.Exp(o / 2.5), partChristmas},
		feature{key{blockRamp, "", 2}, math.Exp(o / 8), partChristmas})
	if w := weekday(n); o >= -20 && o <= -3 && (w == 0 || w == 6) {
		dst = append(dst, feature{key{blockWeekend, "", w}, 1, partChristmas})
	}
	return dst
}

// erased returns the occasion that may take a day's weekday its meaning: Christmas
// and New Year with the days around them, and any public holiday. People then buy,
// travel or stay at home whatever day it is.
func (d *design) erased(n int) (part, bool) {
	if d.cal == nil || d.step != calendar.Day {
		return part{}, false
	}
	if date := epoch.AddDays(n); d.xmas && inDecember(date) {
		if date.Month == time.January || date.Day >= 29 {
			return partNewYear, true
		}
		return partChristmas, true
	}
	for _, o := range d.days[n] {
		if o.Kind == calendar.KindPublic {
			return partOf(o), true
		}
	}
	return part{}, false
}

// erasure returns what an effect e of the day's occasions takes away of its
// weekday's effect w:
//
//	(exp(−(e/0.4)²) − 1) · w
//
// nothing when there is no effect, all of it when the effect is large.
func erasure(e, w float64) float64 { return (math.Exp(-(e/.4)*(e/.4)) - 1) * w }

// findChristmas sets xmas when the loaded calendar has a holiday or feast on
// 24 or 25 December.
func (d *design) findChristmas() {
	for n, os := range d.days {
		date := epoch.AddDays(n)
		if date.Month != time.December || (date.Day != 24 && date.Day != 25) {
			continue
		}
		for _, o := range os {
			if o.Kind == calendar.KindPublic || o.Kind == calendar.KindFeast {
				d.xmas = true
			}
		}
	}
}
