package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/models"
)

// beside puts beside a signal's forecasts what planners expect instead of them and
// what plans that are not decided would do. The forecasts stay as they are. It comes
// last, when nothing moves them any more.
func (o *outlook) beside(j Job, s *study, h history) {
	for i := range o.measured {
		if i < len(o.signal.Forecasts) {
			o.signal.Forecasts[i].Overrides = o.measured[i].overrides(j, s, h)
		}
	}
	o.whatIfs(j, s, h)
}

// whatIfs tells of each plan that is not decided, and, where there are several, of
// all of them together.
func (o *outlook) whatIfs(j Job, s *study, h history) {
	var open []models.Plan
	own := plansOf(j, s, h)
	for _, p := range append(own, o.driverPlans(j, s, own)...) {
		if !p.Committed {
			open = append(open, p)
		}
	}
	for i := range o.measured {
		m := &o.measured[i]
		ahead := slices.DeleteFunc(slices.Clone(open), func(p models.Plan) bool { return over(p, m) })
		if i >= len(o.signal.Forecasts) || len(ahead) == 0 {
			continue
		}
		var first *measured
		if i > 0 {
			first = &o.measured[0]
		}
		var told []models.WhatIf
		for _, p := range ahead {
			told = append(told, m.whatIf(j, s, h, first, p))
		}
		if len(ahead) > 1 {
			told = append(told, m.whatIf(j, s, h, first, ahead...))
		}
		// What changes neither this measure's volume nor its limit is no news of it.
		o.signal.Forecasts[i].WhatIfs = slices.DeleteFunc(told, func(w models.WhatIf) bool { return w.Err == "" && w.PeakWas == (models.Top{}) })
	}
}

// whatIf works one scenario out.
func (m *measured) whatIf(j Job, s *study, h history, first *measured, plans ...models.Plan) models.WhatIf {
	w := models.WhatIf{Name: plans[0].Name}
	var words []string
	for _, p := range plans {
		told := h
		if m.drives(s, p) {
			told = s.driver.total() // an amount is of the volume
		}
		w.Plans, words = append(w.Plans, p.ID), append(words, h.say.plan(told, p))
	}
	if len(plans) > 1 {
		w.Name = h.say.T("All of these together")
	}
	w.Assumes = strings.Join(words, " ")
	options, limits := m.options(h), m.limits
	base, acts, err := m.driven(j, s, h, plans)
	if err != nil {
		w.Err = err.Error()
		return w
	}
	var changes []analytics.Change
	for _, p := range plans {
		if p.Kind == models.PlanCapacity || !p.Applies(s.service.ID, h.signal) {
			continue
		}
		c, err := m.change(j, h, p, first)
		if err != nil {
			w.Err = fmt.Sprintf("plan %s: %v", p.ID, err)
			return w
		}
		changes, acts = append(changes, c), acts || c.Touches(m.series, m.forecast)
	}
	if more := withCapacity(h.signal.Capacity, plans); len(more) > len(h.signal.Capacity) {
		h.signal.Capacity = more
		limits = limitsOf(h, m.measure, m.points)
		acts = acts || limits.any && !sameLimits(limits.values, m.limits.values)
		if limits.any {
			options.Limits = limits.values
		}
	}
	if !acts {
		return w
	}
	out, err := analytics.WhatIf(m.series, base, options, changes...)
	if err != nil {
		w.Err = err.Error()
		return w
	}
	moved := m.moved(out.Quantiles)
	w.Peak, w.PeakWas = m.top(out.Quantiles, moved), m.top(m.forecast.Quantiles, moved)
	w.With, w.Without = m.crossed(j, h, limits.spread(out.Paths), limits), m.crossed(j, h, m.loads, m.limits)
	return w
}

// withCapacity adds the plans' capacity to the dated steps: a step more from the
// plan's first day on, and more in each that comes later, until its last day.
func withCapacity(steps []models.CapacityStep, plans []models.Plan) []models.CapacityStep {
	out := slices.Clone(steps)
	for _, p := range plans {
		if p.Kind != models.PlanCapacity || p.Amount == nil || len(out) == 0 {
			continue
		}
		out = stepAt(out, p.From, "plan:"+p.ID)
		end := time.Time{}
		if !p.To.IsZero() {
			end = calendar.DateOf(p.To).AddDays(1).In(p.To.Location())
			out = stepAt(out, end, "plan:"+p.ID+":end")
		}
		for i := range out {
			if !out[i].From.Before(p.From) && (end.IsZero() || out[i].From.Before(end)) {
				out[i].Limit += p.Amount.Value
			}
		}
	}
	return out
}

// stepAt makes sure that a step begins on a day: a copy of the one in force then.
// Before the first step there is none to copy.
func stepAt(steps []models.CapacityStep, day time.Time, id string) []models.CapacityStep {
	at := 0
	for at < len(steps) && !steps[at].From.After(day) {
		at++
	}
	if at == 0 || steps[at-1].From.Equal(day) {
		return steps
	}
	s := steps[at-1]
	s.From, s.ID = day, id
	return slices.Insert(steps, at, s)
}

func sameLimits(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
}

// moved marks the buckets whose medians a scenario moves; all of them when it moves
// none, but the limit.
func (m *measured) moved(quantiles [][]float64) []bool {
	marks, any := make([]bool, len(quantiles)), false
	for i, q := range quantiles {
		was := m.forecast.Quantiles[i][models.Q50]
		marks[i] = math.Abs(q[models.Q50]-was) > 1e-9*math.Abs(was)
		any = any || marks[i]
	}
	if !any {
		for i := range marks {
			marks[i] = true
		}
	}
	return marks
}

// top is the marked bucket of the largest median.
func (m *measured) top(quantiles [][]float64, marked []bool) models.Top {
	best := models.Top{Expected: math.Inf(-1)}
	for i, q := range quantiles {
		if marked[i] && q[models.Q50] > best.Expected {
			best = models.Top{Time: m.points[i].Time, Expected: q[models.Q50], High: q[models.Q95]}
		}
	}
	return best
}

// crossed reads when paths cross a limit within the signal's horizon; nil without a
// limit.
func (m *measured) crossed(j Job, h history, paths [][]float64, l limits) *models.Crossed {
	last := bucketsWithin(m.points, calendar.DateOf(j.AsOf.Add(h.signal.Horizon)))
	if !l.any || last == 0 || len(paths) == 0 {
		return nil
	}
	within := make([][]float64, len(paths))
	for i, p := range paths {
		within[i] = p[:last]
	}
	c := analytics.Cross(within, l.values[:last], h.signal.Risk)
	at := last - 1
	if c.Need >= 0 {
		at = c.Need
	}
	step := l.steps[at]
	day := func(i int) time.Time {
		if i < 0 {
			return time.Time{}
		}
		return m.points[i].Time
	}
	return &models.Crossed{
		Early: day(c.Early), Expected: day(c.Expected), Late: day(c.Late), Cautious: day(c.Cautious), NeedBy: day(c.Need),
		Probability: c.Probability[last-1], NeededLimit: neededLimit(c, step), Limit: step.Limit, Per: step.Per,
	}
}
