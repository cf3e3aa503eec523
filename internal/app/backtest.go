package app

import (
	"context"
	"fmt"
	"io"

	"foresight/analytics"
	"foresight/internal/tidy"
)

// BacktestOptions are the flags of `foresight backtest`: the forecast that is made
// from each origin, and the origins.
type BacktestOptions struct {
	ForecastOptions     // Format: table, csv or json
	Origins         int // most origins of a series; 0: eight
	Step            int // buckets between origins; 0: a third of the horizon or less
}

// scored is one series' backtest.
type scored struct {
	analytics.BacktestResult
	name   string
	layout string // of its times
}

// scoreSink takes the series' backtests one after the other.
type scoreSink interface {
	put(s scored) error
	end() error
}

// Backtest reads tidy CSV, forecasts each series from origins in its past, and writes
// how right that was, in the input's order. A series that cannot be backtested is
// named on Err and fails the command after all the others are written.
func (a *App) Backtest(ctx context.Context, o BacktestOptions) error {
	r, err := a.understand(ctx, o.ForecastOptions)
	if err != nil {
		return err
	}
	all, err := a.readSeries(o.Path, r.zone)
	if err != nil {
		return err
	}
	if err := r.masks.known(all); err != nil {
		return usage(err)
	}
	out, err := a.scoreSink(o, r, all)
	if err != nil {
		return usage(err)
	}
	failed := 0
	var poor poorOrigins
	var treated treatments
	progress := newProgress(a.Err, len(all))
	err = inOrder(ctx, len(all), workers(o.Jobs), func(i int) (scored, error) {
		if all[i].Err != nil {
			return scored{}, all[i].Err // names its series and row
		}
		s, err := r.backtest(ctx, all[i], o)
		if err != nil {
			err = fmt.Errorf("series %q: %w", all[i].Name, err)
		}
		return s, err
	}, func(_ int, s scored, err error) error {
		progress.clear() // a row of the table takes its line
		defer progress.step()
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed++
			fmt.Fprintln(a.Err, "foresight:", err)
			return nil
		}
		poor.add(s)
		treated.add(s.name, s.layout, s.Treated)
		return out.put(s)
	})
	progress.clear()
	if err != nil {
		return err
	}
	if err := out.end(); err != nil {
		return err
	}
	poor.tell(a.Err, len(all))
	treated.tell(a.Err, len(all))
	treated.unreached(a.Err, r.ceilings)
	r.masks.tell(a.Err)
	if failed > 0 {
		return fmt.Errorf("%d of %d series could not be backtested", failed, len(all))
	}
	return nil
}

// scoreSink returns the writer of the wanted format.
func (a *App) scoreSink(o BacktestOptions, r request, all []tidy.Series) (scoreSink, error) {
	switch o.Format {
	case "table":
		return newScoreTable(a.Out, r, all), nil
	case string(tidy.CSV), string(tidy.JSON):
		w, err := tidy.NewScoreWriter(a.Out, tidy.Format(o.Format))
		return &scoreList{w: w, request: r}, err
	}
	return nil, fmt.Errorf("the format %q is not known; use table, csv or json", o.Format)
}

// backtest backtests one series that could be read.
func (r request) backtest(ctx context.Context, t tidy.Series, o BacktestOptions) (scored, error) {
	l, err := r.lay(t)
	if err != nil {
		return scored{}, err
	}
	b, err := analytics.Backtest(ctx, l.Series, l.options, analytics.BacktestOptions{Origins: o.Origins, Step: o.Step})
	if err != nil {
		r.masks.excuse(t.Name)
		return scored{}, err
	}
	b.Treated = append(b.Treated, l.treated...)
	r.masks.note(t.Name, l.options.Masks, b.Treated)
	return scored{BacktestResult: b, name: t.Name, layout: r.layout(t.Layout, l.Times)}, nil
}

// poorOrigins counts the series that were, from some origin, forecast on too little
// history for a range of their own.
type poorOrigins struct {
	n             int
	first, reason string
}

func (p *poorOrigins) add(s scored) {
	for _, o := range s.Origins {
		if o.Fallback == "" {
			continue
		}
		if p.n == 0 {
			p.first, p.reason = s.name, fmt.Sprintf("from %s: %s", o.Time.Format(s.layout), o.Fallback)
		}
		p.n++
		return
	}
}

// tell says how many series these are, in one line; nothing when there is none.
func (p *poorOrigins) tell(w io.Writer, all int) {
	if p.n == 0 {
		return
	}
	fmt.Fprintf(w, "foresight: %d of %d series: the first origins had too little history for calibrated ranges (first %q %s); use fewer --origins to judge the later ones alone\n", p.n, all, p.first, p.reason)
}
