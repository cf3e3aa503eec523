package app

import (
	"context"
	"crypto/subtle"

	"foresight/internal/agenda"
	"foresight/models"
)

// calendar is a customer's feed for whoever has its secret.
func (w *works) calendar(ctx context.Context, customer, secret string) ([]byte, bool, error) {
	own := w.cfg.FeedSecrets[customer]
	if !own.IsSet() || subtle.ConstantTimeCompare([]byte(own.Value()), []byte(secret)) != 1 {
		return nil, false, nil
	}
	for _, c := range w.cfg.Customers {
		if c.ID != customer {
			continue
		}
		feed, err := w.feed(ctx, c)
		return feed, err == nil, err
	}
	return nil, false, nil
}

func (w *works) feed(ctx context.Context, c models.Customer) ([]byte, error) {
	said, err := w.store.Said(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	cases, err := w.store.Incidents(ctx, models.IncidentFilter{Customer: c.ID, States: openStates})
	if err != nil {
		return nil, err
	}
	at := w.app.Clock()
	all, err := w.store.Appointments(ctx, c.ID, agenda.Of(c, said, cases, at), at)
	if err != nil {
		return nil, err
	}
	return agenda.Write(c, all), nil
}
