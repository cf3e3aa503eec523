package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"foresight/models"
)

// ran keeps a run's record.
func ran(ctx context.Context, tx *sql.Tx, r models.Ran) error {
	content, err := encode(r)
	if err != nil {
		return fmt.Errorf("writing the record of run %s: %w", r.RunID, err)
	}
	return put(ctx, tx, `INSERT INTO runs (run_id, customer, started, content) VALUES ($1, $2, $3, $4)`,
		[][]any{{r.RunID, r.Customer, r.Started.UnixNano(), content}})
}

// Runs returns the last runs of a customer, of all customers when it is "", the latest
// first; at most as many as asked.
func (s *Store) Runs(ctx context.Context, customer string, most int) ([]models.Ran, error) {
	var all []models.Ran
	err := s.read(ctx, "reading the runs", func(scan func(...any) error) error {
		var content string
		if err := scan(&content); err != nil {
			return err
		}
		var r models.Ran
		if err := json.Unmarshal([]byte(content), &r); err != nil {
			return err
		}
		all = append(all, r)
		return nil
	}, `SELECT content FROM runs WHERE customer = $1 OR $1 = '' ORDER BY started DESC, run_id LIMIT $2`, customer, most)
	if err != nil {
		return nil, err
	}
	return all, nil
}
