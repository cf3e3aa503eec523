package regress

import (
	"time"

	"foresight/analytics/calendar"
)

// Some trades begin weeks before their feast and then stay: a ramp towards the day
// cannot follow such a plateau, whose first day is each series' own. So the days
// before Christmas and those of Black Friday's week have a coefficient each, of a
// small prior that grows where a history shows such a trade. On daily grocery sales
// steps of a week, or a larger prior, cost up to 5 % of accuracy.
const (
	leadDays = 30 // before 24 December
	leadSale = 6  // before Black Friday: the Saturday
)

// sale is the occasion whose whole week sells.
const sale = "black_friday"

// beforeChristmas returns how many days date lies before the 24 December of its
// year; false when that is more than leadDays, when the calendar knows no Christmas, and
// for months, of which December has its own effect.
func (d *design) beforeChristmas(date calendar.Date) (int, bool) {
	left := calendar.NewDate(date.Year, time.December, 24).Sub(date)
	return left, d.xmas && d.step != calendar.Month && left >= 0 && left <= leadDays
}

// lead appends the coefficient of day n as one of the days before Christmas or of
// Black Friday's week, where it has none otherwise. That week is Black Friday's
// alone: as it moves by a day a year, Christmas's coefficients would share it.
func (d *design) lead(dst []feature, n int, date calendar.Date) []feature {
	if d.step == calendar.Month {
		return dst
	}
	for left := 0; left <= leadSale; left++ {
		for _, o := range d.days[n+left] {
			if o.ID != sale {
				continue
			}
			if left > reach {
				dst = append(dst, feature{key{blockLead, sale, left}, 1, partOf(o)})
			}
			return dst
		}
	}
	if left, ok := d.beforeChristmas(date); ok && !inDecember(date) {
		dst = append(dst, feature{key{blockLead, partChristmas.family, left}, 1, partChristmas})
	}
	return dst
}
