package app

import (
	"math"
	"slices"
	"time"

	"foresight/analytics/calendar"
	"foresight/internal/pipeline"
	"foresight/models"
)

// word is what was said of one peak or overload over the replayed days.
type word struct {
	first, last       models.Finding
	firstSaid, lastAt time.Time // as-of

	came   time.Time // of the peak, or the first day over the limit; zero: it has not come
	size   float64   // of the peak that came
	judged bool      // its day has come, and what came is known
}

// hear notes what a day's run said.
func (r *replay) hear(result models.Result) {
	for _, f := range result.Findings {
		if f.Peak == nil && f.Overload == nil || f.Peak != nil && f.Peak.EventID == "" {
			continue
		}
		id := f.Subject.ID()
		w := r.byID[id]
		if w == nil {
			w = &word{first: f, firstSaid: result.AsOf}
			r.byID[id], r.words = w, append(r.words, w)
		}
		goesOn := f.Peak != nil && w.last.Peak != nil && w.last.Peak.Date.Before(result.AsOf) && f.Peak.Date.After(w.last.Peak.Date)
		if !goesOn && (f.State == models.StateOpen || w.last.State == "") {
			w.last, w.lastAt = f, result.AsOf
		}
		w.last.State = f.State
	}
	for _, s := range result.Signals {
		for _, f := range s.Forecasts {
			r.limit(f)
		}
	}
}

// limit notes a forecast's limits, the latest word on each bucket.
func (r *replay) limit(f models.Forecast) {
	id := f.Subject.ID()
	for _, p := range f.Points {
		if p.Limit == p.Limit {
			if r.limits[id] == nil {
				r.limits[id] = map[int64]float64{}
			}
			r.limits[id][p.Time.Unix()] = p.Limit
		}
	}
}

// compare lays what was said beside what came, in order of the days said.
func (r *replay) compare() {
	for _, w := range r.words {
		s := w.last.Subject
		measure := models.MeasureTotal
		if w.last.Overload != nil {
			measure = w.last.Overload.Measure
		}
		i := slices.IndexFunc(r.hindsight, func(h pipeline.Hindsight) bool {
			return h.Service == s.Service && h.Signal.ID == s.Signal && h.Measure == measure
		})
		switch {
		case i < 0:
		case w.last.Peak != nil:
			h := r.hindsight[i]
			w.came, w.size, w.judged = pipeline.LargestAround(h.Came, h.Span, w.last.Peak.Date, r.otherPeaks(w))
		default:
			w.overload(r, r.hindsight[i])
		}
	}
	slices.SortStableFunc(r.words, func(a, b *word) int { return dateOf(a.last).Compare(dateOf(b.last)) })
}

// otherPeaks lists the days last said of a signal's other peaks.
func (r *replay) otherPeaks(w *word) []time.Time {
	var days []time.Time
	for _, o := range r.words {
		if s := o.last.Subject; o != w && o.last.Peak != nil && s.Service == w.last.Subject.Service && s.Signal == w.last.Subject.Signal && o.last.State != models.StateWithdrawn {
			days = append(days, o.last.Peak.Date)
		}
	}
	return days
}

// overload finds the first bucket over the limit since the overload was first said, while
// the step that it was said of is the last one in force.
func (w *word) overload(r *replay, h pipeline.Hindsight) {
	limits := r.limits[h.Subject]
	from, until := inForce(h.Signal.Capacity, w.last.Overload.StepID)
	for _, p := range h.Came {
		v := p.Total
		if h.Measure == models.MeasureBusiest {
			v = p.Busiest
		}
		limit, known := limits[p.Time.Unix()]
		if known && !p.Time.Before(w.firstSaid) && !p.Time.Before(from) && (until.IsZero() || p.Time.Before(until)) && v > limit {
			w.came, w.judged = p.Time, true
			return
		}
	}
	w.judged = dateOf(w.last).Before(r.came)
}

// inForce returns when a capacity step begins and when the next one does; zero: never.
func inForce(steps []models.CapacityStep, id string) (from, until time.Time) {
	at := slices.IndexFunc(steps, func(s models.CapacityStep) bool { return s.ID == id })
	if at < 0 {
		return from, until
	}
	for _, s := range steps[at+1:] {
		if s.From.After(steps[at].From) {
			return steps[at].From, s.From
		}
	}
	return steps[at].From, until
}

// dateOf is a peak's day, and of an overload the day by which it is as likely as not, or
// failing that the day of need.
func dateOf(f models.Finding) time.Time {
	switch {
	case f.Peak != nil:
		return f.Peak.Date
	case !f.Overload.Expected.IsZero():
		return f.Overload.Expected
	}
	return f.Overload.NeedBy
}

// daysBetween counts the local days from one to another.
func daysBetween(from, to time.Time) int {
	return calendar.DateOf(to).Sub(calendar.DateOf(from.In(to.Location())))
}

// figures are a word's numbers, for programs.
func (w *word) figures() figures {
	var f figures
	f.add("days_ahead_first_said", float64(daysBetween(w.firstSaid, dateOf(w.first))))
	f.add("judged", truth(w.judged))
	off := math.NaN()
	if !w.came.IsZero() {
		off = float64(daysBetween(dateOf(w.last), w.came))
	}
	if p := w.last.Peak; p != nil {
		first := w.first.Peak
		f.add("size_first_said", first.Expected)
		f.add("size_expected", p.Expected)
		f.add("size_low", p.Low)
		f.add("size_high", p.High)
		f.add("size_came", w.size)
		f.add("days_off", off)
		f.add("inside", truthOf(w.judged, w.size >= p.Low && w.size <= p.High))
		f.add("inside_first_said", truthOf(w.judged, w.size >= first.Low && w.size <= first.High))
		return f
	}
	f.add("probability_first_said", w.first.Overload.Probability)
	f.add("probability", w.last.Overload.Probability)
	f.add("came", truthOf(w.judged, !w.came.IsZero()))
	f.add("days_off", off)
	return f
}

// truthOf is NaN of what cannot be told.
func truthOf(known, yes bool) float64 {
	if !known {
		return math.NaN()
	}
	return truth(yes)
}

// accuracyFigures are an accuracy's numbers, for programs.
func accuracyFigures(a models.Accuracy) figures {
	var f figures
	f.add("buckets", float64(a.Buckets))
	f.add("n", float64(a.N))
	f.add("wape", a.WAPE)
	f.add(naivePrefix+"wape", a.Naive)
	f.add("relative_error", a.Relative)
	f.add("bias", a.Bias)
	if a.Override != "" {
		f.add("forecast_wape", a.Beside)
		return f
	}
	f.add("coverage50", a.Coverage50)
	f.add("coverage80", a.Coverage80)
	f.add("coverage90", a.Coverage90)
	f.add("pinball", a.Pinball)
	return f
}
