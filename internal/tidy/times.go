package tidy

import (
	"fmt"
	"time"
)

// form is how the times of a series are written. All rows of one series share it,
// but for the presence of a zone: mixing those is an error, since without a zone
// nobody can tell how the two compare.
type form struct {
	known   bool
	clock   bool // a time of day follows the date
	space   bool // a space, not T, between them
	minutes bool // hh:mm without seconds
	zoned   bool // Z or an offset follows
	z       bool // the first one is Z
	colon   bool // the offset is written ±hh:mm
	decimal int  // digits of the fraction of a second
}

// layout returns the Go layout that prints times as the input wrote them. placed
// adds the offset, which a zone named by the user calls for.
func (f form) layout(placed bool) string {
	if !f.clock {
		return time.DateOnly
	}
	l := "2006-01-02T15:04"
	if f.space {
		l = "2006-01-02 15:04"
	}
	if !f.minutes {
		l += ":05"
	}
	if f.decimal > 0 {
		l += "." + "000000000"[:f.decimal]
	}
	switch {
	case f.z && !placed:
		l += "Z07:00"
	case f.zoned && !f.colon && !f.z:
		l += "-0700"
	case f.zoned || placed:
		l += "-07:00"
	}
	return l
}

// parseTime reads an ISO 8601 time: a date, or a date and T or a space and hh:mm
// with or without seconds and their fraction, and Z or ±hh:mm or nothing. A time
// without a zone comes back as if it were UTC.
//
// It is written out since a file holds millions of them: time.Parse takes ten
// times as long, and cannot say which form it met.
func parseTime(s string) (time.Time, form, error) {
	bad := func() (time.Time, form, error) {
		return time.Time{}, form{}, fmt.Errorf("%q is not a time; write ISO 8601, such as 2026-12-24, 2026-12-24T18:00:00 or 2026-12-24T18:00:00+01:00", clip(s))
	}
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return bad()
	}
	y, ok1 := digits(s[0:4])
	mo, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:10])
	if !ok1 || !ok2 || !ok3 {
		return bad()
	}
	if mo < 1 || mo > 12 || d < 1 || d > daysIn(y, mo) || y < 1 {
		return time.Time{}, form{}, fmt.Errorf("%q is not a day of the calendar; mend the date", clip(s))
	}
	if len(s) == 10 {
		return time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC), form{known: true}, nil
	}
	return parseClock(s, y, mo, d, bad)
}

// parseClock reads what follows the date.
func parseClock(s string, y, mo, d int, bad func() (time.Time, form, error)) (time.Time, form, error) {
	f := form{known: true, clock: true, space: s[10] == ' ', minutes: true}
	rest := s[11:]
	if s[10] != 'T' && s[10] != ' ' && s[10] != 't' || len(rest) < 5 || rest[2] != ':' {
		return bad()
	}
	h, ok1 := digits(rest[0:2])
	mi, ok2 := digits(rest[3:5])
	if !ok1 || !ok2 {
		return bad()
	}
	rest = rest[5:]
	sec, nano := 0, 0
	if len(rest) >= 3 && rest[0] == ':' {
		var ok bool
		if sec, ok = digits(rest[1:3]); !ok {
			return bad()
		}
		f.minutes = false
		rest = rest[3:]
		if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
			n := 1
			for scale := 100_000_000; n < len(rest) && rest[n] >= '0' && rest[n] <= '9'; n++ {
				nano += int(rest[n]-'0') * scale
				scale /= 10
			}
			if n == 1 {
				return bad()
			}
			f.decimal = min(n-1, 9)
			rest = rest[n:]
		}
	}
	if h > 23 || mi > 59 || sec > 59 {
		return time.Time{}, form{}, fmt.Errorf("%q is not a time of day; write 00:00:00 to 23:59:59", clip(s))
	}
	t := time.Date(y, time.Month(mo), d, h, mi, sec, nano, time.UTC)
	if rest == "" {
		return t, f, nil
	}
	offset, ok := parseOffset(rest, &f)
	if !ok {
		return bad()
	}
	if offset == 0 {
		return t, f, nil
	}
	return t.Add(-time.Duration(offset) * time.Second).In(time.FixedZone("", offset)), f, nil
}

// parseOffset reads Z, ±hh:mm, ±hhmm or ±hh, in seconds.
func parseOffset(s string, f *form) (int, bool) {
	f.zoned = true
	if s == "Z" || s == "z" {
		f.z = true
		return 0, true
	}
	sign := 1
	switch s[0] {
	case '-':
		sign = -1
	case '+':
	default:
		return 0, false
	}
	s = s[1:]
	f.colon = true
	switch {
	case len(s) == 2:
		s += "00"
	case len(s) == 4:
		f.colon = false
	case len(s) == 5 && s[2] == ':':
		s = s[:2] + s[3:]
	default:
		return 0, false
	}
	h, ok1 := digits(s[:2])
	m, ok2 := digits(s[2:])
	if !ok1 || !ok2 || h > 23 || m > 59 {
		return 0, false
	}
	return sign * (h*3600 + m*60), true
}

// digits reads a number of ASCII digits only.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// daysIn returns the days of a month of the Gregorian calendar.
func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// clip keeps an error readable when the cell is not.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
