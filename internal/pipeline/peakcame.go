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
	finding *models.Finding
	others  []time.Time    // the days of the signal's other peaks
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
		if last.Passed != nil {
			f = last.Passed
		}
		if f == nil || f.Peak == nil || f.Peak.EventID == "" || last.State == models.StateWithdrawn || last.AsOf.After(j.AsOf) {
			continue
		}
		p := peakCame{said: last, finding: f, subject: f.Subject, signal: signals[f.Subject.Service+"/"+f.Subject.Signal]}
		p.subject.Kind, p.subject.Episode = "accuracy", "peak-"+f.Subject.Episode
		if _, done := said[p.subject.ID()]; done || p.signal == nil {
			continue
		}
		if p.others = otherPeaks(said, f); !p.find(j) {
			continue
		}
		p.before = l.saidBefore(ctx, j, p)
		all = append(all, p)
	}
	return all
}

// otherPeaks lists the days said of a signal's other peaks.
func otherPeaks(said map[string]models.Said, f *models.Finding) []time.Time {
	var days []time.Time
	for _, s := range said {
		for _, other := range []*models.Finding{s.Finding, s.Passed} {
			if other != nil && other.Peak != nil && other.Subject != f.Subject && other.Subject.Service == f.Subject.Service && other.Subject.Signal == f.Subject.Signal && s.State != models.StateWithdrawn {
				days = append(days, other.Peak.Date)
			}
		}
	}
	return days
}

// passed is what was last said of a peak's day before that came, when its occasion goes
// on and the finding now names what is left of it; nil when there is none.
func passed(last models.Said, f *models.Finding) *models.Finding {
	if last.Passed != nil {
		return last.Passed
	}
	before := last.Finding
	if before == nil || before.Peak == nil || f.Peak == nil || !before.Peak.Date.Before(f.AsOf) || !f.Peak.Date.After(before.Peak.Date) {
		return nil
	}
	return before
}

// find looks for the largest bucket around the peak's; false while they have not all come,
// or too few are known.
func (p *peakCame) find(j Job) (found bool) {
	if len(p.signal.History) == 0 {
		return false
	}
	if _, to := p.around(); steps[p.signal.Span].Add(to, 1).After(j.AsOf) {
		return false
	}
	p.date, p.size, found = LargestAround(p.signal.History, p.signal.Span, p.finding.Peak.Date, p.others)
	return found
}

// around returns the first and the last bucket in which the peak is looked for.
func (p *peakCame) around() (from, to time.Time) {
	return around(p.finding.Peak.Date.In(p.signal.History[0].Time.Location()), p.signal.Span)
}

func around(peak time.Time, s models.Span) (from, to time.Time) {
	return steps[s].Add(peak, -aroundPeak[s]), steps[s].Add(peak, aroundPeak[s])
}

// LargestAround returns the largest total within three days of a peak (a week, a month of
// longer buckets), of those that lie nearer to it than to another one; false where the peak's own bucket or
// half of all are unknown.
func LargestAround(history []models.HistoryPoint, s models.Span, peak time.Time, others []time.Time) (at time.Time, size float64, found bool) {
	from, to := around(peak, s)
	size = math.NaN()
	known, own := 0, false
	for _, x := range history {
		if x.Time.Before(from) || x.Time.After(to) || math.IsNaN(x.Total) {
			continue
		}
		known, own = known+1, own || x.Time.Equal(peak)
		another := slices.ContainsFunc(others, func(o time.Time) bool { return x.Time.Sub(o).Abs() <= x.Time.Sub(peak).Abs() })
		if (!another || x.Time.Equal(peak)) && !(x.Total <= size) { // NaN too
			at, size = x.Time, x.Total
		}
	}
	return at, size, own && known > aroundPeak[s]
}

// saidBefore returns what the forecasts in force so many days before a peak told of it.
func (l *Line) saidBefore(ctx context.Context, j Job, p peakCame) map[int]float64 {
	from, to := p.around()
	peak := p.finding.Peak
	forecast := p.finding.Subject
	forecast.Kind, forecast.Episode = "forecast", string(peak.Measure)
	kept, err := l.Track.Kept(ctx, j.Customer.ID, forecast.ID(), from, to.Add(1))
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
	peak := p.finding.Peak
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
