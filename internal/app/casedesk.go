package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/internal/web"
	"foresight/models"
)

// caseDesk is the counter as the pages see it. It implements web.Process.
type caseDesk struct {
	counter
	wake  func() // the courier, who sends what a change tells
	found *foundNow
}

// Customers implements web.Process.
func (d caseDesk) Customers() []models.Customer {
	all := slices.Clone(d.cfg.Customers)
	for n := range all {
		all[n].Process = incident.WithFound(all[n].Process, d.found.of(all[n].ID))
	}
	return all
}

// Incidents implements web.Process.
func (d caseDesk) Incidents(ctx context.Context, f models.IncidentFilter) ([]models.Incident, error) {
	return d.kept.Incidents(ctx, f)
}

// Incident implements web.Process.
func (d caseDesk) Incident(ctx context.Context, id string) (models.Incident, []models.Entry, error) {
	i, timeline, err := d.kept.Incident(ctx, id)
	return i, timeline, forPages(err)
}

// Guide implements web.Process.
func (d caseDesk) Guide(ctx context.Context, i models.Incident) (models.Guide, error) {
	return d.guide(ctx, i)
}

// Verbs implements web.Process.
func (d caseDesk) Verbs(s models.IncidentState) []string {
	var names []string
	for _, v := range incident.Verbs(s) {
		names = append(names, string(v))
	}
	return names
}

// Report implements web.Process.
func (d caseDesk) Report(ctx context.Context, r models.Report) (models.Incident, models.Outcome, error) {
	r.At = d.clock()
	i, outcome, err := d.report(ctx, r)
	if err == nil {
		d.wake()
	}
	return i, outcome, forPages(err)
}

// taskStates are where the verbs of a task take it.
var taskStates = map[string]models.TaskState{"start": models.TaskStarted, "done": models.TaskDone, "drop": models.TaskDropped}

// Act implements web.Process.
func (d caseDesk) Act(ctx context.Context, a web.Act) (models.Incident, error) {
	act := incident.Act{At: d.clock(), By: a.By, Seen: a.Seen, Text: a.Text}
	i, err := d.change(ctx, a.Incident, act.At, func(i models.Incident, r incident.Rules) (models.Incident, []models.Entry, error) {
		if a.Task == "" {
			return acted(i, a.Verb, ActOptions{To: a.To, Level: int(a.Level), Impact: int(a.Impact), Urgency: int(a.Urgency)}, act, r)
		}
		to, known := taskStates[a.Verb]
		if !known {
			return i, nil, fmt.Errorf("there is no way to %s a task; it can be started, done or dropped", a.Verb)
		}
		return incident.MoveTask(i, a.Task, to, act, r)
	})
	if err == nil {
		d.wake()
	}
	return i, forPages(err)
}

// ActOnProblem implements web.Process.
func (d caseDesk) ActOnProblem(ctx context.Context, a web.ProblemAct) error {
	was, err := d.kept.Problem(ctx, a.Problem)
	if err != nil {
		return forPages(err)
	}
	_, err = d.problem(ctx, was, incident.ProblemChange{Cause: a.Cause, Around: a.Around, To: a.To}, incident.Act{At: d.clock(), By: a.By, Seen: a.Seen, Text: a.Text})
	if err == nil {
		d.wake()
	}
	return forPages(err)
}

// forPages tells what a person may mend from what only the operator can.
func forPages(err error) error {
	var unknown store.UnknownIncidentError
	var changed *incident.ChangedError
	var broken *store.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unknown):
		return fmt.Errorf("%w: %w", web.ErrUnknown, err)
	case errors.As(err, &changed):
		return fmt.Errorf("%w: %w", web.ErrChanged, err)
	case errors.As(err, &broken), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return web.RefusedError{Err: err} // what the process's rules do not permit
}
