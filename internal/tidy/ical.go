package tidy

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"foresight/models"
)

// occurrence is a calendar entry in civil days at UTC midnight.
type occurrence struct {
	uid, name string
	first     time.Time // first day
	days      int       // how many, 1 or more
	replaces  time.Time // RECURRENCE-ID: the repeat that it stands for; zero: none
	rule      string    // RRULE, "" for none
	more      []time.Time
	but       []time.Time
	cancelled bool
}

// readCalendar reads iCalendar (RFC 5545). An all-day event ends the day before its
// DTEND, which is exclusive; one with times covers the days that its own zone's
// clock shows. Repeats are counted in days.
func readCalendar(r io.Reader, from, to time.Time, within func(models.CalendarEvent) bool) ([]models.CalendarEvent, error) {
	all, err := parseCalendar(r)
	if err != nil {
		return nil, err
	}
	// Changed repeats take the place of the ones that their rule would make.
	changed := map[string][]time.Time{}
	for _, o := range all {
		if !o.replaces.IsZero() {
			changed[o.uid] = append(changed[o.uid], o.replaces)
		}
	}
	var events []models.CalendarEvent
	for _, o := range all {
		if o.cancelled {
			continue
		}
		if o.replaces.IsZero() && o.uid != "" {
			o.but = append(o.but, changed[o.uid]...)
		}
		starts, err := o.starts(from, to)
		if err != nil {
			return nil, fmt.Errorf("event %q: %w", clip(o.name), err)
		}
		for _, s := range starts {
			e := models.CalendarEvent{Name: o.name, From: s, To: s.AddDate(0, 0, o.days-1)}
			if within(e) {
				events = append(events, e)
			}
		}
	}
	return events, nil
}

// parseCalendar is the library's parser, whose panics on broken input are errors here.
func parseCalendar(r io.Reader) (all []occurrence, err error) {
	defer func() {
		if p := recover(); p != nil {
			all, err = nil, fmt.Errorf("the iCalendar cannot be read (%v); export it again", p)
		}
	}()
	cal, err := ics.ParseCalendar(r)
	if err != nil {
		return nil, fmt.Errorf("the iCalendar cannot be read (%w); export it again", err)
	}
	for _, e := range cal.Events() {
		o, err := readOccurrence(e)
		if err != nil {
			return nil, fmt.Errorf("event %q: %w", clip(text(e, ics.ComponentPropertySummary)), err)
		}
		all = append(all, o)
	}
	return all, nil
}

// text returns a property's text, "" when it is not there.
func text(e *ics.VEvent, p ics.ComponentProperty) string {
	if v := e.GetProperty(p); v != nil {
		return strings.TrimSpace(ics.FromText(v.Value))
	}
	return ""
}

func readOccurrence(e *ics.VEvent) (occurrence, error) {
	o := occurrence{
		uid: text(e, ics.ComponentPropertyUniqueId), name: text(e, ics.ComponentPropertySummary),
		cancelled: strings.EqualFold(text(e, ics.ComponentPropertyStatus), "CANCELLED"), days: 1,
	}
	if o.name == "" && !o.cancelled {
		return o, errors.New("it has no SUMMARY; name it, since one name is one effect")
	}
	start := e.GetProperty(ics.ComponentPropertyDtStart)
	if start == nil {
		return o, errors.New("it has no DTSTART; give it a day")
	}
	from, err := calendarTime(start.Value)
	if err != nil {
		return o, fmt.Errorf("DTSTART: %w", err)
	}
	o.first = civil(from)
	if end := e.GetProperty(ics.ComponentPropertyDtEnd); end != nil {
		until, err := calendarTime(end.Value)
		if err != nil {
			return o, fmt.Errorf("DTEND: %w", err)
		}
		o.days = daysUntil(from, until)
	} else if d := e.GetProperty(ics.ComponentPropertyDuration); d != nil {
		length, err := calendarDuration(d.Value)
		if err != nil {
			return o, fmt.Errorf("DURATION: %w", err)
		}
		o.days = daysUntil(from, from.Add(length))
	}
	if id := e.GetProperty(ics.ComponentPropertyRecurrenceId); id != nil {
		at, err := calendarTime(id.Value)
		if err != nil {
			return o, fmt.Errorf("RECURRENCE-ID: %w", err)
		}
		o.replaces = civil(at)
	}
	o.rule = text(e, ics.ComponentPropertyRrule)
	if o.more, err = calendarDays(e, ics.ComponentPropertyRdate); err != nil {
		return o, fmt.Errorf("RDATE: %w", err)
	}
	if o.but, err = calendarDays(e, ics.ComponentPropertyExdate); err != nil {
		return o, fmt.Errorf("EXDATE: %w", err)
	}
	return o, nil
}

// daysUntil counts the days from from up to until, which is exclusive; at least 1.
func daysUntil(from, until time.Time) int {
	last := civil(until.Add(-time.Second))
	return max(1, 1+int(last.Sub(civil(from)).Hours()/24))
}

// calendarDays reads the lists of dates of a property that may stand often.
func calendarDays(e *ics.VEvent, p ics.ComponentProperty) ([]time.Time, error) {
	var days []time.Time
	for _, prop := range e.GetProperties(p) {
		for _, one := range strings.Split(prop.Value, ",") {
			one, _, _ = strings.Cut(one, "/") // of a period, the start
			t, err := calendarTime(one)
			if err != nil {
				return nil, err
			}
			days = append(days, civil(t))
		}
	}
	return days, nil
}

// calendarTime reads a DATE or DATE-TIME as its own clock shows it.
func calendarTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{"20060102", "20060102T150405", "20060102T150405Z"} {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Year() < 1900 || t.Year() > 2200 {
				return t, fmt.Errorf("%q is not between 1900 and 2200; mend the year", s)
			}
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date; write 20261224 or 20261224T180000", clip(s))
}

// calendarDuration reads P1W, P2D, PT12H, P1DT6H30M and the like.
func calendarDuration(s string) (time.Duration, error) {
	bad := fmt.Errorf("%q is not a duration; write P2D or PT12H", clip(s))
	rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "+"), "P")
	if !ok || rest == "" {
		return 0, bad
	}
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	var sum time.Duration
	for rest != "" {
		if rest[0] == 'T' {
			rest = rest[1:]
			continue
		}
		i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if i < 1 || i > 5 || units[rest[i]] == 0 {
			return 0, bad
		}
		n, _ := digits(rest[:i])
		sum += time.Duration(n) * units[rest[i]]
		rest = rest[i+1:]
	}
	return sum, nil
}

// starts returns the first days of all repeats that touch the window.
func (o occurrence) starts(from, to time.Time) ([]time.Time, error) {
	var starts []time.Time
	if o.rule == "" {
		starts = append(starts, o.first)
	} else {
		repeats, err := o.repeats(from, to)
		if err != nil {
			return nil, err
		}
		starts = repeats
	}
	starts = append(starts, o.more...)
	gone := map[time.Time]bool{}
	for _, t := range o.but {
		gone[t] = true
	}
	kept := starts[:0]
	for _, t := range starts {
		if !gone[t] {
			gone[t] = true // an RDATE that the rule makes too counts once
			kept = append(kept, t)
		}
	}
	return kept, nil
}

// repeats writes the rule out, in days, up to to.
func (o occurrence) repeats(from, to time.Time) ([]time.Time, error) {
	const mend = "export it again, or write the days out"
	opt, err := rrule.StrToROptionInLocation(o.rule, time.UTC)
	if err != nil {
		return nil, fmt.Errorf("RRULE %q: %w; %s", clip(o.rule), err, mend)
	}
	if opt.Freq > rrule.DAILY {
		return nil, fmt.Errorf("RRULE %q repeats within a day, and events are whole days; %s", clip(o.rule), mend)
	}
	if opt.Interval < 0 || opt.Interval > 10_000 || len(o.rule) > 1000 {
		return nil, fmt.Errorf("RRULE %q repeats at no such distance; %s", clip(o.rule), mend)
	}
	opt.Dtstart = o.first
	opt.Byhour, opt.Byminute, opt.Bysecond = nil, nil, nil // a day is a day
	if to.IsZero() {
		to = o.first.AddDate(50, 0, 0)
	}
	// The library looks on to the year 9999 for a rule that never comes (30 February).
	if end := civil(to); opt.Until.IsZero() || opt.Until.After(end) {
		opt.Until = end
	}
	if o.first.After(civil(to)) {
		return nil, nil
	}
	rule, err := rrule.NewRRule(*opt)
	if err != nil {
		return nil, fmt.Errorf("RRULE %q: %w; %s", clip(o.rule), err, mend)
	}
	// At most one a day, so that the bounds of calendarTime and to bound the work.
	var all []time.Time
	for next := rule.Iterator(); ; {
		t, ok := next()
		if !ok || t.After(civil(to)) {
			return all, nil
		}
		if from.IsZero() || !t.AddDate(0, 0, o.days-1).Before(civil(from)) {
			all = append(all, t)
		}
	}
}
