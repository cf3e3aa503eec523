package app

import (
	"context"
	"slices"
	"time"

	"foresight/internal/incident"
	"foresight/internal/report"
	"foresight/internal/store"
	"foresight/models"
)

// withProcess puts what the incident process knows of a customer into its report, and says when that last
// changed.
func withProcess(ctx context.Context, kept *store.Store, c models.Customer, page *report.Drawn, now time.Time) (whole []byte, changed time.Time, err error) {
	p := report.Process{At: now}
	all, err := kept.Incidents(ctx, models.IncidentFilter{Customer: c.ID})
	if err != nil {
		return nil, changed, err
	}
	for _, i := range all {
		changed = later(changed, i.Changed)
		if i.State.Open() || i.State != models.IncidentCanceled && now.Sub(i.Changed) < report.Since {
			p.Cases = append(p.Cases, i)
		}
	}
	if p.Problems, err = kept.Problems(ctx, c.ID); err != nil {
		return nil, changed, err
	}
	for _, x := range p.Problems {
		changed = later(changed, x.Changed)
	}
	p.Problems = slices.DeleteFunc(p.Problems, func(x models.Problem) bool { return x.State == models.ProblemResolved })
	found, err := kept.Found(ctx, c.ID)
	if err != nil {
		return nil, changed, err
	}
	process := incident.WithFound(c.Process, found)
	p.Items, p.Groups = process.Components, process.Groups
	if whole, err = page.With(p); err != nil {
		return nil, changed, err
	}
	return whole, changed, nil
}
