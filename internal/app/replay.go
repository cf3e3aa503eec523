package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"

	"foresight/analytics/calendar"
	"foresight/configs"
	"foresight/internal/metrics"
	"foresight/internal/pipeline"
	"foresight/internal/store"
	"foresight/models"
	"foresight/splunk"
)

// ReplayOptions are the flags of `foresight replay`.
type ReplayOptions struct {
	From, To string // see parseAsOf
	Step     int    // days from one to the next
	Signal   string // "signal" or "service/signal"; "" for all
	Publish  bool
	Format   string // table, csv or json
}

// Replay runs the line as of each day of a stretch of the past, each run knowing only what
// it would have known and what the runs before it left, and says how what was said met
// what came. It works on a state of its own and tells Splunk nothing unless asked to.
func (a *App) Replay(ctx context.Context, path string, o ReplayOptions) (err error) {
	cfg, err := a.load(path)
	if err != nil {
		return err
	}
	from, to, err := a.stretch(cfg, o)
	if err != nil {
		return err
	}
	if err := known(cfg, o.Signal); err != nil {
		return err
	}
	out, err := a.replaySink(o.Format)
	if err != nil {
		return err
	}
	w, err := a.replayWorks(ctx, cfg, o.Publish)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	if o.Publish {
		if err := w.clients.reachable(ctx); err != nil {
			return err
		}
	}
	var failures []error
	for _, c := range cfg.Customers {
		want := wanted(o.Signal)
		if !asks(c, want) {
			continue
		}
		r := replay{works: w.works, customer: c, from: from.of(c), to: to.of(c), step: o.Step, want: want}
		if err := r.run(ctx); err != nil {
			return err
		}
		failures = append(failures, r.failure())
		r.compare()
		if err := out.put(&r); err != nil {
			return err
		}
	}
	return errors.Join(append(failures, out.end())...)
}

// stretch reads the first and the last day.
func (a *App) stretch(cfg *configs.Config, o ReplayOptions) (from, to asOf, err error) {
	if o.From == "" || o.To == "" {
		return from, to, usage(fmt.Errorf("replay needs --from and --to, the first and the last day to stand on, such as --from 2026-01-01 --to 2026-06-30"))
	}
	if o.Step < 1 {
		return from, to, usage(fmt.Errorf("--step %d: go on by 1 day or more", o.Step))
	}
	if from, err = parseAsOf(o.From, a.Clock(), cfg.Customers...); err != nil {
		return from, to, flagged("--from", err)
	}
	if to, err = parseAsOf(o.To, a.Clock(), cfg.Customers...); err != nil {
		return from, to, flagged("--to", err)
	}
	for _, c := range cfg.Customers {
		if to.of(c).Before(from.of(c)) {
			return from, to, usage(fmt.Errorf("--to %s lies before --from %s", o.To, o.From))
		}
	}
	return from, to, nil
}

// flagged names the flag that a moment was given by.
func flagged(flag string, err error) error {
	return usage(fmt.Errorf("%s: %w", flag, errors.Unwrap(err)))
}

// replayWorks is the machinery on a state that goes when the replay ends.
type replayWorks struct {
	*works
	dir string
}

func (a *App) replayWorks(ctx context.Context, cfg *configs.Config, publish bool) (*replayWorks, error) {
	meter := metrics.New(a.Version)
	c, err := a.connect(cfg, meter)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "foresight-replay-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the replay's state: %w", err)
	}
	kept, err := store.Open(ctx, store.Place{Dir: dir})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	ledger := unsent{Store: kept}
	if publish {
		ledger.to = c.sender()
	}
	log := a.logger(cfg.Log).Level(max(zerolog.WarnLevel, a.logger(cfg.Log).GetLevel())) // a line a query and day is too much
	line := &pipeline.Line{Source: c.source(), Ledger: ledger, Archive: kept, Track: kept, Meter: meter, Clock: a.Clock, Log: log, Desk: desk(cfg.Run)}
	return &replayWorks{works: &works{app: a, cfg: cfg, clients: c, line: line, store: kept, meter: meter}, dir: dir}, nil
}

func (w *replayWorks) end() error {
	err := errors.Join(w.store.Close(), os.RemoveAll(w.dir))
	if err != nil {
		return fmt.Errorf("clearing the replay's state: %w", err)
	}
	return nil
}

// unsent is a ledger that keeps what a run leaves and has nothing on its way: what is to
// be told at all is sent before.
type unsent struct {
	*store.Store
	to splunk.Sender // nil: nothing is sent
}

// Commit sends the batch's events if that was asked for, and keeps the rest.
func (u unsent) Commit(ctx context.Context, b models.Batch) (models.Committed, error) {
	var events []models.Event
	for _, p := range b.Parcels {
		events = append(events, p.Events...)
	}
	if b.Parcels = nil; u.to == nil {
		return u.Store.Commit(ctx, b)
	}
	rejected, err := u.to.Send(ctx, events)
	if err != nil {
		return models.Committed{}, err
	}
	done, err := u.Store.Commit(ctx, b)
	done.Events = len(events) - len(rejected)
	if len(rejected) > 0 {
		first := rejected[0]
		err = errors.Join(err, fmt.Errorf("sending what was replayed: Splunk refused %d of %d events for good, the first (%s) with code %d %q",
			len(rejected), len(events), first.Event.EventID, first.Code, first.Text))
	}
	return done, err
}

// replay is one customer's.
type replay struct {
	*works
	customer models.Customer
	from, to time.Time
	step     int
	want     func(models.Service, models.Query) bool

	days      int
	empty     map[string]int // days on which a query had no row, by "service/query"
	words     []*word
	byID      map[string]*word
	limits    map[string]map[int64]float64 // by the forecasts' subject and the bucket
	came      time.Time                    // what had come by then is compared
	hindsight []pipeline.Hindsight
}

// run takes the days in turn, and then what came.
func (r *replay) run(ctx context.Context) error {
	r.empty, r.byID, r.limits = map[string]int{}, map[string]*word{}, map[string]map[int64]float64{}
	first, last := calendar.DateOf(r.from), calendar.DateOf(r.to)
	progress := newProgress(r.app.Err, last.Sub(first)/r.step+1)
	progress.noun = "days of " + r.customer.ID
	defer progress.clear()
	for d := first; !d.After(last); d = d.AddDays(r.step) {
		if err := r.day(ctx, d); err != nil {
			return err
		}
		progress.step()
	}
	job, err := r.job(r.customer, asOf{instant: r.app.Clock()}, r.want)
	if err != nil {
		return err
	}
	// What was forecast last has come by then, or has not come yet.
	if end := r.to.AddDate(0, 0, pipeline.DefaultHorizon); end.Before(job.AsOf) {
		if job, err = r.job(r.customer, asOf{day: calendar.DateOf(end), byDay: true}, r.want); err != nil {
			return err
		}
	}
	r.came = job.AsOf
	whole := *r.line
	whole.Archive = nil // which holds what was known then
	r.hindsight, err = whole.Hindsight(ctx, job, r.from)
	return err
}

// day runs the line as of one day.
func (r *replay) day(ctx context.Context, d calendar.Date) error {
	job, err := r.job(r.customer, asOf{day: d, byDay: true}, r.want)
	if err != nil {
		return err
	}
	result, err := r.line.Run(ctx, job)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, e := range result.Errors {
		switch {
		case e.Reason == pipeline.ReasonNoRows:
			r.empty[e.Service+"/"+e.Query]++
		case e.Stage != "plan":
			return fmt.Errorf("replaying customer %s as of %s: %w", r.customer.ID, d, err)
		}
	}
	r.days++
	r.hear(result)
	return nil
}

// failure says for how many days queries had no row at all.
func (r *replay) failure() error {
	var all []error
	for _, s := range r.customer.Services {
		for _, q := range s.Queries {
			if n := r.empty[s.ID+"/"+q.ID]; n > 0 {
				all = append(all, fmt.Errorf("customer %s: %s/%s had no data at all on %d of %d days; begin later, or check its search", r.customer.ID, s.ID, q.ID, n, r.days))
			}
		}
	}
	return errors.Join(all...)
}
