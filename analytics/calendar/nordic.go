package calendar

import "time"

// sweden: Act (1989:253) on public holidays, with National Day since 2005 in place
// of Whit Monday. Christmas Eve, New Year's Eve and Midsummer Eve are days off by
// agreement, and the Annual Leave Act (1977:480, section 3 a) counts them as Sundays.
func sweden() []rule {
	allSaints := onOrAfter(time.Saturday, time.October, 31)
	midsummer := onOrAfter(time.Saturday, time.June, 20)
	return []rule{
		public("new_years_day", fixed(time.January, 1)),
		half("epiphany_eve", fixed(time.January, 5)),
		public("epiphany", fixed(time.January, 6)),
		half("maundy_thursday", easter(-3)),
		public("good_friday", easter(-2)),
		public("easter_sunday", easter(0)),
		public("easter_monday", easter(1)),
		half("walpurgis_eve", fixed(time.April, 30)),
		public("may_day", fixed(time.May, 1)),
		public("ascension", easter(39)),
		public("pentecost", easter(49)),
		public("whit_monday", easter(50)).years(0, 2004),
		public("national_day", fixed(time.June, 6)).years(2005, 0),
		deFacto("midsummer_eve", then(midsummer, -1)),
		public("midsummer_day", midsummer),
		half("all_saints_eve", then(allSaints, -1)),
		public("all_saints_day", allSaints),
		deFacto("christmas_eve", fixed(time.December, 24)),
		public("christmas_day", fixed(time.December, 25)),
		public("boxing_day", fixed(time.December, 26)),
		deFacto("new_years_eve", fixed(time.December, 31)),
		feast("mothers_day", last(time.Sunday, time.May)),
		feast("fathers_day", nth(2, time.Sunday, time.November)),
	}
}

// norway: Act on public holidays of 24 February 1995. Shops and offices close at
// noon or early on the Wednesday before Easter, Christmas Eve and New Year's Eve.
func norway() []rule {
	return []rule{
		public("new_years_day", fixed(time.January, 1)),
		half("easter_wednesday", easter(-4)),
		public("maundy_thursday", easter(-3)),
		public("good_friday", easter(-2)),
		public("easter_sunday", easter(0)),
		public("easter_monday", easter(1)),
		public("may_day", fixed(time.May, 1)),
		public("constitution_day", fixed(time.May, 17)),
		public("ascension", easter(39)),
		public("pentecost", easter(49)),
		public("whit_monday", easter(50)),
		half("christmas_eve", fixed(time.December, 24)),
		public("christmas_day", fixed(time.December, 25)),
		public("boxing_day", fixed(time.December, 26)),
		half("new_years_eve", fixed(time.December, 31)),
		feast("mothers_day", nth(2, time.Sunday, time.February)),
		feast("fathers_day", nth(2, time.Sunday, time.November)),
	}
}

// denmark: Great Prayer Day was abolished from 2024 (act passed on 28 February 2023).
// Banks and most offices are closed on Christmas Eve and New Year's Eve; 5 June is
// Constitution Day, which is a half day, and Father's Day.
func denmark() []rule {
	return []rule{
		public("new_years_day", fixed(time.January, 1)),
		public("maundy_thursday", easter(-3)),
		public("good_friday", easter(-2)),
		public("easter_sunday", easter(0)),
		public("easter_monday", easter(1)),
		public("great_prayer_day", easter(26)).years(0, 2023),
		public("ascension", easter(39)),
		public("pentecost", easter(49)),
		public("whit_monday", easter(50)),
		half("constitution_day", fixed(time.June, 5)),
		deFacto("christmas_eve", fixed(time.December, 24)),
		public("christmas_day", fixed(time.December, 25)),
		public("boxing_day", fixed(time.December, 26)),
		deFacto("new_years_eve", fixed(time.December, 31)),
		feast("mothers_day", nth(2, time.Sunday, time.May)),
		feast("fathers_day", fixed(time.June, 5)),
	}
}

// finland: the church holidays by the Church Act, May Day and Independence Day by
// acts of their own. Midsummer Eve and Christmas Eve are free days for nearly all;
// New Year's Eve and May Day Eve are working days that end early.
func finland() []rule {
	midsummer := onOrAfter(time.Saturday, time.June, 20)
	return []rule{
		public("new_years_day", fixed(time.January, 1)),
		public("epiphany", fixed(time.January, 6)),
		half("maundy_thursday", easter(-3)),
		public("good_friday", easter(-2)),
		public("easter_sunday", easter(0)),
		public("easter_monday", easter(1)),
		half("walpurgis_eve", fixed(time.April, 30)),
		public("may_day", fixed(time.May, 1)),
		public("ascension", easter(39)),
		public("pentecost", easter(49)),
		public("midsummer_eve", then(midsummer, -1)),
		public("midsummer_day", midsummer),
		public("all_saints_day", onOrAfter(time.Saturday, time.October, 31)),
		public("independence_day", fixed(time.December, 6)),
		public("christmas_eve", fixed(time.December, 24)),
		public("christmas_day", fixed(time.December, 25)),
		public("boxing_day", fixed(time.December, 26)),
		half("new_years_eve", fixed(time.December, 31)),
		feast("mothers_day", nth(2, time.Sunday, time.May)),
		feast("fathers_day", nth(2, time.Sunday, time.November)),
	}
}
