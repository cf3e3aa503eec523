package cloudservices

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/splunk/splunk-cloud-sdk-go/services"
	"github.com/splunk/splunk-cloud-sdk-go/services/ingest"

	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// SenderConfig says how events are sent.
type SenderConfig struct {
	Index       string        // "" for the tenant's default
	BatchEvents int           // most events of one request; default 500
	BatchBytes  int           // most bytes of one request; default 1 000 000
	RetryFor    time.Duration // how long one batch is tried; default 2 min

	Waiting func(err error, d time.Duration) // told of each wait before another try; may be nil
}

func (c SenderConfig) withDefaults() SenderConfig {
	c.BatchEvents = wire.OrDefault(c.BatchEvents, 500)
	c.BatchBytes = wire.OrDefault(c.BatchBytes, 1_000_000)
	c.RetryFor = wire.OrDefault(c.RetryFor, 2*time.Minute)
	return c
}

// Sender sends events in their order, one batch at a time. It is safe for use by
// several goroutines, whose batches then mix.
type Sender struct {
	tenant *Tenant
	config SenderConfig
}

// Sender is a splunk.Sender.
var _ splunk.Sender = (*Sender)(nil)

// Events returns a client that sends events to the tenant.
func (t *Tenant) Events(c SenderConfig) *Sender { return &Sender{tenant: t, config: c.withDefaults()} }

// Send implements splunk.Sender: it sends events in batches and returns those that the
// service will never take. Any other failure is a *splunk.SendError; then nothing of
// what was not taken is dropped, and all may be sent again: each event has its event_id
// for an id, by which the service tells doubles.
func (s *Sender) Send(ctx context.Context, events []models.Event) ([]models.Rejected, error) {
	items, rejected := s.encode(events)
	d := delivery{sender: s, rejected: rejected}
	for done := 0; done < len(items); {
		n := s.batch(items[done:])
		if err := d.deliver(ctx, items[done:done+n]); err != nil {
			taken := items[done].place
			if len(d.alone) > 0 {
				taken = min(taken, d.alone[0].place)
			}
			return d.rejected, &splunk.SendError{Taken: taken, Of: len(events), Err: err}
		}
		done += n
	}
	d.settle()
	return d.rejected, nil
}

// batch returns how many of the items make the next request, at least one. The SDK's
// own BatchEventsSender loses an event of each batch.
func (s *Sender) batch(items []item) int {
	n, size := 0, len("[]")
	for n < len(items) && n < s.config.BatchEvents {
		size += items[n].size + len(",")
		if n > 0 && size > s.config.BatchBytes {
			break
		}
		n++
	}
	return n
}

// post makes one request, repeated as long as patience says.
func (s *Sender) post(ctx context.Context, op string, patience *wire.Patience, events []ingest.Event) (wire.Reply, error) {
	_, rep, err := call(ctx, s.tenant, op, patience, func(client *services.BaseClient) (*ingest.HttpResponse, error) {
		return ingest.NewService(client).PostEvents(events)
	})
	return rep, err
}

// Check proves address, tenant, credentials and the right to send without writing
// anything: a request without events is refused as such when all of that is good, and
// for its own reason when it is not.
func (s *Sender) Check(ctx context.Context) error {
	_, err := s.post(ctx, "trying to send events", nil, []ingest.Event{})
	var e *splunk.Error
	if errors.As(err, &e) && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity) {
		return nil
	}
	return err
}

// String hides the secret.
func (s *Sender) String() string { return "events to " + s.tenant.String() }
