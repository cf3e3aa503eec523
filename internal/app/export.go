package app

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/google/renameio/v2"

	"foresight/internal/store"
	"foresight/models"
)

// StoreExport writes what is kept as CSV files into a folder: forecasts, scores, runs,
// findings and actions. Each file is replaced whole.
func (a *App) StoreExport(ctx context.Context, path, dir string) error {
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	return reading(ctx, cfg, func(kept *store.Store) error {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("making the folder to export to: %w", err)
		}
		e := exporter{store: kept, zones: zonesOf(cfg), dir: dir}
		for _, f := range []struct {
			name  string
			write func(context.Context, *sheet) error
		}{
			{"forecasts.csv", e.forecasts}, {"scores.csv", e.scores}, {"runs.csv", e.runs}, {"findings.csv", e.findings}, {"actions.csv", e.actions},
		} {
			if err := e.file(ctx, f.name, f.write); err != nil {
				return err
			}
		}
		return nil
	})
}

// exporter writes what a store keeps.
type exporter struct {
	store *store.Store
	zones
	dir string
}

// file writes one file, whole or not at all.
func (e exporter) file(ctx context.Context, name string, write func(context.Context, *sheet) error) (err error) {
	path := filepath.Join(e.dir, name)
	pending, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o640))
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if cleanup := pending.Cleanup(); err == nil && cleanup != nil {
			err = fmt.Errorf("writing %s: %w", path, cleanup)
		}
	}()
	out := bufio.NewWriterSize(pending, 1<<16)
	s := &sheet{csv.NewWriter(out)}
	if err := write(ctx, s); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	s.Flush()
	if err := errors.Join(s.Error(), out.Flush()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := pending.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// sheet is a CSV file in the making.
type sheet struct{ *csv.Writer }

// row writes strings, whole numbers and numbers, of which NaN is left empty.
func (s *sheet) row(cells ...any) error {
	text := make([]string, len(cells))
	for i, c := range cells {
		switch v := c.(type) {
		case float64:
			if !math.IsNaN(v) {
				text[i] = strconv.FormatFloat(v, 'g', 7, 64)
			}
		default:
			text[i] = fmt.Sprint(v)
		}
	}
	return s.Write(text)
}

func (e exporter) forecasts(ctx context.Context, s *sheet) error {
	if err := s.row("customer", "service", "signal", "measure", "span", "as_of", "run_id", "time", "mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "override", "override_id", "override_by"); err != nil {
		return err
	}
	return e.store.EachKept(ctx, func(customer string, k models.Kept) error {
		for _, p := range k.Points {
			cells := []any{customer, k.Service, k.Signal, k.Measure, k.Span, e.at(customer, k.AsOf), k.RunID, e.at(customer, time.Unix(p.Time, 0)), p.Mean}
			for _, q := range p.Quantiles {
				cells = append(cells, q)
			}
			if err := s.row(append(cells, overrideOf(k, p.Time)...)...); err != nil {
				return err
			}
		}
		return nil
	})
}

// overrideOf returns the first override of a bucket, as its event has it.
func overrideOf(k models.Kept, at int64) []any {
	for _, o := range k.Overrides {
		i := slices.IndexFunc(o.Points, func(m models.Median) bool { return m.Time == at })
		if i >= 0 {
			return []any{o.Points[i].Value, o.ID, o.Author}
		}
	}
	return []any{"", "", ""}
}

func (e exporter) scores(ctx context.Context, s *sheet) error {
	if err := s.row("customer", "forecast", "time", "actual", "in_force_days_ahead", "in_force_q05", "in_force_q50", "in_force_q95", "in_force_pit",
		"days_ahead", "override_id", "n", "abs_error", "error", "naive_n", "naive_abs_error", "pinball", "within50", "within80", "within90", "forecast_abs_error"); err != nil {
		return err
	}
	return e.store.EachScore(ctx, func(customer string, x models.Score) error {
		for _, t := range x.Tallies {
			own, beside := []any{t.Pinball, t.In50, t.In80, t.In90}, any("")
			if t.Override != "" {
				own, beside = []any{"", "", "", ""}, t.Forecast
			}
			cells := []any{customer, x.Subject, e.at(customer, time.Unix(x.Time, 0)), x.Actual, x.Lead, x.Low, x.Median, x.High, x.PIT,
				models.LeadBands[t.Band], t.Override, t.N, t.Abs, t.Signed, t.Naives, t.Naive}
			if err := s.row(append(append(cells, own...), beside)...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e exporter) runs(ctx context.Context, s *sheet) error {
	if err := s.row("run_id", "customer", "as_of", "started", "duration_s", "queries", "signals", "forecasts", "findings", "actions", "events", "buckets", "holes", "revised", "errors", "first_error"); err != nil {
		return err
	}
	runs, err := e.store.Runs(ctx, "", math.MaxInt32)
	if err != nil {
		return err
	}
	for _, r := range runs {
		first := ""
		if len(r.Errors) > 0 {
			first = r.Errors[0].Text
		}
		if err := s.row(r.RunID, r.Customer, e.at(r.Customer, r.AsOf), e.at(r.Customer, r.Started), r.Duration.Seconds(), r.Queries, r.Signals, r.Forecasts, r.Findings, r.Actions,
			r.Events, r.Buckets, r.Holes, r.Revised, len(r.Errors), first); err != nil {
			return err
		}
	}
	return nil
}

func (e exporter) findings(ctx context.Context, s *sheet) error {
	if err := s.row("customer", "finding_id", "service", "signal", "kind", "state", "as_of", "title", "detail"); err != nil {
		return err
	}
	return e.store.EachSaid(ctx, func(customer string, x models.Said) error {
		if x.Finding == nil {
			return nil
		}
		f := x.Finding
		return s.row(customer, x.Subject, f.Subject.Service, f.Subject.Signal, f.Subject.Kind, x.State, e.at(customer, x.AsOf), f.Title, f.Detail)
	})
}

func (e exporter) actions(ctx context.Context, s *sheet) error {
	if err := s.row("customer", "action_id", "finding_id", "service", "signal", "kind", "state", "as_of", "title", "reason", "due", "latest_start", "lead_time_days", "late"); err != nil {
		return err
	}
	return e.store.EachSaid(ctx, func(customer string, x models.Said) error {
		if x.Action == nil {
			return nil
		}
		a := x.Action
		return s.row(customer, x.Subject, a.Finding, a.Subject.Service, a.Subject.Signal, a.Subject.Kind, x.State, e.at(customer, x.AsOf), a.Title, a.Reason,
			a.NeedBy.Format(time.DateOnly), a.LatestStart.Format(time.DateOnly), a.LeadDays, a.Late)
	})
}
