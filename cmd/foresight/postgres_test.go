package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/internal/pgtest"
	"foresight/splunk/sandbox"
)

// postgresSchema returns the address of an empty schema of the test's own, with a password.
func postgresSchema(t *testing.T) *url.URL {
	t.Helper()
	server := pgtest.Schema(t)
	if _, given := server.User.Password(); !given {
		server.User = url.UserPassword(server.User.Username(), "hunter2") // a server that trusts takes any
	}
	return server
}

// The commands with their state in PostgreSQL: two runs say the same once, and the
// password stays unsaid.
func TestPostgresKeepsTheState(t *testing.T) {
	server := postgresSchema(t)
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

// Two processes share the work: every query's pass is made once between them, either
// shows all of it, and the death of one is the other's affair only while it had work.
func TestPostgresTwoServesShareTheWork(t *testing.T) {
	server := postgresSchema(t)
	w := recent(t)
	w.env["FORESIGHT_STATE_URL"] = server.String()
	_, query, _ := strings.Cut(shop, "        queries:\n")
	var queries strings.Builder
	const n = 12
	for i := range n {
		queries.WriteString(strings.Replace(query, "id: orders", fmt.Sprint("id: orders", i), 1))
	}
	w.configure(shop, query, queries.String(), "web: {", "state: {url: {env: FORESIGHT_STATE_URL}}\nweb: {", "level: warn", "level: info")
	text, err := os.ReadFile(w.config())
	require.NoError(t, err)
	config := string(text)
	slow, err := sandbox.ParseFaults("search:slow:200ms")
	require.NoError(t, err)
	w.server.SetFaults(slow)

	var processes []*process
	var sites []string
	for i := range 2 {
		dir := filepath.Join(w.dir, fmt.Sprint("machine", i))
		require.NoError(t, os.MkdirAll(dir, 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "foresight.yml"), []byte(config), 0o600))
		p := start(t, dir, w.env, "serve", "--workers", "1")
		processes, sites = append(processes, p), append(sites, "http://"+addressOf(t, p))
	}
	for _, site := range sites {
		eventually(t, "readiness", 60*time.Second, func() bool { status, _ := get(t, site+"/readyz"); return status == http.StatusOK })
		_, page := get(t, site+"/report/shop")
		for i := range n {
			assert.Contains(t, page, fmt.Sprint("orders", i), site)
		}
	}
	assert.Len(t, w.events("foresight:run"), n)
	made := 0
	for _, p := range processes {
		one := strings.Count(p.err.String(), `"message":"run ended"`)
		assert.Positive(t, one, "%s", p.err.String())
		made += one
	}
	assert.Equal(t, n, made)
	require.NoError(t, processes[0].cmd.Process.Kill())
	processes[0].ended(5 * time.Second)
	status, _ := get(t, sites[1]+"/readyz")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, app.ExitFine, processes[1].signal(syscall.SIGTERM).code)
}
