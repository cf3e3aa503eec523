package analytics

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// resume continues a choice made within the refresh (see State); false when there is none or its
// members can no longer forecast.
func (e *engine) resume(ctx context.Context) (done bool, err error) {
	s, since := e.earlier()
	if s == nil || since == 0 || since > refreshOf(e.series.Step) {
		return false, nil
	}
	weights := e.weightsOf(s)
	if weights == nil {
		return false, nil
	}
	e.warm(s)
	points := make([][]float64, len(e.members))
	for m, w := range weights {
		if err := ctx.Err(); err != nil {
			return false, fmt.Errorf("fitting %s: %w", e.members[m].name, err)
		}
		if w == 0 {
			continue
		}
		if points[m] = e.members[m].run(e.final); points[m] == nil {
			return false, nil
		}
	}
	e.dist.median = blend(points, weights, e.options.Horizon)
	e.learnFrom(s)
	e.result.Members, e.result.Backtest = slices.Clone(s.Members), s.Backtest
	e.result.Choice = fmt.Sprintf(sayAsChosen, s.Chosen.Format(time.DateOnly))
	again := *s
	e.result.State = &again
	e.explain()
	return true, nil
}

// warm lets the fits begin where the state's ended. Those of exponential smoothing have states at the
// begin of their history, and begin afresh where that has left the window.
func (e *engine) warm(s *State) {
	h := e.final.hints
	h.prior, h.near, h.theta = s.Prior, s.Near, s.Theta
	begin, whole := e.series.Step.Between(e.series.Times[0], s.Begin)
	if whole && begin >= 0 && begin < len(e.series.Times) {
		h.week.model, h.form.model, h.level.model = s.Week, s.Form, s.Level
		e.final.begin = begin
	}
}

// learnFrom sets spread and shift from the state's errors, as settle does from the trials.
func (e *engine) learnFrom(s *State) {
	trials, errors := make([]trial, len(s.Errors)), make([][]float64, len(s.Errors))
	for k, o := range s.Errors {
		times := make([]time.Time, len(o.Errors))
		for i := range times {
			times[i] = e.series.Step.Add(o.From, i)
		}
		origin, _ := e.series.Step.Between(e.series.Times[0], o.From)
		trials[k] = trial{origin: origin, class: classOfDays(e.options.Calendar, e.series.Step, times)}
		errors[k] = slices.Clone(o.Errors)
	}
	e.dist.spread = spreadOf(trials, errors, e.size, e.rhythm.period)
	if s.Shift == 0 {
		return
	}
	for k, o := range s.Errors {
		errors[k] = e.dist.spread.unshifted(o.Errors, trials[k].classOf, s.Shift)
	}
	e.dist.median = e.dist.spread.shifted(e.dist.median, e.dist.classOf, s.Shift)
	e.dist.spread = spreadOf(trials, errors, e.size, e.rhythm.period)
}
