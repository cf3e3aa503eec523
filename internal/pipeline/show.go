package pipeline

import (
	"errors"
	"strings"
	"time"

	"foresight/models"
)

// showings cut a run's result into what the pages show of each of its queries.
func showings(c models.Customer, r *models.Result, studies []*study, ended time.Time) []models.Showing {
	all := make([]models.Showing, len(studies))
	of := map[string]*models.Result{}
	for i, s := range studies {
		failed := errors.Join(s.failures...)
		all[i] = models.Showing{
			Query: s.key(), Ended: ended, Passed: failed == nil,
			Result: models.Result{RunID: r.RunID, AsOf: r.AsOf, IssuedAt: r.IssuedAt, Duration: r.Duration},
		}
		if failed != nil {
			all[i].Failure = failed.Error()
		}
		of[s.key()] = &all[i].Result
	}
	for _, x := range r.Signals {
		one := of[x.Service.ID+"/"+x.Query.ID]
		one.Signals = append(one.Signals, x)
	}
	for _, f := range r.Findings {
		if one := of[asks(c, f.Subject)]; one != nil {
			one.Findings = append(one.Findings, f)
		}
	}
	for _, a := range r.Actions {
		if one := of[asks(c, a.Subject)]; one != nil {
			one.Actions = append(one.Actions, a)
		}
	}
	for _, e := range r.Errors {
		if one := of[e.Service+"/"+e.Query]; one != nil {
			one.Errors = append(one.Errors, e)
		}
	}
	return all
}

// asks returns the "service/query" whose signal, or a part of it, a subject speaks of; ""
// when it is not configured any more.
func asks(c models.Customer, s models.Subject) string {
	signal, _, _ := strings.Cut(s.Signal, "/")
	for _, service := range c.Services {
		if service.ID != s.Service {
			continue
		}
		for _, q := range service.Queries {
			if q.Signal.ID == signal {
				return service.ID + "/" + q.ID
			}
		}
	}
	return ""
}
