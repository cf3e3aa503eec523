package calendar

import (
	"sort"
	"time"
)

// yearDays is all that a country keeps in one year, sorted by date then ID.
type yearDays struct {
	occasions []Occasion
	start     [368]int16 // occasions of day i of the year (from 1): start[i]..start[i+1]
}

func (y *yearDays) on(d Date) []Occasion {
	i := d.yearDay()
	from, to := y.start[i], y.start[i+1]
	return y.occasions[from:to:to]
}

func (d Date) yearDay() int { return d.utc().YearDay() }

// buildYear lays out one year of a country: its rules, days taken elsewhere in
// lieu, then what depends on which days are closed.
func buildYear(c country, year int) *yearDays {
	b := builder{seen: make(map[dayID]bool), closed: make(map[Date]bool)}
	for y := year; y <= year+1; y++ { // 1 January may be taken on 31 December, or make a bridge of it
		for _, r := range c.rules {
			b.add(r, y)
		}
	}
	b.dropIdleHalves()
	for _, r := range commonFeasts() {
		b.add(r, year)
	}
	b.addBridges(year)
	b.addPaydays(c.paydays, year)
	return b.finish(year)
}

type dayID struct {
	date Date
	id   string
}

type builder struct {
	list   []Occasion
	seen   map[dayID]bool
	closed map[Date]bool
}

func (b *builder) put(o Occasion) {
	key := dayID{o.Date, o.ID}
	if b.seen[key] {
		return
	}
	b.seen[key] = true
	b.list = append(b.list, o)
	if o.Closed {
		b.closed[o.Date] = true
	}
}

// add puts the rule's day of a year, and the day on which it is taken in lieu. A
// holiday moved off a weekday leaves a working day behind (Ecuador).
func (b *builder) add(r rule, year int) {
	if !r.holds(year) {
		return
	}
	d := r.day(year)
	if d.IsZero() {
		return
	}
	name, family := describe(r.id)
	o := Occasion{ID: r.id, Name: name, Family: family, Date: d, Kind: r.kind, Closed: r.closed, KnownFrom: r.known}
	if r.shift != nil && year >= r.shiftFrom {
		if to := r.shift(d); to != d {
			in := o
			in.ID, in.Name, in.Date = r.id+"_observed", name+" (observed)", to
			b.put(in)
			if !weekend(d) {
				o.Closed, o.Kind = false, KindFeast
			}
		}
	}
	b.put(o)
}

func (b *builder) working(d Date) bool { return !weekend(d) && !b.closed[d] }

// dropIdleHalves removes half days that are no working days.
func (b *builder) dropIdleHalves() {
	kept := b.list[:0]
	for _, o := range b.list {
		if o.Kind == KindHalf && !b.working(o.Date) {
			delete(b.seen, dayID{o.Date, o.ID})
			continue
		}
		kept = append(kept, o)
	}
	b.list = kept
}

// addBridges marks the working Friday after a closed Thursday and the working
// Monday before a closed Tuesday; the bridge belongs to that holiday's family.
func (b *builder) addBridges(year int) {
	for _, o := range b.list[:len(b.list):len(b.list)] {
		d := o.Date
		switch {
		case !o.Closed:
			continue
		case d.Weekday() == time.Thursday:
			d = d.AddDays(1)
		case d.Weekday() == time.Tuesday:
			d = d.AddDays(-1)
		default:
			continue
		}
		if d.Year == year && b.working(d) {
			b.put(Occasion{ID: "bridge_day", Name: "Bridge day", Family: o.Family, Date: d, Kind: KindBridge, KnownFrom: o.KnownFrom})
		}
	}
}

// addPaydays puts each month's paydays on the day itself or the working day before
// it; day 0 is the month's last.
func (b *builder) addPaydays(days []int, year int) {
	for m := time.January; m <= time.December; m++ {
		for _, day := range days {
			d := Date{year, m, day}
			if day == 0 {
				d = Date{year, m, 1}.monthEnd()
			}
			for !b.working(d) {
				d = d.AddDays(-1)
			}
			b.put(Occasion{ID: "payday", Name: "Payday", Family: "payday", Date: d, Kind: KindPayday})
		}
	}
}

func (b *builder) finish(year int) *yearDays {
	y := &yearDays{}
	for _, o := range b.list {
		if o.Date.Year == year {
			y.occasions = append(y.occasions, o)
		}
	}
	sortOccasions(y.occasions)
	i := 0
	for day := 1; day < len(y.start); day++ {
		for i < len(y.occasions) && y.occasions[i].Date.yearDay() < day {
			i++
		}
		y.start[day] = int16(i)
	}
	return y
}

func sortOccasions(list []Occasion) {
	sort.SliceStable(list, func(i, j int) bool {
		if c := list[i].Date.Compare(list[j].Date); c != 0 {
			return c < 0
		}
		return list[i].ID < list[j].ID
	})
}

func weekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}
