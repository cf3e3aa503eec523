package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"foresight/models"
)

// errEnough ends a reading early.
var errEnough = errors.New("enough was read")

// Outgoing returns the consignments at the head of the line, at least one where there is
// any, and no more when they hold so many events.
func (s *Store) Outgoing(ctx context.Context, events int) ([]models.Consignment, error) {
	var all []models.Consignment
	have := 0
	err := s.read(ctx, "reading the outbox", func(scan func(...any) error) error {
		if have >= events {
			return errEnough
		}
		var c models.Consignment
		var asOf, queued int64
		var content []byte
		err := scan(&c.Seq, &c.Customer, &c.RunID, &asOf, &c.Subject, &c.Revision, &queued, &content)
		if err != nil {
			return err
		}
		if c.Events, err = unpackParcel(content); err != nil {
			return fmt.Errorf("the parcel of %s of run %s: %w; foresight outbox drop %s takes the run out, and its words are said anew", c.Subject, c.RunID, err, c.RunID)
		}
		c.AsOf, c.Queued = moment(asOf), moment(queued)
		all = append(all, c)
		have += len(c.Events)
		return nil
	}, `SELECT seq, customer, run_id, as_of, subject, revision, queued, content FROM outbox ORDER BY seq LIMIT $1`, events)
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return all, nil
}

// nanos is a time as a column holds it; 0 is none.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// moment is nanos' reverse.
func moment(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

// Settle takes consignments out of the line and sets their refused events aside, each
// with its last reply, so that none is lost.
func (s *Store) Settle(ctx context.Context, d models.Delivery) error {
	return s.write(ctx, "settling a delivery", func(tx *sql.Tx) error {
		rows := make([][]any, 0, len(d.Done))
		for _, seq := range d.Done {
			rows = append(rows, []any{seq})
		}
		if err := put(ctx, tx, `DELETE FROM outbox WHERE seq = $1`, rows); err != nil {
			return err
		}
		return setAside(ctx, tx, d.Refused, `DO UPDATE SET code = excluded.code, reply = excluded.reply, content = excluded.content, customer = excluded.customer,
			run_id = excluded.run_id, as_of = excluded.as_of, subject = excluded.subject, revision = excluded.revision, refused = excluded.refused, place = excluded.place`)
	})
}

// Backlog returns what the outbox holds.
func (s *Store) Backlog(ctx context.Context) (b models.Backlog, err error) {
	const doing = "measuring the outbox"
	err = s.db.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(events), 0), COALESCE(SUM(bytes), 0) FROM outbox`).Scan(&b.Parcels, &b.Events, &b.Bytes)
	if err == nil {
		err = s.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM refused`).Scan(&b.Refused)
	}
	var oldest int64
	if err == nil && b.Parcels > 0 {
		err = s.db.QueryRowContext(ctx, `SELECT queued FROM outbox ORDER BY seq LIMIT 1`).Scan(&oldest)
		b.Oldest = moment(oldest)
	}
	if errors.Is(err, sql.ErrNoRows) { // the courier has emptied it meanwhile
		return models.Backlog{Refused: b.Refused}, nil
	}
	if err != nil {
		return models.Backlog{}, s.failed(doing, err)
	}
	return b, nil
}

// HeldRuns returns what the outbox holds, by run, in the line's order.
func (s *Store) HeldRuns(ctx context.Context) ([]models.HeldRun, error) {
	var all []models.HeldRun
	err := s.read(ctx, "reading the outbox", func(scan func(...any) error) error {
		var r models.HeldRun
		var asOf, queued int64
		if err := scan(&r.Customer, &r.RunID, &asOf, &queued, &r.Parcels, &r.Events, &r.Bytes); err != nil {
			return err
		}
		r.AsOf, r.Queued = moment(asOf), moment(queued)
		all = append(all, r)
		return nil
	}, `SELECT customer, run_id, as_of, MIN(queued), COUNT(*), SUM(events), SUM(bytes) FROM outbox GROUP BY customer, run_id, as_of ORDER BY MIN(seq)`)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Exclusively does the work unless another process is at it, and reports whether it was
// done. On PostgreSQL a lock says so, which the server frees when the connection ends, as
// it does when the process dies. The embedded database is one process's anyway.
func (s *Store) Exclusively(ctx context.Context, work func(context.Context) error) (done bool, err error) {
	if s.kind != postgres {
		return true, work(ctx)
	}
	const doing = "taking the outbox for one process"
	// The lock's own connection; a transaction's end frees it whatever happens.
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return false, s.failed(doing, err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written by it; one that is lost is free too
	lock := `SELECT pg_try_advisory_xact_lock(hashtextextended('foresight outbox of ' || current_schema(), 0))`
	if err := tx.QueryRowContext(ctx, lock).Scan(&done); err != nil {
		return false, s.failed(doing, err)
	}
	if !done {
		return false, nil
	}
	return true, work(ctx)
}
