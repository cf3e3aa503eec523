package app

import (
	"context"
	"errors"
	"sync"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"foresight/internal/schedule"
	"foresight/internal/web"
	"foresight/models"
)

// Serve runs every query on its cron schedule, once at the start so that the pages
// are not empty, and serves the reports, until ctx ends.
func (a *App) Serve(ctx context.Context, path string) error {
	cfg, err := a.load(path)
	if err != nil {
		return err
	}
	w, err := a.works(cfg)
	if err != nil {
		return err
	}
	defer w.close()
	shown := newShelf(cfg.Customers)
	jobs, whole, err := w.plan(cfg.Customers, shown)
	if err != nil {
		return err
	}
	// One group: whichever part ends takes the others with it.
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		return web.Serve(ctx, cfg.Web.Addr, web.New(shown, a.webOptions(w.line.Log)), func(addr string) {
			w.line.Log.Info().Str("addr", addr).Msg("serving")
		})
	})
	group.Go(func() error {
		var first sync.WaitGroup
		first.Go(func() {
			for _, pass := range whole {
				pass(ctx)
			}
		})
		jobs.Run(ctx)
		first.Wait()
		return nil
	})
	return group.Wait()
}

// plan puts every query on a schedule and returns beside it the passes over whole
// customers.
func (w *works) plan(customers []models.Customer, shown *shelf) (*schedule.Schedule, []func(context.Context), error) {
	jobs := schedule.New(w.line.Log)
	var whole []func(context.Context)
	for _, c := range customers {
		// One pass over a customer at a time: two would each send what the other is
		// about to remember as sent.
		var turn sync.Mutex
		pass := func(ctx context.Context, want func(models.Service, models.Query) bool) {
			turn.Lock()
			defer turn.Unlock()
			w.pass(ctx, c, shown, want)
		}
		whole = append(whole, func(ctx context.Context) { pass(ctx, nil) })
		for _, s := range c.Services {
			for _, q := range s.Queries {
				err := jobs.Add(schedule.Job{
					Name: c.ID + ":" + s.ID + "/" + q.ID, Spec: q.Schedule, Zone: c.Zone,
					Do: func(ctx context.Context) { pass(ctx, only(s.ID, q.ID)) },
				})
				if err != nil {
					return nil, nil, usage(err)
				}
			}
		}
	}
	return jobs, whole, nil
}

// pass takes one pass over some of a customer's queries and shows the outcome. Its
// failures are logged and shown; the schedule goes on.
func (w *works) pass(ctx context.Context, c models.Customer, shown *shelf, want func(models.Service, models.Query) bool) {
	job, err := w.job(c, asOf{instant: w.app.Clock()}, want)
	if err != nil {
		shown.Failed(c.ID, w.app.Clock(), err)
		w.line.Log.Error().Err(err).Str("customer", c.ID).Msg("run failed")
		return
	}
	result, err := w.line.Run(ctx, job)
	if ctx.Err() != nil {
		return
	}
	if putErr := shown.put(w.cfg.Report.Dir, result, nil, w.app.Clock(), err); putErr != nil {
		err = errors.Join(err, putErr)
	}
	if err != nil {
		w.line.Log.Error().Err(err).Str("customer", c.ID).Msg("run failed")
	}
}

// only wants a single query.
func only(service, query string) func(models.Service, models.Query) bool {
	return func(s models.Service, q models.Query) bool { return s.ID == service && q.ID == query }
}

// webOptions hands the pages the clock and a place for their errors.
func (a *App) webOptions(log zerolog.Logger) web.Options {
	return web.Options{Version: a.Version, Clock: a.Clock, OnError: func(err error) { log.Error().Err(err).Msg("answering a request") }}
}
