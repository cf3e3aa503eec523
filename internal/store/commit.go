package store

import (
	"context"
	"database/sql"
	"time"

	"foresight/models"
)

// replaced is what becomes of a row that is there already when a later one comes.
const replaced = `DO UPDATE SET content = excluded.content`

// saidAgain is that of what was said: another query may decide over it now.
const saidAgain = replaced + `, query = excluded.query`

// Commit keeps all that a run leaves in one transaction: whatever ends the process or the
// connection, all of it is kept or nothing. Where the outbox is full (Place.Room) forecasts
// are left out, and do not count as said.
func (s *Store) Commit(ctx context.Context, b models.Batch) (models.Committed, error) {
	doing := "keeping the run " + b.RunID
	parcels, err := packAll(b)
	if err != nil {
		return models.Committed{}, s.failed(doing, err)
	}
	showings, err := packShowings(b)
	if err != nil {
		return models.Committed{}, s.failed(doing, err)
	}
	var done models.Committed
	err = s.write(ctx, doing, func(tx *sql.Tx) (err error) {
		if done, err = enqueue(ctx, tx, parcels, b.Ran.Started.Add(b.Ran.Duration), s.room); err != nil {
			return err
		}
		b := b.Without(done.Left)
		b.Ran.Events = done.Events
		if err := remember(ctx, tx, b.Customer, b.Said, saidAgain); err != nil {
			return err
		}
		if err := learn(ctx, tx, b.Customer, b.Learnt, replaced); err != nil {
			return err
		}
		if err := keep(ctx, tx, b.Customer, b.Forecasts); err != nil {
			return err
		}
		if err := grade(ctx, tx, b.Customer, b.Scores); err != nil {
			return err
		}
		if err := show(ctx, tx, b, showings, len(done.Left) == 0); err != nil {
			return err
		}
		return ran(ctx, tx, b.Ran)
	})
	if err != nil {
		return models.Committed{}, err
	}
	return done, nil
}

// packAll packs a batch's parcels, before the transaction, which others wait for.
func packAll(b models.Batch) ([]packed, error) {
	all := make([]packed, 0, len(b.Parcels))
	for _, p := range b.Parcels {
		content, err := packParcel(p.Events)
		if err != nil {
			return nil, err
		}
		all = append(all, packed{
			Consignment: models.Consignment{Customer: b.Customer, RunID: b.RunID, AsOf: b.AsOf, Parcel: p}, content: content,
		})
	}
	return all, nil
}

// packed is a parcel as it is kept.
type packed struct {
	models.Consignment
	content []byte
}

// enqueue puts parcels at the line's end. It takes the line first: of two processes that
// commit at once the later waits for the earlier's end, so that numbers become visible in
// their order. Forecasts that would pass the room are left out; 0 is no bound.
func enqueue(ctx context.Context, tx *sql.Tx, parcels []packed, now time.Time, room int64) (done models.Committed, err error) {
	if len(parcels) == 0 {
		return done, nil
	}
	var last, size int64
	take := `UPDATE outbox_line SET last = last + $1 WHERE line = 1 RETURNING last`
	if err := tx.QueryRowContext(ctx, take, len(parcels)).Scan(&last); err != nil {
		return done, err
	}
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(bytes), 0) FROM outbox`).Scan(&size); err != nil {
		return done, err
	}
	seq := last - int64(len(parcels))
	rows := make([][]any, 0, len(parcels))
	for _, p := range parcels {
		bytes := int64(len(p.content))
		if room > 0 && p.Bulk() && size+bytes > room {
			done.Left = append(done.Left, p.Subject)
			continue
		}
		seq, size = seq+1, size+bytes
		done.Events += len(p.Events)
		rows = append(rows, []any{seq, p.Customer, p.RunID, nanos(p.AsOf), p.Subject, p.Revision, nanos(now), len(p.Events), bytes, p.content})
	}
	return done, put(ctx, tx, `INSERT INTO outbox (seq, customer, run_id, as_of, subject, revision, queued, events, bytes, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, rows)
}
