package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/analytics/calendar"
	"foresight/models"
)

// defaultPlans are what an overload and a peak ask for beside the pipeline's own action.
func (r Rules) defaultPlans() map[string][]models.TaskTemplate {
	say := r.say()
	return map[string][]models.TaskTemplate{
		models.KindOverload: {
			{ID: "provider_limits", Title: say.T("Have the limits of what {service} calls raised at its providers"), LeadDays: 10,
				StillHelps: say.T("Ask for a temporary raise, and spread calls over the hour.")},
			{ID: loadTest, Title: say.T("Show by a load test that {service} bears the forecast load on its new capacity"), LeadDays: 3, After: []string{capacityTask},
				StillHelps: say.T("Raise the load step by step in production, at a quiet hour, with a way back.")},
		},
		models.KindPeak: {
			{ID: "provider_limits", Title: say.T("Have the limits of what {service} calls raised at its providers"), LeadDays: 10, BeforeDays: 10,
				StillHelps: say.T("Ask for a temporary raise for the day itself.")},
			{ID: loadTest, Title: say.T("Load test of {service} at the forecast peak with its margin"), LeadDays: 10, BeforeDays: 5,
				StillHelps: say.T("Test the narrowest part alone, and have limits per client ready.")},
			{ID: "staff", Title: say.T("Staff the on-call of {service} for the peak"), LeadDays: 10, BeforeDays: 1,
				StillHelps: say.T("Ask for volunteers, and name whom to call first.")},
			{ID: "freeze", Title: say.T("Freeze changes to {service} over the peak"), LeadDays: 1, BeforeDays: 5,
				StillHelps: say.T("Stop what is under way, and hold what is not urgent.")},
		},
	}
}

// The ids of tasks that more is known of.
const (
	capacityTask = "add_capacity"
	loadTest     = "load_test"
)

// templates are the customer's tasks for a kind of finding of a service.
func (r Rules) templates(kind, service string) []models.TaskTemplate {
	for _, p := range r.Plans {
		if p.Kind == kind && among(p.Services, service) {
			return p.Tasks
		}
	}
	return r.defaultPlans()[kind]
}

// tasks dates the plan of a prediction: the pipeline's own action first, with its dates, then the
// templates', each from the day of need backwards in working days outside freezes, and what another
// waits for before that can begin.
func (r Rules) tasks(p Prediction) []models.Task {
	a := p.Action
	if a.Subject.Kind == "" {
		return nil
	}
	all := []models.Task{{
		ID: a.Subject.Kind, Action: a.Subject.ID(), Title: a.Title, NeedBy: a.NeedBy, LatestStart: a.LatestStart, LeadDays: a.LeadDays,
		State: models.TaskOpen, StillHelps: a.StillHelps,
	}}
	d := dater{rules: r, templates: r.templates(p.Kind, a.Subject.Service), need: calendar.DateOf(a.NeedBy), zone: a.NeedBy.Location()}
	for _, t := range d.templates {
		subject := a.Subject
		subject.Kind = t.ID
		by := d.by(t, len(d.templates))
		all = append(all, models.Task{
			ID: t.ID, Action: subject.ID(), Title: taskTitle(t, p), Owner: t.Owner, LeadDays: t.LeadDays, After: t.After, State: models.TaskOpen,
			StillHelps: t.StillHelps, NeedBy: by.In(d.zone), LatestStart: d.start(t, by).In(d.zone),
		})
	}
	for n, test := range p.Tests { // ticked off and kept: that the whole still works
		subject := a.Subject
		subject.Kind = fmt.Sprintf("test-%d", n+1)
		all = append(all, models.Task{
			ID: subject.Kind, Action: subject.ID(), Title: test, NeedBy: a.NeedBy, LatestStart: a.NeedBy, After: []string{a.Subject.Kind}, State: models.TaskOpen,
		})
	}
	return all
}

// dater dates the tasks of templates backwards from a day of need.
type dater struct {
	rules     Rules
	templates []models.TaskTemplate
	need      calendar.Date
	zone      *time.Location
}

// by is the day by which a task must be finished: so many working days before the day of need, and no
// later than what comes after it must begin. deep bounds how long a chain of them is.
func (d dater) by(t models.TaskTemplate, deep int) calendar.Date {
	by := d.need
	if t.BeforeDays > 0 && d.rules.Hours.Calendar != nil {
		by = d.rules.Hours.Calendar.AddWorkingDays(d.need, -t.BeforeDays)
	}
	for _, next := range d.templates {
		if deep > 0 && slices.Contains(next.After, t.ID) {
			if start := d.start(next, d.by(next, deep-1)); start.Before(by) {
				by = start
			}
		}
	}
	return by
}

// start is the last day to start a task that must be finished by a day.
func (d dater) start(t models.TaskTemplate, by calendar.Date) calendar.Date {
	if d.rules.Hours.Calendar != nil {
		if start := d.rules.Hours.Calendar.LatestStart(by, t.LeadDays, d.rules.Freezes); !start.IsZero() {
			return start
		}
	}
	return by
}

func taskTitle(t models.TaskTemplate, p Prediction) string {
	title := strings.ReplaceAll(t.Title, "{service}", p.ServiceName)
	if p.Load != "" && (t.ID == loadTest || strings.Contains(strings.ToLower(title), "load test")) {
		title += " (" + p.Load + ")"
	}
	return title
}
