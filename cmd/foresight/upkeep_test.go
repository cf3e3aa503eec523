package main

import (
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/splunk/sandbox"
)

// kill -9 while the events are on their way: nothing was remembered, the lock is
// free, and the next run completes what is there under the same ids.
func TestKilledWhileSendingLosesNothing(t *testing.T) {
	t.Parallel()
	want := control(t)
	w := stocked(t)
	url := w.env["FORESIGHT_HEC_URL"]
	kill, killed := make(chan struct{}), make(chan struct{})
	batches := 0
	w.env["FORESIGHT_HEC_URL"] = w.front(func(string) (int, string) {
		if batches++; batches == 2 { // the first is in
			close(kill)
			<-killed
		}
		return 0, ""
	})
	w.configure(shop, "token: {env: FORESIGHT_HEC_TOKEN}", "token: {env: FORESIGHT_HEC_TOKEN}\n    batch: {events: 150}")
	p := start(t, w.dir, w.env, "run", "-c", w.config(), "--as-of", "2025-03-01")
	<-kill
	require.NoError(t, p.cmd.Process.Kill())
	p.ended(5 * time.Second)
	close(killed)
	w.env["FORESIGHT_HEC_URL"] = url
	w.run("2025-03-01")
	assert.Greater(t, len(w.events()), len(want), "what was in before the kill came again")
	assert.Equal(t, want, byID(t, w.events()))
}

// Ctrl-C in the midst of the engine's work: nothing half-done is said.
func TestInterruptEndsAForecastingRun(t *testing.T) {
	w := stocked(t)
	w.configure(shop, "level: warn", "level: info")
	url := w.env["FORESIGHT_HEC_URL"]
	// Should the forecast be done before the signal comes, it cannot be sent.
	w.env["FORESIGHT_HEC_URL"] = w.front(func(string) (int, string) { return http.StatusServiceUnavailable, "" })
	p := start(t, w.dir, w.env, "run", "-c", w.config(), "--as-of", "2025-03-01")
	eventually(t, "the forecast", 20*time.Second, func() bool { return strings.Contains(p.err.String(), "forecasting") })
	o := p.signal(os.Interrupt)
	assert.Equal(t, app.ExitInterrupted, o.code, o)
	assert.Empty(t, w.events())
	w.env["FORESIGHT_HEC_URL"] = url
	w.run("2025-03-01")
	assert.Equal(t, control(t), byID(t, w.events()))
}

// A run of an earlier day says what that day knew and leaves the later knowledge be.
func TestAnEarlierDayDoesNotUndoALaterOne(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.run("2025-03-01")
	later := byID(t, w.events())
	w.run("2025-01-20")
	runs := w.events("foresight:run")
	require.Len(t, runs, 2)
	assert.ElementsMatch(t, []string{"2025-01-20T00:00:00+01:00", "2025-03-01T00:00:00+01:00"}, ids(runs, "as_of"))
	for _, e := range of(w.events(), "state", "withdrawn") {
		assert.Fail(t, "an earlier day withdraws what a later one says", "%v", e)
	}
	before := len(w.events())
	w.run("2025-03-01")
	assert.Len(t, w.events(), before+1, "the later day has nothing to add but its run event")
	assert.Subset(t, slices.Collect(maps.Keys(byID(t, w.events()))), slices.Collect(maps.Keys(later)))
}

// The schedule goes on by itself, and its passes over one day say the same.
func TestServeRunsOnSchedule(t *testing.T) {
	t.Parallel()
	w := recent(t)
	faults, err := sandbox.ParseFaults("search:failed:1")
	require.NoError(t, err)
	w.server.SetFaults(faults) // the pass at the start
	w.configure(shop, "level: warn", "level: debug", `"15 2 * * *"`, `"@every 1s"`)
	p := start(t, w.dir, w.env, "serve", "-c", w.config())
	eventually(t, "the pass that succeeds", 60*time.Second, func() bool { return len(w.events("foresight:forecast")) > 0 })
	eventually(t, "the schedule to rest until tomorrow", 30*time.Second, func() bool {
		return strings.Contains(p.err.String(), "nothing new to know before tomorrow")
	})
	o := p.signal(os.Interrupt)
	assert.Equal(t, app.ExitFine, o.code, o)
	assert.NotContains(t, o.err, "panic")
	runs := w.events("foresight:run")
	assert.Len(t, runs, 2, "the one that failed and the one that did not")
	events := w.events()
	byID(t, events)
	assert.Len(t, ids(sourcetypeOf(events, "foresight:forecast"), "event_id"), 400)
}
