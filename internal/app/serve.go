package app

import (
	"context"
	"net/http"
	"os"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"foresight/configs"
	"foresight/internal/deliver"
	"foresight/internal/schedule"
	"foresight/internal/web"
)

// ServeOptions are what `foresight serve` is told beside its configuration.
type ServeOptions struct {
	// Workers, when above 0, takes the place of the configuration's run.workers.
	Workers int
	// Reload asks, by each value, for the configuration to be read again; nil: nobody asks.
	Reload <-chan os.Signal
}

// Serve runs every query on its cron schedule, at the start too where it has not had the
// day's pass, and serves the reports, until ctx ends.
func (a *App) Serve(ctx context.Context, path string, o ServeOptions) error {
	cfg, err := a.load(path)
	if err != nil {
		return err
	}
	if err := bound(cfg, o.Workers); err != nil {
		return err
	}
	w, err := a.works(ctx, cfg)
	if err != nil {
		return err
	}
	defer w.close()
	s := &service{app: a, path: path, options: o, shown: newShelf(w.store, a.Clock, w.line.Log)}
	first, err := w.generation(ctx, s.shown)
	if err != nil {
		return err
	}
	s.show(first)
	// One group: whichever part ends takes the others with it.
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		return web.Serve(ctx, cfg.Web.Addr, &s.pages, func(addr string) {
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
	group.Go(func() error { return s.live(ctx, first) })
	group.Go(func() error { return s.shown.print(ctx) })
	return group.Wait()
}

// generation is serve under one configuration: the next begins when that is reloaded.
type generation struct {
	works *works
	jobs  *schedule.Schedule
	tells *deliver.Messenger
}

// generation prepares what runs under the works' configuration; it starts nothing.
func (w *works) generation(ctx context.Context, shown *shelf) (*generation, error) {
	jobs, err := w.plan(ctx, shown)
	if err != nil {
		return nil, err
	}
	if w.reports, err = w.intake(); err != nil {
		return nil, err
	}
	if w.gate, err = w.newGate(); err != nil {
		return nil, err
	}
	if w.signOn, err = w.app.newSignOn(w.cfg.Web.OIDC); err != nil {
		return nil, err
	}
	tells, err := w.messenger()
	if err != nil {
		return nil, err
	}
	return &generation{works: w, jobs: jobs, tells: tells}, nil
}

// run works and delivers until ctx ends.
func (g *generation) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		g.works.courier.Run(ctx)
		return nil
	})
	group.Go(func() error { return g.jobs.Run(ctx) })
	group.Go(func() error { return g.works.retain(ctx) })
	group.Go(func() error { g.works.duty().run(ctx); return nil })
	group.Go(func() error { g.works.inventories().run(ctx); return nil })
	group.Go(func() error { g.works.verifier().run(ctx); return nil })
	group.Go(func() error { g.works.itsi().run(ctx); return nil })
	group.Go(func() error { g.works.notes().run(ctx); return nil })
	group.Go(func() error { g.tells.Run(ctx); return nil })
	group.Go(func() error {
		if err := g.works.catchUp(ctx); err != nil && ctx.Err() == nil {
			g.works.line.Log.Error().Err(err).Msg("predictions of earlier runs are not in the incident process; the next run tries again")
		}
		return nil
	})
	return group.Wait()
}

// plan makes a job of every query.
func (w *works) plan(ctx context.Context, shown *shelf) (*schedule.Schedule, error) {
	jobs := schedule.New(schedule.Options{
		Store: w.store, Clock: w.app.Clock, Log: w.line.Log, Places: places(w.cfg.Run), Skip: w.cfg.Run.Missed == configs.MissedSkip,
	})
	for _, c := range w.cfg.Customers {
		r, err := newRounds(ctx, w, c, shown)
		if err != nil {
			return nil, err
		}
		for _, s := range c.Services {
			for _, q := range s.Queries {
				err := jobs.Add(schedule.Job{
					Key: schedule.Key{Customer: c.ID, Service: s.ID, Query: q.ID}, Spec: q.Schedule, Zone: c.Zone, Limit: w.limit(q),
					Done: func() bool { return r.done(s.ID + "/" + q.ID) },
					Do:   func(ctx context.Context) error { return r.pass(ctx, s, q) },
				})
				if err != nil {
					return nil, usage(err)
				}
			}
		}
	}
	return jobs, nil
}

// pages are the choices of serve's handler.
func (w *works) pages(withMetrics bool) web.Options {
	o := w.app.webOptions(w.line.Log)
	o.Intake, o.Calendar = w.reports, w.calendar
	o.Process = caseDesk{counter{w.store, w.cfg, w.app.Clock}, w.courier.Wake, &w.found}
	o.Forecasts = w.forecasts()
	o.Admin = office{w.store, w.app.Clock, w.courier.Wake}
	o.Roster = roster{counter{w.store, w.cfg, w.app.Clock}}
	o.Gate, o.Audit = w.gate, w.audit
	if w.signOn != nil {
		o.SignOn, o.SignOnName = w.signOn, w.cfg.Web.OIDC.Name
	}
	o.Database, o.Delivery = w.store.Ping, w.hindrances
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
