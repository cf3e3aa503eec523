package calendar

import "time"

// unitedStates: federal holidays (5 U.S.C. 6103), Saturday's taken on Friday and
// Sunday's on Monday. Juneteenth was signed into law on 17 June 2021.
func unitedStates() []rule {
	return []rule{
		public("new_years_day", fixed(time.January, 1)).shifted(fridayOrMonday),
		public("martin_luther_king_day", nth(3, time.Monday, time.January)),
		public("washingtons_birthday", nth(3, time.Monday, time.February)),
		public("memorial_day", last(time.Monday, time.May)),
		public("juneteenth", fixed(time.June, 19)).shifted(fridayOrMonday).years(2021, 0).knownFrom(Date{2021, time.June, 17}),
		public("independence_day", fixed(time.July, 4)).shifted(fridayOrMonday),
		public("labor_day", nth(1, time.Monday, time.September)),
		public("columbus_day", nth(2, time.Monday, time.October)),
		public("veterans_day", fixed(time.November, 11)).shifted(fridayOrMonday),
		public("thanksgiving", nth(4, time.Thursday, time.November)),
		public("christmas_day", fixed(time.December, 25)).shifted(fridayOrMonday),
		feast("mothers_day", nth(2, time.Sunday, time.May)),
		feast("fathers_day", nth(3, time.Sunday, time.June)),
	}
}

// australia: the days that all states and territories keep, with the weekdays that
// all of them take in lieu. The King's Birthday and Labour Day differ by state.
func australia() []rule {
	return []rule{
		public("new_years_day", fixed(time.January, 1)).shifted(nextMonday),
		public("australia_day", fixed(time.January, 26)).shifted(nextMonday),
		public("good_friday", easter(-2)),
		public("easter_monday", easter(1)),
		public("anzac_day", fixed(time.April, 25)),
		once("day_of_mourning", Date{2022, time.September, 22}, Date{2022, time.September, 11}),
		public("christmas_day", fixed(time.December, 25)).shifted(afterPair),
		public("boxing_day", fixed(time.December, 26)).shifted(afterPair),
		feast("mothers_day", nth(2, time.Sunday, time.May)),
		feast("fathers_day", nth(1, time.Sunday, time.September)),
	}
}

// ecuador: Código del Trabajo, article 65. Since the act of 20 December 2016 a rest
// on Tuesday moves to Monday, one on Wednesday or Thursday to Friday, Saturday's to
// Friday and Sunday's to Monday; the day itself is then worked. New Year's Day,
// Christmas Day and Carnival do not move within the week.
func ecuador() []rule {
	moved := func(id string, m time.Month, day int) rule {
		return public(id, fixed(m, day)).shifted(longWeekend).shiftedSince(2017)
	}
	return []rule{
		public("new_years_day", fixed(time.January, 1)).shifted(fridayOrMonday).shiftedSince(2017),
		public("carnival_monday", easter(-48)),
		public("carnival_tuesday", easter(-47)),
		public("good_friday", easter(-2)),
		moved("may_day", time.May, 1),
		moved("battle_of_pichincha", time.May, 24),
		moved("independence_quito", time.August, 10),
		moved("independence_of_guayaquil", time.October, 9),
		public("all_souls_day", fixed(time.November, 2)).shifted(allSouls).shiftedSince(2017),
		public("independence_of_cuenca", fixed(time.November, 3)).shifted(cuenca).shiftedSince(2017),
		public("christmas_day", fixed(time.December, 25)).shifted(fridayOrMonday).shiftedSince(2017),
		feast("mothers_day", nth(2, time.Sunday, time.May)),
		feast("fathers_day", nth(3, time.Sunday, time.June)),
	}
}

// longWeekend joins a holiday to the nearest weekend.
func longWeekend(d Date) Date {
	switch d.Weekday() {
	case time.Tuesday:
		return d.AddDays(-1)
	case time.Wednesday:
		return d.AddDays(2)
	case time.Thursday:
		return d.AddDays(1)
	}
	return fridayOrMonday(d)
}

// The neighbours 2 and 3 November stay side by side: the rest on a Wednesday goes to
// the Friday after Thursday's, or to the Monday before Tuesday's; Saturday's beside
// Friday's goes to Thursday, Sunday's beside Monday's to Tuesday.

func allSouls(d Date) Date {
	switch d.Weekday() {
	case time.Wednesday, time.Sunday:
		return d.AddDays(2)
	case time.Saturday:
		return d.AddDays(-1)
	}
	return d
}

func cuenca(d Date) Date {
	switch d.Weekday() {
	case time.Wednesday, time.Saturday:
		return d.AddDays(-2)
	case time.Sunday:
		return d.AddDays(1)
	}
	return d
}
