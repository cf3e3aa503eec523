package app

import (
	"context"
	"errors"
	"time"

	"foresight/configs"
	"foresight/internal/store"
)

// stateOf reads the configuration as far as the state's place needs it: Splunk's secrets
// are not.
func (a *App) stateOf(path string) (*configs.Config, error) {
	cfg, warnings, err := configs.LoadOffline(path, a.Env)
	if err != nil {
		return nil, usage(err)
	}
	for _, w := range warnings {
		if w.Key == "state.url" {
			return nil, usage(w)
		}
	}
	return cfg, nil
}

// StoreVacuum removes what is older than state.retention and gives its room back.
func (a *App) StoreVacuum(ctx context.Context, path string) (err error) {
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	// Vacuuming makes nothing: where there is no state yet there is nothing to do.
	if probe, err := store.OpenReading(ctx, place(cfg)); errors.Is(err, store.ErrNothingYet) {
		return a.say("%v", err)
	} else if err == nil {
		err = probe.Close()
		if err != nil {
			return err
		}
	}
	kept, err := store.Open(ctx, place(cfg))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	before, err := kept.Size(ctx)
	if err != nil {
		return err
	}
	pruned, err := kept.Prune(ctx, a.Clock().Add(-cfg.State.Retention))
	if err != nil {
		return err
	}
	if err := kept.Vacuum(ctx); err != nil {
		return err
	}
	after, err := kept.Size(ctx)
	if err != nil {
		return err
	}
	return a.say("removed %s, %s of scores, %s and the records of %s from before %s; the database took %.1f MB and takes %.1f MB",
		counted(int(pruned.Forecasts), "forecast"), counted(int(pruned.Months), "month"), counted(int(pruned.Refused), "refused event"), counted(int(pruned.Runs), "run"),
		a.Clock().Add(-cfg.State.Retention).Format(time.DateOnly), float64(before)/1e6, float64(after)/1e6)
}

// StoreBackup writes the embedded database to a file, also while another process works
// with it. One that is there is replaced only by force.
func (a *App) StoreBackup(ctx context.Context, path, file string, force bool) error {
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	err = store.Backup(ctx, place(cfg), file, force)
	var there store.ThereError
	if errors.Is(err, store.ErrElsewhere) || errors.As(err, &there) {
		return usage(err)
	}
	return err
}

// retentionEvery is how often serve removes what is too old.
const retentionEvery = 24 * time.Hour

// retain removes what is older than state.retention, at once and then every day, until
// ctx ends. A failure is said, and tried again a day later.
func (w *works) retain(ctx context.Context) error {
	for {
		pruned, err := w.store.Prune(ctx, w.app.Clock().Add(-w.cfg.State.Retention))
		if ctx.Err() != nil {
			return nil //nolint:nilerr // ending is no failure
		}
		switch {
		case err != nil:
			w.line.Log.Warn().Err(err).Msg("what is older than state.retention stays")
		case pruned != store.Pruned{}:
			w.line.Log.Info().Int64("forecasts", pruned.Forecasts).Int64("months_of_scores", pruned.Months).Int64("runs", pruned.Runs).Int64("refused_events", pruned.Refused).Int64("notices", pruned.Notices).Int64("deeds", pruned.Deeds).Int64("overrides", pruned.StandIns).Int64("notes", pruned.Notes).Msg("what was older than state.retention is removed")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retentionEvery):
		}
	}
}
