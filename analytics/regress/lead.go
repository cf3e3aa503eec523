package regress

import (
	"time"

	"foresight/analytics/calendar"
)

// Some trades begin weeks before their feast and then stay: a ramp towards the day
// cannot follow such a plateau. Stretches of days before Christmas and before Black
// Friday have a coefficient each, which a single year's data leave shrunk.
const (
	leadReach = 30 // days before Christmas that are no outliers
	leadSteps = 4  // stretches of a week before Christmas, the last ends on the 23rd
	leadSale  = 6  // days before Black Friday from which on its week is busy
)

// sale is the occasion whose whole week sells.
const sale = "black_friday"

// beforeChristmas returns how many days day n lies before the 24 December that
// follows it; false when that is more than leadReach, or the calendar knows no
// Christmas.
func (d *design) beforeChristmas(n int, date calendar.Date) (int, bool) {
	if !d.xmas || date.Month < time.November {
		return 0, false
	}
	left := dayNumber(calendar.Date{Year: date.Year, Month: time.December, Day: 24}) - n
	return left, left >= 0 && left <= leadReach
}

// lead appends the stretch before Christmas that day n lies in, and that before
// Black Friday.
func (d *design) lead(dst []feature, n int, date calendar.Date) []feature {
	if d.step == calendar.Month { // a month has its own effect
		return dst
	}
	if left, ok := d.beforeChristmas(n, date); ok && left > 0 && left <= 7*leadSteps {
		dst = append(dst, feature{key{blockLead, partChristmas.family, (left - 1) / 7}, 1, partChristmas})
	}
	for off := reach + 1; off <= leadSale; off++ {
		for _, o := range d.days[n+off] {
			if o.ID == sale {
				dst = append(dst, feature{key{blockLead, sale, 0}, 1, partOf(o)})
			}
		}
	}
	return dst
}
