package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Place says where the state is.
type Place struct {
	// Dir is the folder of the embedded database, made when it is not there. What
	// releases before the database kept in it is taken over, whichever database it is.
	Dir string
	// URL of a PostgreSQL database, postgres://…; "" for the embedded one.
	URL string
	// Room is how many bytes the outbox may take before forecasts are left out of it; 0 is
	// no bound.
	Room int64
}

// databaseFile is the embedded database's name in Place.Dir.
const databaseFile = "foresight.db"

// File is the path of the embedded database.
func (p Place) File() string { return filepath.Join(p.Dir, databaseFile) }

// Store is an open database. It is safe for concurrent use.
type Store struct {
	db   *sql.DB
	kind kind
	name string // for people, without a password
	lock *flock.Flock
	pool *pgxpool.Pool // under db where that is PostgreSQL; else nil
	room int64         // see Place
}

// Open returns the store at p with its schema up to date. The embedded database is
// one process's at a time: a lock in its folder, which the kernel frees when the
// process dies, keeps a second one out. PostgreSQL is shared.
func Open(ctx context.Context, p Place) (*Store, error) {
	s, err := connect(ctx, p)
	if err != nil {
		return nil, err
	}
	s.room = p.Room
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.takeOver(ctx, p.Dir); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func connect(ctx context.Context, p Place) (*Store, error) {
	if p.URL != "" {
		return openPostgres(ctx, p.URL, false)
	}
	return openSQLite(p)
}

// Ping asks the database for an answer.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.failed("asking the database", s.db.QueryRowContext(ctx, "SELECT 1").Scan(&one))
}

// Close ends all connections and lets other processes in.
func (s *Store) Close() error {
	err := s.db.Close()
	if s.pool != nil {
		s.pool.Close()
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	if err != nil {
		return fmt.Errorf("closing %s: %w", s.name, err)
	}
	return nil
}

// write does the work in one transaction.
func (s *Store) write(ctx context.Context, doing string, work func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err == nil {
		if err = work(tx); err != nil {
			_ = tx.Rollback() // the first error is the one to tell; the database forgets an unfinished transaction anyway
		} else {
			err = tx.Commit()
		}
	}
	return s.failed(doing, err)
}

// put executes a statement once for every row, in one prepared statement.
func put(ctx context.Context, tx *sql.Tx, statement string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	prepared, err := tx.PrepareContext(ctx, statement)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := prepared.ExecContext(ctx, row...); err != nil {
			return errors.Join(err, prepared.Close())
		}
	}
	return prepared.Close()
}

// read hands every row of an answer to take.
func (s *Store) read(ctx context.Context, doing string, take func(scan func(...any) error) error, query string, args ...any) error {
	return s.failed(doing, each(ctx, s.db, take, query, args...))
}

// queryer is a database or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each hands every row of an answer to take.
func each(ctx context.Context, q queryer, take func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// encode is JSON as a column holds it: an event's as the event client writes it, without
// escapes for HTML.
func encode(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}
