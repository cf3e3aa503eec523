package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"foresight/configs"
	"foresight/internal/metrics"
	"foresight/internal/web"
)

// service is serve over its generations. Listeners, state, metrics and the pages' content
// outlive a reload; clients, schedule and all that the configuration says do not.
type service struct {
	app     *App
	path    string
	options ServeOptions
	shown   *shelf
	pages   swapped
}

// swapped is a handler that may be replaced between two requests.
type swapped struct{ now atomic.Pointer[http.Handler] }

// ServeHTTP implements http.Handler.
func (s *swapped) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*s.now.Load()).ServeHTTP(w, r) }

// show lets pages and metrics speak of a generation.
func (s *service) show(g *generation) {
	w := g.works
	s.shown.keep(w.cfg.Customers, w.cfg.Report.Dir)
	w.meter.Reloaded(true, s.app.Clock())
	w.meter.Read(metrics.Sources{Clock: s.app.Clock, Database: w.store.Ping, Standings: standings(s.shown), Outbox: w.waiting, Jobs: w.store.Jobs, Notices: w.late})
	pages := web.New(s.shown, w.pages(w.cfg.Web.MetricsAddr == ""))
	s.pages.now.Store(&pages)
}

// live runs generation after generation until ctx ends or one fails.
func (s *service) live(ctx context.Context, g *generation) error {
	for {
		next, err := s.until(ctx, g)
		if err != nil || next == nil {
			return err
		}
		s.show(next)
		next.works.line.Log.Info().Str("file", s.path).Msg("the configuration was read again and is in force")
		g = next
	}
}

// until runs a generation until ctx ends, which is nil, nil, or a reload has the next one
// ready. Jobs under way are then cancelled and stay in the queue, where the next finds them.
func (s *service) until(ctx context.Context, g *generation) (*generation, error) {
	inner, end := context.WithCancel(ctx)
	defer end()
	ended := make(chan error, 1)
	go func() { ended <- g.run(inner) }()
	for {
		select {
		case err := <-ended:
			return nil, err
		case <-s.options.Reload:
		}
		next, err := s.reload(ctx, g)
		if err != nil {
			g.works.meter.Reloaded(false, s.app.Clock())
			g.works.line.Log.Error().Err(err).Str("file", s.path).Msg("the configuration is refused; the one before stays in force")
			continue
		}
		end()
		if err := <-ended; err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, nil //nolint:nilnil // the end that was asked for is no failure, and nothing follows
		}
		return next, nil
	}
}

// reload reads the file again and prepares the generation after g. All that can be wrong
// is found before g ends.
func (s *service) reload(ctx context.Context, g *generation) (*generation, error) {
	cfg, err := s.app.load(s.path)
	if err != nil {
		return nil, err
	}
	if err := bound(cfg, s.options.Workers); err != nil {
		return nil, err
	}
	if err := reloadable(g.works.cfg, cfg); err != nil {
		return nil, err
	}
	c, err := s.app.connect(cfg, g.works.meter)
	if err != nil {
		return nil, err
	}
	w := s.app.worksOn(cfg, c, g.works.store)
	// Files of calendar events are read by each pass: one that is missing shows here.
	for _, c := range cfg.Customers {
		if _, err := w.job(c, asOf{instant: s.app.Clock()}, nil); err != nil {
			return nil, err
		}
	}
	return w.generation(ctx, s.shown)
}

// reloadable refuses changes that only a start can bring into force.
func reloadable(before, after *configs.Config) error {
	var fixed []error
	changed := func(key string, same bool) {
		if !same {
			fixed = append(fixed, fmt.Errorf("%s has changed, which needs a restart", key))
		}
	}
	changed("state", before.State.Dir == after.State.Dir && before.State.URL.Value() == after.State.URL.Value())
	changed("outbox.max_bytes", before.Outbox.MaxBytes == after.Outbox.MaxBytes)
	changed("web.addr", before.Web.Addr == after.Web.Addr)
	changed("web.metrics_addr", before.Web.MetricsAddr == after.Web.MetricsAddr)
	return errors.Join(fixed...)
}
