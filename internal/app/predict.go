package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"foresight/internal/incident"
	"foresight/internal/pipeline"
	"foresight/internal/store"
	"foresight/models"
)

// predict brings what a run has found into the process: each prediction is a case, with the plan that
// its work asks for, and goes on in that case from day to day. A run that stands on a past day tells
// the process nothing.
func (w *works) predict(ctx context.Context, r models.Result) error {
	if !r.AsOf.Equal(asOf{instant: w.app.Clock()}.of(r.Customer)) {
		return nil
	}
	if err := w.bring(ctx, r); err != nil {
		return err
	}
	for _, v := range r.Verdicts {
		if err := (counter{w.store, w.cfg, w.app.Clock}).judge(ctx, r.Customer.ID, v, r.AsOf); err != nil {
			return fmt.Errorf("judging the prediction %s: %w", v.Finding, err)
		}
	}
	return nil
}

// judge writes a verdict into the prediction's case, if it has one.
func (d counter) judge(ctx context.Context, customer string, v models.Verdict, at time.Time) error {
	_, rules, err := d.rules(ctx, customer)
	if err != nil {
		return err
	}
	return d.kept.ChangeIncidents(ctx, customer, at, func(cases []models.Incident, _ string) (models.Turn, error) {
		for n := len(cases) - 1; n >= 0; n-- {
			if cases[n].Finding != v.Finding {
				continue
			}
			i, entries := incident.Judge(cases[n], v, at, rules)
			return incident.Settle(i, entries, at, rules), nil
		}
		return models.Turn{}, nil
	})
}

// catchUp brings in what runs have said and, ended between their commit and this, not brought in.
func (w *works) catchUp(ctx context.Context) error {
	for _, c := range w.cfg.Customers {
		said, err := w.store.Said(ctx, c.ID)
		if err != nil {
			return err
		}
		r := models.Result{Customer: c}
		for _, id := range slices.Sorted(maps.Keys(said)) {
			s := said[id]
			if s.Finding != nil {
				r.Findings = append(r.Findings, *s.Finding)
			}
			if s.Action != nil {
				r.Actions = append(r.Actions, *s.Action)
			}
		}
		if err := w.bring(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// bring reports each finding, all in one transaction. What was reported already, of the same day,
// changes nothing.
func (w *works) bring(ctx context.Context, r models.Result) error {
	return counter{w.store, w.cfg, w.app.Clock}.reports(ctx, r.Customer.ID, predictions(r))
}

// predictions are the reports of what a run has found. Of a service that is no longer configured
// nothing begins, but what it has can end.
func predictions(r models.Result) []incident.Report {
	actions := map[string]models.Action{}
	for _, a := range r.Actions {
		actions[a.Finding] = a
	}
	var all []incident.Report
	for _, f := range r.Findings {
		report, tell := prediction(r.Customer, f, actions[f.Subject.ID()])
		if tell && (report.Cleared || knownService(r.Customer, report.Service) == nil) {
			all = append(all, report)
		}
	}
	return all
}

// reports brings much into a customer's cases at once: they are read once, however much it is.
func (d counter) reports(ctx context.Context, customer string, all []incident.Report) error {
	if len(all) == 0 {
		return nil
	}
	_, rules, err := d.rules(ctx, customer)
	if err != nil {
		return err
	}
	now := d.clock()
	err = d.kept.TakeIn(ctx, customer, now, nil, func(on store.Desk) (models.Turn, error) {
		sits := sittingAt(on, rules)
		for _, r := range all {
			r.Heard = now // it is of the last midnight, from which nobody could have acted on it
			sits.take(r)
		}
		return sits.turn, nil
	})
	if err != nil {
		return fmt.Errorf("bringing predictions into the incident process: %w", err)
	}
	return nil
}

// prediction is the report of a finding; false for one that nobody has to do anything about.
func prediction(c models.Customer, f models.Finding, a models.Action) (incident.Report, bool) {
	level, urgency, known := standing(c, f)
	if !known || f.Peak != nil && a.Subject.Kind == "" && f.State == models.StateOpen {
		return incident.Report{}, false
	}
	if a.Late {
		urgency = models.GradeHigh
	}
	id := f.Subject.ID()
	report := incident.Report{
		Customer: c.ID, Service: f.Subject.Service, Key: id, Source: incident.SourceEngine, Kind: f.Subject.Kind, Title: f.Title, Detail: f.Detail, Level: level,
		Impact: models.GradeMedium, Urgency: urgency, At: f.AsOf, Alone: true, Daily: true, Finding: id,
		Cleared: f.State != models.StateOpen, Past: f.State == models.StatePast,
	}
	if a.Subject.Kind != "" {
		report.Prediction = &models.Prediction{Kind: f.Subject.Kind, ServiceName: serviceName(c, f.Subject.Service), Action: a, Load: pipeline.TestLoad(c, f)}
	}
	return report, true
}

// standing is the level of a kind of finding and how urgent it is; false for one that is no case.
func standing(c models.Customer, f models.Finding) (models.Level, models.Grade, bool) {
	switch f.Subject.Kind {
	case models.KindOverload:
		return models.LevelPredictive, models.GradeMedium, true
	case models.KindPeak, models.KindDrift:
		return models.LevelPredictive, models.GradeLow, true
	case models.KindDataMissing:
		return models.LevelProactive, models.GradeMedium, true
	case models.KindLevelShift, models.KindAnomaly:
		for _, s := range c.Services {
			for _, q := range s.Queries {
				if s.ID == f.Subject.Service && q.Signal.ID == f.Subject.Signal && q.Signal.Kind != models.KindCount {
					return models.LevelProactive, models.GradeLow, true // an error rate, a latency: within its limits, and not as it was
				}
			}
		}
	}
	return 0, 0, false
}

func serviceName(c models.Customer, id string) string {
	for _, s := range c.Services {
		if s.ID == id && s.Name != "" {
			return s.Name
		}
	}
	return id
}
