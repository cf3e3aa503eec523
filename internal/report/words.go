package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"foresight/models"
)

// english holds the sentences that are made of figures; fixed text stands in the
// template.
type english struct{}

// plural puts a noun behind a number: 1 day, 2 days.
func (english) plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return whole(n) + " " + many
}

// measure names a measure for people, by how the signal's buckets combine.
func (english) measure(m models.Measure, s models.SignalResult) string {
	if m == models.MeasureBusiest {
		return "the busiest " + bucketName(s.Query.Span) + " of each day"
	}
	word := map[models.Aggregate]string{models.AggregateMean: "mean", models.AggregateMax: "largest value",
		models.AggregateLast: "last value"}[s.Signal.Aggregate]
	if word == "" {
		word = "total"
	}
	return "the " + word + " of each " + bucketName(s.Span)
}

// bucketName names a span in a sentence.
func bucketName(s models.Span) string {
	switch s {
	case models.Span5Min:
		return "five minutes"
	case models.Span15Min:
		return "quarter of an hour"
	case models.Span30Min:
		return "half hour"
	case models.SpanHour:
		return "hour"
	case models.SpanWeek:
		return "week"
	case models.SpanMonth:
		return "month"
	case models.SpanDay:
	}
	return "day"
}

// per names the width of a limit.
func (english) per(p models.Per, s models.SignalResult) string {
	switch p {
	case models.PerSecond:
		return "a second"
	case models.PerMinute:
		return "a minute"
	case models.Per5Min:
		return "in five minutes"
	case models.PerHour:
		return "an hour"
	case models.PerDay:
		return "a day"
	case models.PerBucket:
	}
	return "in one " + bucketName(s.Query.Span)
}

// peakLabel is a peak's name in a chart.
func (english) peakLabel(p models.Peak, s models.Span, loc *time.Location) string {
	name := p.Event
	if name == "" {
		name = "Peak"
	}
	if r := []rune(name); len(r) > 22 {
		name = string(r[:21]) + "…"
	}
	return name + ", " + shortWhen(p.Date, s, loc)
}

// peakTitle is the tooltip of a peak.
func (e english) peakTitle(p models.Peak, unit string, s models.Span, loc *time.Location) string {
	name := p.Event
	if name == "" {
		name = "Peak without a known occasion"
	}
	return fmt.Sprintf("%s, %s: %s (90 %%: %s), %s a usual %s, %s", name, e.when(p.Date, s, loc),
		withUnit(figure(p.Expected), unit), spanOf(p.Low, p.High), times(p.Factor), bucketName(s), e.seen(p))
}

// seen says how often the history holds a peak's occasion.
func (e english) seen(p models.Peak) string {
	switch {
	case p.Event == "":
		return "no known occasion"
	case p.TimesSeen == 0:
		return "never seen before"
	}
	return "seen " + e.plural(p.TimesSeen, "time", "times")
}

// standing says what history a forecast rests on.
func (e english) standing(s models.Standing, span models.Span, loc *time.Location) string {
	if s.Observed == 0 {
		return "No history was observed."
	}
	bucket := bucketName(span)
	parts := []string{fmt.Sprintf("%s, from %s to %s", years(s.Years), e.when(s.From, span, loc), e.when(s.To, span, loc))}
	switch s.Christmases {
	case 0:
		parts = append(parts, "no Christmas seen")
	case 1:
		parts = append(parts, "one Christmas seen")
	default:
		parts = append(parts, whole(s.Christmases)+" Christmases seen")
	}
	parts = append(parts, e.plural(s.Observed, "observed "+bucket, "observed "+bucket+"s"))
	if s.Missing > 0 {
		parts = append(parts, e.plural(s.Missing, "missing "+bucket, "missing "+bucket+"s")+", left as holes and not taken for zero")
	} else {
		parts = append(parts, "none missing")
	}
	return strings.Join(parts, "; ") + "."
}

// years prints a length in years to a tenth, which is what a season count needs.
func years(y float64) string {
	if !finite(y) {
		return "unknown years"
	}
	return group(strconv.FormatFloat(y, 'f', 1, 64)) + " years"
}

// carried says how right a forecast by volume can be.
func (english) carried(d models.Driver) string {
	return "It is as right as the forecast of " + nameOr(d.Name, d.Signal) + ", tried on the past there, and the relation between the two, of which the volume explains " + percent(d.Explained) + "."
}

// backtest says how right the method was before, with the seasonal naive beside it.
func (e english) backtest(b models.Backtest, span models.Span) []string {
	if b.Origins == 0 {
		return []string{"The history is too short to try the method on the past: how right it is, is unknown. Take the ranges with care."}
	}
	first := fmt.Sprintf("Tried from %s at this horizon: the errors add up to %s of the volume (WAPE).",
		e.plural(b.Origins, "past "+bucketName(span), "past "+bucketName(span)+"s"), percent(b.WAPE))
	out := []string{first}
	if finite(b.MASE) && finite(b.Naive) && b.Naive > 0 {
		r := b.MASE / b.Naive
		word := percent(1-r) + " less error than"
		if r > 0.995 && r < 1.005 {
			word = "the same error as"
		} else if r > 1 {
			word = percent(r-1) + " more error than"
		}
		out = append(out, fmt.Sprintf("That is %s simply repeating the last season (MASE %s; the seasonal naive %s on the same %ss).",
			word, figure(b.MASE), figure(b.Naive), bucketName(span)))
	}
	if finite(b.Coverage80) && finite(b.Coverage90) {
		out = append(out, fmt.Sprintf("What came lay within the 80 %% band %s of the time, within the 90 %% band %s.",
			percent(b.Coverage80), percent(b.Coverage90)))
	}
	return out
}
