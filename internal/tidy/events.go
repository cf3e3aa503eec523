package tidy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"foresight/models"
)

// ReadEvents reads a list of the user's own events: CSV with the columns date and
// event (and known_from, if it is there; further columns are ignored), or iCalendar,
// known by its first line. Repeating events are written out from from to to, both
// days included, and events wholly outside are left out; a zero from or to is no
// bound. One name is one effect.
//
// Days come back as civil days at UTC midnight; the caller, who knows the zone,
// makes them local. name names the file in errors.
func ReadEvents(r io.Reader, name string, from, to time.Time) ([]models.CalendarEvent, error) {
	events, err := readEvents(r, from, to)
	if err != nil {
		return nil, fmt.Errorf("reading events of %s: %w", name, err)
	}
	return events, nil
}

// isCalendar is how an iCalendar file begins.
const isCalendar = "BEGIN:VCALENDAR"

func readEvents(r io.Reader, from, to time.Time) ([]models.CalendarEvent, error) {
	text, err := plain(r)
	if err != nil {
		return nil, err
	}
	within := func(e models.CalendarEvent) bool {
		return (to.IsZero() || !e.From.After(civil(to))) && (from.IsZero() || !e.To.Before(civil(from)))
	}
	head, _ := text.Peek(256)
	if bytes.HasPrefix(bytes.ToUpper(bytes.TrimLeft(head, "\r\n \t")), []byte(isCalendar)) {
		return readCalendar(text, from, to, within)
	}
	return readEventTable(text, within)
}

// civil returns the day of t, whatever its zone, at UTC midnight.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func readEventTable(r io.Reader, within func(models.CalendarEvent) bool) ([]models.CalendarEvent, error) {
	t, err := openTable(r)
	if err != nil {
		return nil, err
	}
	cols, err := t.columns("date", "event")
	if err != nil {
		return nil, err
	}
	known, err := t.column("known_from")
	if err != nil {
		return nil, err
	}
	var events []models.CalendarEvent
	for {
		rec, line, err := t.next()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		e := models.CalendarEvent{Name: strings.Clone(strings.TrimSpace(rec[cols[1]]))}
		if e.Name == "" {
			return nil, fmt.Errorf("row %d: the event has no name; fill in the column event", line)
		}
		if e.From, err = eventDay(rec[cols[0]]); err != nil {
			return nil, fmt.Errorf("row %d, column date: %w", line, err)
		}
		e.To = e.From
		if known >= 0 && strings.TrimSpace(rec[known]) != "" {
			if e.KnownFrom, err = eventDay(rec[known]); err != nil {
				return nil, fmt.Errorf("row %d, column known_from: %w", line, err)
			}
		}
		if within(e) {
			events = append(events, e)
		}
	}
}

// eventDay reads a day; a time of day is dropped.
func eventDay(s string) (time.Time, error) {
	t, _, err := parseTime(strings.TrimSpace(s))
	if err != nil {
		return time.Time{}, err
	}
	return civil(t), nil
}
