package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"text/tabwriter"
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
	cfg, warnings, err := configs.LoadOffline(path, a.Env)
	if err != nil {
		return usage(err)
	}
	for _, w := range warnings {
		if w.Key == "state.url" {
			return usage(w)
		}
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
	if errors.As(err, &unknown) || errors.As(err, &notNow) || errors.As(err, &changed) || errors.Is(err, incident.ErrNoReason) {
		err = usage(err)
	}
	return errors.Join(err, kept.Close())
}

// rules are a customer's; an unknown one is a usage error.
func (d counter) rules(customer string) (models.Customer, incident.Rules, error) {
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
	c, rules, err := d.rules(r.Customer)
	if err != nil {
		return i, "", err
	}
	if err := knownService(c, r.Service); err != nil {
		return i, "", err
	}
	err = d.kept.ChangeIncidents(ctx, r.Customer, r.At, func(cases []models.Incident, next string) (models.Turn, error) {
		var entries []models.Entry
		if i, entries, outcome = incident.Take(r, cases, next, rules); outcome == incident.Dropped {
			return models.Turn{}, nil
		}
		return incident.Settle(i, entries, r.At, rules), nil
	})
	return i, outcome, err
}

func knownService(c models.Customer, service string) error {
	var names []string
	for _, s := range c.Services {
		if s.ID == service {
			return nil
		}
		names = append(names, s.ID)
	}
	return usage(fmt.Errorf("customer %s has no service %q; there are %s", c.ID, service, strings.Join(names, ", ")))
}

// change does something to one case.
func (d counter) change(ctx context.Context, id string, at time.Time, how func(models.Incident, incident.Rules) (models.Incident, []models.Entry, error)) (done models.Incident, err error) {
	was, _, err := d.kept.Incident(ctx, id)
	if err != nil {
		return done, err
	}
	_, rules, err := d.rules(was.Customer)
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
		customer := o.Customer
		if customer == "" && len(d.cfg.Customers) == 1 {
			customer = d.cfg.Customers[0].ID
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
	case "rate":
		return incident.Rate(i, cmp.Or(models.Grade(o.Impact), i.Impact), cmp.Or(models.Grade(o.Urgency), i.Urgency), act, r)
	}
	return incident.Do(i, incident.Verb(verb), act, r)
}

// caseWords says where a case stands, in a line.
func caseWords(i models.Incident) string {
	words := fmt.Sprintf("level %d, priority %d, %s", i.Level, i.Priority, strings.ReplaceAll(string(i.State), "_", " "))
	if i.Assignee != "" {
		words += ", " + i.Assignee
	}
	return words + ": " + i.Title
}

// ListOptions are the flags of `foresight incident list` and `export`.
type ListOptions struct {
	Customer, Service string
	Level             int
	All               bool // also what is over
	Last              int
}

func (o ListOptions) filter() models.IncidentFilter {
	f := models.IncidentFilter{Customer: o.Customer, Service: o.Service, Level: models.Level(o.Level), Most: o.Last}
	if !o.All {
		f.States = []models.IncidentState{models.IncidentNew, models.IncidentAcknowledged, models.IncidentInProgress, models.IncidentOnHold, models.IncidentResolved}
	}
	return f
}

// known refuses what the configuration has not: an empty answer to it would look like all clear.
func (o ListOptions) known(cfg *configs.Config) error {
	if o.Level < 0 || o.Level > 3 {
		return usage(fmt.Errorf("--level %d: 1 is reactive, 2 proactive, 3 predictive", o.Level))
	}
	var customers, services []string
	for _, c := range cfg.Customers {
		customers = append(customers, c.ID)
		if o.Customer == "" || o.Customer == c.ID {
			for _, s := range c.Services {
				services = append(services, s.ID)
			}
		}
	}
	if o.Customer != "" && !slices.Contains(customers, o.Customer) {
		return usage(fmt.Errorf("--customer %s: no such customer; there are %s", o.Customer, strings.Join(customers, ", ")))
	}
	if o.Service != "" && !slices.Contains(services, o.Service) {
		return usage(fmt.Errorf("--service %s: no such service; there are %s", o.Service, strings.Join(services, ", ")))
	}
	return nil
}

// listing hands the state to work once the filter is known to mean something.
func (a *App) listing(ctx context.Context, path string, o ListOptions, work func(*store.Store) error) error {
	cfg, _, err := configs.LoadOffline(path, a.Env)
	if err != nil {
		return usage(err)
	}
	if err := o.known(cfg); err != nil {
		return err
	}
	return a.reading(ctx, path, work)
}

// IncidentList prints cases, the last changed first.
func (a *App) IncidentList(ctx context.Context, path string, o ListOptions) error {
	return a.listing(ctx, path, o, func(kept *store.Store) error {
		all, err := kept.Incidents(ctx, o.filter())
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "case\tlevel\tpriority\tstate\tservice\tassignee\tdue\ttimes\ttitle")
		for _, i := range all {
			fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t%d\t%s\n", i.ID, i.Level, i.Priority, i.State, i.Service, dash(i.Assignee), dash(nextDue(i)), i.Occurrences, i.Title)
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("writing the answer: %w", err)
		}
		return nil
	})
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// nextDue is the first deadline of a case.
func nextDue(i models.Incident) string {
	var first models.Clock
	for _, c := range i.Clocks {
		if c.Running() && !c.Deadline.IsZero() && (first.Kind == "" || c.Deadline.Before(first.Deadline)) {
			first = c
		}
	}
	if first.Kind == "" {
		return ""
	}
	return string(first.Kind) + " by " + first.Deadline.Format("2006-01-02 15:04")
}

// IncidentShow prints a case and its timeline.
func (a *App) IncidentShow(ctx context.Context, path, id string) error {
	found := false
	err := a.reading(ctx, path, func(kept *store.Store) error {
		i, timeline, err := kept.Incident(ctx, id)
		var unknown store.UnknownIncidentError
		if errors.As(err, &unknown) {
			return usage(err)
		}
		if err != nil {
			return err
		}
		found = true
		if err := a.showCase(i, timeline); err != nil {
			return err
		}
		return a.showNotices(ctx, kept, i)
	})
	if err == nil && !found {
		return usage(store.UnknownIncidentError{ID: id})
	}
	return err
}

func (a *App) showCase(i models.Incident, timeline []models.Entry) error {
	lines := []string{i.ID + ": " + caseWords(i), fmt.Sprintf("%s, version %d, opened %s, reported %d times", i.Service, i.Version, i.Opened.Format(time.RFC3339), i.Occurrences)}
	if i.Detail != "" {
		lines = append(lines, i.Detail)
	}
	if i.Redundancy != nil {
		lines = append(lines, fmt.Sprintf("redundancy of %s: %d of %d up, %d needed; down: %s", i.Redundancy.Group, i.Redundancy.Up(), i.Redundancy.Members, i.Redundancy.Needed, dash(strings.Join(i.Redundancy.Down, ", "))))
	}
	for _, c := range i.Clocks {
		if due := nextDue(models.Incident{Clocks: []models.Clock{c}}); due != "" {
			lines = append(lines, due)
		}
	}
	for _, e := range timeline {
		change := ""
		if e.From != "" || e.To != "" {
			change = " " + dash(e.From) + " → " + dash(e.To)
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("  %s  %-10s %s%s  %s", e.At.Format(time.RFC3339), e.By, e.Kind, change, e.Text), " "))
	}
	return a.say("%s", strings.Join(lines, "\n"))
}

// IncidentExport prints cases with their timelines, a JSON object a line.
func (a *App) IncidentExport(ctx context.Context, path string, o ListOptions) error {
	return a.listing(ctx, path, o, func(kept *store.Store) error {
		all, err := kept.Incidents(ctx, o.filter())
		if err != nil {
			return err
		}
		lines := json.NewEncoder(a.Out)
		for _, i := range all {
			i, timeline, err := kept.Incident(ctx, i.ID)
			if err != nil {
				return err
			}
			if err := lines.Encode(struct {
				models.Incident
				Timeline []models.Entry
			}{i, timeline}); err != nil {
				return fmt.Errorf("writing case %s: %w", i.ID, err)
			}
		}
		return nil
	})
}
