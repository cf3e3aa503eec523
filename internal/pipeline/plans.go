package pipeline

import (
	"fmt"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/models"
)

// plan lays the customer's committed plans over a signal's forecasts.
func (o *outlook) plan(j Job, s *study, h history) error {
	plans := plansOf(j, s, h)
	for i := range o.measured {
		m := &o.measured[i]
		var first *measured
		if i > 0 {
			first = &o.measured[0]
		}
		if err := m.plan(j, h, plans, first); err != nil {
			return err
		}
		for _, p := range o.driverPlans(j, s, plans) {
			if p.Committed && m.driver != nil && !over(p, m) {
				m.planned = append(m.planned, h.say.T("Part of the volume that it is forecast by, since it is decided: %s", h.say.plan(s.driver.total(), p)+h.say.decided(p)))
			}
		}
		if len(m.planned) > 0 {
			o.signal.Forecasts[i] = m.record(j, s, h)
		}
	}
	return nil
}

// plan lays committed plans over a measure's forecast. A plan whose effect cannot be
// read (a campaign like days that the history does not hold) is left out, and said to
// be. first is the day's total, which amounts are shares of; nil when m is it.
func (m *measured) plan(j Job, h history, plans []models.Plan, first *measured) error {
	m.unplanned = m.forecast
	m.unplanned.Paths = nil // the largest part by far; effects are read without
	var changes []analytics.Change
	for _, p := range plans {
		if !p.Committed || over(p, m) {
			continue
		}
		c, err := m.change(j, h, p, first)
		if err != nil {
			m.unplannable = append(m.unplannable, fmt.Errorf("plan %s: %w", p.ID, err))
			m.planned = append(m.planned, h.say.T("The plan “%s” is decided and is not in the forecast: %s.", p.Name, err.Error()))
			continue
		}
		changes = append(changes, c)
		m.planned = append(m.planned, h.say.T("Part of the forecast, since it is decided: %s", h.say.plan(h, p)+h.say.decided(p)))
	}
	if len(changes) == 0 {
		return nil
	}
	w, err := analytics.WhatIf(m.series, m.forecast, m.options(h), changes...)
	if err != nil {
		return fmt.Errorf("laying plans over signal %s: %w", h.signal.ID, err)
	}
	m.forecast = w.Forecast
	m.fill(j, h)
	return nil
}

// plansOf lists the plans for a signal that were known on the job's day.
func plansOf(j Job, s *study, h history) []models.Plan {
	var all []models.Plan
	for _, p := range j.Customer.Plans {
		if p.KnownBy(j.AsOf) && p.Applies(s.service.ID, h.signal) {
			all = append(all, p)
		}
	}
	return all
}

// over says that a plan's days lie before the forecast.
func over(p models.Plan, m *measured) bool {
	return len(m.points) == 0 || !p.To.IsZero() && p.To.Before(m.points[0].Time)
}

// options are those that the measure's forecast was made with, as far as plans need
// them.
func (m *measured) options(h history) analytics.Options {
	o := analytics.Options{
		Horizon: len(m.points), Quantiles: models.Probabilities[:], Lower: h.signal.Min, Upper: h.signal.Max, Risk: h.signal.Risk,
	}
	if m.limits.any {
		o.Limits = m.limits.values
	}
	return o
}

// change turns a plan into the engine's.
func (m *measured) change(j Job, h history, p models.Plan, first *measured) (analytics.Change, error) {
	c := analytics.Change{Name: p.Name, From: calendar.DateOf(p.From)}
	if !p.To.IsZero() {
		c.To = calendar.DateOf(p.To)
	}
	switch {
	case p.Like != nil:
		effect, err := m.effect(j, p.Like)
		if err != nil {
			return c, err
		}
		if own := len(effect.Values) - effect.Before; !c.To.IsZero() && c.To.Sub(c.From)+1 != own {
			return c, fmt.Errorf("what it is like lasts %d days, and it %d: leave its last day out", own, c.To.Sub(c.From)+1)
		}
		return analytics.Campaign(p.Name, effect, c.From), nil
	case p.Factor != nil:
		c.Factor, c.Usual = bandOf(p.Factor, 1), p.Kind == models.PlanGrowth
		return c, nil
	case p.Amount != nil:
		c.Amount = bandOf(p.Amount, m.perBucket(h, p, first))
		return c, nil
	}
	return c, fmt.Errorf("it says nothing to do: give it a factor, an amount or what it is like")
}

// effect reads what a campaign repeats.
func (m *measured) effect(j Job, like *models.Like) (analytics.Profile, error) {
	if like.Event != "" {
		return analytics.EffectOfOccasion(m.series, m.unplanned, j.Calendar, like.Event)
	}
	return analytics.EffectOfDays(m.series, calendar.DateOf(like.From), calendar.DateOf(like.To))
}

// perBucket is what an amount a day is in one bucket of the measure: seven of them in
// a week of something that adds up, and in the busiest hour the share that the hour
// has of its day. What does not add up takes the amount as it is.
func (m *measured) perBucket(h history, p models.Plan, first *measured) float64 {
	if h.signal.Aggregate != models.AggregateSum {
		return 1
	}
	if first == nil {
		return 1 / steps[h.span].PerDay()
	}
	hour, day := 0.0, 0.0
	for i, x := range m.points {
		if i < len(first.unplanned.Quantiles) && !x.Time.Before(p.From) && (p.To.IsZero() || !x.Time.After(p.To)) {
			hour, day = hour+m.unplanned.Quantiles[i][models.Q50], day+first.unplanned.Quantiles[i][models.Q50]
		}
	}
	if day <= 0 {
		return 1
	}
	return hour / day
}

func bandOf(b *models.Band, scale float64) *analytics.Range {
	return &analytics.Range{Low: b.Low * scale, Value: b.Value * scale, High: b.High * scale}
}

// tellPlans puts the plans that could not be laid among the run's errors: they stop
// nothing, and nobody may take the forecast for one that holds them.
func (s *study) tellPlans(o outlook) {
	for _, m := range o.measured {
		for _, err := range m.unplannable {
			s.errors = append(s.errors, models.RunError{Service: s.service.ID, Query: s.query.ID, Stage: "plan", Reason: "plan", Text: err.Error()})
		}
	}
}
