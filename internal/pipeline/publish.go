package pipeline

import (
	"context"
	"fmt"

	"foresight/models"
)

// publish sends the drafts in order and then remembers them. When sending fails
// nothing is remembered, so the next run says it all again under the same ids. It
// returns how many events were taken.
func (l *Line) publish(ctx context.Context, j Job, drafts []draft) (sent int, err error) {
	var events []models.Event
	for _, d := range drafts {
		events = append(events, d.events...)
	}
	rejected, err := l.Sink.Send(ctx, events)
	if err != nil {
		return 0, fmt.Errorf("sending %d events of customer %s: %w", len(events), j.Customer.ID, err)
	}
	sent = len(events) - len(rejected)
	refused := map[string]bool{}
	for _, r := range rejected {
		refused[r.Event.Subject] = true
	}
	var news []models.Said
	for _, d := range drafts {
		if d.said != nil && !refused[d.said.Subject] {
			news = append(news, *d.said)
		}
	}
	ctx = context.WithoutCancel(ctx) // what has been sent is remembered, whatever ends the run now
	if l.Memory != nil {
		if err := l.Memory.Remember(ctx, j.Customer.ID, news); err != nil {
			return sent, err
		}
	}
	if len(rejected) == 0 {
		return sent, nil
	}
	if l.Memory != nil {
		if err := l.Memory.Quarantine(ctx, rejected); err != nil {
			return sent, err
		}
	}
	first := rejected[0]
	return sent, fmt.Errorf("sending events of customer %s: Splunk refused %d of %d for good, the first (%s) with code %d %q; they are set aside (foresight outbox list)",
		j.Customer.ID, len(rejected), len(events), first.Event.EventID, first.Code, first.Text)
}
