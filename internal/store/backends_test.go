package store

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/internal/pgtest"
	"foresight/models"
)

var ctx = context.Background()

// onEach runs a test on an empty place of each database: SQLite always, PostgreSQL
// where FORESIGHT_POSTGRES says where one is (make test-postgres).
func onEach(t *testing.T, test func(t *testing.T, p Place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, Place{Dir: t.TempDir()}) })
	if pgtest.There() {
		t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, emptySchema(t)) })
	}
}

// emptySchema is a place in a schema of the test's own.
func emptySchema(t *testing.T) Place {
	t.Helper()
	return Place{Dir: filepath.Join(t.TempDir(), "none"), URL: pgtest.Schema(t).String()}
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
