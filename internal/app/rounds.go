package app

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"foresight/internal/pipeline"
	"foresight/internal/store"
	"foresight/models"
)

// rounds are the passes that serve takes over one customer's queries.
type rounds struct {
	works    *works
	customer models.Customer
	shown    *shelf

	mu    sync.Mutex
	known map[string]time.Time // by "service/query": the as-of of its last complete pass, as far as is known here
}

// newRounds begins with what earlier processes have done.
func newRounds(ctx context.Context, w *works, c models.Customer, shown *shelf) (*rounds, error) {
	known, err := w.store.Passed(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return &rounds{works: w, customer: c, shown: shown, known: known}, nil
}

// today is the day that a run would stand on now.
func (r *rounds) today() time.Time { return asOf{instant: r.works.app.Clock()}.of(r.customer) }

// done reports whether a query is known to have had its complete pass for the day: an
// hourly schedule tries again until the day's pass succeeds, and then rests.
func (r *rounds) done(query string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.known[query].Before(r.today())
}

// ask is done, after a look into the database: another process may have been the one.
func (r *rounds) ask(ctx context.Context, query string, day time.Time) (bool, error) {
	passed, err := r.works.store.PassedFor(ctx, r.customer.ID, query, day)
	if passed {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.known[query] = later(r.known[query], day)
	}
	return passed, err
}

// errLeft has a pass tried again that could not tell all.
var errLeft = errors.New("some forecasts were not sent, since the outbox is full: they are tried again")

// pass takes one pass over a query, unless it has had the day's. Failures are shown, and
// returned for another try.
func (r *rounds) pass(ctx context.Context, service models.Service, q models.Query) error {
	w, query := r.works, service.ID+"/"+q.ID
	log := w.line.Log.With().Str("customer", r.customer.ID).Str("query", query).Logger()
	day := r.today()
	switch passed, err := r.ask(ctx, query, day); {
	case err != nil:
		return err
	case passed:
		log.Debug().Msg("nothing new to know before tomorrow")
		return nil
	}
	stands := asOf{instant: w.app.Clock()}
	customer, err := w.withKnown(ctx, r.customer, stands.of(r.customer))
	if err != nil {
		r.shown.failed(ctx, r.customer.ID, query, day, err)
		return err
	}
	job, err := w.job(customer, stands, func(s models.Service, one models.Query) bool { return s.ID == service.ID && one.ID == q.ID })
	if err != nil {
		r.shown.failed(ctx, r.customer.ID, query, day, err)
		return err
	}
	job.Once = true
	result, err := w.line.Run(ctx, job)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := w.predict(ctx, result); err != nil {
		log.Error().Err(err).Msg("what was found is not in the incident process; the next start tries again")
	}
	passed, asking := r.ask(ctx, query, job.AsOf)
	switch {
	case errors.Is(err, store.ErrPassed):
		log.Info().Msg("another process was first with the day's pass; this one's is dropped")
		return nil
	case err != nil && dropped(result):
		r.shown.failed(ctx, r.customer.ID, query, day, err)
	case err == nil && asking == nil && !passed:
		err = errLeft
		fallthrough
	default:
		r.shown.told(r.customer.ID, query)
	}
	ended := log.Info()
	if err != nil {
		ended = log.Error().Err(err)
	}
	ended.Time("as_of", job.AsOf).Int("signals", len(result.Signals)).Int("events", result.Told).
		Stringer("took", result.Duration.Round(time.Millisecond)).Msg("run ended")
	return errors.Join(err, asking)
}

// dropped reports whether a run that failed has left nothing in the database.
func dropped(r models.Result) bool {
	return len(r.Errors) == 0 || slices.ContainsFunc(r.Errors, func(e models.RunError) bool { return e.Stage == pipeline.StageCommit })
}
