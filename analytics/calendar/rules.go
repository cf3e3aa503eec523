package calendar

import "time"

// dayFunc returns the day of a rule in a year, the zero Date when it has none.
type dayFunc func(year int) Date

// shiftFunc returns the day on which a holiday that falls on d is taken instead;
// d itself when it stays.
type shiftFunc func(d Date) Date

// rule is one occasion a year. The first and last year bound it; 0 leaves it open.
type rule struct {
	id          string
	kind        Kind
	closed      bool
	first, last int
	day         dayFunc
	shift       shiftFunc
	shiftFrom   int // first year in which shift holds
	known       Date
}

func public(id string, day dayFunc) rule {
	return rule{id: id, kind: KindPublic, closed: true, day: day}
}

// deFacto is a day off by custom or collective agreement, not by the holiday act.
func deFacto(id string, day dayFunc) rule {
	return rule{id: id, kind: KindFeast, closed: true, day: day}
}

func feast(id string, day dayFunc) rule  { return rule{id: id, kind: KindFeast, day: day} }
func retail(id string, day dayFunc) rule { return rule{id: id, kind: KindRetail, day: day} }
func half(id string, day dayFunc) rule   { return rule{id: id, kind: KindHalf, day: day} }

func (r rule) years(first, last int) rule  { r.first, r.last = first, last; return r }
func (r rule) shifted(s shiftFunc) rule    { r.shift = s; return r }
func (r rule) knownFrom(d Date) rule       { r.known = d; return r }
func (r rule) shiftedSince(y int) rule     { r.shiftFrom = y; return r }
func (r rule) holds(year int) bool         { return year >= r.first && (r.last == 0 || year <= r.last) }
func (r rule) on(d Date) rule              { return r.years(d.Year, d.Year).at(only(d)) }
func (r rule) at(day dayFunc) rule         { r.day = day; return r }
func once(id string, d, known Date) rule   { return public(id, nil).on(d).knownFrom(known) }
func only(d Date) dayFunc                  { return func(int) Date { return d } }
func fixed(m time.Month, day int) dayFunc  { return func(y int) Date { return Date{y, m, day} } }
func easter(offset int) dayFunc            { return func(y int) Date { return Easter(y).AddDays(offset) } }
func then(day dayFunc, offset int) dayFunc { return func(y int) Date { return day(y).AddDays(offset) } }

// onOrAfter is the first such weekday on or after a day of the month.
func onOrAfter(w time.Weekday, m time.Month, day int) dayFunc {
	return func(y int) Date {
		d := Date{y, m, day}
		return d.AddDays((int(w-d.Weekday()) + 7) % 7)
	}
}

// nth is the n-th such weekday of a month, n from 1.
func nth(n int, w time.Weekday, m time.Month) dayFunc { return onOrAfter(w, m, 7*n-6) }

// last is the last such weekday of a month.
func last(w time.Weekday, m time.Month) dayFunc {
	return func(y int) Date {
		d := Date{y, m, 1}.monthEnd()
		return d.AddDays(-((int(d.Weekday()-w) + 7) % 7))
	}
}

// Easter returns Easter Sunday of the Gregorian calendar, by the algorithm of
// Meeus, Jones and Butcher (J. Meeus, Astronomical Algorithms, 2nd ed. 1998, ch. 8).
func Easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e, f := b/4, b%4, (b+8)/25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Date{year, time.Month(n / 31), n%31 + 1}
}

// commonFeasts are kept, or traded on, everywhere; a country's own rule of the same
// ID and day takes precedence.
func commonFeasts() []rule {
	blackFriday := then(nth(4, time.Thursday, time.November), 1)
	return []rule{
		feast("new_years_day", fixed(time.January, 1)),
		retail("valentines_day", fixed(time.February, 14)),
		feast("maundy_thursday", easter(-3)),
		feast("good_friday", easter(-2)),
		feast("easter_saturday", easter(-1)),
		feast("easter_sunday", easter(0)),
		feast("easter_monday", easter(1)),
		retail("singles_day", fixed(time.November, 11)),
		retail("black_friday", blackFriday),
		retail("cyber_monday", then(blackFriday, 3)),
		feast("christmas_eve", fixed(time.December, 24)),
		feast("christmas_day", fixed(time.December, 25)),
		feast("boxing_day", fixed(time.December, 26)),
		feast("new_years_eve", fixed(time.December, 31)),
	}
}

// fridayOrMonday takes Saturday's holiday on Friday and Sunday's on Monday.
func fridayOrMonday(d Date) Date {
	switch d.Weekday() {
	case time.Saturday:
		return d.AddDays(-1)
	case time.Sunday:
		return d.AddDays(1)
	}
	return d
}

// nextMonday takes a weekend's holiday on the Monday after it.
func nextMonday(d Date) Date {
	switch d.Weekday() {
	case time.Saturday:
		return d.AddDays(2)
	case time.Sunday:
		return d.AddDays(1)
	}
	return d
}

// afterPair takes a weekend's holiday two days later: for Christmas Day and Boxing
// Day, of which the other one, or its substitute, holds the Monday (or the Tuesday).
func afterPair(d Date) Date {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return d.AddDays(2)
	}
	return d
}
