package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"foresight/models"
)

// Pruned counts what has left the database.
type Pruned struct {
	Forecasts int64
	Months    int64 // of scores, a measure's each
	Runs      int64
	Refused   int64
	Notices   int64
	Deeds     int64
	StandIns  int64
	Notes     int64
}

// Prune removes the forecasts, scores, refused events, records of runs, notices, deeds and overrides from before a moment. What was
// last said stays, whatever its age: it is what the next run goes on from.
func (s *Store) Prune(ctx context.Context, before time.Time) (Pruned, error) {
	var p Pruned
	err := s.write(ctx, "removing what is older than state.retention", func(tx *sql.Tx) error {
		for _, old := range []struct {
			n         *int64
			statement string
			before    int64
		}{
			{&p.Forecasts, `DELETE FROM forecasts WHERE as_of < $1`, before.Unix()},
			{&p.Months, `DELETE FROM scores WHERE month < $1`, monthOf(before.Unix())},
			{&p.Runs, `DELETE FROM runs WHERE started < $1`, before.UnixNano()},
			{&p.Refused, `DELETE FROM refused WHERE refused > 0 AND refused < $1`, before.UnixNano()}, // 0: of a release that kept no time
			{&p.Notices, `DELETE FROM notices WHERE settled > 0 AND settled < $1`, before.UnixNano()},
			{&p.Deeds, `DELETE FROM deeds WHERE at < $1`, before.UnixNano()},
			{&p.Notes, `DELETE FROM notes_read WHERE at < $1`, before.UnixNano()},
			{&p.StandIns, `DELETE FROM standins WHERE ends < $1`, before.UnixNano()},
		} {
			result, err := tx.ExecContext(ctx, old.statement, old.before)
			if err != nil {
				return err
			}
			if *old.n, err = result.RowsAffected(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Pruned{}, err
	}
	return p, nil
}

// Vacuum gives the room of removed rows back: of the embedded database to the disk, for
// which as much room as the database takes must be free meanwhile; of PostgreSQL to its
// own tables.
func (s *Store) Vacuum(ctx context.Context) error {
	statements := []string{`VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`}
	if s.kind == postgres {
		statements = []string{`VACUUM (ANALYZE) forecasts, scores, runs, said, learnt, refused, fetched, buckets, outbox, shown`}
	}
	for _, statement := range statements {
		if _, err := s.db.ExecContext(ctx, statement); err != nil {
			return s.failed("giving the room of removed rows back", err)
		}
	}
	return nil
}

// Size is how many bytes the database takes.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	statement := `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	if s.kind == postgres {
		statement = `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace`
	}
	err = s.db.QueryRowContext(ctx, statement).Scan(&bytes)
	return bytes, s.failed("measuring the database", err)
}

// ErrElsewhere says that a database is backed up by its own server's tools.
var ErrElsewhere = errors.New("state.url is a PostgreSQL database: back it up with pg_dump, or write what is kept as CSV with foresight store export")

// ThereError says that something already is where a backup was to go.
type ThereError struct{ File string }

// Error implements error.
func (e ThereError) Error() string {
	return fmt.Sprintf("writing the backup: %s is there already, and may be the only one of its day; name another file, or replace it with --force", e.File)
}

// Backup writes the embedded database at p, as it is at one moment, to a file that only our
// user may read. A process may work with it meanwhile. A file that is there is a ThereError;
// with replace it goes once the new one is whole.
func Backup(ctx context.Context, p Place, file string, replace bool) (err error) {
	if p.URL != "" {
		return ErrElsewhere
	}
	if there, err := os.Stat(file); err == nil {
		if own, err := os.Stat(p.File()); there.IsDir() || err == nil && os.SameFile(there, own) {
			return fmt.Errorf("writing the backup %s: it is a folder or the database itself; name another file", file)
		}
		if !replace {
			return ThereError{file}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("writing the backup: %w", err)
	}
	s, err := OpenReading(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	part, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*") // for our user only; SQLite writes into an empty file
	if err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name()) // the error above is the one to tell
		}
	}()
	if err := part.Close(); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	if err := s.copyInto(ctx, part.Name()); err != nil {
		return err
	}
	return settle(part.Name(), file)
}

// copyInto writes the database into an empty file.
func (s *Store) copyInto(ctx context.Context, file string) error {
	const doing = "backing the database up"
	if _, err := s.db.ExecContext(ctx, `PRAGMA query_only(0)`); err != nil { // it would forbid writing another file too
		return s.failed(doing, err)
	}
	_, err := s.db.ExecContext(ctx, `VACUUM INTO $1`, file)
	return s.failed(doing, err)
}

// settle puts a whole file in its place, on the disk before its name.
func settle(part, file string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0o600)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = os.Rename(part, file)
	}
	if err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	return nil
}

// EachSaid hands what counts as said of every subject to take, one at a time, by customer
// and subject.
func (s *Store) EachSaid(ctx context.Context, take func(customer string, said models.Said) error) error {
	return s.read(ctx, "reading what was last sent", func(scan func(...any) error) error {
		var customer, content string
		if err := scan(&customer, &content); err != nil {
			return err
		}
		var one models.Said
		if err := json.Unmarshal([]byte(content), &one); err != nil {
			return fmt.Errorf("what was said at %s: %w", customer, err)
		}
		return take(customer, one)
	}, `SELECT customer, content FROM said ORDER BY customer, subject`)
}
