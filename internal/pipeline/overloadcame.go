package pipeline

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"foresight/models"
)

// passedSteps are the days on which a signal's load lay above a capacity step, by the step's id.
type passedSteps map[string][]time.Time

// lookBack is how far back the days are looked at.
const lookBack = 400 * 24 * time.Hour

// foreseenBefore is how long a forecast must have been told before a crossing that it did not
// foresee is its fault.
const foreseenBefore = 28 * 24 * time.Hour

// passedOf compares what came with every step, as forecasts are compared with it.
func passedOf(h history) passedSteps {
	if len(h.signal.Capacity) == 0 || len(h.points) == 0 {
		return nil
	}
	l, days := limits{within: 1}, passedSteps{}
	first := h.points[len(h.points)-1].Time.Add(-lookBack)
	for _, c := range h.signal.Capacity {
		limit, _ := l.inBucket(h, c)
		measure := speaksOf(h, c)
		for _, p := range h.points {
			if !p.Time.Before(first) && value(p, measure) > limit {
				days[c.ID] = append(days[c.ID], p.Time)
			}
		}
	}
	return days
}

// overloadCame is a predicted overload, or one that was not, beside what came.
type overloadCame struct {
	query    string
	overload *models.Overload // as last said; nil: missed
	measure  models.Measure
	subject  models.Subject // of the comparison
	models.Verdict
}

// overloadsCame judges the overloads that were said of the studied signals, each once, and finds
// those that nobody said.
func (l *Line) overloadsCame(ctx context.Context, j Job, studies []*study, said map[string]models.Said) []overloadCame {
	if l.Track == nil {
		return nil
	}
	var all []overloadCame
	for _, s := range studies {
		if !s.decided {
			continue
		}
		for i, r := range s.signals {
			of := judged{line: l, job: j, study: s, signal: r.Signal, passed: s.stepsPassed[i], said: said}
			all = append(all, of.predicted()...)
			all = append(all, of.missed(ctx)...)
		}
	}
	return all
}

// judged is one signal, whose predictions are compared with what came.
type judged struct {
	line   *Line
	job    Job
	study  *study
	signal models.Signal
	passed passedSteps
	said   map[string]models.Said
}

// verdict prepares the word on a prediction; false when it has been said already.
func (g judged) verdict(of models.Subject) (overloadCame, bool) {
	v := overloadCame{query: g.study.key(), subject: of, Verdict: models.Verdict{Finding: of.ID()}}
	v.subject.Kind, v.subject.Episode = "accuracy", "overload-"+of.Episode
	_, done := g.said[v.subject.ID()]
	return v, !done
}

// predicted judges what was said.
func (g judged) predicted() []overloadCame {
	var all []overloadCame
	for _, id := range slices.SortedFunc(maps.Keys(g.said), cmp.Compare[string]) {
		last := g.said[id]
		f := last.Finding
		if f == nil || f.Overload == nil || f.Subject.Service != g.study.service.ID || f.Subject.Signal != g.signal.ID || last.AsOf.After(g.job.AsOf) {
			continue
		}
		v, due := g.verdict(f.Subject)
		if !due {
			continue
		}
		o := f.Overload
		v.overload, v.measure = o, o.Measure
		if v.judge(g, last) {
			all = append(all, v)
		}
	}
	return all
}

// judge says how the prediction came; false while nobody can know.
func (v *overloadCame) judge(g judged, last models.Said) bool {
	o := v.overload
	say := g.job.say()
	limit := say.limit(g.signal, o.Limit, o.Per)
	for _, day := range g.passed[o.StepID] {
		if day.Before(last.AsOf) {
			continue
		}
		v.Day = day
		if now := inForce(g.signal, o, day); now.ID != o.StepID && now.Limit > o.Limit {
			v.Verdict.Verdict = models.VerdictAvoided
			v.Text = say.T("avoided by action: the load passed %s on %s, and the limit had been raised to %s", limit, day.Format(time.DateOnly), say.limit(g.signal, now.Limit, now.Per))
			return true
		}
		if last.State == models.StateWithdrawn {
			return false // what was taken back is not claimed afterwards
		}
		v.Verdict.Verdict = models.VerdictCameTrue
		v.Text = say.T("came true: the load passed %s on %s", limit, day.Format(time.DateOnly))
		return true
	}
	end := o.Late
	if end.IsZero() {
		end = o.Horizon
	}
	if last.State == models.StateOpen || !g.job.AsOf.After(end) {
		return false
	}
	v.Verdict.Verdict = models.VerdictFalse
	v.Text = say.T("did not come: by %s the load had not passed %s", g.job.AsOf.Format(time.DateOnly), limit)
	return true
}

// inForce is the step that limits the overload's measure on a day.
func inForce(s models.Signal, o *models.Overload, day time.Time) (now models.CapacityStep) {
	for _, c := range s.Capacity {
		if !c.From.After(day) && (c.Per == o.Per || c.ID == o.StepID) {
			now = c
		}
	}
	return now
}

// missed finds steps that the load has passed within the last week while a forecast of a month and
// more had told of nothing.
func (g judged) missed(ctx context.Context) []overloadCame {
	var all []overloadCame
	for _, step := range g.signal.Capacity {
		subject := subject(g.job, g.study, g.signal, models.KindOverload, step.ID)
		if _, foreseen := g.said[subject.ID()]; foreseen {
			continue
		}
		v, due := g.verdict(subject)
		at := slices.IndexFunc(g.passed[step.ID], func(day time.Time) bool {
			return !day.Before(g.job.AsOf.AddDate(0, 0, -7)) && inForce(g.signal, &models.Overload{Per: step.Per, StepID: step.ID}, day).ID == step.ID
		})
		if !due || at < 0 {
			continue
		}
		v.Day, v.measure = g.passed[step.ID][at], models.MeasureTotal
		if !g.told(ctx, v.Day) {
			continue
		}
		v.Verdict.Verdict = models.VerdictMissed
		v.Text = g.job.say().T("missed: the load passed %s on %s, and no forecast had said so", g.job.say().limit(g.signal, step.Limit, step.Per), v.Day.Format(time.DateOnly))
		all = append(all, v)
	}
	return all
}

// told reports whether a forecast of the day had been told long before it.
func (g judged) told(ctx context.Context, day time.Time) bool {
	forecast := subject(g.job, g.study, g.signal, "forecast", string(models.MeasureTotal))
	kept, err := g.line.Track.Kept(ctx, g.job.Customer.ID, forecast.ID(), day, day.Add(1))
	if err != nil {
		g.line.Log.Warn().Err(err).Str("customer", g.job.Customer.ID).Msg("what was said before a crossing cannot be read")
	}
	return slices.ContainsFunc(kept, func(k models.Kept) bool { return !k.AsOf.After(day.Add(-foreseenBefore)) })
}

// overloadCame tells once how a predicted overload came.
func (c *composer) overloadCame(v overloadCame) {
	e := models.AccuracyEvent{Kind: models.KindOverload, Measure: v.measure, FindingID: v.Finding, Verdict: v.Verdict.Verdict, Came: day(v.Day)}
	if v.overload != nil {
		e.Date = day(v.overload.NeedBy)
	}
	revision := models.Revision(e.Verdict, e.Came)
	e.Head = c.head(v.subject, revision)
	c.result.Verdicts = append(c.result.Verdicts, v.Verdict)
	c.add([]models.Event{c.event(models.SourcetypeAccuracy, e.Head, e)}, models.Said{
		Subject: e.Subject, Query: v.query, Revision: revision, AsOf: c.job.AsOf, State: models.StatePast,
	})
}
