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
func figure(x float64) string { return digits(x, 3) }

// exact prints x as it was given (a configured limit), to nine digits.
func exact(x float64) string { return digits(x, 9) }

// digits prints x with n significant digits, without trailing zeros.
func digits(x float64, n int) string {
	if !finite(x) {
		return "unknown"
	}
	if x == 0 {
		return "0"
	}
	if a := math.Abs(x); a >= 1e15 || a < 1e-6 {
		return strings.Replace(strconv.FormatFloat(x, 'g', n, 64), "-", minus, 1)
	}
	// Rounded first, so that 999.7 becomes 1 000 and not 1 e3.
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', n-1, 64), 64)
	if err != nil {
		return "unknown"
	}
	return group(strconv.FormatFloat(r, 'f', -1, 64))
}

// group sets a thin space between thousands of a plain decimal numeral.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = minus, s[1:]
	}
	whole, rest, point := strings.Cut(s, ".")
	if len(whole) > 3 {
		var b strings.Builder
		for i, c := range whole {
			if i > 0 && (len(whole)-i)%3 == 0 {
				b.WriteString(thin)
			}
			b.WriteRune(c)
		}
		whole = b.String()
	}
	if point {
		return sign + whole + "." + rest
	}
	return sign + whole
}

// whole prints a count exactly.
func whole(n int) string { return group(strconv.Itoa(n)) }

// percent prints a share: 0.123 is "12 %". Between 0 and 1 %, and 99 and 100 %,
// it keeps one decimal so that a rare thing is not called impossible.
func percent(p float64) string {
	if !finite(p) {
		return "unknown"
	}
	x := p * 100
	if a := math.Abs(x); (a > 0 && a < 1) || (a > 99 && a < 100) {
		if a < 0.1 {
			return "under 0.1" + thin + "%"
		}
		if a > 99.9 {
			return "over 99.9" + thin + "%"
		}
		return group(strconv.FormatFloat(x, 'f', 1, 64)) + thin + "%"
	}
	return group(strconv.FormatFloat(math.Round(x), 'f', 0, 64)) + thin + "%"
}

// change prints a relative change with its sign: 0.12 is "+12 %".
func change(p float64) string {
	if !finite(p) {
		return "unknown"
	}
	if math.Abs(p) < 0.0005 {
		return "±0" + thin + "%"
	}
	d := 0
	if math.Abs(p) < 0.0995 {
		d = 1
	}
	s := group(strconv.FormatFloat(p*100, 'f', d, 64)) + thin + "%"
	if p > 0 {
		return "+" + s
	}
	return s
}

// times prints a factor: "1.90 ×".
func times(f float64) string {
	if !finite(f) {
		return "unknown"
	}
	d := 2
	if math.Abs(f) >= 10 {
		d = 1
	}
	return group(strconv.FormatFloat(f, 'f', d, 64)) + thin + "×"
}

// dayLayout is how a date is written wherever there is room for it.
const dayLayout = "2 Jan 2006 (Mon)"

// day prints a date with its weekday: 24 Dec 2026 (Thu); "unknown" when zero.
func day(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.In(loc).Format(dayLayout)
}

// shortDay prints a date for a plot, without its year: 24 Dec.
func shortDay(t time.Time, loc *time.Location) string { return t.In(loc).Format("2 Jan") }

// stamp prints a moment with its offset.
func stamp(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.In(loc).Format(dayLayout + ", 15:04 -07:00")
}

// isoDay prints a date for machines.
func isoDay(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(loc).Format("2006-01-02")
}

// withUnit sets a unit behind a figure.
func withUnit(s, unit string) string {
	if unit == "" || s == "unknown" {
		return s
	}
	return s + thin + unit
}

// spanOf prints a range of figures.
func spanOf(lo, hi float64) string {
	if !finite(lo) || !finite(hi) {
		return "unknown"
	}
	return figure(lo) + thin + dash + thin + figure(hi)
}
