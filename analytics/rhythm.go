package analytics

import "foresight/analytics/calendar"

// rhythm is what the step says about seasons, in buckets.
type rhythm struct {
	period int // main season: a day of buckets, a week of days, a year of weeks or months
	year   int // the long season, aligned by weekday: a week of buckets, 364 days, 52 weeks, 12 months
	perDay int // buckets in a day of 24 h where the step divides it; 0 for days and longer
	most   int // buckets of history that are read: eight years of days or less, twenty of weeks and months
}

// rhythmOf reads the seasons off a step. A step of several days, weeks or months keeps only
// the seasons that it divides.
func rhythmOf(step calendar.Step) rhythm {
	n := max(1, step.N)
	switch step.Unit {
	case calendar.Day:
		if n == 1 {
			return rhythm{period: 7, year: 364, most: 8 * 366}
		}
		return rhythm{period: whole(365, n), year: whole(365, n), most: 8 * 366}
	case calendar.Week:
		return rhythm{period: whole(52, n), year: whole(52, n), most: 20 * 53}
	case calendar.Month:
		return rhythm{period: whole(12, n), year: whole(12, n), most: 20 * 12}
	}
	minutes := n
	if step.Unit == calendar.Hour {
		minutes *= 60
	}
	switch {
	case minutes < dayMinutes && dayMinutes%minutes == 0:
		d := dayMinutes / minutes
		return rhythm{period: d, year: 7 * d, perDay: d, most: 8 * 366 * d}
	case minutes == dayMinutes:
		return rhythm{period: 7, year: 364, most: 8 * 366}
	}
	return rhythm{period: 1, year: 1, most: 8 * 366}
}

const dayMinutes = 24 * 60

// whole is total over n where that is a season of at least two buckets, else 1.
func whole(total, n int) int {
	if m := total / n; m >= 2 {
		return m
	}
	return 1
}
