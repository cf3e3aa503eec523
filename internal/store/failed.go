package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// Reason names of what failed, for logs and metrics.
const (
	reasonDamaged = "state_damaged"
	reasonFull    = "state_full"
	reasonRefused = "state_refused"
	reasonOther   = "state"
)

// Error is a failure of the database. Its text names the database and the mend.
type Error struct {
	why  string
	text string
	err  error
}

// Error implements error.
func (e *Error) Error() string { return e.text }

// Unwrap returns the driver's error.
func (e *Error) Unwrap() error { return e.err }

// Reason is the failure's short stable name.
func (e *Error) Reason() string { return e.why }

// failed says what was being done, in which database, and what a person can do about
// it; nil stays nil.
func (s *Store) failed(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	why, mend := s.mend(err)
	return &Error{why: why, text: fmt.Sprintf("%s: %s", doing, fmt.Sprintf(mend, s.name, err)), err: err}
}

// mend returns a failure's name and its text, with a place for the database and one
// for the error.
func (s *Store) mend(err error) (why, text string) {
	var embedded *driver.Error
	if errors.As(err, &embedded) {
		return mendSQLite(embedded.Code() & 0xff) // the high bits refine the code
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return mendPostgres(server.Code)
	}
	var unreached *pgconn.ConnectError
	if errors.As(err, &unreached) {
		return reasonRefused, "%s cannot be reached (%v); start the server, or correct state.url"
	}
	return reasonOther, "%s: %v"
}

func mendSQLite(code int) (why, text string) {
	switch code {
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
		return reasonDamaged, "%s is damaged (%v); put a backup in its place, or move it away together with the files -wal and -shm beside it to start afresh: what is open is then sent once more, under the same event ids"
	case codes.SQLITE_FULL:
		return reasonFull, "there is no room left for %s (%v); nothing of this was kept and what was there before is whole: free some and run again"
	case codes.SQLITE_READONLY, codes.SQLITE_PERM, codes.SQLITE_CANTOPEN, codes.SQLITE_AUTH:
		return reasonRefused, "%s cannot be opened or written (%v); make it and its folder the property of foresight's user"
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
		return reasonRefused, "another program holds %s (%v); end it and run again"
	case codes.SQLITE_IOERR:
		return reasonOther, "the disk under %s fails or is full (%v); nothing of this was kept"
	}
	return reasonOther, "%s: %v"
}

// mendPostgres goes by SQLSTATE (PostgreSQL manual, appendix A).
func mendPostgres(state string) (why, text string) {
	switch {
	case state == "53100": // disk_full
		return reasonFull, "there is no room left for %s (%v); nothing of this was kept: free some on its server and run again"
	case state == "XX001" || state == "XX002": // data_corrupted, index_corrupted
		return reasonDamaged, "%s is damaged (%v); have its administrator restore it"
	case len(state) == 5 && state[:2] == "28", state == "3D000", state == "42501":
		return reasonRefused, "%s refuses us (%v); correct state.url, or let its administrator grant the rights"
	case len(state) == 5 && (state[:2] == "53" || state[:2] == "57"): // out of resources; being shut down
		return reasonRefused, "%s does not serve us now (%v); run again later"
	}
	return reasonOther, "%s: %v"
}
