package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

// SQLite is the embedded database's one connection, for the job queue that shares it; nil
// of PostgreSQL.
func (s *Store) SQLite() *sql.DB {
	if s.kind == sqlite {
		return s.db
	}
	return nil
}

// Postgres is the pool beneath the store, for the job queue that shares it; nil of the
// embedded database.
func (s *Store) Postgres() *pgxpool.Pool { return s.pool }

// Beat says that a worker is alive: its count goes up by one.
func (s *Store) Beat(ctx context.Context, worker string) error {
	return s.write(ctx, "saying that this process is alive", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO workers (id, beats) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET beats = workers.beats + 1`, worker)
		return err
	})
}

// Beats returns every worker's count, by its id. Whose count stands still is dead: how long
// it has stood is for the reader to measure, so that no two clocks are compared.
func (s *Store) Beats(ctx context.Context) (map[string]int64, error) {
	beats := map[string]int64{}
	err := s.read(ctx, "reading which processes are alive", func(scan func(...any) error) error {
		var id string
		var n int64
		if err := scan(&id, &n); err != nil {
			return err
		}
		beats[id] = n
		return nil
	}, `SELECT id, beats FROM workers`)
	if err != nil {
		return nil, err
	}
	return beats, nil
}

// Forget removes a worker, unless its count has moved on.
func (s *Store) Forget(ctx context.Context, worker string, beats int64) error {
	return s.write(ctx, fmt.Sprintf("forgetting the process %s", worker), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM workers WHERE id = $1 AND beats <= $2`, worker, beats)
		return err
	})
}

// Jobs counts the jobs of the queue by their state, which River's table tells; none where
// no process has made it yet.
func (s *Store) Jobs(ctx context.Context) (map[string]int, error) {
	jobs := map[string]int{}
	there, err := s.has(ctx, "river_job")
	if err != nil || !there {
		return jobs, s.failed("counting the jobs", err)
	}
	err = s.read(ctx, "counting the jobs", func(scan func(...any) error) error {
		var state string
		var n int
		if err := scan(&state, &n); err != nil {
			return err
		}
		jobs[state] = n
		return nil
	}, `SELECT CAST(state AS TEXT), count(*) FROM river_job GROUP BY state`)
	if err != nil {
		return nil, err
	}
	return jobs, nil
}
