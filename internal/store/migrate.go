package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// kind is which database it is.
type kind string

const (
	sqlite   kind = "SQLite"
	postgres kind = "PostgreSQL"
)

//go:embed migrations/*.sql
var migrations embed.FS

// schemaTable is where the schema's version stands. It is named after us, so that
// others' migrations can share the database.
const schemaTable = "foresight_schema"

// migrate brings the schema to this program's version. Each step is one transaction
// with its version. Of several processes on one PostgreSQL one does it while the
// others wait.
func (s *Store) migrate(ctx context.Context) error {
	current, target, err := s.versions(ctx)
	if err != nil && !errors.Is(err, ErrNothingYet) {
		return err
	}
	if err == nil && current == target {
		return nil
	}
	provider, err := s.provider()
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return s.failed("bringing the schema up to date", err)
}

// newer refuses a schema that this program does not know.
func (s *Store) newer(current, target int64) error {
	return fmt.Errorf("%s has schema %d, made by a newer foresight; this one knows %d: use the newer program", s.name, current, target)
}

// target returns the version of this program's schema.
func (s *Store) target() (int64, error) {
	provider, err := s.provider()
	if err != nil {
		return 0, err
	}
	steps := provider.ListSources()
	return steps[len(steps)-1].Version, nil
}

func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("reading the schema's steps: %w", err)
	}
	dialect := goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithTableName(schemaTable), goose.WithDisableGlobalRegistry(true)}
	if s.kind == postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // ask every second for five minutes
		if err != nil {
			return nil, fmt.Errorf("preparing the schema's lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, s.db, files, options...)
	if err != nil {
		return nil, fmt.Errorf("reading the schema's steps: %w", err)
	}
	return provider, nil
}
