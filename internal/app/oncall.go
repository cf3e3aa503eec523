package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"foresight/configs"
	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/models"
)

// errLapses says that an audit found something; what it is stands on Out.
var errLapses = errors.New("not everybody was told who should have been, or not in time")

// AuditOptions are the flags of `foresight incident audit`.
type AuditOptions struct {
	Customer string // id; "" for all
	Days     int    // of cases that are over, how long since
}

// IncidentAudit compares what the policies wanted with what was sent, case by case, and prints
// what did not happen or was late.
func (a *App) IncidentAudit(ctx context.Context, path string, o AuditOptions) error {
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	if err := (ListOptions{Customer: o.Customer}).known(cfg); err != nil {
		return err
	}
	found, cases, notices, now := []incident.Lapse(nil), 0, 0, a.Clock()
	err = reading(ctx, cfg, func(kept *store.Store) error {
		for _, c := range cfg.Customers {
			if o.Customer != "" && c.ID != o.Customer {
				continue
			}
			cal, err := calendarOf(c.Country, c.Events)
			if err != nil {
				return err
			}
			rules, err := staffed(ctx, kept, c.ID, incident.RulesOf(c, cal))
			if err != nil {
				return err
			}
			all, err := kept.Incidents(ctx, models.IncidentFilter{Customer: c.ID})
			if err != nil {
				return err
			}
			for _, i := range all {
				if !i.State.Open() && now.Sub(i.Changed) > time.Duration(o.Days)*24*time.Hour {
					continue
				}
				i, timeline, err := kept.Incident(ctx, i.ID)
				if err != nil {
					return err
				}
				posted, err := kept.Notices(ctx, c.ID, i.ID)
				if err != nil {
					return err
				}
				cases, notices = cases+1, notices+len(posted)
				for _, l := range incident.Audit(i, timeline, posted, now, rules) {
					l.Due = l.Due.In(c.Zone)
					found = append(found, l)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, l := range found {
		if err := a.say("%s  due %s  %s", l.Incident, l.Due.Format(time.RFC3339), l.Text); err != nil {
			return err
		}
	}
	if len(found) > 0 {
		return errLapses
	}
	return a.say("%s and %s looked at: everybody was told in time", counted(cases, "case"), counted(notices, "notice"))
}

// showNotices prints what people were told of a case.
func (a *App) showNotices(ctx context.Context, kept *store.Store, i models.Incident, z zones) error {
	posted, err := kept.Notices(ctx, i.Customer, i.ID)
	if err != nil {
		return err
	}
	for _, p := range posted {
		who, when := p.Name, p.Settled
		if who == "" {
			who = "-"
		}
		if p.Is.Open() {
			when = p.Next
		}
		line := fmt.Sprintf("  %s  %s by %s: %s, %s", z.at(i.Customer, when), who, p.Channel, p.Kind, p.Is)
		if p.Reply != "" {
			line += ": " + p.Reply
		}
		if err := a.say("%s", line); err != nil {
			return err
		}
	}
	return nil
}

// OnCall prints who is on call now and in the coming days, by customer and schedule, with who stands in.
func (a *App) OnCall(ctx context.Context, path string, days int) error {
	if days < 1 || days > 366 {
		return usage(fmt.Errorf("--days %d: ask for 1 to 366", days))
	}
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	rotas := map[string][]models.Rota{}
	for _, c := range cfg.Customers {
		rotas[c.ID] = c.Process.Rotas
	}
	var made []models.StandIn
	err = reading(ctx, cfg, func(kept *store.Store) error {
		for _, c := range cfg.Customers {
			some, err := kept.StandIns(ctx, c.ID)
			if err != nil {
				return err
			}
			made = append(made, some...)
			rules, err := staffed(ctx, kept, c.ID, incident.RulesOf(c, nil))
			if err != nil {
				return err
			}
			rotas[c.ID] = rules.Rotas
		}
		return nil
	})
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "customer\tschedule\tfrom\tto\ton call")
	for _, c := range cfg.Customers {
		for _, r := range rotas[c.ID] {
			for _, d := range incident.Duties(r, a.Clock(), a.Clock().AddDate(0, 0, days)) {
				who := d.Contact
				if who == "" {
					who = "nobody"
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", c.ID, r.ID, d.From.In(r.Zone).Format(dutyForm), d.To.In(r.Zone).Format(dutyForm), who)
			}
		}
	}
	return errors.Join(table.Flush(), a.standIns(cfg, made))
}

// standIns prints the overrides made by hand that are not over.
func (a *App) standIns(cfg *configs.Config, made []models.StandIn) error {
	made = slices.DeleteFunc(made, func(s models.StandIn) bool { return !s.To.After(a.Clock()) })
	if len(made) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\noverride\tcustomer\tschedule\tfrom\tto\tcontact\tby\twhy")
	for _, s := range made {
		zone := zoneOfRota(cfg, s.Customer, s.Rota)
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.ID, s.Customer, s.Rota, s.From.In(zone).Format(dutyForm), s.To.In(zone).Format(dutyForm), cmp.Or(s.Contact, "nobody"), s.By, s.Reason)
	}
	return table.Flush()
}

// dutyForm is how commands write when somebody is on call.
const dutyForm = "Mon 2006-01-02 15:04 MST"

// zoneOfRota is a schedule's zone; of one that is configured no longer UTC.
func zoneOfRota(cfg *configs.Config, customer, rota string) *time.Location {
	for _, c := range cfg.Customers {
		for _, r := range c.Process.Rotas {
			if c.ID == customer && r.ID == rota && r.Zone != nil {
				return r.Zone
			}
		}
	}
	return time.UTC
}
