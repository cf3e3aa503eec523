package report

import (
	"strings"
	"time"

	"foresight/internal/wording"
	"foresight/models"
)

// Sentences that are made of figures are here and beside what they tell of; fixed text stands in the template.

// voice says the report's sentences in one language.
type voice struct{ wording.Voice }

// plural puts a noun behind a number: 1 day, 2 days.
func (e voice) plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + e.T(one)
	}
	return e.whole(n) + " " + e.T(many)
}

// noun picks the form of a noun for a number that stands elsewhere.
func (e voice) noun(n int, one, many string) string {
	if n == 1 {
		return e.T(one)
	}
	return e.T(many)
}

// measure names a measure for people, by how the signal's buckets combine.
func (e voice) measure(m models.Measure, s models.SignalResult) string {
	if m == models.MeasureBusiest {
		return e.T("the busiest %s of each day", e.theBucket(s.Query.Span))
	}
	bucket := e.bucketName(s.Span)
	switch s.Signal.Aggregate {
	case models.AggregateMean:
		return e.T("the mean of each %s", bucket)
	case models.AggregateMax:
		return e.T("the largest value of each %s", bucket)
	case models.AggregateLast:
		return e.T("the last value of each %s", bucket)
	case models.AggregateSum, models.AggregateNone:
	}
	return e.T("the total of each %s", bucket)
}

// count puts a number of buckets in words: 12 days.
func (e voice) count(n int, s models.Span) string {
	if n == 1 {
		return "1 " + e.bucketName(s)
	}
	return e.whole(n) + " " + e.buckets(s)
}

// bucketName names a span in a sentence.
func (e voice) bucketName(s models.Span) string { return e.T(spans[spanOr(s)].one) }

// buckets names several of a span.
func (e voice) buckets(s models.Span) string { return e.T(spans[spanOr(s)].many) }

// theBucket names one certain bucket of a span, where the language has another form for it.
func (e voice) theBucket(s models.Span) string { return e.T(spans[spanOr(s)].certain) }

// spanOr is a span that has a name.
func spanOr(s models.Span) models.Span {
	if _, named := spans[s]; named {
		return s
	}
	return models.SpanDay
}

// spans are the names of buckets.
var spans = func() map[models.Span]struct{ one, many, certain string } {
	noun := func(words ...string) struct{ one, many, certain string } {
		return struct{ one, many, certain string }{words[0], words[1], words[2]}
	}
	return map[models.Span]struct{ one, many, certain string }{
		models.Span5Min:  noun("five minutes", "times of five minutes", "the|five minutes"),
		models.Span15Min: noun("quarter of an hour", "quarters of an hour", "the|quarter of an hour"),
		models.Span30Min: noun("half hour", "half hours", "the|half hour"),
		models.SpanHour:  noun("hour", "hours", "the|hour"),
		models.SpanDay:   noun("day", "days", "the|day"),
		models.SpanWeek:  noun("week", "weeks", "the|week"),
		models.SpanMonth: noun("month", "months", "the|month"),
	}
}()

// per names the width of a limit.
func (e voice) per(p models.Per, s models.SignalResult) string {
	switch p {
	case models.PerSecond:
		return e.T("a second")
	case models.PerMinute:
		return e.T("a minute")
	case models.Per5Min:
		return e.T("in five minutes")
	case models.PerHour:
		return e.T("an hour")
	case models.PerDay:
		return e.T("a day")
	case models.PerBucket:
	}
	return e.T("in one %s", e.bucketName(s.Query.Span))
}

// peakLabel is a peak's name in a chart.
func (e voice) peakLabel(p models.Peak, s models.Span, loc *time.Location) string {
	name := e.Occasion(p.Event)
	if name == "" {
		name = e.T("Peak")
	}
	if r := []rune(name); len(r) > 22 {
		name = string(r[:21]) + "…"
	}
	return name + ", " + e.shortWhen(p.Date, s, loc)
}

// peakTitle is the tooltip of a peak.
func (e voice) peakTitle(p models.Peak, unit string, s models.Span, loc *time.Location) string {
	name := e.Occasion(p.Event)
	if name == "" {
		name = e.T("Peak without a known occasion")
	}
	return e.T("%s, %s: %s (90 %%: %s), %s a usual %s, %s", name, e.when(p.Date, s, loc),
		e.withUnit(e.figure(p.Expected), unit), e.spanOf(p.Low, p.High), e.times(p.Factor), e.bucketName(s), e.seen(p))
}

// seen says how often the history holds a peak's occasion.
func (e voice) seen(p models.Peak) string {
	switch {
	case p.Event == "":
		return e.T("no known occasion")
	case p.TimesSeen == 0:
		return e.T("never seen before")
	}
	return e.T("seen %s", e.plural(p.TimesSeen, "time", "times"))
}

// standing says what history a forecast rests on.
func (e voice) standing(s models.Standing, span models.Span, loc *time.Location) string {
	if s.Observed == 0 {
		return e.T("No history was observed.")
	}
	parts := []string{e.T("%s, from %s to %s", e.years(s.Years), e.when(s.From, span, loc), e.when(s.To, span, loc))}
	switch s.Christmases {
	case 0:
		parts = append(parts, e.T("no Christmas seen"))
	case 1:
		parts = append(parts, e.T("one Christmas seen"))
	default:
		parts = append(parts, e.T("%s Christmases seen", e.whole(s.Christmases)))
	}
	parts = append(parts, e.observed(s.Observed, span))
	if s.Missing > 0 {
		parts = append(parts, e.missing(s.Missing, span))
	} else {
		parts = append(parts, e.T("none missing"))
	}
	return strings.Join(parts, "; ") + "."
}

func (e voice) observed(n int, span models.Span) string {
	if n == 1 {
		return e.T("1 observed %s", e.bucketName(span))
	}
	return e.T("%s observed %s", e.whole(n), e.buckets(span))
}

func (e voice) missing(n int, span models.Span) string {
	if n == 1 {
		return e.T("1 missing %s, left as holes and not taken for zero", e.bucketName(span))
	}
	return e.T("%s missing %s, left as holes and not taken for zero", e.whole(n), e.buckets(span))
}

// years prints a length in years to a tenth, which is what a season count needs.
func (e voice) years(y float64) string {
	if !finite(y) {
		return e.T("unknown years")
	}
	return e.T("%s years", e.fixed(y, 1))
}

// method names the engine's members with their weights: "61 % ridge + 39 % theta; days by stl".
func (e voice) method(text string) string {
	days, of, two := strings.Cut(text, "; days by ")
	if two {
		return e.T("%s; days by %s", e.method(days), e.method(of))
	}
	members := strings.Split(text, " + ")
	for i, m := range members {
		weight, name, weighted := strings.Cut(m, " % ")
		if !weighted {
			weight, name = "", m
		}
		if named := e.T("method|" + name); named != "method|"+name { // else it is no member's
			name = named
		}
		if members[i] = name; weighted {
			members[i] = weight + " % " + name
		}
	}
	return strings.Join(members, " + ")
}

// carried says how right a forecast by volume can be.
func (e voice) carried(d models.Driver) string {
	return e.T("It is as right as the forecast of %s, tried on the past there, and the relation between the two, of which the volume explains %s.", nameOr(d.Name, d.Signal), e.percent(d.Explained))
}

// backtest says how right the method was before, with the seasonal naive beside it.
func (e voice) backtest(b models.Backtest, span models.Span) []string {
	if b.Origins == 0 {
		return []string{e.T("The history is too short to try the method on the past: how right it is, is unknown. Take the ranges with care.")}
	}
	past := e.T("1 past %s", e.bucketName(span))
	if b.Origins != 1 {
		past = e.T("%s past %s", e.whole(b.Origins), e.buckets(span))
	}
	out := []string{e.T("Tried from %s at this horizon: the errors add up to %s of the volume (WAPE).", past, e.percent(b.WAPE))}
	if finite(b.MASE) && finite(b.Naive) && b.Naive > 0 {
		r := b.MASE / b.Naive
		word := e.T("%s less error than", e.percent(1-r))
		if r > 0.995 && r < 1.005 {
			word = e.T("the same error as")
		} else if r > 1 {
			word = e.T("%s more error than", e.percent(r-1))
		}
		out = append(out, e.T("That is %s simply repeating the last season (MASE %s; the seasonal naive %s on the same %s).",
			word, e.figure(b.MASE), e.figure(b.Naive), e.buckets(span)))
	}
	if finite(b.Coverage80) && finite(b.Coverage90) {
		out = append(out, e.T("What came lay within the 80 %% band %s of the time, within the 90 %% band %s.",
			e.percent(b.Coverage80), e.percent(b.Coverage90)))
	}
	return out
}
