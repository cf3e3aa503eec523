package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// openSQLite opens the embedded database and makes it, and its folder, when it is
// not there.
func openSQLite(p Place) (*Store, error) {
	if err := os.MkdirAll(p.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("making the state directory %s: %w", p.Dir, err)
	}
	lock := flock.New(filepath.Join(p.Dir, "lock"))
	free, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the state directory %s: %w", p.Dir, err)
	}
	if !free {
		return nil, fmt.Errorf("another foresight works with the state directory %s; stop it, or give this one another state.dir", p.Dir)
	}
	s, err := madeAt(p)
	if err != nil {
		_ = lock.Close() // the error above is the one to tell
		return nil, err
	}
	s.lock = lock
	return s, nil
}

// madeAt opens the file, and makes it for our user only: SQLite gives its -wal and -shm
// the same rights.
func madeAt(p Place) (*Store, error) {
	f, err := os.OpenFile(p.File(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making the state database: %w; make it and its folder the property of foresight's user", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("making the state database %s: %w", p.File(), err)
	}
	return sqliteAt(p, making)
}

// access is what a connection may do.
type access int

const (
	making  access = iota // all, and make what is not there
	mending               // write into what is there
	reading
)

// sqliteAt opens the file.
func sqliteAt(p Place, a access) (*Store, error) {
	file, err := filepath.Abs(p.File())
	if err != nil {
		return nil, fmt.Errorf("finding the state directory %s: %w", p.Dir, err)
	}
	options := url.Values{
		// Not mode=ro for readers: that would leave the files -wal and -shm behind, which
		// every reader of a WAL needs and only one that may write removes.
		"mode": {"rw"},
		// Begin with the write lock: a transaction that reads first and then writes
		// would otherwise fail on a busy database without waiting.
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)"}, // of a person's sqlite3 shell or a backup
	}
	switch a {
	case making:
		options.Set("mode", "rwc")
		fallthrough
	case mending:
		// A commit is on the disk before it counts.
		options["_pragma"] = append(options["_pragma"], "journal_mode(WAL)", "synchronous(FULL)")
	case reading:
		options["_pragma"] = append(options["_pragma"], "query_only(1)")
	}
	name := url.URL{Scheme: "file", Path: file, RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("opening the state database %s: %w", file, err)
	}
	// SQLite has one writer at a time whatever is asked; one connection makes the
	// others wait in Go instead of failing as busy.
	db.SetMaxOpenConns(1)
	return &Store{db: db, kind: sqlite, name: file}, nil
}

// ping makes the first connection, at which SQLite opens its file.
func (s *Store) ping(ctx context.Context) error {
	return s.failed("opening the state database", s.db.PingContext(ctx))
}
