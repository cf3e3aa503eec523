package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"foresight/models"
)

// KeepSession keeps that somebody has signed in, and removes what has ended by now.
func (s *Store) KeepSession(ctx context.Context, one models.Session, now time.Time) error {
	return s.write(ctx, "keeping the session of "+one.User, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE until <= $1`, nanos(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (hash, member, proof, until) VALUES ($1, $2, $3, $4)`, one.Hash, one.User, one.Proof, nanos(one.Until))
		return err
	})
}

// Session finds a session by its hash that has not ended by now; false when there is none.
func (s *Store) Session(ctx context.Context, hash string, now time.Time) (one models.Session, found bool, err error) {
	var until int64
	err = s.db.QueryRowContext(ctx, `SELECT hash, member, proof, until FROM sessions WHERE hash = $1 AND until > $2`, hash, nanos(now)).Scan(&one.Hash, &one.User, &one.Proof, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return models.Session{}, false, nil
	}
	one.Until = moment(until)
	return one, err == nil, s.failed("reading a session", err)
}

// EndSession ends a session; one that is not there has ended.
func (s *Store) EndSession(ctx context.Context, hash string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, hash)
	return s.failed("ending a session", err)
}
