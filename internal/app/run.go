package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"github.com/rs/zerolog"

	"foresight/analytics/calendar"
	"foresight/configs"
	"foresight/internal/deliver"
	"foresight/internal/metrics"
	"foresight/internal/pipeline"
	"foresight/internal/report"
	"foresight/internal/store"
	"foresight/internal/web/access"
	"foresight/internal/web/sso"
	"foresight/models"
)

// RunOptions narrow a run.
type RunOptions struct {
	AsOf   string // see parseAsOf
	Signal string // "signal" or "service/signal"; "" for all
	// Workers, when above 0, takes the place of the configuration's run.workers.
	Workers int
}

// Run takes one pass over every query of the configuration, writes the reports and
// says in a few lines what was found.
func (a *App) Run(ctx context.Context, path string, o RunOptions) error {
	cfg, err := a.load(path)
	if err != nil {
		return err
	}
	if err := bound(cfg, o.Workers); err != nil {
		return err
	}
	at, err := parseAsOf(o.AsOf, a.Clock(), cfg.Customers...)
	if err != nil {
		return err
	}
	if err := known(cfg, o.Signal); err != nil {
		return err
	}
	w, err := a.works(ctx, cfg)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.clients.reachable(ctx); err != nil {
		w.line.Log.Warn().Err(err).Msg("the run goes on: what it has to say is held until Splunk takes it")
	}
	var failures []error
	if o.AsOf == "" {
		failures = append(failures, w.catchUp(ctx))
	}
	want := wanted(o.Signal)
	for _, c := range cfg.Customers {
		if !asks(c, want) {
			continue // of a run that asks nothing there is nothing to say
		}
		_ = w.deliver(ctx, 0) // what is there already; nobody waits for Splunk now, and what is held is told at the end
		c, err := w.withKnown(ctx, c, at.of(c))
		if err != nil {
			return err
		}
		job, err := w.job(c, at, want)
		if err != nil {
			return err
		}
		result, err := w.line.Run(ctx, job)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failures = append(failures, err, w.predict(ctx, result))
		page := ""
		// A run that knows nothing leaves the last good page where it is.
		if o.Signal == "" && len(result.Signals) > 0 {
			page, err = w.writeReport(ctx, result)
			failures = append(failures, err)
		}
		if err := a.summary(result, page); err != nil {
			return err
		}
	}
	failures = append(failures, w.deliver(ctx, patience), w.refusal())
	return errors.Join(failures...)
}

// works is the machinery of run, serve and demo: one line and what it stands on.
type works struct {
	app     *App
	cfg     *configs.Config
	clients clients
	line    *pipeline.Line
	store   *store.Store
	courier *deliver.Courier
	refused []models.Refused // for good, by what was sent so far
	meter   *metrics.Metrics
	reports http.Handler  // takes what systems report; of serve only
	desk    *reception    // behind it
	gate    *access.Gate  // knows who asks for a page; of serve only
	signOn  *sso.Provider // by whom people sign in, where one is configured; of serve only
	found   foundNow      // by inventories; of serve only
}

func (a *App) works(ctx context.Context, cfg *configs.Config) (*works, error) {
	c, err := a.connect(cfg, metrics.New(a.Version))
	if err != nil {
		return nil, err
	}
	kept, err := store.Open(ctx, place(cfg))
	if err != nil {
		return nil, err
	}
	return a.worksOn(cfg, c, kept), nil
}

// worksOn is works on a state that is open already.
func (a *App) worksOn(cfg *configs.Config, c clients, kept *store.Store) *works {
	log := a.logger(cfg.Log)
	courier := deliver.New(kept, c.sender(), a.Clock, log)
	line := &pipeline.Line{Source: c.source(), Ledger: ledger{kept, courier}, Archive: kept, Track: kept, Worked: kept, Meter: c.meter, Clock: a.Clock, Log: log, Desk: desk(cfg.Run)}
	line.Step = func(p pipeline.Progress) { logStep(log, p) }
	return &works{app: a, cfg: cfg, clients: c, line: line, store: kept, courier: courier, meter: c.meter}
}

func (w *works) close() {
	if err := w.store.Close(); err != nil {
		w.line.Log.Warn().Err(err).Msg("closing the state")
	}
}

// logStep logs a query's stages. A failure is told in full by whoever runs the line.
func logStep(log zerolog.Logger, p pipeline.Progress) {
	log.Info().Str("customer", p.Customer).Str("query", p.Service+"/"+p.Query).Msg(p.Stage)
}

// job prepares one pass over a customer.
func (w *works) job(c models.Customer, at asOf, want func(models.Service, models.Query) bool) (pipeline.Job, error) {
	day := at.of(c)
	c, err := withEvents(w.cfg, c, day)
	if err != nil {
		return pipeline.Job{}, err
	}
	cal, err := calendarOf(c.Country, c.Events)
	if err != nil {
		return pipeline.Job{}, usage(fmt.Errorf("customer %s: %w", c.ID, err))
	}
	return pipeline.Job{
		RunID: runID(c.ID, day, w.app.Clock()), Customer: c, Calendar: cal.KnownBy(calendar.DateOf(day)), AsOf: day, Want: want,
		Metrics: w.cfg.Splunk.HEC.MetricIndex != "",
	}, nil
}

// runID names one run among all.
func runID(customer string, day, now time.Time) string {
	return models.Revision("run", customer, day.Unix(), now.UnixNano())
}

// wanted picks the queries of one signal.
func wanted(signal string) func(models.Service, models.Query) bool {
	if signal == "" {
		return nil
	}
	return func(s models.Service, q models.Query) bool {
		return signal == q.Signal.ID || signal == s.ID+"/"+q.Signal.ID
	}
}

// asks reports whether one of the customer's queries is wanted; nil wants all.
func asks(c models.Customer, want func(models.Service, models.Query) bool) bool {
	for _, s := range c.Services {
		for _, q := range s.Queries {
			if want == nil || want(s, q) {
				return true
			}
		}
	}
	return false
}

// known refuses a signal that no customer has.
func known(cfg *configs.Config, signal string) error {
	if signal == "" {
		return nil
	}
	var names []string
	want := wanted(signal)
	for _, c := range cfg.Customers {
		for _, s := range c.Services {
			for _, q := range s.Queries {
				if want(s, q) {
					return nil
				}
				names = append(names, s.ID+"/"+q.Signal.ID)
			}
		}
	}
	return usage(fmt.Errorf("--signal %s: no such signal; there are %s", signal, strings.Join(names, ", ")))
}

// writeReport writes a customer's page with what the incident process knows.
func (w *works) writeReport(ctx context.Context, r models.Result) (path string, err error) {
	page, err := report.Draw(r, report.Options{})
	if err != nil {
		return "", err
	}
	whole, _, err := withProcess(ctx, w.store, r.Customer, page, w.app.Clock())
	if err != nil {
		return "", err
	}
	return writePage(w.cfg.Report.Dir, r.Customer, whole)
}

// writeReport writes a customer's page into dir, whole or not at all, and returns
// where it is.
func writeReport(dir string, r models.Result, hindsight map[string][]models.HistoryPoint) (path string, err error) {
	var page bytes.Buffer
	if err := report.HTML(&page, r, report.Options{Hindsight: hindsight}); err != nil {
		return "", err
	}
	return writePage(dir, r.Customer, page.Bytes())
}

func writePage(dir string, c models.Customer, page []byte) (path string, err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("making the report directory: %w", err)
	}
	path = filepath.Join(dir, report.FileName(c))
	if err := renameio.WriteFile(path, page, 0o640); err != nil {
		return "", fmt.Errorf("writing the report of customer %s: %w", c.ID, err)
	}
	return path, nil
}
