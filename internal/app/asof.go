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
// exclusive. Empty is now. A moment after now is a usage error; a date is one when
// its midnight is yet to come for one of the customers, and when none are given,
// everywhere on Earth.
func parseAsOf(s string, now time.Time, customers ...models.Customer) (asOf, error) {
	if s == "" {
		return asOf{instant: now}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		if t.After(now) {
			return asOf{}, usage(fmt.Errorf("--as-of %s lies in the future; name a past moment, or leave it out for now", s))
		}
		return asOf{instant: t}, nil
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		return asOf{}, usage(fmt.Errorf("--as-of %q is neither a date (2026-06-01) nor an RFC 3339 time (2026-06-01T08:00:00+02:00)", s))
	}
	if len(customers) == 0 {
		customers = []models.Customer{{Zone: earliest()}}
	}
	for _, c := range customers {
		if d.In(c.Zone).After(now) {
			return asOf{}, usage(fmt.Errorf("--as-of %s lies in the future: in %s the day has not begun; name one that has, or leave it out for now", s, c.Zone))
		}
	}
	return asOf{day: d, byDay: true}, nil
}

// earliest is the zone in which every day begins first (Pacific/Kiritimati).
func earliest() *time.Location { return time.FixedZone("the earliest time zone", 14*3600) }

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
