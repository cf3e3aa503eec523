package report

import (
	"regexp"
	"time"

	"foresight/models"
)

// when names a bucket: a day, a week by its Monday, a month.
func (e voice) when(t time.Time, s models.Span, loc *time.Location) string {
	switch {
	case t.IsZero():
		return e.T("unknown")
	case s == models.SpanMonth:
		return e.month(t.In(loc))
	case s == models.SpanWeek:
		return e.Week(t.In(loc), e.T("2 Jan 2006 (Mon)"))
	}
	return e.day(t, loc)
}

// theWhen names a bucket within a sentence: the week of …, Dec 2026, 24 Dec 2026 (Thu).
func (e voice) theWhen(t time.Time, s models.Span, loc *time.Location) string {
	if s == models.SpanWeek && !t.IsZero() {
		return e.T("the %s", e.when(t, s, loc))
	}
	return e.when(t, s, loc)
}

// on is a bucket with the word that goes before it: in the week of …, in Dec 2026, on 24 Dec 2026 (Thu).
func (e voice) on(t time.Time, s models.Span, loc *time.Location) string {
	if s == models.SpanWeek || s == models.SpanMonth {
		return e.T("when|in %s", e.theWhen(t, s, loc))
	}
	return e.T("when|on %s", e.theWhen(t, s, loc))
}

// by says that something comes no later than a bucket.
func (e voice) by(t time.Time, s models.Span, loc *time.Location) string {
	return e.T("when|by %s", e.theWhen(t, s, loc))
}

// shortWhen names a bucket in a plot, whose axis tells the year.
func (e voice) shortWhen(t time.Time, s models.Span, loc *time.Location) string {
	if s == models.SpanMonth {
		return e.Date(t.In(loc), "Jan")
	}
	return e.shortDay(t, loc)
}

// inDays says how far ahead a day lies.
func (e voice) inDays(t, asOf time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	n := daysBetween(asOf, t, loc)
	switch n {
	case 0:
		return e.T("today")
	case 1:
		return e.T("tomorrow")
	}
	return e.inUnits(n, models.SpanDay)
}

// inBuckets says how far ahead a bucket lies, in buckets of its own width.
func (e voice) inBuckets(t, asOf time.Time, s models.Span, loc *time.Location) string {
	if s != models.SpanWeek && s != models.SpanMonth {
		return e.inDays(t, asOf, loc)
	}
	if t.IsZero() {
		return ""
	}
	n := bucketsBetween(asOf, t, s, loc)
	switch n {
	case 0:
		return e.T("this %s", e.bucketName(s))
	case 1:
		return e.T("next %s", e.bucketName(s))
	}
	return e.inUnits(n, s)
}

// inUnits puts a signed distance in words.
func (e voice) inUnits(n int, s models.Span) string {
	if n < 0 {
		return e.T("%s ago", e.count(-n, s))
	}
	return e.T("in %s", e.count(n, s))
}

// bucketsBetween counts local days, weeks (from Monday) or months from a to b.
func bucketsBetween(a, b time.Time, s models.Span, loc *time.Location) int {
	switch s {
	case models.SpanMonth:
		a, b = a.In(loc), b.In(loc)
		return 12*(b.Year()-a.Year()) + int(b.Month()) - int(a.Month())
	case models.SpanWeek:
		return (daysBetween(a, b, loc) + mondayOffset(a, loc) - mondayOffset(b, loc)) / 7 // both Mondays: no remainder
	}
	return daysBetween(a, b, loc)
}

// mondayOffset counts the days since the Monday of a day's week.
func mondayOffset(t time.Time, loc *time.Location) int { return (int(t.In(loc).Weekday()) + 6) % 7 }

// daysBetween counts local days from a to b.
func daysBetween(a, b time.Time, loc *time.Location) int {
	a, b = a.In(loc), b.In(loc)
	ua := time.Date(a.Year(), a.Month(), a.Day(), 0, 0, 0, 0, time.UTC)
	ub := time.Date(b.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC)
	return int(ub.Sub(ua).Hours() / 24)
}

// The ways in which findings and actions write dates; they are sent to Splunk as
// well, where a day is sorted by its text.
var (
	isoDate   = regexp.MustCompile(`(^|[\s(“])(\d{4}-\d{2}-\d{2})([\s).,;:”]|$)`)
	longDate  = regexp.MustCompile(`\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]* )?(\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4})\b`)
	longMonth = regexp.MustCompile(`\b(?:January|February|March|April|June|July|August|September|October|November|December) \d{4}\b`)
)

// oneStyle writes the dates of a finding's or an action's text as the page writes
// its own; what is no date stays as it is. Long dates come first: a day in May is
// written with the same month in the page's style, and would get its weekday twice.
func (e voice) oneStyle(text string) string {
	text = longDate.ReplaceAllStringFunc(text, func(s string) string {
		date := longDate.FindStringSubmatch(s)[1]
		if t := e.rewrite(date, "2 January 2006", e.date); t != date {
			return t
		}
		return s
	})
	text = isoDate.ReplaceAllStringFunc(text, func(s string) string {
		m := isoDate.FindStringSubmatch(s)
		return m[1] + e.rewrite(m[2], "2006-01-02", e.date) + m[3]
	})
	return longMonth.ReplaceAllStringFunc(text, func(s string) string { return e.rewrite(s, "January 2006", e.month) })
}

// rewrite reads a date in a layout and writes it in the page's style; a day that does
// not exist stays as it is.
func (e voice) rewrite(s, from string, write func(time.Time) string) string {
	t, err := time.Parse(from, s)
	if err != nil {
		return s
	}
	return write(t)
}

// eachInOneStyle is oneStyle of several texts.
func (e voice) eachInOneStyle(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, e.oneStyle(t))
	}
	return out
}
