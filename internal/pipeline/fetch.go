package pipeline

import (
	"context"
	"fmt"
	"time"

	"foresight/analytics/calendar"
	"foresight/models"
)

// fetch reads a query's history up to the day of the job. An answer without a
// single row is an error: a search that finds nothing for years is mistaken.
func (l *Line) fetch(ctx context.Context, j Job, s *study) (models.Fetched, error) {
	q := s.query
	w := window(j, q)
	fetched, revised, err := l.archived(ctx, j, s, w)
	s.revised = revised
	if err != nil {
		return models.Fetched{}, fmt.Errorf("fetching its history: %w", err)
	}
	if len(fetched.Columns) == 0 || len(fetched.Columns[0].Points) == 0 {
		return models.Fetched{}, noRows{fmt.Errorf("fetching its history: the search %q returned nothing from %s to %s; try it in Splunk as the same user, and check its index, its time range and the user's roles",
			q.Search, w.From.Format(time.DateOnly), w.To.Format(time.DateOnly))}
	}
	return fetched, nil
}

// noRows marks the answer that holds nothing at all.
type noRows struct{ error }

// Reason names the failure for logs and metrics.
func (noRows) Reason() string { return ReasonNoRows }

// ReasonNoRows is why a query has no forecast whose whole history is empty.
const ReasonNoRows = "no_rows"

// window spans whole local days (weeks, months) that end at the job's day.
func window(j Job, q models.Query) models.Window {
	zone := j.Customer.Zone
	last := periodStart(q.Span, calendar.DateOf(j.AsOf))
	first := periodStart(q.Span, calendar.DateOf(j.AsOf.Add(-q.History)))
	w := models.Window{From: first.In(zone), To: last.In(zone)}
	if q.KnownBy == models.KnownByIndexTime {
		// The job's day is known when its last events may have arrived.
		w.IndexedBy = j.AsOf.Add(q.Lag)
	}
	return w
}

// periodStart returns the first day of the week or month that holds d; for
// shorter spans d itself.
func periodStart(s models.Span, d calendar.Date) calendar.Date {
	switch s {
	case models.SpanWeek:
		return d.AddDays(-(int(d.Weekday()) + 6) % 7) // weeks start on Monday
	case models.SpanMonth:
		return calendar.NewDate(d.Year, d.Month, 1)
	}
	return d
}
