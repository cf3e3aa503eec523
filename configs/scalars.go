package configs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
)

// scalar is a type of the file that is written as one string.
type scalar interface{ parse(text string) error }

// duration is a time.Duration written in Go's units and d (24 h), w (7 d) and
// y (365.25 d), as 90s, 10m, 120d or 1y26w.
type duration time.Duration

// Longer units than Go's. They are elapsed time; calendar days of 23 or 25 hours
// do not matter for the stretches that a file gives.
const (
	day  = 24 * time.Hour
	week = 7 * day
	year = 8766 * time.Hour // 365.25 d: three of them always hold a leap day's share
)

var durationPart = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h|d|w|y)`)

func (d *duration) parse(text string) error {
	const mend = "write a number with a unit, such as 10m, 36h, 120d, 2w or 3y"
	rest, sum := text, 0.0
	for rest != "" {
		m := durationPart.FindStringSubmatch(rest)
		if m == nil {
			return fmt.Errorf("%q is not a duration; %s", text, mend)
		}
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return fmt.Errorf("%q is not a duration; %s", text, mend)
		}
		sum += n * float64(unit(m[2]))
		rest = rest[len(m[0]):]
	}
	if text == "" {
		return fmt.Errorf("the duration is empty; %s", mend)
	}
	if sum > float64(200*year) {
		return fmt.Errorf("%q is longer than 200 years; write a shorter one", text)
	}
	*d = duration(sum)
	if *d <= 0 {
		return fmt.Errorf("%q is no time at all; write something longer than 0", text)
	}
	return nil
}

// delay is a duration that may be 0.
type delay time.Duration

func (d *delay) parse(text string) error {
	if strings.Trim(text, "0") == "" && text != "" || strings.HasPrefix(text, "0") && len(text) == 2 {
		*d = 0
		return nil
	}
	return (*duration)(d).parse(text)
}

// JSONSchema describes a delay to editors.
func (delay) JSONSchema() *jsonschema.Schema { return duration(0).JSONSchema() }

// unit returns the width of a unit that durationPart matched.
func unit(u string) time.Duration {
	switch u {
	case "d":
		return day
	case "w":
		return week
	case "y":
		return year
	case "h":
		return time.Hour
	case "m":
		return time.Minute
	case "s":
		return time.Second
	case "ms":
		return time.Millisecond
	case "us", "µs":
		return time.Microsecond
	}
	return time.Nanosecond
}

// JSONSchema describes a duration to editors.
func (duration) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^(0|([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h|d|w|y))+|.*\$\{.*)$`}
}

// date is a civil day, YYYY-MM-DD, kept at UTC midnight; the zero date is "not given".
type date struct{ time.Time }

func (d *date) parse(text string) error {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("%q is not a date; write it as 2026-12-24", text)
	}
	if t.Year() < 1900 || t.Year() > 2200 {
		return fmt.Errorf("%q is not between 1900 and 2200; mend the year", text)
	}
	d.Time = t
	return nil
}

// in returns the day's midnight in loc.
func (d date) in(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	y, m, dd := d.Date()
	return time.Date(y, m, dd, 0, 0, 0, 0, loc)
}

// JSONSchema describes a date to editors.
func (date) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]{4}-[0-9]{2}-[0-9]{2}|.*\$\{.*)$`}
}

// yearday is a date, or a month and day of every year, MM-DD (Yearly).
type yearday struct {
	date
	Yearly bool
}

func (d *yearday) parse(text string) error {
	if strings.Count(text, "-") == 1 {
		// 2000 is a leap year, so that 02-29 is a day.
		if err := d.date.parse("2000-" + text); err != nil {
			return fmt.Errorf("%q is not a day of every year; write month-day as 12-24, or a date as 2026-12-24", text)
		}
		d.Yearly = true
		return nil
	}
	return d.date.parse(text)
}

// JSONSchema describes a yearday to editors.
func (yearday) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^(([0-9]{4}-)?[0-9]{2}-[0-9]{2}|.*\$\{.*)$`}
}
