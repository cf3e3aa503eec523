package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/splunk/sandbox"
)

// saying wants a run to have had something to say of every kind.
func saying(t *testing.T, events []indexed) {
	t.Helper()
	for _, sourcetype := range []string{"foresight:forecast", "foresight:overload", "foresight:action", "foresight:run"} {
		require.NotEmpty(t, sourcetypeOf(events, sourcetype), "no event of %s", sourcetype)
	}
}

func TestRunningTwiceSaysTheSameOnce(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.run("2025-03-01")
	first := w.events()
	saying(t, first)
	once := byID(t, first)
	require.Len(t, first, len(once), "one run sends no event twice")

	w.run("2025-03-01")
	again := w.events()
	assert.Len(t, again, len(first)+1, "with what it remembers a second run sends its run event only")
	assert.Equal(t, once, byID(t, again))

	// A crash before anything was remembered.
	require.NoError(t, os.RemoveAll(filepath.Join(w.dir, "state")))
	w.run("2025-03-01")
	assert.Len(t, w.events(), 2*len(first)+1, "without it a run sends all again")
	assert.Equal(t, once, byID(t, w.events()))
}

// risen is growing with a rise in its last fortnight, which brings every crossing nearer.
func risen(n int, d time.Time) float64 {
	if d.Before(time.Date(2025, 2, 15, 0, 0, 0, 0, time.UTC)) {
		return growing(n, d)
	}
	return growing(n, d) + 60
}

func TestActionKeepsItsIDWhenTheForecastMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.load(daily(t, "orders", "2024-02-01", "2025-03-01", risen), "Europe/Stockholm")
	w.configure(shop)
	w.run("2025-02-15")
	w.run("2025-03-01")

	actions := of(w.events("foresight:action"), "kind", "add_capacity")
	require.Len(t, actions, 2, "%v", actions)
	before, after := actions[0], actions[1]
	assert.Equal(t, []string{"shop:web:orders:add_capacity:base"}, ids(actions, "action_id"))
	assert.Equal(t, "2025-02-15T00:00:00+01:00", before.text("as_of"))
	assert.Equal(t, "2025-03-01T00:00:00+01:00", after.text("as_of"))
	assert.NotEqual(t, before.text("event_id"), after.text("event_id"))
	assert.NotEqual(t, before.text("revision"), after.text("revision"))
	assert.Less(t, after.text("due"), before.text("due"), "the rise brings the day nearer")
	assert.Contains(t, after.text("moved"), "due "+before.text("due")+" → "+after.text("due"))
	assert.Contains(t, after.text("moved"), "latest_start "+before.text("latest_start")+" → "+after.text("latest_start"))
	assert.Equal(t, "data", after.text("moved_cause"))
	assert.Equal(t, "created", before.text("action"))
	assert.Equal(t, "modified", after.text("action"))
	assert.Empty(t, before.text("moved"))
}

// What moves because a limit was changed says so.
func TestActionMovesByCapacity(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.run("2025-03-01")
	w.configure(shop, "limit: 1300", "limit: 1280")
	w.run("2025-03-01")
	actions := of(w.events("foresight:action"), "kind", "add_capacity")
	require.Len(t, actions, 2, "%v", actions)
	assert.Len(t, ids(actions, "action_id"), 1)
	moved := of(actions, "moved_cause", "capacity")
	require.Len(t, moved, 1, "%v", actions)
	assert.Contains(t, moved[0].text("moved"), "due ")
}

// Open work is said anew on each later day, so that a search over the last day
// finds it.
func TestOpenActionIsRepeatedEachDay(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	for _, day := range []string{"2025-02-27", "2025-02-28", "2025-03-01"} {
		w.run(day)
	}
	actions := of(w.events("foresight:action"), "kind", "add_capacity")
	assert.Len(t, ids(actions, "as_of"), 3)
	assert.Len(t, ids(actions, "action_id"), 1)
}

// theControl is what an undisturbed run says, which several tests compare with.
var theControl struct {
	once   sync.Once
	events []indexed
}

func undisturbed(t *testing.T) []indexed {
	t.Helper()
	theControl.once.Do(func() {
		w := stocked(t)
		w.run("2025-03-01")
		theControl.events = w.events()
	})
	require.NotEmpty(t, theControl.events)
	return theControl.events
}

// control is the same by event id.
func control(t *testing.T) map[string]string {
	t.Helper()
	saying(t, undisturbed(t))
	return byID(t, undisturbed(t))
}

// heldAs wants a run whose events Splunk does not take to end so, and the next to send them.
func heldAs(t *testing.T, w *world, o outcome, words ...string) {
	t.Helper()
	fails(t, o, app.ExitFailed, append(words, fmt.Sprintf("%d events are held; the next run or serve sends them", len(control(t))))...)
	assert.Contains(t, o.out, "report in", "what was found stands")
	assert.Empty(t, w.events())
	list := w.foresight("outbox", "list", "-c", w.config())
	require.Equal(t, app.ExitFine, list.code, list)
	assert.Equal(t, 1, strings.Count(list.out, "\n"), "a line a run: %s", list)
	assert.Contains(t, list.out, fmt.Sprintf(`"events":%d,`, len(control(t))))
}

func TestWrongCollectorTokenLosesNothing(t *testing.T) {
	t.Parallel()
	want := control(t)
	w := stocked(t)
	token := w.env["FORESIGHT_HEC_TOKEN"]
	w.env["FORESIGHT_HEC_TOKEN"] = "11111111-2222-3333-4444-555555555555"
	o := w.foresight("run", "-c", w.config(), "--as-of", "2025-03-01")
	heldAs(t, w, o, "HTTP 403", "code 4", "Invalid token", "give the right one", "the run goes on")
	assert.NotContains(t, o.err, w.env["FORESIGHT_HEC_TOKEN"], "the wrong token is a secret too")
	w.env["FORESIGHT_HEC_TOKEN"] = token
	w.run("2025-03-01")
	assert.Len(t, w.events(), len(want)+1, "all of the first, and the second's run event")
	assert.Equal(t, want, byID(t, w.events()))
	list := w.foresight("outbox", "list", "-c", w.config())
	assert.Empty(t, list.out)
}

// A token that is revoked while the searches run.
func TestRevokedCollectorTokenLosesNothing(t *testing.T) {
	t.Parallel()
	want := control(t)
	w := stocked(t)
	url, asked := w.env["FORESIGHT_HEC_URL"], 0
	w.env["FORESIGHT_HEC_URL"] = w.front(func(string) (int, string) {
		asked++
		return http.StatusForbidden, `{"text":"Token disabled","code":1}`
	})
	o := w.foresight("run", "-c", w.config(), "--as-of", "2025-03-01")
	heldAs(t, w, o, "HTTP 403", "code 1", "Token disabled", "nothing is lost")
	assert.Equal(t, 1, asked, "what only a person can mend is not hammered at")
	w.env["FORESIGHT_HEC_URL"] = url
	w.run("2025-03-01")
	assert.Equal(t, want, byID(t, w.events()))
}

// A collector that cannot be reached does not keep a run from its work.
func TestCollectorOutOfReachLosesNothing(t *testing.T) {
	t.Parallel()
	want := control(t)
	w := stocked(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	url := w.env["FORESIGHT_HEC_URL"]
	w.env["FORESIGHT_HEC_URL"] = "https://" + closedPort(t)
	tried := false
	env := execution{Clock: func() time.Time { // read at each try's end: the forecast is done, and the outbox told of
		if _, err := os.Stat(filepath.Join(w.dir, "report", "shop.html")); err == nil && !tried {
			tried = true
			interrupt()
		}
		return time.Now()
	}, env: w.env}
	o := env.run(ctx, "run", "-c", w.config(), "--as-of", "2025-03-01")
	assert.Equal(t, app.ExitInterrupted, o.code, o)
	assert.Contains(t, o.err, "the run goes on")
	w.env["FORESIGHT_HEC_URL"] = url
	w.run("2025-03-01")
	assert.Equal(t, want, byID(t, w.events()))
}

// A collector that is down is tried for minutes; Ctrl-C ends that, and the next
// run sends everything.
func TestCollectorDownLosesNothing(t *testing.T) {
	t.Parallel()
	want := control(t)
	w := stocked(t)
	ctx, interrupt := context.WithTimeout(t.Context(), time.Minute)
	defer interrupt()
	url, began := w.env["FORESIGHT_HEC_URL"], time.Now()
	w.env["FORESIGHT_HEC_URL"] = w.front(func(string) (int, string) {
		interrupt()
		return http.StatusServiceUnavailable, "no backend"
	})
	o := execution{Clock: time.Now, env: w.env}.run(ctx, "run", "-c", w.config(), "--as-of", "2025-03-01")
	assert.Less(t, time.Since(began), 30*time.Second, "the minute's deadline did not end it")
	assert.Equal(t, app.ExitInterrupted, o.code, o)
	w.env["FORESIGHT_HEC_URL"] = url
	w.run("2025-03-01")
	assert.Len(t, w.events(), len(want)+1, "what was kept is sent, and not said again")
	assert.Equal(t, want, byID(t, w.events()))
}

// One event that Splunk will never take is set aside with its reply and fails the
// run; the others are in. It is sent again when a person says so, or dropped and said anew.
func TestRefusedEventIsSetAside(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	want := control(t)
	url := w.env["FORESIGHT_HEC_URL"]
	broken := w.front(func(body string) (int, string) {
		if strings.Contains(body, `"foresight:overload"`) { // its batch, its half, its quarter … until it is alone
			return http.StatusBadRequest, `{"text":"Invalid data format","code":6}`
		}
		return 0, ""
	})
	w.env["FORESIGHT_HEC_URL"] = broken
	outbox := func(args ...string) string {
		t.Helper()
		o := w.foresight(append([]string{"outbox", args[0], "-c", w.config()}, args[1:]...)...)
		require.Equal(t, app.ExitFine, o.code, o)
		return o.out
	}
	assert.Empty(t, outbox("list"))
	o := w.foresight("run", "-c", w.config(), "--as-of", "2025-03-01")
	fails(t, o, app.ExitFailed, "Splunk refused 1 event for good", "code 6", "set aside")
	var aside struct{ Kind, ID, Customer, Reply, Sourcetype string }
	require.NoError(t, json.Unmarshal([]byte(outbox("list")), &aside))
	assert.Equal(t, []string{"refused", "shop", "Invalid data format", "foresight:overload"}, []string{aside.Kind, aside.Customer, aside.Reply, aside.Sourcetype})
	assert.Contains(t, want, aside.ID)
	assert.Len(t, byID(t, w.events()), len(want)-1)
	assert.Empty(t, w.events("foresight:overload"))

	fails(t, w.foresight("outbox", "retry", "-c", w.config()), app.ExitUsage, "--all")
	fails(t, w.foresight("outbox", "drop", "-c", w.config(), "--all", "x"), app.ExitUsage, "--all")
	fails(t, w.foresight("outbox", "drop", "-c", w.config(), "x"), app.ExitUsage, "holds nothing of the id x")
	assert.Contains(t, outbox("retry", "--all"), "1 event in line again")
	fails(t, w.foresight("run", "-c", w.config(), "--as-of", "2025-03-01"), app.ExitFailed, "Splunk refused 1 event for good")
	assert.Contains(t, outbox("drop", aside.ID), "1 event dropped")
	assert.Empty(t, outbox("list"))
	w.env["FORESIGHT_HEC_URL"] = url
	w.run("2025-03-01")
	assert.Equal(t, want, byID(t, w.events()), "what was dropped is said again")

	// Put in line again it is sent by the next run, before all that it says itself.
	w.env["FORESIGHT_HEC_URL"] = broken
	w.configure(shop, "limit: 1300", "limit: 1280")
	fails(t, w.foresight("run", "-c", w.config(), "--as-of", "2025-03-01"), app.ExitFailed, "Splunk refused 1 event for good")
	assert.Len(t, w.events("foresight:overload"), 1)
	outbox("retry", "--all")
	w.env["FORESIGHT_HEC_URL"] = url
	w.run("2025-03-01")
	assert.Len(t, w.events("foresight:overload"), 2)
}

// A collector whose reply is lost has taken the events: they are sent once more
// under the same ids.
func TestLostReplyDoublesOnlyWhatDedupFinds(t *testing.T) {
	t.Parallel()
	want := control(t)
	w := stocked(t)
	// The first request asks for the collector's health, the second brings the events.
	w.server.SetFaults(sandbox.Faults{{Scope: sandbox.ScopeHEC, Kind: "cut", Times: 2}})
	w.run("2025-03-01")
	assert.Greater(t, len(w.events()), len(want), "a batch came twice")
	assert.Equal(t, want, byID(t, w.events()))
}

func TestTwoProcessesDoNotShareAState(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	other := *w
	other.dir = t.TempDir()
	other.configure(shop, "web: {", "state: {dir: "+filepath.Join(w.dir, "state")+"}\nweb: {")
	w.server.SetFaults(sandbox.Faults{{Scope: sandbox.ScopeSearch, Kind: "stuck"}})
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan outcome)
	go func() {
		ended <- execution{Clock: time.Now, env: w.env}.run(ctx, "run", "-c", w.config(), "--as-of", "2025-03-01")
	}()
	eventually(t, "a search", 20*time.Second, func() bool { return len(w.server.Jobs()) > 0 })
	o := other.foresight("run", "-c", other.config(), "--as-of", "2025-03-01")
	interrupt()
	fails(t, o, app.ExitFailed, "another foresight works with the state directory")
	assert.Equal(t, app.ExitInterrupted, (<-ended).code)
	for _, j := range w.server.Jobs() {
		assert.Equal(t, sandbox.StateCancelled, j.State, "%s", strings.TrimSpace(j.Search))
	}
}
