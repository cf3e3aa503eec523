package app

import (
	"context"
	"fmt"
	"time"

	"foresight/internal/deliver"
	"foresight/internal/metrics"
	"foresight/internal/store"
	"foresight/models"
)

// ledger is the store's, and tells the courier of what there is to send.
type ledger struct {
	*store.Store
	courier *deliver.Courier
}

// Commit implements pipeline.Ledger.
func (l ledger) Commit(ctx context.Context, b models.Batch) (models.Committed, error) {
	done, err := l.Store.Commit(ctx, b)
	if err != nil {
		return done, err
	}
	if len(done.Left) > 0 {
		l.courier.Full()
	}
	l.courier.Wake()
	return done, nil
}

// patience is how long a command goes on trying a Splunk that is busy or out of reach.
const patience = 2 * time.Minute

// deliver sends what the outbox holds.
func (w *works) deliver(ctx context.Context, patience time.Duration) error {
	refused, err := w.courier.Empty(ctx, patience)
	w.refused = append(w.refused, refused...)
	return err
}

// refusal is the error of the events that Splunk refused for good, nil when it took all.
func (w *works) refusal() error {
	if len(w.refused) == 0 {
		return nil
	}
	first := w.refused[0]
	return fmt.Errorf("of what was sent Splunk refused %s for good, the first (%s) with code %d %q; set aside (foresight outbox list)",
		counted(len(w.refused), "event"), first.Event.EventID, first.Code, first.Text)
}

// waiting tells the metrics what waits to be sent.
func (w *works) waiting(ctx context.Context) (metrics.Outbox, error) {
	b, err := w.store.Backlog(ctx)
	if err != nil {
		return metrics.Outbox{}, err
	}
	s := w.courier.State()
	return metrics.Outbox{Parcels: b.Parcels, Bytes: b.Bytes, Oldest: b.Oldest, Held: s.Held, Full: s.Full, Refused: b.Refused}, nil
}

// aged is how long an event may wait before the process counts as not ready: longer than
// any delivery of a day's run takes.
const aged = 15 * time.Minute

// hindrances says for the pages' readiness what keeps events from Splunk.
func (w *works) hindrances(ctx context.Context) ([]string, error) {
	b, err := w.store.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	var all []string
	s := w.courier.State()
	if s.Held != "" {
		all = append(all, fmt.Sprintf("%d events are held since %s: %s", b.Events, s.Since.UTC().Format(time.RFC3339), s.Text))
	} else if age := w.app.Clock().Sub(b.Oldest); b.Parcels > 0 && age > aged {
		all = append(all, fmt.Sprintf("%d events wait, the oldest since %s", b.Events, b.Oldest.Format(time.RFC3339)))
	}
	if s.Full {
		all = append(all, "the outbox is full (outbox.max_bytes): forecasts are left out until it has emptied")
	}
	return all, nil
}
