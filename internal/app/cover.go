package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"foresight/internal/web"
	"foresight/models"
)

// CoverOptions are the flags of `foresight oncall cover`.
type CoverOptions struct {
	Customer, Schedule, Contact string
	From, To                    string // on the clock of the schedule's zone, or with an offset; From "": now
	By, Text                    string
}

// OnCallCover puts somebody into a schedule for a while; without a contact nobody is on call then.
func (a *App) OnCallCover(ctx context.Context, path string, o CoverOptions) error {
	return a.cases(ctx, path, func(d counter) error {
		var err error
		if o.Customer, err = d.whose(o.Customer); err != nil {
			return err
		}
		_, rules, err := d.configured(o.Customer)
		if err != nil {
			return err
		}
		if o.Schedule == "" {
			return usage(fmt.Errorf("--schedule is missing: whose turn is taken over? Customer %s has %s", o.Customer, orNone(strings.Join(rules.RotaIDs(), ", "))))
		}
		if o.To == "" {
			return usage(errors.New("--to is missing: until when? Write it as 2026-12-24T18:00, on the clock of the schedule, or with an offset"))
		}
		zone := zoneOfRota(d.cfg, o.Customer, o.Schedule)
		s := models.StandIn{Customer: o.Customer, Rota: o.Schedule, By: person(o.By), Reason: o.Text, Cover: models.Cover{Contact: o.Contact, From: a.Clock()}}
		if o.From != "" {
			if s.From, err = onClock("--from", o.From, zone); err != nil {
				return err
			}
		}
		if s.To, err = onClock("--to", o.To, zone); err != nil {
			return err
		}
		if err := covered(roster{d}.Cover(ctx, s)); err != nil {
			return err
		}
		return a.say("%s is on call in schedule %s until %s", orNobody(o.Contact), o.Schedule, s.To.In(zone).Format(dutyForm))
	})
}

// OnCallUncover takes an override back.
func (a *App) OnCallUncover(ctx context.Context, path, id string) error {
	return a.cases(ctx, path, func(d counter) error {
		for _, c := range d.cfg.Customers {
			all, err := d.kept.StandIns(ctx, c.ID)
			if err != nil {
				return err
			}
			for _, s := range all {
				if s.ID != id {
					continue
				}
				if err := covered(roster{d}.Uncover(ctx, c.ID, id)); err != nil {
					return err
				}
				return a.say("the override %s of schedule %s is taken back", id, s.Rota)
			}
		}
		return usage(fmt.Errorf("there is no override %q; foresight oncall prints those there are", id))
	})
}

// covered makes what the rules refuse a mistake of whoever asked.
func covered(err error) error {
	var refused web.RefusedError
	if errors.As(err, &refused) {
		return usage(err)
	}
	return err
}

func orNobody(contact string) string {
	if contact == "" {
		return "nobody"
	}
	return contact
}

// onClock reads a moment on the clock of a zone, or with an offset of its own.
func onClock(flag, text string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", text, zone)
	if err != nil {
		return at, usage(fmt.Errorf("%s %q: write it as 2026-12-24T18:00, on the clock of the schedule, or with an offset", flag, text))
	}
	return at, nil
}
