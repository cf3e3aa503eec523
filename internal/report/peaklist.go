package report

import (
	"sort"

	"foresight/models"
)

// peakList is a list of peaks with the paydays put together: a dozen of equal days
// would bury the few that need work.
type peakList struct {
	Main, Later, Paydays peakTable
	PaydayLine           string
	UnusualNote          string
	Peaks, Unusual       int // rows with a peak of its own; rows that are unusual only
}

// Empty says whether there is nothing to list.
func (l peakList) Empty() bool { return len(l.Main.Rows)+len(l.Paydays.Rows) == 0 }

// isPayday says whether a peak belongs to the calendar's paydays.
func isPayday(eventID string) bool { return eventID == "payday" }

// peakList groups items, which are in order of time, by day and occasion.
func (b builder) peakList(items []peakItem) peakList {
	var l peakList
	var pay, main []peakItem
	span := models.Span("")
	for _, it := range items {
		if isPayday(it.eventID) {
			pay = append(pay, it)
		} else {
			main = append(main, it)
			if it.Unusual != "" && span == "" {
				span = models.SpanDay
				if it.span != "" {
					span = it.span
				}
			}
		}
	}
	if span != "" {
		l.UnusualNote = b.say.T("Unusual %s: well above what is usual for such a %s, yet below the largest tenth of the last year's %s, so not a peak for the signal as a whole.",
			b.say.bucketName(span), b.say.bucketName(span), b.say.buckets(span))
	}
	l.Main, l.Paydays = b.peakTable(main), b.peakTable(pay)
	l.PaydayLine = b.say.paydays(pay, len(l.Paydays.Rows))
	for _, row := range l.Main.Rows {
		if row.peaks() {
			l.Peaks++
		} else {
			l.Unusual++
		}
	}
	const shown = 24
	if len(l.Main.Rows) > shown {
		l.Later = l.Main
		l.Later.Rows, l.Main.Rows = l.Main.Rows[shown:], l.Main.Rows[:shown]
	}
	return l
}

// peaks says whether one of a row's items is more than unusual.
func (r peakRow) peaks() bool {
	for _, it := range r.Items {
		if it.Unusual == "" {
			return true
		}
	}
	return false
}

// peakTable makes the rows of a table.
func (b builder) peakTable(items []peakItem) peakTable {
	var t peakTable
	for _, it := range items {
		date := b.say.when(it.date, it.span, b.loc)
		if n := len(t.Rows); n == 0 || t.Rows[n-1].Date != date || t.Rows[n-1].Occasion != it.occasion {
			t.Rows = append(t.Rows, peakRow{Date: date, ISO: isoDay(it.date, b.loc),
				In: b.say.inBuckets(it.date, b.r.AsOf, it.span, b.loc), Occasion: it.occasion})
		}
		row := &t.Rows[len(t.Rows)-1]
		row.Items = append(row.Items, it)
		t.Came = t.Came || it.Came != ""
		t.Bucket = b.say.bucketName(it.span)
	}
	return t
}

// paydays sums up the paydays: "12 paydays, each about 1.17 × a usual day".
func (e voice) paydays(items []peakItem, days int) string {
	if days == 0 {
		return ""
	}
	span := spanOr(items[0].span)
	bucket := e.bucketName(span)
	s := e.plural(days, "payday", "paydays")
	if span == models.SpanWeek || span == models.SpanMonth {
		s = e.T("%s with a payday", e.count(days, span))
	}
	var factors []float64
	for _, it := range items {
		if finite(it.strength) {
			factors = append(factors, it.strength)
		}
	}
	if len(factors) == 0 {
		return s
	}
	sort.Float64s(factors)
	low, high := factors[0], factors[len(factors)-1]
	const alike = 0.06 // what a planner would not tell apart
	switch {
	case high-low > alike:
		return s + e.T(", from %s to %s a usual %s", e.times(low), e.times(high), bucket)
	case days == 1:
		return s + e.T(", about %s a usual %s", e.times(factors[len(factors)/2]), bucket)
	}
	return s + e.T(", each about %s a usual %s", e.times(factors[len(factors)/2]), bucket)
}

// unusual says whether a peak stands out for its day only (a Sunday of 17 000 where
// weekdays have 47 000): it lies below the 90th percentile of the last year's known
// values. Fewer than ten of them say nothing.
func unusual(history []models.HistoryPoint, p models.Peak) bool {
	if len(history) == 0 || !finite(p.Expected) {
		return false
	}
	from := history[len(history)-1].Time.AddDate(-1, 0, 0)
	var below, known int
	for _, h := range history {
		v := value(h, p.Measure)
		if !h.Time.After(from) || !finite(v) {
			continue
		}
		known++
		if v < p.Expected {
			below++
		}
	}
	return known >= 10 && float64(below) < 0.9*float64(known)
}

// ahead names how far the list of peaks looks, in the buckets of the page's signals.
func (b builder) ahead() string {
	span := models.Span("")
	for _, s := range b.r.Signals {
		if span != "" && s.Span != span {
			span = models.SpanDay
			break
		}
		span = s.Span
	}
	end := b.r.AsOf.AddDate(0, 0, peakDays)
	if span != models.SpanMonth && span != models.SpanWeek {
		return b.say.plural(peakDays, "day", "days")
	}
	return b.say.count(bucketsBetween(b.r.AsOf, end, span, b.loc), span)
}
