package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// The demo by hand: its series in a sandbox of its own, its configuration with the
// variables that this prints.
func TestByHandTheDemoComesToTheSame(t *testing.T) {
	t.Parallel()
	demo, _ := demoed(t)
	dir := t.TempDir()
	whole, err := os.ReadFile(filepath.Join(demo, "foresight.yml"))
	require.NoError(t, err)
	// The web shop is enough: that every demo says the same of all is another test's.
	config, _, found := bytes.Cut(whole, []byte("  # Real: one transaction a passenger"))
	require.True(t, found, "the demo's configuration has changed")
	path := filepath.Join(dir, "foresight.yml")
	require.NoError(t, os.WriteFile(path, config, 0o600))
	s := startSandbox(t, "--data", filepath.Join(demo, "series.csv"))
	run := func(args ...string) {
		t.Helper()
		o := execution{Clock: time.Now, env: s.env}.run(t.Context(), append([]string{"run", "-c", path, "--as-of", "2016-02-05"}, args...)...)
		require.Equal(t, app.ExitFine, o.code, o)
	}
	run()
	shown := of(demoEvents(t), "customer", "nordbutiken")
	for _, sourcetype := range []string{"foresight:peak", "foresight:overload", "foresight:action", "foresight:run"} {
		assert.Equal(t, byID(t, sourcetypeOf(shown, sourcetype)), byID(t, s.events(sourcetype)), sourcetype)
	}
	assert.Equal(t, ids(sourcetypeOf(shown, "foresight:forecast"), "event_id"), ids(s.events("foresight:forecast"), "event_id"))

	// What is ordered in time removes the overload: its finding and action are
	// withdrawn, once.
	const base = "{id: base-2016, from: 2016-01-11, limit: 10000, per: 1h, headroom: 0.08, note: rented servers returned}\n"
	require.Contains(t, string(config), base)
	ordered := strings.Replace(string(config), base, base+"                - {id: ordered-2016, from: 2016-04-11, limit: 16000, per: 1h, headroom: 0.08, note: order 17}\n", 1)
	require.NoError(t, os.WriteFile(path, []byte(ordered), 0o600))
	const payments = "payments/transactions"
	work := func() []indexed {
		return of(of(s.events("foresight:action"), "kind", "add_capacity"), "service", "payments")
	}
	before := work()
	require.Len(t, before, 1)
	run("--signal", payments)
	run("--signal", payments)
	withdrawn := of(work(), "state", "withdrawn")
	require.Len(t, withdrawn, 1, "withdrawn once, though the run came twice: %v", work())
	assert.Equal(t, before[0].text("action_id"), withdrawn[0].text("action_id"))
	assert.Len(t, work(), 2, "and nothing else was said of it")
	assert.Len(t, of(of(s.events("foresight:overload"), "service", "payments"), "state", "withdrawn"), 1)

	// A run that never knew of it finds none.
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "state")))
	runs := len(s.events("foresight:run"))
	run("--signal", payments)
	assert.Len(t, s.events("foresight:run"), runs+1, "the run has been")
	assert.Len(t, work(), 2, "no overload, no action")

	// The order falls through: the same action is back.
	require.NoError(t, os.WriteFile(path, config, 0o600))
	run("--signal", payments)
	back := work()
	require.Len(t, back, 3)
	assert.Len(t, ids(back, "action_id"), 1)
	assert.Len(t, byID(t, of(back, "state", "open")), 1, "what is said again of the same day is the same event: %v", back)

	assert.Equal(t, app.ExitFine, s.signal(syscall.SIGTERM).code, "the sandbox ends on SIGTERM")
}
