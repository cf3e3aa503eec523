package app

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/internal/web"
	"foresight/models"
)

// staffed are a customer's rules with who stands in on call.
func staffed(ctx context.Context, kept *store.Store, customer string, r incident.Rules) (incident.Rules, error) {
	if len(r.Rotas) == 0 {
		return r, nil
	}
	all, err := kept.StandIns(ctx, customer)
	return r.With(all), err
}

// roster is who is on call, as the pages show and change it. It implements web.Roster.
type roster struct{ counter }

// OnCall implements web.Roster.
func (o roster) OnCall(ctx context.Context, customer string, from, to time.Time) (all []web.Rota, err error) {
	c, rules, err := o.rules(ctx, customer)
	if err != nil {
		return nil, err
	}
	made, err := o.kept.StandIns(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for n, r := range rules.Rotas {
		one := web.Rota{Rota: c.Process.Rotas[n], Duties: incident.Duties(r, from, to), Able: rules.MayStandIn(r.ID)}
		for _, s := range made {
			if s.Rota == r.ID && s.To.After(from) {
				one.StandIns = append(one.StandIns, s)
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// Next implements web.Roster.
func (o roster) Next(ctx context.Context, i models.Incident) (*models.NextStep, error) {
	_, rules, err := o.rules(ctx, i.Customer)
	if err != nil {
		return nil, err
	}
	return incident.Next(i, rules), nil
}

// Cover implements web.Roster.
func (o roster) Cover(ctx context.Context, s models.StandIn) error {
	_, rules, err := o.configured(s.Customer)
	if err != nil {
		return err
	}
	if s, err = rules.StandIn(s, o.clock()); err != nil {
		return web.RefusedError{Err: err}
	}
	s.ID = rand.Text()
	return o.kept.KeepStandIn(ctx, s)
}

// Uncover implements web.Roster.
func (o roster) Uncover(ctx context.Context, customer, id string) error {
	err := o.kept.EndStandIn(ctx, customer, id, o.clock())
	var gone store.UnknownStandInError
	if errors.As(err, &gone) {
		return web.RefusedError{Err: models.Refuse("the override %s is not there, or is over", gone.ID)}
	}
	return err
}
