package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"foresight/internal/pipeline"
	"foresight/models"
)

// rounds are the passes that serve takes over one customer's queries. One pass at a
// time: two would each send what the other is about to remember as sent.
type rounds struct {
	works    *works
	customer models.Customer
	shown    *shelf

	turn  sync.Mutex
	known map[string]time.Time // by "service/query": the as-of of its last complete pass
}

// pass takes one pass over the wanted queries that have not yet had theirs for the
// day that a run would stand on now: an hourly schedule tries again until the day's
// pass succeeds, and then rests. Failures are logged and shown; the schedule goes on.
func (r *rounds) pass(ctx context.Context, want func(models.Service, models.Query) bool) {
	r.turn.Lock()
	defer r.turn.Unlock()
	w := r.works
	job, err := w.job(r.customer, asOf{instant: w.app.Clock()}, nil)
	if err != nil {
		r.shown.Failed(r.customer.ID, w.app.Clock(), err)
		w.line.Log.Error().Err(err).Str("customer", r.customer.ID).Msg("run failed")
		return
	}
	job.Want = func(s models.Service, q models.Query) bool {
		return want(s, q) && !r.known[s.ID+"/"+q.ID].Equal(job.AsOf)
	}
	if !asks(job.Customer, job.Want) {
		w.line.Log.Debug().Str("customer", r.customer.ID).Msg("nothing new to know before tomorrow")
		return
	}
	result, err := w.line.Run(ctx, job)
	if ctx.Err() != nil {
		return
	}
	r.remember(result, job.Want)
	if putErr := r.shown.put(w.cfg.Report.Dir, result, nil, w.app.Clock(), err); putErr != nil {
		err = errors.Join(err, putErr)
	}
	log := w.line.Log.Info()
	if err != nil {
		log = w.line.Log.Error().Err(err)
	}
	log.Str("customer", r.customer.ID).Time("as_of", job.AsOf).Int("signals", len(result.Signals)).Int("events", result.Told).
		Stringer("took", result.Duration.Round(time.Millisecond)).Msg("run ended")
}

// remember notes the queries whose pass was complete: read, forecast and sent.
func (r *rounds) remember(result models.Result, asked func(models.Service, models.Query) bool) {
	failed := map[string]bool{}
	for _, e := range result.Errors {
		if e.Stage == pipeline.StageCommit {
			return
		}
		failed[e.Service+"/"+e.Query] = true
	}
	done := map[string]time.Time{}
	for _, s := range r.customer.Services {
		for _, q := range s.Queries {
			if key := s.ID + "/" + q.ID; asked(s, q) && !failed[key] {
				done[key] = result.AsOf
			}
		}
	}
	for key, day := range done {
		r.known[key] = day
	}
}
