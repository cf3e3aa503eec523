package store

import (
	"context"
	"database/sql"
	"time"

	"foresight/models"
)

// heardFor is how long a request is known by its name: longer than any sender tries again.
const heardFor = 24 * time.Hour

// hear keeps the names of requests and says which of them were kept before.
func hear(ctx context.Context, tx *sql.Tx, customer string, requests []string, at time.Time) (map[string]bool, error) {
	heard := map[string]bool{}
	if len(requests) == 0 {
		return heard, nil
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM heard WHERE at < $1`, nanos(at.Add(-heardFor))); err != nil {
		return nil, err
	}
	fresh := map[string]bool{}
	for _, r := range requests {
		if fresh[r] || heard[r] {
			continue
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO heard (customer, request, at) VALUES ($1, $2, $3) ON CONFLICT (customer, request) DO NOTHING`, customer, models.Revision(r), nanos(at))
		if err != nil {
			return nil, err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return nil, err
		}
		fresh[r], heard[r] = n > 0, n == 0
	}
	return heard, nil
}

// KeepBeat keeps when a heartbeat was heard.
func (s *Store) KeepBeat(ctx context.Context, customer, integration string, at time.Time) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO heartbeats (customer, integration, at) VALUES ($1, $2, $3)
		ON CONFLICT (customer, integration) DO UPDATE SET at = CASE WHEN heartbeats.at > excluded.at THEN heartbeats.at ELSE excluded.at END`,
		customer, integration, nanos(at))
	return s.failed("keeping the heartbeat "+integration, err)
}

// KeptBeats returns when each heartbeat of the customer was last heard.
func (s *Store) KeptBeats(ctx context.Context, customer string) (map[string]time.Time, error) {
	last := map[string]time.Time{}
	err := s.read(ctx, "reading the heartbeats", func(scan func(...any) error) error {
		var integration string
		var at int64
		err := scan(&integration, &at)
		last[integration] = moment(at)
		return err
	}, `SELECT integration, at FROM heartbeats WHERE customer = $1`, customer)
	return last, err
}
