package pipeline

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"foresight/analytics/calendar"
	"foresight/models"
)

// peakCame is a named peak that was said, beside what came around its day.
type peakCame struct {
	said    models.Said
	subject models.Subject // of the comparison
	signal  *models.SignalResult
	date    time.Time // of the largest bucket that came around the day
	size    float64
	before  map[int]float64 // the largest median around it, as told so many days before
}

// aroundPeak is how many buckets before and after a peak's own the largest is looked for.
var aroundPeak = map[models.Span]int{models.SpanDay: 3, models.SpanWeek: 1, models.SpanMonth: 1}

// peakLeads are the days before a peak whose word on it is looked up: what is said the day
// before helps nobody to prepare.
var peakLeads = []int{28, 90}

// peaksCame finds the peaks whose days have come and have not yet been compared: those
// said, not withdrawn, with an occasion by which they can be told apart.
func (l *Line) peaksCame(ctx context.Context, j Job, r *models.Result, said map[string]models.Said) []peakCame {
	if l.Track == nil {
		return nil
	}
	signals := map[string]*models.SignalResult{}
	for i := range r.Signals {
		signals[r.Signals[i].Service.ID+"/"+r.Signals[i].Signal.ID] = &r.Signals[i]
	}
	var all []peakCame
	for _, id := range slices.SortedFunc(maps.Keys(said), cmp.Compare[string]) {
		last := said[id]
		f := last.Finding
		if f == nil || f.Peak == nil || f.Peak.EventID == "" || last.State == models.StateWithdrawn || last.AsOf.After(j.AsOf) {
			continue
		}
		p := peakCame{said: last, subject: f.Subject, signal: signals[f.Subject.Service+"/"+f.Subject.Signal]}
		p.subject.Kind, p.subject.Episode = "accuracy", "peak-"+f.Subject.Episode
		if _, done := said[p.subject.ID()]; done || p.signal == nil || !p.find(j) {
			continue
		}
		p.before = l.saidBefore(ctx, j, p)
		all = append(all, p)
	}
	return all
}

// find looks for the largest bucket around the peak's; false while they have not all come,
// or when the peak's own or half of them are unknown.
func (p *peakCame) find(j Job) bool {
	if len(p.signal.History) == 0 {
		return false
	}
	from, to := p.around()
	if steps[p.signal.Span].Add(to, 1).After(j.AsOf) {
		return false
	}
	p.size = math.NaN()
	known, own := 0, false
	for _, x := range p.signal.History {
		if x.Time.Before(from) || x.Time.After(to) || math.IsNaN(x.Total) {
			continue
		}
		known, own = known+1, own || x.Time.Equal(p.said.Finding.Peak.Date)
		if !(x.Total <= p.size) { // NaN too
			p.date, p.size = x.Time, x.Total
		}
	}
	return own && known > aroundPeak[p.signal.Span]
}

// around returns the first and the last bucket in which the peak is looked for.
func (p *peakCame) around() (from, to time.Time) {
	n, step := aroundPeak[p.signal.Span], steps[p.signal.Span]
	date := p.said.Finding.Peak.Date.In(p.signal.History[0].Time.Location())
	return step.Add(date, -n), step.Add(date, n)
}

// saidBefore returns what the forecasts in force so many days before a peak told of it.
func (l *Line) saidBefore(ctx context.Context, j Job, p peakCame) map[int]float64 {
	from, to := p.around()
	peak := p.said.Finding.Peak
	forecast := p.said.Finding.Subject
	forecast.Kind, forecast.Episode = "forecast", string(peak.Measure)
	kept, err := l.Track.Kept(ctx, j.Customer.ID, forecast.ID(), from)
	if err != nil {
		l.Log.Warn().Err(err).Str("customer", j.Customer.ID).Msg("what was said of a peak earlier cannot be read")
	}
	before := map[int]float64{}
	for _, lead := range peakLeads {
		by := calendar.DateOf(peak.Date.In(from.Location())).AddDays(-lead).In(from.Location())
		for _, k := range kept {
			if k.AsOf.After(by) {
				break
			}
			top := math.NaN()
			for _, x := range k.Points {
				if x.Time >= from.Unix() && x.Time <= to.Unix() && !(x.Quantiles[models.Q50] <= top) {
					top = x.Quantiles[models.Q50]
				}
			}
			if top == top {
				before[lead] = top
			}
		}
	}
	return before
}

// peakCame tells once how a peak that was said came.
func (c *composer) peakCame(p peakCame) {
	peak := p.said.Finding.Peak
	off := calendar.DateOf(p.date).Sub(calendar.DateOf(peak.Date.In(p.date.Location())))
	inside := p.size >= peak.Low && p.size <= peak.High
	said := func(lead int) *models.Number {
		x, known := p.before[lead]
		if !known {
			return nil
		}
		return optional(x)
	}
	e := models.AccuracyEvent{
		Kind: models.KindPeak, Measure: peak.Measure, FindingID: p.said.Subject, Event: peak.Event,
		Date: day(peak.Date), Came: day(p.date), DaysOff: &off, Low: optional(peak.Low), Expected: optional(peak.Expected), High: optional(peak.High),
		Size: optional(p.size), SizeError: optional(share(peak.Expected, p.size) - 1), Inside: &inside, Before28: said(28), Before90: said(90),
	}
	revision := models.Revision(e.Date, e.Came, models.Round(peak.Expected, 4), models.Round(p.size, 4))
	e.Head = c.head(p.subject, revision)
	c.add([]models.Event{c.event(models.SourcetypeAccuracy, e.Head, e)}, models.Said{
		Subject: e.Subject, Query: p.said.Query, Revision: revision, AsOf: c.job.AsOf, State: models.StatePast,
	})
}
