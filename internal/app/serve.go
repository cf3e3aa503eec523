package app

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"foresight/internal/metrics"
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
	w, err := a.works(ctx, cfg)
	if err != nil {
		return err
	}
	defer w.close()
	shown := newShelf(cfg.Customers)
	w.meter.Reloaded(true, a.Clock())
	w.meter.Read(metrics.Sources{Clock: a.Clock, Database: w.store.Ping, Standings: standings(shown)})
	jobs, all, err := w.plan(cfg.Customers, shown)
	if err != nil {
		return err
	}
	// One group: whichever part ends takes the others with it.
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		return web.Serve(ctx, cfg.Web.Addr, web.New(shown, w.pages(cfg.Web.MetricsAddr == "")), func(addr string) {
			w.line.Log.Info().Str("addr", addr).Msg("serving")
		})
	})
	if cfg.Web.MetricsAddr != "" {
		group.Go(func() error {
			return web.Serve(ctx, cfg.Web.MetricsAddr, web.NewMetrics(w.scrapes()), func(addr string) {
				w.line.Log.Info().Str("metrics_addr", addr).Msg("serving metrics")
			})
		})
	}
	group.Go(func() error {
		var first sync.WaitGroup
		first.Go(func() {
			for _, r := range all {
				r.pass(ctx, every)
			}
		})
		jobs.Run(ctx)
		first.Wait()
		return nil
	})
	return group.Wait()
}

// plan puts every query on a schedule and returns beside it the customers' rounds.
func (w *works) plan(customers []models.Customer, shown *shelf) (*schedule.Schedule, []*rounds, error) {
	jobs := schedule.New(w.line.Log)
	var all []*rounds
	for _, c := range customers {
		r := &rounds{works: w, customer: c, shown: shown, known: map[string]time.Time{}}
		all = append(all, r)
		for _, s := range c.Services {
			for _, q := range s.Queries {
				err := jobs.Add(schedule.Job{
					Name: c.ID + ":" + s.ID + "/" + q.ID, Spec: q.Schedule, Zone: c.Zone,
					Do: func(ctx context.Context) { r.pass(ctx, only(s.ID, q.ID)) },
				})
				if err != nil {
					return nil, nil, usage(err)
				}
			}
		}
	}
	return jobs, all, nil
}

// every wants all queries.
func every(models.Service, models.Query) bool { return true }

// only wants a single query.
func only(service, query string) func(models.Service, models.Query) bool {
	return func(s models.Service, q models.Query) bool { return s.ID == service && q.ID == query }
}

// pages are the choices of serve's handler.
func (w *works) pages(withMetrics bool) web.Options {
	o := w.app.webOptions(w.line.Log)
	o.Database = w.store.Ping
	if withMetrics {
		o.Metrics = w.scrapes()
	}
	return o
}

// scrapes answers Prometheus.
func (w *works) scrapes() http.Handler {
	return w.meter.Handler(func(err error) { w.line.Log.Error().Err(err).Msg("measuring") })
}

// webOptions hands the pages the clock and a place for their errors.
func (a *App) webOptions(log zerolog.Logger) web.Options {
	return web.Options{Version: a.Version, Clock: a.Clock, OnError: func(err error) { log.Error().Err(err).Msg("answering a request") }}
}
