package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/models"
)

// ActionList prints the tasks of all plans, what is due first at the top.
func (a *App) ActionList(ctx context.Context, path string, o ListOptions) error {
	type row struct {
		incident string
		models.Task
	}
	return a.listing(ctx, path, o, func(kept *store.Store, _ zones) error {
		cases, err := kept.Incidents(ctx, o.filter())
		if err != nil {
			return err
		}
		var rows []row
		for _, i := range cases {
			for _, t := range i.Plan {
				if o.All || !t.State.Over() {
					rows = append(rows, row{i.ID, t})
				}
			}
		}
		slices.SortStableFunc(rows, func(a, b row) int { return a.LatestStart.Compare(b.LatestStart) })
		table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "task\tstate\tstart by\tdone by\towner\ttitle")
		for _, r := range rows {
			state := string(r.State)
			if r.Late && r.State == models.TaskOpen {
				state = "late"
			}
			fmt.Fprintf(table, "%s/%s\t%s\t%s\t%s\t%s\t%s\n", r.incident, r.ID, state, r.LatestStart.Format(time.DateOnly), r.NeedBy.Format(time.DateOnly), dash(r.Owner), r.Title)
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("writing the answer: %w", err)
		}
		return nil
	})
}

// ActionShow prints a task, and the case whose plan it is of.
func (a *App) ActionShow(ctx context.Context, path, name string) error {
	id, task, err := taskName(name)
	if err != nil {
		return err
	}
	return a.oneCase(ctx, path, id, func(s showing) error {
		t, err := incident.TaskOf(s.Incident, task)
		if err != nil {
			return usage(err)
		}
		lines := []string{t.Title, fmt.Sprintf("  %s, start by %s, done by %s (%s), owner %s", t.State, t.LatestStart.Format(time.DateOnly),
			t.NeedBy.Format(time.DateOnly), counted(t.LeadDays, "working day"), dash(t.Owner))}
		if len(t.After) > 0 {
			lines = append(lines, "  after "+strings.Join(t.After, ", "))
		}
		if t.Late {
			lines = append(lines, "  late; what still helps: "+dash(t.StillHelps))
		}
		if err := a.say("%s", strings.Join(lines, "\n")); err != nil {
			return err
		}
		return a.showCase(s.Incident, s.timeline, s.zones)
	})
}

// ActionMove takes a task on.
func (a *App) ActionMove(ctx context.Context, path, name string, to models.TaskState, o ActOptions) error {
	id, task, err := taskName(name)
	if err != nil {
		return err
	}
	return a.cases(ctx, path, func(d counter) error {
		act := incident.Act{At: a.Clock(), By: person(o.By), Seen: o.Seen, Text: o.Text}
		i, err := d.change(ctx, id, act.At, func(i models.Incident, r incident.Rules) (models.Incident, []models.Entry, error) {
			return incident.MoveTask(i, task, to, act, r)
		})
		var none *incident.NoTaskError
		var notNow *incident.TaskNotNowError
		if errors.As(err, &none) || errors.As(err, &notNow) {
			return usage(err)
		}
		if err != nil {
			return err
		}
		return a.say("%s: %s of %s", name, to, i.Title)
	})
}

// taskName parts "case/task".
func taskName(name string) (id, task string, err error) {
	id, task, ok := strings.Cut(name, "/")
	if !ok || id == "" || task == "" {
		return "", "", usage(fmt.Errorf("%q is not a task; write CASE/TASK as foresight action list prints it", name))
	}
	return id, task, nil
}
