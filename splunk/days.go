package splunk

import (
	"slices"
	"time"

	"foresight/models"
)

// dayStart returns the first instant of a local day. It is not always 00:00: where
// clocks jump forward at midnight the day begins at 01:00.
func dayStart(year int, month time.Month, day int, zone *time.Location) time.Time {
	noon := time.Date(year, month, day, 12, 0, 0, 0, zone)
	change, _ := noon.ZoneBounds()
	midnight := noon.Add(-12 * time.Hour) // by noon's offset
	if change.IsZero() {
		return midnight
	}
	_, before := change.Add(-time.Second).Zone()
	_, after := noon.Zone()
	if m := midnight.Add(time.Duration(after-before) * time.Second); m.Before(change) {
		return m // the day began before the clocks changed
	}
	if midnight.Before(change) {
		return change // they jumped over its midnight
	}
	return midnight
}

// bucketStart returns the start of the day, week or month that holds t.
func bucketStart(t time.Time, span models.Span, zone *time.Location) time.Time {
	t = t.In(zone)
	y, m, d := t.Date()
	if span == models.SpanWeek {
		d -= (int(t.Weekday()) + 6) % 7 // from Monday
	}
	if span == models.SpanMonth {
		d = 1
	}
	return dayStart(y, m, d, zone)
}

// nextBucket returns the start of the bucket after the one that starts at t.
func nextBucket(t time.Time, span models.Span, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	switch span {
	case models.SpanWeek:
		d += 7
	case models.SpanMonth:
		m++
	default:
		d++
	}
	return dayStart(y, m, d, zone)
}

// offsets returns every UTC offset of a zone within [from, to), ascending.
func offsets(zone *time.Location, from, to time.Time) []int64 {
	var all []int64
	for t := from.In(zone); t.Before(to); {
		_, offset := t.Zone()
		all = append(all, int64(offset))
		_, end := t.ZoneBounds()
		if end.IsZero() {
			break
		}
		t = end
	}
	slices.Sort(all)
	return slices.Compact(all)
}
