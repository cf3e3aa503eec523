package pipeline

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"foresight/analytics"
	"foresight/models"
)

// thin stands between thousands: a narrow no-break space, as in the report.
const thin = "\u202f"

// number writes a figure with three significant digits and its unit.
func number(x float64, unit string) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "unknown"
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 2, 64), 64)
	if err != nil { // rounding up left the range of float64
		rounded = x
	}
	text := group(strconv.FormatFloat(rounded, 'f', -1, 64))
	if unit != "" {
		text += " " + unit
	}
	return text
}

// group parts the thousands of a decimal figure.
func group(figure string) string {
	whole, fraction, decimal := strings.Cut(figure, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + thin + whole[i:]
	}
	if decimal {
		whole += "." + fraction
	}
	return sign + whole
}

func limitWords(s models.Signal, limit float64, per models.Per) string {
	text := number(limit, s.Unit)
	switch {
	case s.Aggregate != models.AggregateSum:
		return text
	case per == models.PerBucket:
		return text + " a bucket"
	}
	return text + " per " + words(widths[per])
}

// yearWords says what the whole of the forecast asks for.
func yearWords(h history, m *measured, year analytics.Crossing) string {
	if year.PeakIndex < 0 || math.IsNaN(year.NeededRatio) {
		return ""
	}
	at := m.points[year.PeakIndex].Time
	step := m.limits.steps[year.PeakIndex]
	return fmt.Sprintf("All of the forecast, to %s, asks for a limit of %s; the load comes nearest to the limit around %s.",
		m.points[len(m.points)-1].Time.Format("2 January 2006"), limitWords(h.signal, neededLimit(year, step), step.Per), at.Format("2 January 2006"))
}

// spanWords names one bucket of a forecast.
func spanWords(s models.Span) string {
	switch s {
	case models.SpanWeek:
		return "week"
	case models.SpanMonth:
		return "month"
	}
	return "day"
}

func seenWords(p models.Peak) string {
	switch {
	case p.Event == "":
		return "No occasion of the calendar explains it."
	case planned(p.EventID):
		return "A plan that is decided makes it so."
	case p.TimesSeen == 0:
		return "The history has not seen this occasion: its size is assumed from others of its kind."
	case p.TimesSeen == 1:
		return "The history has seen it once."
	}
	return fmt.Sprintf("The history has seen it %d times.", p.TimesSeen)
}

func silenceWords(d time.Duration) string {
	if d == 0 {
		return "less than one bucket"
	}
	return d.String()
}

// words writes a width for people.
func words(d time.Duration) string {
	switch {
	case d == time.Second:
		return "second"
	case d == time.Minute:
		return "minute"
	case d == time.Hour:
		return "hour"
	case d == 24*time.Hour:
		return "day"
	case d < time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	}
	return fmt.Sprintf("%d days", int(math.Round(d.Hours()/24)))
}

// beyondWords says how many values of a split have no forecast of their own.
func beyondWords(n int) string {
	if n == 1 {
		return "One more value of the split lies beyond its max: the total holds it, and it has no forecast of its own."
	}
	return fmt.Sprintf("%d more values of the split lie beyond its max: the total holds them, and they have no forecasts of their own.", n)
}
