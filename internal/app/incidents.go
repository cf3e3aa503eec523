package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"time"

	"foresight/configs"
	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/models"
)

// counter is where a customer's cases are changed: each change, its timeline and what Splunk is
// told of it are one transaction.
type counter struct {
	kept  *store.Store
	cfg   *configs.Config
	clock func() time.Time
}

// cases opens the counter for a change; the first case makes the state.
func (a *App) cases(ctx context.Context, path string, work func(counter) error) error {
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	kept, err := store.OpenMending(ctx, place(cfg))
	if errors.Is(err, store.ErrNothingYet) {
		kept, err = store.Open(ctx, place(cfg))
	}
	if err != nil {
		return err
	}
	err = work(counter{kept, cfg, a.Clock})
	var unknown store.UnknownIncidentError
	var notNow *incident.NotNowError
	var changed *incident.ChangedError
	if errors.Is(err, incident.ErrNoReason) {
		err = fmt.Errorf("%w (-m TEXT)", err)
	}
	if errors.As(err, &unknown) || errors.As(err, &notNow) || errors.As(err, &changed) || errors.Is(err, incident.ErrNoReason) {
		err = usage(err)
	}
	return errors.Join(err, kept.Close())
}

// rules are a customer's, with who stands in on call; an unknown one is a usage error.
func (d counter) rules(ctx context.Context, customer string) (models.Customer, incident.Rules, error) {
	c, rules, err := d.configured(customer)
	if err == nil {
		rules, err = staffed(ctx, d.kept, c.ID, rules)
	}
	return c, rules, err
}

// configured are the rules of the configuration alone.
func (d counter) configured(customer string) (models.Customer, incident.Rules, error) {
	var names []string
	for _, c := range d.cfg.Customers {
		if c.ID == customer {
			cal, err := calendarOf(c.Country, c.Events)
			return c, incident.RulesOf(c, cal), err
		}
		names = append(names, c.ID)
	}
	return models.Customer{}, incident.Rules{}, usage(fmt.Errorf("there is no customer %q; there are %s", customer, strings.Join(names, ", ")))
}

// report brings something told to the process in, and says what became of it.
func (d counter) report(ctx context.Context, r incident.Report) (i models.Incident, outcome incident.Outcome, err error) {
	c, rules, err := d.rules(ctx, r.Customer)
	if err != nil {
		return i, "", err
	}
	if err := knownService(c, r.Service); err != nil {
		return i, "", err
	}
	err = d.kept.TakeIn(ctx, r.Customer, r.At, nil, func(on store.Desk) (models.Turn, error) {
		sits := sittingAt(on, rules)
		outcome = sits.take(r).Outcome
		for _, now := range sits.turn.Incidents {
			i = now // the one that it came to
		}
		return sits.turn, nil
	})
	return i, outcome, err
}

func knownService(c models.Customer, service string) error {
	if slices.ContainsFunc(c.Services, func(s models.Service) bool { return s.ID == service }) {
		return nil
	}
	return usage(fmt.Errorf("customer %s has no service %q; there are %s", c.ID, service, services(c)))
}

// services lists the ids of a customer's services, for people.
func services(c models.Customer) string {
	var names []string
	for _, s := range c.Services {
		names = append(names, s.ID)
	}
	return strings.Join(names, ", ")
}

// whose is the customer that a command means: the one that it names, else the only one.
func (d counter) whose(named string) (string, error) {
	if named != "" || len(d.cfg.Customers) == 1 {
		return cmp.Or(named, d.cfg.Customers[0].ID), nil
	}
	var names []string
	for _, c := range d.cfg.Customers {
		names = append(names, c.ID)
	}
	return "", usage(fmt.Errorf("--customer is missing: there are %s", strings.Join(names, ", ")))
}

// change does something to one case.
func (d counter) change(ctx context.Context, id string, at time.Time, how func(models.Incident, incident.Rules) (models.Incident, []models.Entry, error)) (done models.Incident, err error) {
	was, _, err := d.kept.Incident(ctx, id)
	if err != nil {
		return done, err
	}
	_, rules, err := d.rules(ctx, was.Customer)
	if err != nil {
		return done, err
	}
	err = d.kept.ChangeIncidents(ctx, was.Customer, at, func(cases []models.Incident, _ string) (models.Turn, error) {
		now := was // a case that was over long ago is not among them, and does not change
		for _, c := range cases {
			if c.ID == id {
				now = c
			}
		}
		var entries []models.Entry
		var err error
		if done, entries, err = how(now, rules); err != nil {
			return models.Turn{}, err
		}
		return incident.Settle(done, entries, at, rules), nil
	})
	return done, err
}

// OpenOptions are the flags of `foresight incident open`.
type OpenOptions struct {
	Customer, Service, Component string
	Title, Detail                string
	Impact, Urgency              int
	Key                          string // of an alarm; "" for a person's report
	Source                       string
	Over                         bool
	By                           string
}

// grades refuses what is none; 0 is not given.
func grades(impact, urgency int) error {
	for _, g := range []struct {
		flag  string
		grade int
	}{{"impact", impact}, {"urgency", urgency}} {
		if g.grade < 0 || g.grade > 3 {
			return usage(fmt.Errorf("--%s %d: 1 is high, 2 medium, 3 low", g.flag, g.grade))
		}
	}
	return nil
}

// IncidentOpen reports a fault, or with a key an alarm.
func (a *App) IncidentOpen(ctx context.Context, path string, o OpenOptions) error {
	if strings.TrimSpace(o.Title) == "" {
		return usage(errors.New("--title is missing; say in a few words what fails"))
	}
	if o.Over && o.Key == "" {
		return usage(errors.New("--over is of an alarm: give its --key; a case that a person reported is resolved by foresight incident resolve"))
	}
	if err := grades(o.Impact, o.Urgency); err != nil {
		return err
	}
	return a.cases(ctx, path, func(d counter) error {
		customer, err := d.whose(o.Customer)
		if err != nil {
			return err
		}
		c, _, err := d.configured(customer)
		if err != nil {
			return err
		}
		if o.Service == "" {
			return usage(fmt.Errorf("--service is missing: which service fails? Customer %s has %s", c.ID, services(c)))
		}
		r := incident.Report{
			Customer: customer, Service: o.Service, Component: o.Component, Key: o.Key, Source: o.Source, Title: o.Title, Detail: o.Detail,
			Impact: models.Grade(o.Impact), Urgency: models.Grade(o.Urgency), At: a.Clock(), Cleared: o.Over,
		}
		if o.Key == "" {
			r.By = person(o.By)
		}
		i, outcome, err := d.report(ctx, r)
		if err != nil {
			return err
		}
		if outcome == incident.Dropped {
			return a.say("nothing is open for this alarm: nothing changed")
		}
		return a.say("%s %s: %s", i.ID, outcome, caseWords(i))
	})
}

// person is who changes a case by a command: who was named, or who is logged in.
func person(by string) string {
	if by != "" {
		return by
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}

// ActOptions are the flags of the commands that change a case.
type ActOptions struct {
	By, Text        string
	Seen            int
	To              string // of assign
	Level           int
	Impact, Urgency int
}

// IncidentAct does to a case what the command says.
func (a *App) IncidentAct(ctx context.Context, path, id, what string, o ActOptions) error {
	if what == "rate" {
		if o.Impact == 0 && o.Urgency == 0 {
			return usage(errors.New("rate what? Give --impact, --urgency or both: 1 is high, 2 medium, 3 low"))
		}
		if err := grades(o.Impact, o.Urgency); err != nil {
			return err
		}
	}
	return a.cases(ctx, path, func(d counter) error {
		act := incident.Act{At: a.Clock(), By: person(o.By), Seen: o.Seen, Text: o.Text}
		i, err := d.change(ctx, id, act.At, func(i models.Incident, r incident.Rules) (models.Incident, []models.Entry, error) {
			return acted(i, what, o, act, r)
		})
		if err != nil {
			return err
		}
		return a.say("%s: %s", i.ID, caseWords(i))
	})
}

// acted does to a case what a verb says; o has what that wants beside the act.
func acted(i models.Incident, verb string, o ActOptions, act incident.Act, r incident.Rules) (models.Incident, []models.Entry, error) {
	switch verb {
	case "assign":
		return incident.Assign(i, o.To, act, r)
	case "note":
		return incident.Note(i, act, r)
	case "update":
		return incident.Update(i, act, r)
	case "move":
		return incident.Move(i, models.Level(o.Level), act, r)
	case "review":
		return incident.ReviewDone(i, act, r)
	case "rate":
		return incident.Rate(i, cmp.Or(models.Grade(o.Impact), i.Impact), cmp.Or(models.Grade(o.Urgency), i.Urgency), act, r)
	}
	return incident.Do(i, incident.Verb(verb), act, r)
}

// caseWords says where a case stands, in a line.
func caseWords(i models.Incident) string {
	words := fmt.Sprintf("level %d, priority %d, %s", i.Level, i.Priority, i.State.Words())
	if i.Assignee != "" {
		words += ", " + i.Assignee
	}
	return words + ": " + i.Title
}
