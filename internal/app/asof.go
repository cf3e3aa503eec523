package app

import (
	"fmt"
	"time"

	"foresight/analytics/calendar"
	"foresight/models"
)

// asOf is the moment that a run stands on.
type asOf struct {
	instant time.Time
	day     calendar.Date
	byDay   bool
}

// parseAsOf reads --as-of: RFC 3339, or a date, which means its local midnight,
// exclusive. Empty is now.
func parseAsOf(s string, now time.Time) (asOf, error) {
	if s == "" {
		return asOf{instant: now}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return asOf{instant: t}, nil
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		return asOf{}, usage(fmt.Errorf("--as-of %q is neither a date (2026-06-01) nor an RFC 3339 time (2026-06-01T08:00:00+02:00)", s))
	}
	return asOf{day: d, byDay: true}, nil
}

// of returns the customer's local midnight before which everything is known: of
// the given day itself, or for a moment the last midnight whose day's events have
// all had their queries' lag to arrive. Runs within one day so share one as-of.
func (a asOf) of(c models.Customer) time.Time {
	if a.byDay {
		return a.day.In(c.Zone)
	}
	lag := time.Duration(0)
	for _, service := range c.Services {
		for _, q := range service.Queries {
			lag = max(lag, q.Lag)
		}
	}
	return calendar.DateOf(a.instant.Add(-lag).In(c.Zone)).In(c.Zone)
}
