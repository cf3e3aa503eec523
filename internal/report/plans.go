package report

import (
	"math"
	"strings"
	"time"

	"foresight/models"
)

// namedText is a sentence with a name before it.
type namedText struct{ Name, Text string }

// whatIfs puts in words what plans that are not decided would do.
func (b builder) whatIfs(f models.Forecast, s models.Signal) []namedText {
	var out []namedText
	for _, w := range f.WhatIfs {
		out = append(out, namedText{w.Name, b.say.whatIf(w, f.Span, s, b.loc)})
	}
	return out
}

// whatIf says what a scenario assumes and what it does to the largest bucket and the
// limit, each beside the forecast's own.
func (e voice) whatIf(w models.WhatIf, span models.Span, s models.Signal, loc *time.Location) string {
	parts := []string{e.oneStyle(w.Assumes)}
	if w.Err != "" {
		return strings.Join(append(parts, e.T("It could not be worked out: %s.", e.oneStyle(w.Err))), " ")
	}
	if finite(w.Peak.Expected) && !w.Peak.Time.IsZero() {
		parts = append(parts, e.largest(w, span, s, loc))
	}
	if w.With != nil {
		parts = append(parts, e.crossed(*w.With, w.Without, span, s, loc))
	}
	return strings.Join(parts, " ")
}

// largest names the largest bucket that a scenario moves; of one that moves none, the
// forecast's own.
func (e voice) largest(w models.WhatIf, span models.Span, s models.Signal, loc *time.Location) string {
	bucket := e.theBucket(span)
	if w.Peak == w.PeakWas {
		return e.T("The largest %s stays %s, with %s expected.", bucket, e.when(w.Peak.Time, span, loc), e.withUnit(e.figure(w.Peak.Expected), s.Unit))
	}
	text := e.T("The largest %s that it changes would be %s, with %s expected (at most %s with 95 %%)", bucket,
		e.when(w.Peak.Time, span, loc), e.withUnit(e.figure(w.Peak.Expected), s.Unit), e.figure(w.Peak.High))
	if finite(w.PeakWas.Expected) && !w.PeakWas.Time.IsZero() {
		text += e.T("; without it %s", e.figure(w.PeakWas.Expected))
		if !w.PeakWas.Time.Equal(w.Peak.Time) {
			text += " " + e.on(w.PeakWas.Time, span, loc)
		}
	}
	return text + "."
}

// crossed compares a limit's crossing with the forecast's own.
func (e voice) crossed(with models.Crossed, without *models.Crossed, span models.Span, s models.Signal, loc *time.Location) string {
	date := func(t time.Time) string {
		if t.IsZero() {
			return e.T("not within the time looked at")
		}
		return e.by(t, span, loc)
	}
	both := func(c models.Crossed) string { // the cautious date comes first, if any comes
		if c.Cautious.IsZero() {
			return date(c.Cautious)
		}
		return e.T("%s (expected) or %s (cautious: with 5 %% before)", date(c.Expected), date(c.Cautious))
	}
	text := e.T("The limit would be crossed %s, with %s in all; a limit of %s would do",
		both(with), e.percent(with.Probability), e.withUnit(e.figure(with.NeededLimit), s.Unit))
	switch {
	case without == nil:
	case *without == with:
		return e.T("The limit is crossed when it would be without it: %s.", both(with))
	default:
		text += e.T(". Without it: %s, with %s; a limit of %s", both(*without), e.percent(without.Probability), e.figure(without.NeededLimit))
	}
	return text + "."
}

// overrides lists planners' figures beside the forecast's own.
func (b builder) overrides(f models.Forecast, s models.Signal) []namedText {
	var out []namedText
	for _, o := range f.Overrides {
		if len(o.Points) == 0 {
			continue
		}
		first, last := o.Points[0], o.Points[len(o.Points)-1]
		text := b.say.T("%s expected %s, where the forecast says %s", b.say.withUnit(b.say.figure(first.Value), s.Unit),
			b.say.on(first.Time, f.Span, b.loc), b.say.figure(first.Forecast))
		if n := len(o.Points); n > 1 {
			text += b.say.T(", and so on for %s to %s", b.say.count(n, f.Span), b.say.when(last.Time, f.Span, b.loc))
		}
		text += ": " + strings.TrimSuffix(b.say.oneStyle(o.Override.Reason), ".") + "."
		if !o.Override.Expires.IsZero() {
			text += b.say.T(" It is carried until %s.", b.say.day(o.Override.Expires, b.loc))
		}
		out = append(out, namedText{o.Override.Author, text})
	}
	return out
}

// lasting puts a component in words that is the same for months: growth.
func (e voice) lasting(c models.Component, f models.Forecast, loc *time.Location) (string, bool) {
	const months = 60 // points
	neutral := 0.0
	if c.Multiplicative {
		neutral = 1
	}
	first, last := -1, -1
	for i, v := range c.Values {
		switch {
		case math.Abs(v-neutral) < 1e-12:
		case first < 0:
			first, last = i, i
		case i != last+1 || math.Abs(v-c.Values[first]) > 1e-9*math.Abs(v):
			return "", false
		default:
			last = i
		}
	}
	if first < 0 || last-first+1 < months || !c.Multiplicative {
		return "", false
	}
	when := e.T("every %s", e.bucketName(f.Span))
	if first > 0 || last < len(c.Values)-1 {
		when += e.T(" from %s", e.when(f.Points[first].Time, f.Span, loc))
	}
	if last < len(c.Values)-1 {
		when += e.T("when| to %s", e.when(f.Points[last].Time, f.Span, loc))
	}
	if c.Values[first] < 1 {
		return e.T("%s lowers %s to %s.", e.Occasion(c.Name), when, e.times(c.Values[first])), true
	}
	return e.T("%s lifts %s to %s.", e.Occasion(c.Name), when, e.times(c.Values[first])), true
}
