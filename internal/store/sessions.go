package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"foresight/models"
)

// KeepSession keeps that somebody has signed in, and removes what has ended by now.
func (s *Store) KeepSession(ctx context.Context, one models.Session, now time.Time) error {
	teams, err := json.Marshal(one.Groups)
	if err != nil {
		return fmt.Errorf("writing the session of %s: %w", one.User, err)
	}
	return s.write(ctx, "keeping the session of "+one.User, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE until <= $1`, nanos(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (hash, member, proof, provider, teams, until) VALUES ($1, $2, $3, $4, $5, $6)`,
			one.Hash, one.User, one.Proof, one.Provider, string(teams), nanos(one.Until))
		return err
	})
}

// Session finds a session by its hash that has not ended by now; false when there is none.
func (s *Store) Session(ctx context.Context, hash string, now time.Time) (one models.Session, found bool, err error) {
	var until int64
	var teams string
	err = s.db.QueryRowContext(ctx, `SELECT hash, member, proof, provider, teams, until FROM sessions WHERE hash = $1 AND until > $2`, hash, nanos(now)).
		Scan(&one.Hash, &one.User, &one.Proof, &one.Provider, &teams, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return models.Session{}, false, nil
	}
	if err == nil && teams != "" {
		err = json.Unmarshal([]byte(teams), &one.Groups)
	}
	one.Until = moment(until)
	return one, err == nil, s.failed("reading a session", err)
}

// EndSession ends a session; one that is not there has ended.
func (s *Store) EndSession(ctx context.Context, hash string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, hash)
	return s.failed("ending a session", err)
}

// Sessions are those that have not ended by now, by who they are of.
func (s *Store) Sessions(ctx context.Context, now time.Time) (all []models.Session, err error) {
	err = s.read(ctx, "reading who is signed in", func(scan func(...any) error) error {
		var one models.Session
		var until int64
		err := scan(&one.User, &one.Provider, &until)
		one.Until = moment(until)
		all = append(all, one)
		return err
	}, `SELECT member, provider, until FROM sessions WHERE until > $1 ORDER BY member, provider, until`, nanos(now))
	return all, err
}

// EndSessionsOf ends all of somebody's, by the provider who vouches for them or of a local user (""), and says
// how many there were.
func (s *Store) EndSessionsOf(ctx context.Context, user, provider string) (int, error) {
	result, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE member = $1 AND provider = $2`, user, provider)
	if err != nil {
		return 0, s.failed("ending the sessions of "+user, err)
	}
	n, err := result.RowsAffected()
	return int(n), s.failed("ending the sessions of "+user, err)
}
