package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"foresight/configs"
	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/models"
)

// ProblemList prints problem records, the last changed first.
func (a *App) ProblemList(ctx context.Context, path string, o ListOptions) error {
	return a.listing(ctx, path, o, func(kept *store.Store, z zones) error {
		all, err := kept.Problems(ctx, o.Customer)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(p models.Problem) bool {
			return !o.All && p.State == models.ProblemResolved || o.Service != "" && p.Service != o.Service
		})
		slices.SortStableFunc(all, func(x, y models.Problem) int { return y.Changed.Compare(x.Changed) })
		table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "problem\tstate\tservice\tcases\tlast\tchanged\ttitle")
		for _, p := range all {
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", p.ID, p.State, p.Service, len(p.Cases), p.Cases[len(p.Cases)-1], z.at(p.Customer, p.Changed), p.Title)
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("writing the answer: %w", err)
		}
		return nil
	})
}

// ProblemShow prints a problem record and its history.
func (a *App) ProblemShow(ctx context.Context, path, id string) error {
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	err = error(store.UnknownProblemError{ID: id}) // stays where nothing has been kept yet
	read := reading(ctx, cfg, func(kept *store.Store) error {
		var p models.Problem
		if p, err = kept.Problem(ctx, id); err != nil {
			return nil //nolint:nilerr // told below
		}
		z := zonesOf(cfg)
		lines := append([]string{fmt.Sprintf("%s: %s, %s, version %d: %s", p.ID, p.State.Words(), p.Service, p.Version, p.Title)}, problemLines(p)...)
		lines = append(lines, "cases: "+strings.Join(p.Cases, ", "))
		if p.Before != "" {
			lines = append(lines, "called resolved before, as "+p.Before)
		}
		for _, n := range p.History {
			to := ""
			if n.To != "" {
				to = " → " + string(n.To)
			}
			lines = append(lines, fmt.Sprintf("  %s  %-10s%s  %s", z.at(p.Customer, n.At), n.By, to, n.Text))
		}
		return a.say("%s", strings.Join(lines, "\n"))
	})
	return errors.Join(read, ofProblem(err))
}

// problemLines say what is known of a problem.
func problemLines(p models.Problem) (lines []string) {
	if p.Cause != "" {
		lines = append(lines, "known error: "+p.Cause)
	}
	if p.Around != "" {
		lines = append(lines, "what helps meanwhile: "+p.Around)
	}
	return lines
}

// ofProblem tells what a person may mend.
func ofProblem(err error) error {
	var unknown store.UnknownProblemError
	if errors.As(err, &unknown) {
		return usage(err)
	}
	return err
}

// ProblemOptions are the flags of `foresight incident problem`.
type ProblemOptions struct {
	incident.ProblemChange
	By, Text string
	Seen     int
}

// Asks reports whether something is to be changed.
func (o ProblemOptions) Asks() bool {
	return o.ProblemChange != incident.ProblemChange{} || o.Text != ""
}

// ProblemChange writes down what somebody found out of a problem.
func (a *App) ProblemChange(ctx context.Context, path, id string, o ProblemOptions) error {
	return a.cases(ctx, path, func(d counter) error {
		was, err := d.kept.Problem(ctx, id)
		if err != nil {
			return ofProblem(err)
		}
		p, err := d.problem(ctx, was, o.ProblemChange, incident.Act{At: a.Clock(), By: person(o.By), Seen: o.Seen, Text: o.Text})
		if err != nil {
			return err
		}
		return a.say("%s: %s: %s", p.ID, p.State.Words(), p.Title)
	})
}

// languageOf is what a customer's people are told in; "" of a customer that is configured no more.
func languageOf(cfg *configs.Config, customer string) string {
	for _, c := range cfg.Customers {
		if c.ID == customer {
			return c.Language
		}
	}
	return ""
}

// problem changes a problem record under its customer's lock.
func (d counter) problem(ctx context.Context, was models.Problem, c incident.ProblemChange, act incident.Act) (p models.Problem, err error) {
	var refused error
	err = d.kept.TakeIn(ctx, was.Customer, act.At, nil, func(on store.Desk) (models.Turn, error) {
		n := slices.IndexFunc(on.Problems, func(p models.Problem) bool { return p.ID == was.ID })
		if n < 0 {
			return models.Turn{}, store.UnknownProblemError{ID: was.ID}
		}
		if p, refused = incident.ChangeProblem(on.Problems[n], c, act, incident.Rules{Lang: languageOf(d.cfg, was.Customer)}); refused != nil {
			return models.Turn{}, refused
		}
		return models.Turn{Problems: []models.Problem{p}, Parcels: []models.Parcel{incident.TellProblem(p)}}, nil
	})
	if refused != nil {
		return p, usage(refused)
	}
	return p, ofProblem(err)
}

// guide is what helps whoever has a case: what is known of its problem, and the runbook.
func (d counter) guide(ctx context.Context, i models.Incident) (models.Guide, error) {
	var g models.Guide
	for _, c := range d.cfg.Customers {
		if c.ID == i.Customer {
			g.Runbook = incident.Rules{Process: c.Process}.RunbookOf(i)
		}
	}
	all, err := d.kept.Problems(ctx, i.Customer)
	if err != nil {
		return g, err
	}
	for n := range all {
		if p := &all[n]; p.ID == i.Problem || g.Problem == nil && slices.Contains(p.Cases, i.ID) {
			g.Problem = p
		}
	}
	return g, nil
}

// showGuide prints it.
func (a *App) showGuide(g models.Guide, at func(time.Time) string) error {
	if p := g.Problem; p != nil {
		head := fmt.Sprintf("problem %s: %s, %d cases, since %s", p.ID, p.State.Words(), len(p.Cases), at(p.Opened))
		if err := a.say("%s", strings.Join(append([]string{head}, indented(problemLines(*p))...), "\n")); err != nil {
			return err
		}
	}
	if b := g.Runbook; b != nil {
		return a.say("runbook %s:\n%s", b.Name, strings.Join(indented(strings.Split(strings.TrimRight(b.Text, "\n"), "\n")), "\n"))
	}
	return nil
}

func indented(lines []string) []string {
	out := make([]string, len(lines))
	for n, l := range lines {
		out[n] = strings.TrimRight("  "+l, " \r")
	}
	return out
}
