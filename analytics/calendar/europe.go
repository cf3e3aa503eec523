package calendar

import "time"

// germany: the nine days that all sixteen states keep; Reformation Day 2017 was one
// nationwide for its 500th year. Whit Monday and Ascension (Father's Day) included.
func germany() []rule {
	return []rule{
		public("new_years_day", fixed(time.January, 1)),
		public("good_friday", easter(-2)),
		public("easter_monday", easter(1)),
		public("may_day", fixed(time.May, 1)),
		public("ascension", easter(39)),
		feast("pentecost", easter(49)),
		public("whit_monday", easter(50)),
		public("unity_day", fixed(time.October, 3)),
		public("reformation_day", fixed(time.October, 31)).years(2017, 2017),
		half("christmas_eve", fixed(time.December, 24)),
		public("christmas_day", fixed(time.December, 25)),
		public("boxing_day", fixed(time.December, 26)),
		half("new_years_eve", fixed(time.December, 31)),
		feast("mothers_day", nth(2, time.Sunday, time.May)),
		feast("fathers_day", easter(39)),
	}
}

// netherlands: the Queen's birthday was kept on 30 April until 2013, the King's on 27
// April since; a Sunday's moves to the Saturday. Liberation Day is a day off every
// fifth year.
func netherlands() []rule {
	saturday := func(d Date) Date {
		if d.Weekday() == time.Sunday {
			return d.AddDays(-1)
		}
		return d
	}
	return []rule{
		public("new_years_day", fixed(time.January, 1)),
		public("good_friday", easter(-2)),
		public("easter_sunday", easter(0)),
		public("easter_monday", easter(1)),
		public("kings_day", func(y int) Date { return saturday(Date{y, time.April, 30}) }).years(0, 2013),
		public("kings_day", func(y int) Date { return saturday(Date{y, time.April, 27}) }).years(2014, 0),
		public("liberation_day", func(y int) Date {
			if y%5 != 0 {
				return Date{}
			}
			return Date{y, time.May, 5}
		}),
		public("ascension", easter(39)),
		public("pentecost", easter(49)),
		public("whit_monday", easter(50)),
		feast("st_nicholas_eve", fixed(time.December, 5)),
		public("christmas_day", fixed(time.December, 25)),
		public("boxing_day", fixed(time.December, 26)),
		feast("mothers_day", nth(2, time.Sunday, time.May)),
		feast("fathers_day", nth(3, time.Sunday, time.June)),
	}
}

// france: Code du travail L3133-1. Mother's Day gives way to Whit Sunday (Code de
// l'action sociale et des familles D215-1).
func france() []rule {
	mothers := func(y int) Date {
		d := last(time.Sunday, time.May)(y)
		if d == Easter(y).AddDays(49) {
			return d.AddDays(7)
		}
		return d
	}
	return []rule{
		public("new_years_day", fixed(time.January, 1)),
		public("easter_monday", easter(1)),
		public("may_day", fixed(time.May, 1)),
		public("victory_day", fixed(time.May, 8)),
		public("ascension", easter(39)),
		feast("pentecost", easter(49)),
		public("whit_monday", easter(50)),
		public("national_day", fixed(time.July, 14)),
		public("assumption", fixed(time.August, 15)),
		public("all_saints_day", fixed(time.November, 1)),
		public("armistice_day", fixed(time.November, 11)),
		public("christmas_day", fixed(time.December, 25)),
		feast("mothers_day", mothers),
		feast("fathers_day", nth(3, time.Sunday, time.June)),
	}
}

// spain: the national list (Estatuto de los Trabajadores, article 37.2, and the yearly
// resolutions in the BOE). A Sunday's holiday is handed to the regions, some of which
// take the Monday; that is no national day off. The Magi bring gifts on 5 January.
func spain() []rule {
	return []rule{
		public("new_years_day", fixed(time.January, 1)),
		feast("epiphany_eve", fixed(time.January, 5)),
		public("epiphany", fixed(time.January, 6)),
		public("good_friday", easter(-2)),
		public("may_day", fixed(time.May, 1)),
		public("assumption", fixed(time.August, 15)),
		public("national_day", fixed(time.October, 12)),
		public("all_saints_day", fixed(time.November, 1)),
		public("constitution_day", fixed(time.December, 6)),
		public("immaculate_conception", fixed(time.December, 8)),
		public("christmas_day", fixed(time.December, 25)),
		feast("mothers_day", nth(1, time.Sunday, time.May)),
		feast("fathers_day", fixed(time.March, 19)),
	}
}

// britain: bank holidays of England and Wales, where nine in ten Britons live
// (Banking and Financial Dealings Act 1971; gov.uk/bank-holidays), with the moved and
// single days proclaimed for 2011, 2012, 2020, 2022 and 2023.
func britain() []rule {
	notIn := func(day dayFunc, years ...int) dayFunc {
		return func(y int) Date {
			for _, not := range years {
				if y == not {
					return Date{}
				}
			}
			return day(y)
		}
	}
	return []rule{
		public("new_years_day", fixed(time.January, 1)).shifted(nextMonday),
		public("good_friday", easter(-2)),
		public("easter_monday", easter(1)),
		public("may_day", notIn(nth(1, time.Monday, time.May), 2020)),
		once("may_day", Date{2020, time.May, 8}, Date{2019, time.June, 7}), // VE Day's 75th year
		public("spring_bank_holiday", notIn(last(time.Monday, time.May), 2012, 2022)),
		once("spring_bank_holiday", Date{2012, time.June, 4}, Date{2010, time.January, 5}),
		once("spring_bank_holiday", Date{2022, time.June, 2}, Date{2020, time.November, 12}),
		public("summer_bank_holiday", last(time.Monday, time.August)),
		public("christmas_day", fixed(time.December, 25)).shifted(afterPair),
		public("boxing_day", fixed(time.December, 26)).shifted(afterPair),
		once("royal_wedding", Date{2011, time.April, 29}, Date{2010, time.November, 23}),
		once("royal_jubilee", Date{2012, time.June, 5}, Date{2010, time.January, 5}),
		once("royal_jubilee", Date{2022, time.June, 3}, Date{2020, time.November, 12}),
		once("royal_funeral", Date{2022, time.September, 19}, Date{2022, time.September, 10}),
		once("royal_coronation", Date{2023, time.May, 8}, Date{2022, time.November, 6}),
		feast("mothers_day", easter(-21)),
		feast("fathers_day", nth(3, time.Sunday, time.June)),
	}
}
