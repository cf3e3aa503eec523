package report

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Typography of figures: U+202F (narrow no-break space) between thousands and
// before a sign, U+2212 for minus, U+2013 for ranges.
const (
	thin  = "\u202f"
	minus = "\u2212"
	dash  = "\u2013"
)

// finite says whether x is a number one can draw or print.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// figure prints x with three significant digits: 1 230 000, 94.2, 0.0123.
// What is not finite is "unknown".
func (e voice) figure(x float64) string { return e.digits(x, 3) }

// exact prints x as it was given (a configured limit), to nine digits.
func (e voice) exact(x float64) string { return e.digits(x, 9) }

// digits prints x with n significant digits, without trailing zeros.
func (e voice) digits(x float64, n int) string {
	if !finite(x) {
		return e.T("unknown")
	}
	if x == 0 {
		return "0"
	}
	if a := math.Abs(x); a >= 1e15 || a < 1e-6 {
		return e.written(strconv.FormatFloat(x, 'g', n, 64))
	}
	// Rounded first, so that 999.7 becomes 1 000 and not 1 e3.
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', n-1, 64), 64)
	if err != nil {
		return e.T("unknown")
	}
	return e.written(strconv.FormatFloat(r, 'f', -1, 64))
}

// written is a numeral of Go's as people write it.
func (e voice) written(numeral string) string {
	return e.Figure(strings.Replace(numeral, "-", minus, 1))
}

// fixed prints x with n decimals.
func (e voice) fixed(x float64, n int) string { return e.written(strconv.FormatFloat(x, 'f', n, 64)) }

// whole prints a count exactly.
func (e voice) whole(n int) string { return e.written(strconv.Itoa(n)) }

// percent prints a share: 0.123 is "12 %". Between 0 and 1 %, and 99 and 100 %,
// it keeps one decimal so that a rare thing is not called impossible.
func (e voice) percent(p float64) string {
	if !finite(p) {
		return e.T("unknown")
	}
	x := p * 100
	if a := math.Abs(x); (a > 0 && a < 1) || (a > 99 && a < 100) {
		if a < 0.1 {
			return e.T("under %s", e.fixed(0.1, 1)+thin+"%")
		}
		if a > 99.9 {
			return e.T("over %s", e.fixed(99.9, 1)+thin+"%")
		}
		return e.fixed(x, 1) + thin + "%"
	}
	return e.fixed(math.Round(x), 0) + thin + "%"
}

// change prints a relative change with its sign: 0.12 is "+12 %".
func (e voice) change(p float64) string {
	if !finite(p) {
		return e.T("unknown")
	}
	if math.Abs(p) < 0.0005 {
		return "±0" + thin + "%"
	}
	d := 0
	if math.Abs(p) < 0.0995 {
		d = 1
	}
	s := e.fixed(p*100, d) + thin + "%"
	if p > 0 {
		return "+" + s
	}
	return s
}

// times prints a factor: "1.90 ×".
func (e voice) times(f float64) string {
	if !finite(f) {
		return e.T("unknown")
	}
	d := 2
	if math.Abs(f) >= 10 {
		d = 1
	}
	return e.fixed(f, d) + thin + "×"
}

// day prints a date with its weekday: 24 Dec 2026 (Thu); "unknown" when zero.
func (e voice) day(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return e.T("unknown")
	}
	return e.date(t.In(loc))
}

// date is how a date is written wherever there is room for it.
func (e voice) date(t time.Time) string { return e.Date(t, e.T("2 Jan 2006 (Mon)")) }

// month names a month of a year.
func (e voice) month(t time.Time) string { return e.Date(t, e.T("Jan 2006")) }

// shortDay prints a date for a plot, without its year: 24 Dec.
func (e voice) shortDay(t time.Time, loc *time.Location) string { return e.Date(t.In(loc), "2 Jan") }

// stamp prints a moment with its offset.
func (e voice) stamp(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return e.T("unknown")
	}
	return e.date(t.In(loc)) + t.In(loc).Format(", 15:04 -07:00")
}

// isoDay prints a date for machines.
func isoDay(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(loc).Format("2006-01-02")
}

// withUnit sets a unit behind a figure.
func (e voice) withUnit(s, unit string) string {
	if unit == "" || s == e.T("unknown") {
		return s
	}
	return s + thin + unit
}

// spanOf prints a range of figures.
func (e voice) spanOf(lo, hi float64) string {
	if !finite(lo) || !finite(hi) {
		return e.T("unknown")
	}
	return e.figure(lo) + thin + dash + thin + e.figure(hi)
}
