package app

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"foresight/configs"
	"foresight/internal/store"
	"foresight/models"
)

// place is where the configuration keeps the state.
func place(cfg *configs.Config) store.Place {
	return store.Place{Dir: cfg.State.Dir, URL: cfg.State.URL.Value(), Room: int64(cfg.Outbox.MaxBytes)}
}

// reading hands the state to work, which may read it while another process runs. Where
// no run has made it yet there is nothing to read.
func reading(ctx context.Context, cfg *configs.Config, work func(*store.Store) error) error {
	return beside(ctx, cfg, store.OpenReading, work)
}

// beside opens the state, in one way or another, beside a process that works with it.
func beside(ctx context.Context, cfg *configs.Config, open func(context.Context, store.Place) (*store.Store, error), work func(*store.Store) error) (err error) {
	kept, err := open(ctx, place(cfg))
	if errors.Is(err, store.ErrNothingYet) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	return work(kept)
}

// RunsOptions are the flags of `foresight store runs`.
type RunsOptions struct {
	Customer string // id; "" for all
	Last     int    // how many, at most
}

// StoreRuns lists the last runs, the latest first, and below them their errors.
func (a *App) StoreRuns(ctx context.Context, path string, o RunsOptions) error {
	if o.Last < 1 {
		return usage(fmt.Errorf("--last %d: ask for 1 run or more", o.Last))
	}
	return a.listing(ctx, path, ListOptions{Customer: o.Customer}, func(kept *store.Store, z zones) error {
		runs, err := kept.Runs(ctx, o.Customer, o.Last)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "started\tcustomer\tas of\ttook\tqueries\tforecasts\tsent\tcomplete\terrors")
		for _, r := range runs {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\t%d\n", z.at(r.Customer, r.Started), r.Customer, z.in(r.Customer, r.AsOf).Format(time.DateOnly),
				r.Duration.Round(time.Millisecond), r.Queries, r.Forecasts, r.Events, share(r), len(r.Errors))
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("writing the answer: %w", err)
		}
		for _, r := range runs {
			for _, e := range r.Errors {
				if err := a.say("%s  %s %s/%s: %s", z.at(r.Customer, r.Started), e.Stage, e.Service, e.Query, e.Text); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// share is how complete a run's input was.
func share(r models.Ran) string {
	if r.Buckets == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*r.Complete())
}

// state says which database keeps the state, and whether it can be reached.
func (c *checker) state(ctx context.Context, cfg *configs.Config, offline bool) {
	if offline {
		c.line("state", nil, place(cfg).Words()+" (not tried)")
		return
	}
	words, err := store.Probe(ctx, place(cfg))
	c.line("state", err, words)
}
