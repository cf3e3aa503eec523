package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"foresight/configs"
	"foresight/internal/store"
	"foresight/models"
)

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

// listing hands the state and the customers' zones to work once the filter is known to mean something.
func (a *App) listing(ctx context.Context, path string, o ListOptions, work func(*store.Store, zones) error) error {
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	if err := o.known(cfg); err != nil {
		return err
	}
	return reading(ctx, cfg, func(kept *store.Store) error { return work(kept, zonesOf(cfg)) })
}

// IncidentList prints cases, the last changed first.
func (a *App) IncidentList(ctx context.Context, path string, o ListOptions) error {
	return a.listing(ctx, path, o, func(kept *store.Store, z zones) error {
		all, err := kept.Incidents(ctx, o.filter())
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "case\tlevel\tpriority\tstate\tservice\tassignee\tdue\ttimes\ttitle")
		for _, i := range all {
			fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t%d\t%s\n", i.ID, i.Level, i.Priority, i.State, i.Service, dash(i.Assignee), dash(z.nextDue(i)), i.Occurrences, i.Title)
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

// nextDue is the first deadline of a case, by the customer's clock.
func (z zones) nextDue(i models.Incident) string {
	var first models.Clock
	for _, c := range i.Clocks {
		if c.Running() && !c.Deadline.IsZero() && (first.Kind == "" || c.Deadline.Before(first.Deadline)) {
			first = c
		}
	}
	if first.Kind == "" {
		return ""
	}
	return string(first.Kind) + " by " + z.in(i.Customer, first.Deadline).Format("2006-01-02 15:04 MST")
}

// showing is a case that is looked at, with what it takes to print it.
type showing struct {
	models.Incident
	timeline []models.Entry
	kept     *store.Store
	zones    zones
	cfg      *configs.Config
}

// oneCase hands a case to work; that there is none, or no state yet, is a usage error.
func (a *App) oneCase(ctx context.Context, path, id string, work func(showing) error) error {
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	err = error(store.UnknownIncidentError{ID: id}) // stays where nothing has been kept yet
	read := reading(ctx, cfg, func(kept *store.Store) error {
		var i models.Incident
		var timeline []models.Entry
		if i, timeline, err = kept.Incident(ctx, id); err != nil {
			return nil //nolint:nilerr // told below
		}
		return work(showing{i, timeline, kept, zonesOf(cfg), cfg})
	})
	var unknown store.UnknownIncidentError
	if errors.As(err, &unknown) {
		err = usage(err)
	}
	return errors.Join(read, err)
}

// IncidentShow prints a case and its timeline.
func (a *App) IncidentShow(ctx context.Context, path, id string) error {
	return a.oneCase(ctx, path, id, func(s showing) error {
		if err := a.showCase(s.Incident, s.timeline, s.zones); err != nil {
			return err
		}
		if err := a.showNotices(ctx, s.kept, s.Incident, s.zones); err != nil {
			return err
		}
		g, err := counter{s.kept, s.cfg, a.Clock}.guide(ctx, s.Incident)
		if err != nil {
			return err
		}
		return a.showGuide(g, func(t time.Time) string { return s.zones.at(s.Customer, t) })
	})
}

func (a *App) showCase(i models.Incident, timeline []models.Entry, z zones) error {
	lines := []string{i.ID + ": " + caseWords(i), fmt.Sprintf("%s, version %d, opened %s, reported %s", i.Service, i.Version, z.at(i.Customer, i.Opened), counted(i.Occurrences, "time"))}
	if i.Detail != "" {
		lines = append(lines, i.Detail)
	}
	if i.Redundancy != nil {
		lines = append(lines, fmt.Sprintf("redundancy of %s: %d of %d up, %d needed; down: %s", i.Redundancy.Group, i.Redundancy.Up(), i.Redundancy.Members, i.Redundancy.Needed, dash(strings.Join(i.Redundancy.Down, ", "))))
	}
	for _, c := range i.Clocks {
		if due := z.nextDue(models.Incident{Customer: i.Customer, Clocks: []models.Clock{c}}); due != "" {
			lines = append(lines, due)
		}
	}
	for _, e := range timeline {
		change := ""
		if e.From != "" || e.To != "" {
			change = " " + dash(e.From) + " → " + dash(e.To)
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("  %s  %-10s %s%s  %s", z.at(i.Customer, e.At), e.By, e.Kind, change, e.Text), " "))
	}
	return a.say("%s", strings.Join(lines, "\n"))
}

// IncidentExport prints cases with their timelines, a JSON object a line.
func (a *App) IncidentExport(ctx context.Context, path string, o ListOptions) error {
	return a.listing(ctx, path, o, func(kept *store.Store, _ zones) error {
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
