package store

import (
	"context"
	"database/sql"

	"foresight/models"
)

// replaced is what becomes of a row that is there already when a later one comes.
const replaced = `DO UPDATE SET content = excluded.content`

// Commit keeps all that a run leaves in one transaction: whatever ends the process or the
// connection, all of it is kept or nothing.
func (s *Store) Commit(ctx context.Context, b models.Batch) (models.Committed, error) {
	var done models.Committed
	err := s.write(ctx, "keeping the run "+b.RunID, func(tx *sql.Tx) error {
		if err := remember(ctx, tx, b.Customer, b.Said, replaced); err != nil {
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
		return ran(ctx, tx, b.Ran)
	})
	return done, err
}
