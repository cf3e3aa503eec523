package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"foresight/models"
)

// mostHeld is how much of a customer's may wait to be believed: whoever has a secret must not fill the disk.
const mostHeld = 10_000

// Hold keeps a request that is not believed yet, to be asked about at once. Errors:
// models.ErrReplayed of one that was kept within a day, models.ErrTooMany.
func (s *Store) Hold(ctx context.Context, h models.HeldIntake) error {
	content, err := encode(h)
	if err != nil {
		return fmt.Errorf("writing a report that is to be verified: %w", err)
	}
	var refused error
	err = s.write(ctx, "holding a report until it is verified", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM held_intake WHERE next = 0 AND held < $1`, nanos(h.Held.Add(-heardFor))); err != nil {
			return err
		}
		var waiting int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM held_intake WHERE customer = $1 AND next > 0`, h.Intake.Customer).Scan(&waiting); err != nil {
			return err
		}
		if waiting >= mostHeld {
			refused = models.ErrTooMany
			return nil
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO held_intake (id, customer, held, next, content) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
			h.ID, h.Intake.Customer, nanos(h.Held), nanos(h.Held), content)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		refused = models.ErrReplayed
		return nil
	})
	if err != nil {
		return err
	}
	return refused
}

// ClaimHeld hands those that are due at a moment, the oldest first, to one process, which has
// until then to say what became of them: they are due again then.
func (s *Store) ClaimHeld(ctx context.Context, at, until time.Time, most int) (all []models.HeldIntake, err error) {
	err = s.write(ctx, "taking reports to verify", func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan func(...any) error) error {
			var content string
			if err := scan(&content); err != nil {
				return err
			}
			var h models.HeldIntake
			if err := json.Unmarshal([]byte(content), &h); err != nil {
				return err
			}
			all = append(all, h)
			return nil
		}, `UPDATE held_intake SET next = $1 WHERE next > 0 AND next <= $2 AND id IN
			(SELECT id FROM held_intake WHERE next > 0 AND next <= $2 ORDER BY held, id LIMIT $3) RETURNING content`, nanos(until), nanos(at), most)
	})
	return all, err
}

// KeepHeld keeps what is known of a held request and when it is asked about again; the zero
// time settles it, and of what is settled only the name stays.
func (s *Store) KeepHeld(ctx context.Context, h models.HeldIntake, next time.Time) error {
	if next.IsZero() {
		h.Intake = models.Intake{}
	}
	content, err := encode(h)
	if err != nil {
		return fmt.Errorf("writing a report that is to be verified: %w", err)
	}
	_, err = s.db.ExecContext(ctx, `UPDATE held_intake SET next = $1, content = $2 WHERE id = $3`, nanos(next), content, h.ID)
	return s.failed("keeping what became of a report that is to be verified", err)
}
