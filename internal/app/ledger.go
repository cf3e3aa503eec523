package app

import (
	"context"
	"fmt"

	"foresight/internal/store"
	"foresight/models"
	"foresight/splunk"
)

// sending is a ledger that sends before it keeps: what Splunk did not take does not count
// as said.
type sending struct {
	*store.Store
	to splunk.Sender
}

// Commit sends the batch's events and then keeps it, without what Splunk refused for good.
func (s sending) Commit(ctx context.Context, b models.Batch) (models.Committed, error) {
	var events []models.Event
	for _, p := range b.Parcels {
		events = append(events, p.Events...)
	}
	rejected, err := s.to.Send(ctx, events)
	if err != nil {
		return models.Committed{}, err
	}
	refused := map[string]bool{}
	for _, r := range rejected {
		refused[r.Event.Subject] = true
	}
	var news []models.Said
	for _, one := range b.Said {
		if !refused[one.Subject] {
			news = append(news, one)
		}
	}
	b.Said = news
	ctx = context.WithoutCancel(ctx) // what has been sent is remembered, whatever ends the run now
	done, err := s.Store.Commit(ctx, b)
	done.Events = len(events) - len(rejected)
	if err != nil || len(rejected) == 0 {
		return done, err
	}
	if err := s.Quarantine(ctx, rejected); err != nil {
		return done, err
	}
	first := rejected[0]
	return done, fmt.Errorf("sending events of customer %s: Splunk refused %d of %d for good, the first (%s) with code %d %q; they are set aside (foresight outbox list)",
		b.Customer, len(rejected), len(events), first.Event.EventID, first.Code, first.Text)
}
