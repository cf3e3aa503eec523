package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// UnknownError names ids that the outbox does not hold.
type UnknownError struct {
	IDs    []string
	Wanted string // what of
}

// Error implements error.
func (e UnknownError) Error() string {
	return fmt.Sprintf("the outbox holds %s of the id %s; foresight outbox list prints what it holds", e.Wanted, strings.Join(e.IDs, ", "))
}

// Resend puts refused events at the end of the line once more, those of the given event
// ids or, without any, all. It returns how many.
func (s *Store) Resend(ctx context.Context, ids []string, now time.Time) (n int, err error) {
	err = s.write(ctx, "sending refused events once more", func(tx *sql.Tx) error {
		chosen, unknown, err := chosenOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		if len(unknown) > 0 {
			return UnknownError{unknown, "no refused event (what waits is sent by itself)"}
		}
		parcels, err := repacked(chosen)
		if err != nil {
			return err
		}
		if _, err := enqueue(ctx, tx, parcels, now, 0); err != nil {
			return err
		}
		n = len(chosen)
		return forget(ctx, tx, chosen)
	})
	return n, err
}

// Drop takes events out for good: refused ones by their event id and all that is held of a
// run by the run's id; without any id all that were refused. What they told does not count
// as said any more, unless something later was said of their subject, so that a later run
// says it. It returns how many events.
func (s *Store) Drop(ctx context.Context, ids []string) (n int, err error) {
	err = s.write(ctx, "dropping events", func(tx *sql.Tx) error {
		// As enqueue does, so that no run commits between.
		if _, err := tx.ExecContext(ctx, `UPDATE outbox_line SET last = last WHERE line = 1`); err != nil {
			return err
		}
		chosen, rest, err := chosenOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		n = len(chosen)
		for _, r := range chosen {
			if err := unsay(ctx, tx, r.Customer, r.Event.Subject, r.Revision); err != nil {
				return err
			}
		}
		var unknown []string
		for _, id := range rest {
			dropped, err := dropRun(ctx, tx, id)
			if err != nil {
				return err
			}
			if dropped == 0 {
				unknown = append(unknown, id)
			}
			n += dropped
		}
		if len(unknown) > 0 {
			return UnknownError{unknown, "nothing"}
		}
		return forget(ctx, tx, chosen)
	})
	return n, err
}

// chosenOf returns the refused events of the ids, all without ids, and the ids of none.
func chosenOf(ctx context.Context, tx *sql.Tx, ids []string) (chosen []models.Refused, rest []string, err error) {
	all, err := refused(ctx, tx)
	if err != nil || len(ids) == 0 {
		return all, nil, err
	}
	found := map[string]bool{}
	for _, r := range all {
		if slices.Contains(ids, r.Event.EventID) {
			chosen = append(chosen, r)
			found[r.Event.EventID] = true
		}
	}
	return chosen, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return found[id] }), nil
}

// repacked makes parcels of refused events, in their order.
func repacked(all []models.Refused) ([]packed, error) {
	var parcels []packed
	for _, r := range all {
		c := models.Consignment{Customer: r.Customer, RunID: r.RunID, AsOf: r.AsOf, Parcel: models.Parcel{Subject: r.Event.Subject, Revision: r.Revision}}
		if n := len(parcels); n == 0 || parcels[n-1].Subject != c.Subject || parcels[n-1].RunID != c.RunID {
			parcels = append(parcels, packed{Consignment: c})
		}
		last := &parcels[len(parcels)-1]
		last.Events = append(last.Events, r.Event)
	}
	for i := range parcels {
		var err error
		if parcels[i].content, err = packParcel(parcels[i].Events); err != nil {
			return nil, err
		}
	}
	return parcels, nil
}

// forget takes refused events out.
func forget(ctx context.Context, tx *sql.Tx, all []models.Refused) error {
	rows := make([][]any, 0, len(all))
	for _, r := range all {
		rows = append(rows, []any{r.Event.EventID})
	}
	return put(ctx, tx, `DELETE FROM refused WHERE event_id = $1`, rows)
}

// dropRun takes out what is held of a run and returns how many events that was.
func dropRun(ctx context.Context, tx *sql.Tx, run string) (events int, err error) {
	var held []models.Consignment
	err = each(ctx, tx, func(scan func(...any) error) error {
		var c models.Consignment
		var n int
		err := scan(&c.Customer, &c.Subject, &c.Revision, &n)
		held, events = append(held, c), events+n
		return err
	}, `SELECT customer, subject, revision, events FROM outbox WHERE run_id = $1 ORDER BY seq`, run)
	if err != nil {
		return 0, err
	}
	for _, c := range held {
		if err := unsay(ctx, tx, c.Customer, c.Subject, c.Revision); err != nil {
			return 0, err
		}
		// A forecast that reaches nobody is not compared with what comes.
		if _, err := tx.ExecContext(ctx, `DELETE FROM forecasts WHERE customer = $1 AND forecast = $2 AND run_id = $3`, c.Customer, c.Subject, run); err != nil {
			return 0, err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM outbox WHERE run_id = $1`, run)
	return events, err
}

// unsay makes a subject's last words count as not said, if they are still those of the
// revision. What they were stays, so that it can be closed and its moves be told.
func unsay(ctx context.Context, tx *sql.Tx, customer, subject, revision string) error {
	if revision == "" {
		return nil
	}
	var content string
	err := tx.QueryRowContext(ctx, `SELECT content FROM said WHERE customer = $1 AND subject = $2`, customer, subject).Scan(&content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	var one models.Said
	if err := json.Unmarshal([]byte(content), &one); err != nil {
		return fmt.Errorf("what was said of %s: %w", subject, err)
	}
	if one.Revision != revision {
		return nil
	}
	one.Revision, one.Medians = "", nil
	return remember(ctx, tx, customer, []models.Said{one}, saidAgain)
}
