package pipeline

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"foresight/analytics"
	"foresight/internal/wording"
	"foresight/models"
)

// voice says what people read, in the customer's language: titles and reasons are written once, where they are found.
type voice struct{ wording.Voice }

// say is the voice of the job's customer.
func (j Job) say() voice { return voice{wording.In(j.Customer.Language)} }

// number writes a figure with three significant digits and its unit.
func (v voice) number(x float64, unit string) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return v.T("unknown")
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 2, 64), 64)
	if err != nil { // rounding up left the range of float64
		rounded = x
	}
	text := v.Figure(strconv.FormatFloat(rounded, 'f', -1, 64))
	if unit != "" {
		text += " " + unit
	}
	return text
}

// count writes a whole number.
func (v voice) count(n int) string { return v.Figure(strconv.Itoa(n)) }

// fixed writes a number with so many decimals.
func (v voice) fixed(x float64, decimals int) string {
	return v.Figure(strconv.FormatFloat(x, 'f', decimals, 64))
}

// percent writes a share.
func (v voice) percent(share float64) string { return v.fixed(100*share, 0) + " %" }

func (v voice) date(t time.Time) string { return v.Date(t, "2 January 2006") }

// testLoad is what a load test for a peak runs at: a rate where one is forecast, not a day's total.
func (v voice) testLoad(p models.Peak, unit string) string {
	if p.BusiestHigh > 0 {
		return v.T("%s per %s", v.number(p.BusiestHigh, unit), v.width(p.BusiestWidth))
	}
	return v.number(p.High, unit)
}

// TestLoad is what a load test for a finding's peak runs at, as a customer's people read it; "" where it has no peak.
func TestLoad(c models.Customer, f models.Finding) string {
	if f.Peak == nil || f.Peak.High <= 0 {
		return ""
	}
	return Job{Customer: c}.say().testLoad(*f.Peak, unitOf(c, f.Subject))
}

// unitOf is the unit of a subject's signal.
func unitOf(c models.Customer, subject models.Subject) string {
	for _, s := range c.Services {
		for _, q := range s.Queries {
			if s.ID == subject.Service && q.Signal.ID == subject.Signal {
				return q.Signal.Unit
			}
		}
	}
	return ""
}

func (v voice) limit(s models.Signal, limit float64, per models.Per) string {
	text := v.number(limit, s.Unit)
	switch {
	case s.Aggregate != models.AggregateSum:
		return text
	case per == models.PerBucket:
		return v.T("%s a bucket", text)
	}
	return v.T("%s per %s", text, v.width(widths[per]))
}

// year says what the whole of the forecast asks for.
func (v voice) year(h history, m *measured, year analytics.Crossing) string {
	if year.PeakIndex < 0 || math.IsNaN(year.NeededRatio) {
		return ""
	}
	at := m.points[year.PeakIndex].Time
	step := m.limits.steps[year.PeakIndex]
	return v.T("All of the forecast, to %s, asks for a limit of %s; the load comes nearest to the limit around %s.",
		v.date(m.points[len(m.points)-1].Time), v.limit(h.signal, neededLimit(year, step), step.Per), v.date(at))
}

// spanName names one bucket of a forecast, for programs and for the catalogue.
func spanName(s models.Span) string {
	switch s {
	case models.SpanWeek:
		return "week"
	case models.SpanMonth:
		return "month"
	}
	return "day"
}

func (v voice) span(s models.Span) string { return v.T(spanName(s)) }

// spans names several.
func (v voice) spans(s models.Span) string { return v.T(spanName(s) + "s") }

func (v voice) seen(p models.Peak) string {
	switch {
	case p.Event == "":
		return v.T("No occasion of the calendar explains it.")
	case planned(p.EventID):
		return v.T("A plan that is decided makes it so.")
	case p.TimesSeen == 0:
		return v.T("The history has not seen this occasion: its size is assumed from others of its kind.")
	case p.TimesSeen == 1:
		return v.T("The history has seen it once.")
	}
	return v.T("The history has seen it %s times.", v.count(p.TimesSeen))
}

func (v voice) silence(d time.Duration) string {
	if d == 0 {
		return v.T("less than one bucket")
	}
	return d.String()
}

// widthName names a width, for programs and for the catalogue.
func widthName(d time.Duration) string {
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

// width writes a width for people.
func (v voice) width(d time.Duration) string { return v.T(widthName(d)) }

// beyond says how many values of a split have no forecast of their own.
func (v voice) beyond(n int) string {
	if n == 1 {
		return v.T("One more value of the split lies beyond its max: the total holds it, and it has no forecast of its own.")
	}
	return v.T("%s more values of the split lie beyond its max: the total holds them, and they have no forecasts of their own.", v.count(n))
}

// engine says in the customer's language what the engine has said.
func (v voice) engine(text string) string {
	var parts []string
	for _, s := range analytics.Speech(text) {
		var values []any
		for _, value := range s.Values {
			if _, err := strconv.ParseFloat(value, 64); err == nil {
				value = v.Figure(value)
			}
			values = append(values, value)
		}
		parts = append(parts, v.T(s.Sentence, values...))
	}
	return strings.Join(parts, ": ")
}

// because is why something could not be done, in words that the catalogue has.
type because string

func (b because) Error() string { return string(b) }

// why says it in the customer's language; what comes from elsewhere stays as it is.
func (v voice) why(err error) string { return v.T(strings.TrimSuffix(err.Error(), ".")) }
