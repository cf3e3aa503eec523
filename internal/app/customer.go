package app

import (
	"fmt"
	"os"
	"time"

	"foresight/analytics/calendar"
	"foresight/configs"
	"foresight/internal/tidy"
	"foresight/models"
)

// eventYears is how far around a run's day repeating calendar entries are expanded.
const eventYears = 15

// withEvents returns the customer with the days of its event files beside those of
// the configuration.
func withEvents(cfg *configs.Config, c models.Customer, around time.Time) (models.Customer, error) {
	from, to := around.AddDate(-eventYears, 0, 0), around.AddDate(eventYears, 0, 0)
	events := append([]models.CalendarEvent(nil), c.Events...)
	for _, path := range cfg.EventFiles[c.ID] {
		read, err := readEvents(path, from, to)
		if err != nil {
			return c, usage(fmt.Errorf("customer %s: %w", c.ID, err))
		}
		for _, e := range read {
			e.From, e.To = rezone(e.From, c.Zone), rezone(e.To, c.Zone)
			if !e.KnownFrom.IsZero() {
				e.KnownFrom = rezone(e.KnownFrom, c.Zone)
			}
			events = append(events, e)
		}
	}
	c.Events = events
	return c, nil
}

// readEvents reads one file of events.
func readEvents(path string, from, to time.Time) ([]models.CalendarEvent, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the calendar file: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	return tidy.ReadEvents(f, path, from, to)
}

// rezone takes a civil day at UTC midnight to the zone's local midnight.
func rezone(t time.Time, zone *time.Location) time.Time { return calendar.DateOf(t).In(zone) }

// calendarOf builds a calendar of a country's days and a customer's own.
func calendarOf(country string, events []models.CalendarEvent) (*calendar.Calendar, error) {
	var o calendar.Options
	for _, e := range events {
		own := calendar.OwnEvent{Name: e.Name, From: calendar.DateOf(e.From), To: calendar.DateOf(e.To)}
		if !e.KnownFrom.IsZero() {
			own.KnownFrom = calendar.DateOf(e.KnownFrom)
		}
		o.Own = append(o.Own, own)
	}
	return calendar.New(country, o)
}
