package app

import (
	"context"
	"slices"
	"time"

	"foresight/models"
)

// graveEnough is the least grave priority of which a case of level 1 says that its service did not
// have its usual volume.
const graveEnough models.Priority = 2

// withKnown returns the customer with what the incident process knows of its past: planned
// maintenance and grave failures are no part of the usual course, and nothing is learned from them.
func (w *works) withKnown(ctx context.Context, c models.Customer, asOf time.Time) (models.Customer, error) {
	known := map[string][]models.Outage{} // by service
	for _, m := range c.Process.Windows {
		if len(m.Components) > 0 || !m.From.Before(asOf) {
			continue // a component's maintenance is not its service's
		}
		for _, s := range c.Services {
			if len(m.Services) == 0 || slices.Contains(m.Services, s.ID) {
				known[s.ID] = append(known[s.ID], models.Outage{From: m.From, To: m.To, Reason: m.Name})
			}
		}
	}
	cases, err := w.store.Incidents(ctx, models.IncidentFilter{Customer: c.ID, Level: models.LevelReactive})
	if err != nil {
		return c, err
	}
	for _, i := range cases {
		if i.Priority > graveEnough || i.State == models.IncidentCanceled || !i.Opened.Before(asOf) {
			continue
		}
		end := i.Resolved
		if end.IsZero() || end.After(asOf) {
			end = asOf
		}
		if !end.After(i.Opened) {
			continue // over with the report that opened it
		}
		known[i.Service] = append(known[i.Service], models.Outage{From: i.Opened, To: end, Reason: i.ID + ", " + i.Title})
	}
	if len(known) == 0 {
		return c, nil
	}
	services := slices.Clone(c.Services)
	for n := range services {
		s := &services[n]
		s.Queries = slices.Clone(s.Queries)
		for q := range s.Queries {
			s.Queries[q].Signal.Outages = slices.Concat(s.Queries[q].Signal.Outages, known[s.ID])
		}
	}
	c.Services = services
	return c, nil
}
