package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"foresight/internal/store"
	"foresight/models"
)

// heldLine is what is held of a run, as `foresight outbox list` prints it.
type heldLine struct {
	Kind string `json:"kind"` // held
	ID   string `json:"id"`   // the run's
	models.HeldRun
}

// refusedLine is an event that Splunk refused for good.
type refusedLine struct {
	Kind       string          `json:"kind"` // refused
	ID         string          `json:"id"`   // the event's
	Customer   string          `json:"customer"`
	RunID      string          `json:"run_id"`
	Refused    time.Time       `json:"refused"`
	Code       int             `json:"code"` // of the event collector; -1 when there was none
	Reply      string          `json:"reply"`
	Time       time.Time       `json:"time"`
	Sourcetype string          `json:"sourcetype"`
	Event      json.RawMessage `json:"event"`
}

// OutboxList prints what waits to be sent, a line a run, and the events that Splunk
// refused for good, each with its reply: JSON objects, a line each.
func (a *App) OutboxList(ctx context.Context, path string) error {
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	return reading(ctx, cfg, func(kept *store.Store) error {
		held, err := kept.HeldRuns(ctx)
		if err != nil {
			return err
		}
		refused, err := kept.Refused(ctx)
		if err != nil {
			return err
		}
		var lines []any
		for _, r := range held {
			lines = append(lines, heldLine{"held", r.RunID, r})
		}
		for _, r := range refused {
			body, err := json.Marshal(r.Event.Body)
			if err != nil {
				return fmt.Errorf("printing the event %s: %w", r.Event.EventID, err)
			}
			lines = append(lines, refusedLine{"refused", r.Event.EventID, r.Customer, r.RunID, r.Refused, r.Code, r.Text, r.Event.Time, r.Event.Sourcetype, body})
		}
		for _, l := range lines {
			text, err := json.Marshal(l)
			if err != nil {
				return fmt.Errorf("printing the outbox: %w", err)
			}
			if err := a.say("%s", text); err != nil {
				return err
			}
		}
		return nil
	})
}

// OutboxRetry puts refused events in line once more: those of the ids, or all.
func (a *App) OutboxRetry(ctx context.Context, path string, ids []string, all bool) error {
	return a.mending(ctx, path, ids, all, func(kept *store.Store) error {
		n, err := kept.Resend(ctx, ids, a.Clock())
		if err != nil {
			return err
		}
		return a.say("%s in line again: serve sends what there is within seconds, else the next run does", counted(n, "event"))
	})
}

// OutboxDrop takes events out for good: refused ones by their ids or all of them, and what
// is held of a run by the run's id.
func (a *App) OutboxDrop(ctx context.Context, path string, ids []string, all bool) error {
	return a.mending(ctx, path, ids, all, func(kept *store.Store) error {
		n, err := kept.Drop(ctx, ids)
		if err != nil {
			return err
		}
		return a.say("%s dropped; what they told of forecasts, findings and actions a later run says where it still holds, a case tells of itself with its next change", counted(n, "event"))
	})
}

// mending opens the state for a short write, which is let in between two of another
// process.
func (a *App) mending(ctx context.Context, path string, ids []string, all bool, work func(*store.Store) error) error {
	if all == (len(ids) > 0) {
		return usage(errors.New("give the ids that foresight outbox list prints, or --all for every refused event"))
	}
	cfg, err := a.stateOf(path)
	if err != nil {
		return err
	}
	err = beside(ctx, cfg, store.OpenMending, work)
	var unknown store.UnknownError
	if errors.As(err, &unknown) {
		return usage(unknown)
	}
	return err
}
