// Package pgtest gives tests a PostgreSQL schema of their own. Only tests import it.
package pgtest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// There reports whether FORESIGHT_POSTGRES says where a server is (make test-postgres starts one).
func There() bool { return os.Getenv("FORESIGHT_POSTGRES") != "" }

// Schema returns the address of an empty schema, which is dropped at the test's end. Without a
// server the test is skipped: make test needs none.
func Schema(t testing.TB) *url.URL {
	t.Helper()
	if !There() {
		t.Skip("needs a PostgreSQL server, which make test may not: make test-postgres starts one and runs this (make crash and bench-scale-two theirs)")
	}
	server, err := url.Parse(os.Getenv("FORESIGHT_POSTGRES"))
	require.NoError(t, err)
	ctx := context.Background() // the test's own has ended when the schema is dropped
	conn, err := pgx.Connect(ctx, server.String())
	require.NoError(t, err)
	name := "test_" + strings.ToLower(rand.Text())
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
	return server
}
