package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"foresight/models"
)

// Appointments keeps a customer's appointments as they are at a moment and returns them with
// their numbers: one that has changed since it was last kept has the next number, and one that
// is not there any more, and is not over, is returned as called off.
func (s *Store) Appointments(ctx context.Context, customer string, now []models.Appointment, at time.Time) (all []models.Appointment, err error) {
	err = s.write(ctx, "keeping the appointments of "+customer, func(tx *sql.Tx) error {
		// One at a time: the desk is a customer's lock.
		if _, err := tx.ExecContext(ctx, `INSERT INTO desks (customer, last) VALUES ($1, 0) ON CONFLICT (customer) DO UPDATE SET last = desks.last`, customer); err != nil {
			return err
		}
		before, order, err := appointments(ctx, tx, customer, at)
		if err != nil {
			return err
		}
		var rows [][]any
		keep := func(a models.Appointment) error {
			content, err := encode(a)
			rows = append(rows, []any{customer, a.UID, nanos(a.To), content})
			return err
		}
		all = nil
		there := map[string]bool{}
		for _, a := range now {
			there[a.UID] = true
			was, known := before[a.UID]
			a.Sequence, a.Changed = was.Sequence, was.Changed
			if !known || !same(was, a) {
				if known {
					a.Sequence++
				}
				a.Changed = at
				if err := keep(a); err != nil {
					return err
				}
			}
			all = append(all, a)
		}
		for _, uid := range order {
			a := before[uid]
			if there[uid] || !a.To.After(at) {
				continue // what is over is not called off
			}
			if !a.Canceled {
				a.Canceled, a.Sequence, a.Changed = true, a.Sequence+1, at
				if err := keep(a); err != nil {
					return err
				}
			}
			all = append(all, a)
		}
		return put(ctx, tx, `INSERT INTO appointments (customer, uid, ends, content) VALUES ($1, $2, $3, $4)
			ON CONFLICT (customer, uid) DO UPDATE SET ends = excluded.ends, content = excluded.content`, rows)
	})
	return all, err
}

// remembersDays is how long what is over is known: longer than a feed shows it.
const remembersDays = 120

// appointments are those kept of late, by UID and in order.
func appointments(ctx context.Context, tx *sql.Tx, customer string, at time.Time) (by map[string]models.Appointment, order []string, err error) {
	by = map[string]models.Appointment{}
	err = each(ctx, tx, func(scan func(...any) error) error {
		var content string
		if err := scan(&content); err != nil {
			return err
		}
		var a models.Appointment
		if err := json.Unmarshal([]byte(content), &a); err != nil {
			return err
		}
		by[a.UID], order = a, append(order, a.UID)
		return nil
	}, `SELECT content FROM appointments WHERE customer = $1 AND ends > $2 ORDER BY ends, uid`, customer, nanos(at.AddDate(0, 0, -remembersDays)))
	return by, order, err
}

// same reports whether people would read the same.
func same(a, b models.Appointment) bool {
	return a.Kind == b.Kind && a.Title == b.Title && a.Detail == b.Detail && a.From.Equal(b.From) && a.To.Equal(b.To) && a.Days == b.Days && a.Canceled == b.Canceled
}
