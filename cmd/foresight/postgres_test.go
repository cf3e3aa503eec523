package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// The commands with their state in PostgreSQL, where FORESIGHT_POSTGRES says there is
// one (make test-postgres): two runs say the same once, and the password stays unsaid.
func TestPostgresKeepsTheState(t *testing.T) {
	text := os.Getenv("FORESIGHT_POSTGRES")
	if text == "" {
		t.Skip("needs a PostgreSQL server, which make test may not: make test-postgres starts one and runs this")
	}
	const schema = "test_commands"
	conn, err := pgx.Connect(t.Context(), text)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "DROP SCHEMA IF EXISTS "+schema+" CASCADE; CREATE SCHEMA "+schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := conn.Exec(context.Background(), "DROP SCHEMA "+schema+" CASCADE")
		assert.NoError(t, err)
		assert.NoError(t, conn.Close(context.Background()))
	})
	server, err := url.Parse(text)
	require.NoError(t, err)
	query := server.Query()
	query.Set("search_path", schema)
	server.RawQuery = query.Encode()
	if _, given := server.User.Password(); !given {
		server.User = url.UserPassword(server.User.Username(), "hunter2") // a server that trusts takes any
	}
	password, _ := server.User.Password()

	w := stocked(t)
	w.env["FORESIGHT_STATE_URL"] = server.String()
	w.configure(shop, "web: {", "state: {url: {env: FORESIGHT_STATE_URL}}\nweb: {")
	check := func(words string) {
		t.Helper()
		o := w.foresight("check", "-c", w.config(), "--as-of", "2025-03-01")
		require.Equal(t, app.ExitFine, o.code, o)
		assert.Contains(t, o.out, "ok    state: PostgreSQL, database "+strings.TrimPrefix(server.Path, "/")+" at "+server.Host+", can be reached"+words)
		assert.NotContains(t, o.out+o.err, password)
	}
	check("; the first run makes its tables")
	w.run("2025-03-01")
	first := w.events()
	saying(t, first)
	w.run("2025-03-01")
	assert.Len(t, w.events(), len(first)+1, "the second sends its run event only")
	assert.NoDirExists(t, w.dir+"/state")
	check(" and has schema")

	server.Host = closedPort(t)
	w.env["FORESIGHT_STATE_URL"] = server.String()
	for _, command := range []string{"run", "check"} {
		o := w.foresight(command, "-c", w.config(), "--as-of", "2025-03-01")
		assert.Equal(t, app.ExitFailed, o.code, o)
		assert.Contains(t, o.out+o.err, fmt.Sprintf("at %s cannot be reached", server.Host))
		assert.NotContains(t, o.out+o.err, password)
	}
}
