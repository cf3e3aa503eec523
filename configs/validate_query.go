package configs

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"foresight/models"
)

func (v validator) query(key string, q fileQuery, zone *time.Location) {
	v.schedule(key+".schedule", q.Schedule)
	v.source(key, q, v.given("splunk.cloud_services"))
	if v.oneOf(key+".span", q.Span, spanNames()...) {
		v.divides(key+".span", q.Span, zone)
	}
	if time.Duration(q.History) < day {
		v.fail(key+".history", "less than a day tells nothing; write 1d or more, better 3y")
	}
	if time.Duration(q.Overlap) < day {
		v.fail(key+".overlap", "less than a day re-reads nothing that came late; write 1d or more")
	}
	if v.oneOf(key+".known_by", q.KnownBy, string(models.KnownByEventTime), string(models.KnownByIndexTime)) &&
		q.KnownBy == string(models.KnownByIndexTime) && q.Source != string(models.SourceEvents) {
		v.fail(key+".known_by", "indextime is known of events only; use source: events, or known_by: eventtime")
	}
	v.empty(key, q, zone)
	if q.Split != nil {
		v.field(key+".split.by", q.Split.By)
		if q.Split.Max < 1 || q.Split.Max > 100_000 {
			v.fail(key+".split.max", "%d is not between 1 and 100000; write how many values to keep", q.Split.Max)
		}
	}
	v.signal(key+".signal", q)
}

func (v validator) empty(key string, q fileQuery, zone *time.Location) {
	if !v.oneOf(key+".empty", q.Empty, string(models.EmptyZero), string(models.EmptyMissing), string(models.EmptyWitness)) {
		return
	}
	switch wants := q.Empty == string(models.EmptyWitness); {
	case wants && q.Witness == nil:
		v.fail(key+".witness", "empty: witness needs one; write witness: {search: …, span: 1h}")
	case !wants && q.Witness != nil:
		v.fail(key+".witness", "a witness is heard with empty: witness only; write that, or take the witness out")
	case q.Witness != nil:
		v.witness(key+".witness", *q.Witness)
		if v.oneOf(key+".witness.span", q.Witness.Span, "5m", "15m", "30m", "1h", "1d") {
			v.divides(key+".witness.span", q.Witness.Span, zone)
		}
	}
}

func (v validator) witness(key string, w fileWitness) {
	v.spl(key+".search", w.Search)
	switch metric := w.Source == string(models.SourceMstats); {
	case !v.oneOf(key+".source", w.Source, string(models.SourceEvents), string(models.SourceTstats), string(models.SourceMstats)):
	case metric && !metricForm.MatchString(w.Metric):
		v.fail(key+".metric", "%q is no name of a metric; write the one whose measurements are counted, such as cpu.usage", w.Metric)
	case !metric && w.Metric != "":
		v.fail(key+".metric", "metrics are heard by mstats; use source: mstats, or leave source out")
	}
}

// schedule wants a cron spec that the scheduler takes and that comes at all.
func (v validator) schedule(key, spec string) {
	// The parser panics on "TZ=" without a space, and the zone is the customer's.
	if strings.Contains(spec, "TZ=") {
		v.fail(key, "%q names a zone; take it out, the schedule runs in the customer's zone", spec)
		return
	}
	s, err := cron.ParseStandard(spec)
	if err != nil {
		v.fail(key, "%q is not a cron spec (%v); write five fields: minute hour day month weekday, such as \"15 * * * *\"", spec, err)
		return
	}
	// Any day will do to begin from; the search ends after five years.
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		v.fail(key, "%q never comes; mend the day and month", spec)
	}
}

// spl wants search terms: what stands before the first pipe.
func (v validator) spl(key, search string) {
	text := strings.TrimSpace(search)
	if text == "" {
		v.fail(key, "the search is empty; write search terms, such as index=web sourcetype=access_combined")
		return
	}
	if word, _, _ := strings.Cut(strings.ToLower(text), " "); word == "search" {
		v.fail(key, "it begins with the command search, which is added; take the word out")
	}
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '|' && !quoted:
			v.fail(key, "it goes on after a pipe; write the terms before the first pipe only, and let measure and split say the rest")
			return
		case c == '`' && !quoted:
			v.fail(key, "it has a macro or comment, and what that expands to cannot be checked; write its terms out")
			return
		case c == '\'' && !quoted:
			v.fail(key, "it has a single quote outside a string, which some of Splunk's commands take for the beginning of a name; put the whole value in double quotes")
			return
		case (c == '[' || c == ']') && !quoted:
			v.fail(key, "it has a subsearch, whose result Splunk cuts off at 60 s or 10 000 rows without a word; write its terms out, or have it write a summary index")
			return
		}
	}
	if quoted {
		v.fail(key, "a quotation mark is not closed; close it")
	}
}

// divides wants the bucket's width to divide every offset of the zone, so that no
// bucket lies across a local midnight.
func (v validator) divides(key, span string, zone *time.Location) {
	width := models.Span(span).Duration()
	if width == 0 || zone == nil {
		return
	}
	// Two weeks apart is nearer than any two changes of a clock.
	end := time.Date(lastYear, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(end); t = t.Add(2 * week) {
		_, offset := t.In(zone).Zone()
		if part := int(width.Seconds()); offset%part != 0 {
			mend := "use 1d"
			for _, s := range []models.Span{models.Span30Min, models.Span15Min, models.Span5Min} {
				if offset%int(s.Duration().Seconds()) == 0 {
					mend = "use " + string(s)
					break
				}
			}
			v.fail(key, "buckets of %s do not end at midnight in %s, which lies %s off UTC; %s", span, zone, clock(offset), mend)
			return
		}
	}
}

// clock prints an offset in seconds as ±hh:mm.
func clock(offset int) string {
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	return fmt.Sprintf("%s%02d:%02d", sign, offset/3600, offset%3600/60)
}

// MaxHorizonDays is how many days ahead forecasts end, and with them what a
// signal's horizon can look at.
const MaxHorizonDays = 400

func (v validator) signal(key string, q fileQuery) {
	s := q.Signal
	function := v.measure(key+".measure", s.Measure)
	if v.oneOf(key+".kind", s.Kind, string(models.KindCount), string(models.KindGauge), string(models.KindRatio), string(models.KindCumulative)) {
		v.kind(key, s, function)
	}
	if v.oneOf(key+".aggregate", s.Aggregate, "sum", "mean", "max", "last", "none") && function != "" {
		// "none" is always true: it only forgoes what could be rebuilt.
		if fit := aggregateOf(function); s.Aggregate != string(fit) && s.Aggregate != string(models.AggregateNone) {
			v.fail(key+".aggregate", "%s cannot be combined by %s; use %s, or leave it out", s.Measure, s.Aggregate, fit)
		}
	}
	if s.Aggregate == string(models.AggregateNone) && models.Span(q.Span).Duration() > 0 {
		v.fail(key+".measure", "a day of %s cannot be made of buckets of %s; use span: 1d, 1w or 1mon", s.Measure, q.Span)
	}
	v.metrics(key+".measure", s.Measure, models.Source(q.Source))
	if s.Denominator != "" {
		v.metrics(key+".denominator", s.Denominator, models.Source(q.Source))
	}
	if s.Min != nil && s.Max != nil && *s.Min >= *s.Max {
		v.fail(key+".max", "%v is not above min, %v; mend one of them", *s.Max, *s.Min)
	}
	if *s.Risk <= 0 || *s.Risk >= 1 {
		v.fail(key+".risk", "%v is not between 0 and 1; write a probability such as 0.2", *s.Risk)
	}
	switch ahead := time.Duration(s.Horizon); {
	case ahead < day:
		v.fail(key+".horizon", "less than a day ahead is no warning; write how far ahead to look, such as 120d")
	case ahead > MaxHorizonDays*day:
		v.fail(key+".horizon", "forecasts end after %dd; write %dd or less", MaxHorizonDays, MaxHorizonDays)
	}
	if f := s.PeakFactor; f != nil && f.Mean < 1 {
		v.fail(key+".peak_factor.mean", "%v is below 1, and no peak is below the mean; write 1 or more", f.Mean)
	}
	if f := s.PeakFactor; f != nil && f.Spread < 0 {
		v.fail(key+".peak_factor.spread", "%v is below 0; write a standard deviation, such as 0.1", f.Spread)
	}
	v.leadTime(key+".lead_time", s.LeadTime)
	v.capacity(key, q)
	v.ceilings(key, q)
}

// kind wants the kind to fit what is measured.
func (v validator) kind(key string, s fileSignal, function string) {
	adds := function == "count" || function == "sum"
	switch models.Kind(s.Kind) {
	case models.KindRatio:
		if s.Denominator == "" {
			v.fail(key+".denominator", "a ratio needs one; write count or sum(f)")
			return
		}
		below := v.measure(key+".denominator", s.Denominator)
		if function != "" && !adds {
			v.fail(key+".measure", "a ratio's numerator must add up; write count or sum(f)")
		}
		if below != "" && below != "count" && below != "sum" {
			v.fail(key+".denominator", "a ratio's denominator must add up; write count or sum(f)")
		}
		return
	case models.KindCount:
		if function != "" && !adds {
			v.fail(key+".kind", "%s does not add up; use kind: gauge, or measure count or sum(f)", s.Measure)
		}
	case models.KindGauge:
		if adds {
			v.fail(key+".kind", "%s adds up; use kind: count, or measure avg(f), max(f) or last(f)", s.Measure)
		}
	case models.KindCumulative:
		if function != "" && function != "last" && function != "max" {
			v.fail(key+".kind", "a counter that grows is read as last(f) or max(f), not %s; mend the measure", s.Measure)
		}
	}
	if s.Denominator != "" {
		v.fail(key+".denominator", "only a ratio has one; use kind: ratio, or take it out")
	}
}

func (v validator) capacity(key string, q fileQuery) {
	s := q.Signal
	ids := v.unique()
	for i, c := range s.Capacity {
		at := fmt.Sprintf("%s.capacity[%d]", key, i)
		ids(at, c.ID)
		if c.From.IsZero() {
			v.fail(at+".from", "the day is missing; write the first day on which the limit is in force")
		}
		if i > 0 && !c.From.IsZero() && !c.From.After(s.Capacity[i-1].From.Time) {
			v.fail(at+".from", "%s is not after the step before, %s; put the steps in order of time", c.From.Format(time.DateOnly), s.Capacity[i-1].From.Format(time.DateOnly))
		}
		if c.Limit == nil {
			v.fail(at+".limit", "the limit is missing; write what the system bears, in the signal's unit")
		} else if *c.Limit <= 0 {
			v.fail(at+".limit", "%v is not above 0; write what the system bears", *c.Limit)
		}
		if c.Headroom < 0 || c.Headroom >= 1 {
			v.fail(at+".headroom", "%v is not a share from 0 up to 1; write 0.2 for a fifth", c.Headroom)
		}
		v.per(at+".per", c.Per, q)
	}
	if len(s.Capacity) > 0 && s.LeadTime == nil {
		v.fail(key+".lead_time", "there is a capacity but no lead time, so that no latest start can be told; write lead_time: {work_days: 20} here or at the customer")
	}
}

// per wants a limit's width to be comparable with the buckets: a limit on what
// does not add up is on the reading itself, and a limit finer than the bucket needs
// to know how peaked the bucket is inside.
func (v validator) per(key, per string, q fileQuery) {
	if !v.oneOf(key, per, "1s", "1min", "5min", "1h", "1d", "bucket") || per == string(models.PerBucket) {
		return
	}
	if q.Signal.Kind != string(models.KindCount) {
		v.fail(key, "a limit on a %s holds for every bucket; use per: bucket, or leave it out", q.Signal.Kind)
		return
	}
	if perWidth(models.Per(per)) < spanWidth(models.Span(q.Span)) && q.Signal.PeakFactor == nil {
		v.fail(key, "a limit per %s is finer than the buckets of %s; write peak_factor: {mean: 1.5, spread: 0.1} (busiest %s over the bucket's mean), or a finer span", per, q.Span, per)
	}
}

// perWidth returns the width of a limit; 0 for a bucket.
func perWidth(p models.Per) time.Duration {
	switch p {
	case models.PerSecond:
		return time.Second
	case models.PerMinute:
		return time.Minute
	case models.Per5Min:
		return 5 * time.Minute
	case models.PerHour:
		return time.Hour
	case models.PerDay:
		return day
	}
	return 0
}

// spanWidth returns the usual width of a span, days and longer too.
func spanWidth(s models.Span) time.Duration {
	switch s {
	case models.SpanDay:
		return day
	case models.SpanWeek:
		return week
	case models.SpanMonth:
		return 30 * day
	}
	return s.Duration()
}
