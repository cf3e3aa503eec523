package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"foresight/configs"
	"foresight/internal/store"
)

// place is where the configuration keeps the state.
func place(cfg *configs.Config) store.Place {
	return store.Place{Dir: cfg.State.Dir, URL: cfg.State.URL.Value()}
}

// OutboxList prints the events that Splunk refused for good, a JSON object each, with
// the reply. It may be asked while another process runs.
func (a *App) OutboxList(ctx context.Context, path string) (err error) {
	cfg, err := a.load(path)
	if err != nil {
		return err
	}
	kept, err := store.OpenReading(ctx, place(cfg))
	if errors.Is(err, store.ErrNothingYet) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	refused, err := kept.Quarantined(ctx)
	if err != nil {
		return err
	}
	for _, r := range refused {
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("printing the event %s: %w", r.Event.EventID, err)
		}
		if err := a.say("%s", line); err != nil {
			return err
		}
	}
	return nil
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
