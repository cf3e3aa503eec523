package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"foresight/models"
)

// rounds are the passes that serve takes over one customer's queries.
type rounds struct {
	works    *works
	customer models.Customer
	shown    *shelf

	mu    sync.Mutex
	known map[string]time.Time // by "service/query": the as-of of its last complete pass
}

// done reports whether a query has had its complete pass for the day that a run would
// stand on now: an hourly schedule tries again until the day's pass succeeds, and then
// rests.
func (r *rounds) done(service models.Service, q models.Query) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[service.ID+"/"+q.ID].Equal(asOf{instant: r.works.app.Clock()}.of(r.customer))
}

// pass takes one pass over a query, unless it has had the day's. Failures are shown, and
// returned for another try.
func (r *rounds) pass(ctx context.Context, service models.Service, q models.Query) error {
	w := r.works
	if r.done(service, q) {
		w.line.Log.Debug().Str("customer", r.customer.ID).Str("query", service.ID+"/"+q.ID).Msg("nothing new to know before tomorrow")
		return nil
	}
	job, err := w.job(r.customer, asOf{instant: w.app.Clock()}, func(s models.Service, one models.Query) bool { return s.ID == service.ID && one.ID == q.ID })
	if err != nil {
		r.shown.Failed(r.customer.ID, w.app.Clock(), err)
		return err
	}
	result, err := w.line.Run(ctx, job)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		r.mu.Lock()
		r.known[service.ID+"/"+q.ID] = job.AsOf
		r.mu.Unlock()
	}
	if putErr := r.shown.put(w.cfg.Report.Dir, result, nil, w.app.Clock(), err); putErr != nil {
		err = errors.Join(err, putErr)
	}
	log := w.line.Log.Info()
	if err != nil {
		log = w.line.Log.Error().Err(err)
	}
	log.Str("customer", r.customer.ID).Str("query", service.ID+"/"+q.ID).Time("as_of", job.AsOf).Int("signals", len(result.Signals)).Int("events", result.Told).
		Stringer("took", result.Duration.Round(time.Millisecond)).Msg("run ended")
	return err
}
