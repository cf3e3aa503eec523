package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foresight/models"
)

var ctx = context.Background()

// onEach runs a test on an empty place of each database: SQLite always, PostgreSQL
// where FORESIGHT_POSTGRES says where one is (make test-postgres).
func onEach(t *testing.T, test func(t *testing.T, p Place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, Place{Dir: t.TempDir()}) })
	if os.Getenv("FORESIGHT_POSTGRES") != "" {
		t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, emptySchema(t)) })
	}
}

// emptySchema makes a schema of the test's own in the server's database.
func emptySchema(t *testing.T) Place {
	t.Helper()
	server, err := url.Parse(os.Getenv("FORESIGHT_POSTGRES"))
	require.NoError(t, err)
	conn, err := pgx.Connect(ctx, server.String())
	require.NoError(t, err)
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), time.Now().UnixNano())
	_, err = conn.Exec(ctx, "CREATE SCHEMA "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := conn.Exec(ctx, "DROP SCHEMA "+name+" CASCADE")
		require.NoError(t, err)
		require.NoError(t, conn.Close(ctx))
	})
	query := server.Query()
	query.Set("search_path", name)
	server.RawQuery = query.Encode()
	return Place{Dir: filepath.Join(t.TempDir(), "none"), URL: server.String()}
}

// open opens a store that the test's end closes.
func open(t *testing.T, p Place) *Store {
	t.Helper()
	s, err := Open(ctx, p)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// again closes a store and opens what it left.
func again(t *testing.T, s *Store, p Place) *Store {
	t.Helper()
	require.NoError(t, s.Close())
	return open(t, p)
}

// commit commits a run's leavings, as a run of its own where the batch names none.
func commit(s *Store, b models.Batch) error {
	if b.RunID == "" {
		b.RunID = rand.Text()
		b.Ran.RunID, b.Ran.Customer = b.RunID, b.Customer
	}
	_, err := s.Commit(ctx, b)
	return err
}

func said(subject, revision string) models.Said {
	return models.Said{Subject: subject, Revision: revision, AsOf: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), State: models.StateOpen,
		Action: &models.Action{Title: "do it", NeedBy: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}}
}
