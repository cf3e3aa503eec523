package pipeline

import (
	"slices"

	"foresight/analytics"
	"foresight/analytics/calendar"
)

// episode names the occurrence of an occasion that a peak belongs to, by the
// occasion's own day rather than the peak's: the busiest day before Christmas may
// move from the 22nd to the 23rd and stay one finding.
func episode(c *calendar.Calendar, p analytics.Peak, peak calendar.Date) string {
	if p.Family == "" {
		return "largest"
	}
	nearest, found := calendar.Occasion{}, false
	for _, o := range c.Between(peak.AddDays(-31), peak.AddDays(31)) {
		if o.ID == p.OccasionID && (!found || distance(o.Date, peak) < distance(nearest.Date, peak)) {
			nearest, found = o, true
		}
	}
	if !found {
		return p.Family + "-" + peak.String()
	}
	first := nearest.Date
	for slices.ContainsFunc(c.On(first.AddDays(-1)), func(o calendar.Occasion) bool { return o.ID == p.OccasionID }) {
		first = first.AddDays(-1)
	}
	switch nearest.Kind {
	case calendar.KindOwn: // may come several times a year
		return p.Family + "-" + first.String()
	case calendar.KindPayday:
		return p.Family + "-" + first.String()[:len("2006-01")]
	}
	// New Year's Eve belongs to the year that it brings in.
	return p.Family + "-" + first.AddDays(1).String()[:len("2006")]
}

func distance(a, b calendar.Date) int {
	n := a.Sub(b)
	return max(n, -n)
}
