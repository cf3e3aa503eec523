package sandbox

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// parseTime reads one of Splunk's time modifiers against now, in UTC: "now",
// epoch seconds, [+-]N<unit> and @<unit> in any row ("-7d@d", "@h+15m", "-1d@w1"),
// an ISO 8601 time, or %m/%d/%Y:%H:%M:%S.
func parseTime(spec string, now time.Time) (time.Time, error) {
	s := strings.TrimSpace(spec)
	now = now.UTC()
	if strings.HasPrefix(s, "rt") {
		return time.Time{}, fmt.Errorf("real-time searches are not supported by this server: '%s'", spec)
	}
	if x, ok := parseNumber(s); ok && s[0] != '+' && s[0] != '-' {
		if x > 253402300799 { // the year 9999
			return time.Time{}, fmt.Errorf("the time '%s' lies beyond the year 9999", spec)
		}
		return fromEpoch(x), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.999-0700", "2006-01-02T15:04:05", "2006-01-02T15:04", "1/2/2006:15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(s, "now()"), "now")
	if s == "" || rest != s && rest != "" && rest[0] != '+' && rest[0] != '-' && rest[0] != '@' {
		return time.Time{}, badTime(spec)
	}
	t := now
	for rest != "" {
		var ok bool
		if t, rest, ok = applyPart(t, rest); !ok {
			return time.Time{}, badTime(spec)
		}
	}
	return t, nil
}

func badTime(spec string) error { return fmt.Errorf("invalid time modifier '%s'", spec) }

// applyPart applies the first shift or snap of rest to t.
func applyPart(t time.Time, rest string) (time.Time, string, bool) {
	sign, digits := rest[0], 1
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	if sign == '@' {
		digits = 1
	}
	end := digits
	for end < len(rest) && (rest[end] >= 'a' && rest[end] <= 'z' || sign == '@' && rest[end] >= '0' && rest[end] <= '9') {
		end++
	}
	unit := rest[digits:end]
	if sign == '@' {
		t, ok := snap(t, unit)
		return t, rest[end:], ok
	}
	if sign != '+' && sign != '-' {
		return t, "", false
	}
	n := 1
	if digits > 1 {
		var err error
		if n, err = strconv.Atoi(rest[1:digits]); err != nil || n > 1e10 {
			return t, "", false
		}
	}
	if sign == '-' {
		n = -n
	}
	t, ok := shift(t, n, unit)
	return t, rest[end:], ok
}

// unitName returns the short name of a unit in any of its spellings, or "".
func unitName(s string) string {
	switch s {
	case "s", "sec", "secs", "second", "seconds", "": // a shift without a unit is in seconds
		return "s"
	case "m", "min", "minute", "minutes", "mins":
		return "m"
	case "h", "hr", "hrs", "hour", "hours":
		return "h"
	case "d", "day", "days":
		return "d"
	case "w", "week", "weeks":
		return "w"
	case "mon", "month", "months":
		return "mon"
	case "q", "qtr", "qtrs", "quarter", "quarters":
		return "q"
	case "y", "yr", "yrs", "year", "years":
		return "y"
	}
	return ""
}

func shift(t time.Time, n int, unit string) (time.Time, bool) {
	var out time.Time
	switch unitName(unit) {
	case "s":
		out = fromEpoch(epochOf(t) + float64(n))
	case "m":
		out = fromEpoch(epochOf(t) + 60*float64(n))
	case "h":
		out = fromEpoch(epochOf(t) + 3600*float64(n))
	case "d":
		out = t.AddDate(0, 0, n)
	case "w":
		out = t.AddDate(0, 0, 7*n)
	case "mon":
		out = t.AddDate(0, n, 0)
	case "q":
		out = t.AddDate(0, 3*n, 0)
	case "y":
		out = t.AddDate(n, 0, 0)
	default:
		return t, false
	}
	return out, out.Year() >= -9999 && out.Year() <= 9999
}

// snap rounds down to the start of a unit; w and w0 are Sunday, w1 Monday, w7 Sunday.
func snap(t time.Time, unit string) (time.Time, bool) {
	y, m, d := t.Date()
	if len(unit) == 2 && unit[0] == 'w' && unit[1] >= '0' && unit[1] <= '7' {
		back := (int(t.Weekday()) - int(unit[1]-'0')%7 + 7) % 7
		return time.Date(y, m, d-back, 0, 0, 0, 0, time.UTC), true
	}
	if unit == "" {
		return t, false
	}
	switch unitName(unit) {
	case "s":
		return t.Truncate(time.Second), true
	case "m":
		return t.Truncate(time.Minute), true
	case "h":
		return t.Truncate(time.Hour), true
	case "d":
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), true
	case "w":
		return time.Date(y, m, d-int(t.Weekday()), 0, 0, 0, 0, time.UTC), true
	case "mon":
		return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC), true
	case "q":
		return time.Date(y, (m-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC), true
	case "y":
		return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), true
	}
	return t, false
}

func fromEpoch(x float64) time.Time {
	x = math.Max(-4e11, math.Min(x, 4e11))
	return time.UnixMicro(int64(math.Round(x * 1e6))).UTC()
}
