package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNothingYet says that no run has made the database so far.
var ErrNothingYet = errors.New("no state is kept yet: the first run makes it")

// OpenReading returns the store at p for reading, beside a process that works with it.
// It makes and changes nothing; where nothing was made yet the error is an
// ErrNothingYet.
func OpenReading(ctx context.Context, p Place) (*Store, error) { return openBeside(ctx, p, reading) }

// OpenMending is OpenReading for short writes: both databases take those of a second
// process between two of the first.
func OpenMending(ctx context.Context, p Place) (*Store, error) { return openBeside(ctx, p, mending) }

func openBeside(ctx context.Context, p Place, a access) (*Store, error) {
	s, err := connectBeside(ctx, p, a)
	if err != nil {
		return nil, err
	}
	current, target, err := s.versions(ctx)
	if err == nil && current < target {
		err = fmt.Errorf("%s has schema %d, this foresight needs %d: a run brings it up to date", s.name, current, target)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func connectBeside(ctx context.Context, p Place, a access) (*Store, error) {
	if p.URL != "" {
		return openPostgres(ctx, p.URL, a == reading)
	}
	if _, err := os.Stat(p.File()); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNothingYet
	} else if err != nil {
		return nil, fmt.Errorf("looking for the state database: %w", err)
	}
	return sqliteAt(p, a)
}

// versions returns the schema's version and this program's, and an error when the
// schema is the newer one.
func (s *Store) versions(ctx context.Context) (current, target int64, err error) {
	if err := s.ping(ctx); err != nil {
		return 0, 0, err
	}
	const doing = "reading the schema's version"
	found, err := s.has(ctx, schemaTable)
	if err != nil {
		return 0, 0, s.failed(doing, err)
	}
	if !found {
		return 0, 0, ErrNothingYet
	}
	if err := s.db.QueryRowContext(ctx, `SELECT max(version_id) FROM `+schemaTable).Scan(&current); err != nil {
		return 0, 0, s.failed(doing, err)
	}
	if target, err = s.target(); err == nil && current > target {
		err = s.newer(current, target)
	}
	return current, target, err
}

// has reports whether a table is there.
func (s *Store) has(ctx context.Context, table string) (bool, error) {
	tables := `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1`
	if s.kind == postgres {
		tables = `SELECT count(*) FROM pg_class WHERE oid = to_regclass($1)` // in the search path
	}
	var found int
	err := s.db.QueryRowContext(ctx, tables, table).Scan(&found)
	return found > 0, err
}

// Words names the database for people, without a password.
func (p Place) Words() string {
	if p.URL == "" {
		return "SQLite, " + p.File()
	}
	return "PostgreSQL, state.url"
}

// Probe says which database is used and in what condition it is. It changes nothing;
// where the embedded one is not there yet that is in order too.
func Probe(ctx context.Context, p Place) (words string, err error) {
	s, err := connectBeside(ctx, p, reading)
	if errors.Is(err, ErrNothingYet) {
		return p.Words() + ", which the first run makes", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	current, target, err := s.versions(ctx)
	if errors.Is(err, ErrNothingYet) {
		return fmt.Sprintf("%s, %s, can be reached; the first run makes its tables", s.kind, s.name), nil
	}
	if err != nil {
		return "", err
	}
	if current < target {
		return fmt.Sprintf("%s, %s, can be reached; the next run takes its schema from %d to %d", s.kind, s.name, current, target), nil
	}
	return fmt.Sprintf("%s, %s, can be reached and has schema %d", s.kind, s.name, current), nil
}
