package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// room is a chat on loopback.
type room struct {
	*httptest.Server
	mu    sync.Mutex
	said  []string
	tries int
	away  bool
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		var body struct{ Text string }
		r.mu.Lock()
		defer r.mu.Unlock()
		r.tries++
		if r.away || json.NewDecoder(q.Body).Decode(&body) != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		r.said = append(r.said, body.Text)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *room) heard() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.said...)
}

func (r *room) tried() int { r.mu.Lock(); defer r.mu.Unlock(); return r.tries }

func (r *room) leaves(away bool) { r.mu.Lock(); defer r.mu.Unlock(); r.away = away }

// duty has eva called by letter and by one room, and whoever is on call by the other.
const duty = `    channels:
      - {id: room, kind: slack, secret: {env: ROOM_URL}}
      - {id: other, kind: slack, secret: {env: OTHER_URL}}
    process:
      feed_secret: {env: FEED_SECRET}
      windows: [{id: move, name: new database, components: [db1], from: "WINDOW", to: "2099-01-02T00:00"}]
      contacts:
        - {id: eva, name: Eva, rules: [{channel: room}]}
        - {id: bo, name: Bo, rules: [{channel: other}]}
        - {id: kim, name: Kim}
      schedules:
        - id: first
          rotations: [{contacts: [bo], from: 2020-01-06}]
          overrides: [{contact: kim, from: "2020-01-06T00:00", to: "2099-01-01T00:00"}]
      policies:
        - {id: grave, steps: [{contacts: [eva]}, {schedules: [first]}]}
    services:
`

// onDuty configures people who are told by two rooms.
func onDuty(t *testing.T, w *world, edits ...string) (eva, bo *room) {
	t.Helper()
	eva, bo = newRoom(t), newRoom(t)
	w.env["ROOM_URL"], w.env["OTHER_URL"] = eva.URL, bo.URL
	w.env["FEED_SECRET"] = "0123456789abcdef"
	soon := time.Now().Format("2006-01-02T15:04")
	w.configure(shop, append([]string{"    services:\n", strings.Replace(duty, "WINDOW", soon, 1), "level: warn", "level: info"}, edits...)...)
	return eva, bo
}

// opens reports a fault and returns the case's id: a prediction may have a number before it.
func (w *world) opens(title string, more ...string) string {
	w.t.Helper()
	out := w.incident(append([]string{"open", "--service", "web", "--title", title, "--by", "shop"}, more...)...).out
	id, _, opened := strings.Cut(out, " opened: ")
	require.True(w.t, opened, out)
	return id
}

// People are told by serve of what commands report, each channel by itself, once; whoever is
// on call without a way to be told is passed over; and the auditor knows who waited.
func TestServeTellsWhoIsOnCall(t *testing.T) {
	t.Parallel()
	w := recent(t)
	eva, bo := onDuty(t, w)
	eva.leaves(true)
	p := start(t, w.dir, w.env, "serve", "-c", w.config())
	site := "http://" + addressOf(t, p)
	status, feed := get(t, site+"/calendar/shop/0123456789abcdef.ics")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, feed, "SUMMARY:new database\r\n")
	status, _ = get(t, site+"/calendar/shop/0123456789abcdeF.ics")
	assert.Equal(t, http.StatusNotFound, status)
	id := w.opens("Customers cannot pay", "--impact", "1")
	page := "[" + id + "] Customers cannot pay: Priority 2"
	eventually(t, "the page to whoever is on call", 20*time.Second, func() bool { return len(bo.heard()) > 0 })
	assert.Equal(t, []string{page}, bo.heard(), "one room is away, which is not the other's affair")
	eventually(t, "another try", 20*time.Second, func() bool { return eva.tried() > 1 })
	show := w.incident("show", id).out
	assert.Contains(t, show, "Eva by room: page, failed: status 503")
	assert.Contains(t, show, "Bo by other: page, sent")
	assert.Contains(t, show, "kim of schedule first is not told: without contact rules")
	assert.Contains(t, w.incident("audit").out, "everybody was told in time")

	eva.leaves(false)
	eventually(t, "the page", 60*time.Second, func() bool { return len(eva.heard()) > 0 })
	w.incident("ack", id, "--by", "eva")
	eventually(t, "that it is taken", 20*time.Second, func() bool { return len(eva.heard()) > 1 && len(bo.heard()) > 1 })
	for _, r := range []*room{eva, bo} {
		assert.Equal(t, []string{page, "[" + id + "] Customers cannot pay: Taken by eva"}, r.heard())
	}
	assert.Equal(t, app.ExitFine, p.signal(syscall.SIGTERM).code)
	assert.Equal(t, 1, strings.Count(p.err.String(), "a channel takes nothing"))
}

// A case that no serve has told of is found by the auditor.
func TestTheAuditorByCommand(t *testing.T) {
	w := desked(t)
	onDuty(t, w)
	w.now = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	w.incident("open", "--service", "web", "--title", "Customers cannot pay", "--by", "shop")
	assert.Contains(t, w.incident("audit").out, "1 case and 2 notices looked at")
	w.now = w.now.Add(10 * time.Minute)
	audit := w.incident("audit")
	fails(t, audit, app.ExitFailed, "not everybody was told")
	assert.Contains(t, audit.out, "shop-1  due 2026-11-25T10:00:00+01:00  Eva by room has not been told for 10 min")
	assert.Contains(t, audit.out, "Bo by other has not been told")
	fails(t, w.foresight("oncall", "-c", w.config(), "--days", "0"), app.ExitUsage, "--days 0")
	check := w.foresight("check", "--offline", "-c", w.config())
	assert.Equal(t, app.ExitFine, check.code, check)
	assert.Contains(t, check.out, "warn  escalation of shop: kim cannot be told by step 2 of policy grave, being without contact rules")
	assert.Contains(t, check.out, "ok    channels: 2 channels; nothing was sent")
	assert.Contains(t, w.foresight("oncall", "-c", w.config()).out, "shop      first     Wed 2026-11-25 10:10 CET  Wed 2026-12-09 10:10 CET  kim")
}

// A colleague is put in and taken out again by commands.
func TestSomebodyIsPutInByCommand(t *testing.T) {
	w := desked(t)
	onDuty(t, w)
	w.now = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	cover := func(more ...string) outcome {
		return w.foresight(append([]string{"oncall", "cover", "-c", w.config(), "--schedule", "first", "--by", "ann"}, more...)...)
	}
	fails(t, cover("--contact", "kim", "--to", "2026-11-25T18:00"), app.ExitUsage, "kim cannot be told")
	fails(t, cover("--contact", "eva"), app.ExitUsage, "--to is missing: until when?")
	fails(t, w.foresight("oncall", "cover", "-c", w.config(), "--to", "2026-11-25T18:00"), app.ExitUsage, "--schedule is missing: whose turn is taken over? Customer shop has first")
	fails(t, cover("--contact", "eva", "--from", "soon", "--to", "2026-11-25T18:00"), app.ExitUsage, `--from "soon"`)
	fails(t, cover("--contact", "eva", "--to", "2026-11-25T09:30"), app.ExitUsage, "over already")
	fails(t, cover("--customer", "none", "--to", "2026-11-25T18:00"), app.ExitUsage, `no customer "none"`)
	fails(t, w.foresight("oncall", "cover", "-c", w.config(), "--schedule", "second", "--to", "2026-11-25T18:00"), app.ExitUsage, `no schedule "second"`)
	o := cover("--contact", "eva", "--to", "2026-11-25T18:00", "-m", "kim is ill")
	assert.Equal(t, "eva is on call in schedule first until Wed 2026-11-25 18:00 CET\n", o.out, o)
	list := w.foresight("oncall", "-c", w.config()).out
	assert.Contains(t, list, "shop      first     Wed 2026-11-25 10:00 CET  Wed 2026-11-25 18:00 CET  eva\n")
	override := regexp.MustCompile(`(?m)^([A-Z0-9]{26})  shop +first +Wed 2026-11-25 10:00 CET  Wed 2026-11-25 18:00 CET  eva +ann  kim is ill$`).FindStringSubmatch(list)
	require.Len(t, override, 2, list)
	w.now = w.now.Add(time.Hour)
	assert.Contains(t, w.foresight("oncall", "uncover", "-c", w.config(), override[1]).out, "is taken back")
	fails(t, w.foresight("oncall", "uncover", "-c", w.config(), override[1]), app.ExitUsage, "is over")
	fails(t, w.foresight("oncall", "uncover", "-c", w.config(), "x"), app.ExitUsage, "no override")
	list = w.foresight("oncall", "-c", w.config()).out
	assert.NotContains(t, list, "eva")
	assert.NotContains(t, list, "override")
}

// What will fail people is told before: upgrades without a test plan, windows that hide all, nobody on call.
func TestCheckWarnsOfWhatIsNotReady(t *testing.T) {
	w := desked(t)
	onDuty(t, w, "      policies:", `      components: [{id: database, service: web, version: "13", end_of_support: 2099-11-12}, {id: proxy, service: web, end_of_support: 2099-11-12, tests: [pages load]}]
      policies:`, "components: [db1], ", "", "rotations: [{contacts: [bo], from: 2020-01-06}]", "rotations: [{contacts: [bo], from: 2020-01-06, until: 2020-02-03}]", `to: "2099-01-01T00:00"`, `to: "2020-01-07T00:00"`)
	check := w.foresight("check", "--offline", "-c", w.config())
	assert.Equal(t, app.ExitFine, check.code, check)
	for _, words := range []string{
		"warn  register of shop: database has no tests: write what to verify after its upgrade",
		"window move hides every alarm of web",
		"schedule first has nobody on call from",
		"kim cannot be told by step 2 of policy grave",
	} {
		assert.Contains(t, check.out, words)
	}
	assert.NotContains(t, check.out, "proxy has no tests")
	assert.NotContains(t, check.out, "everybody can be told")
}

// Three processes share one database: everybody is told once.
func TestPostgresThreeServesTellOnce(t *testing.T) {
	server := postgresSchema(t)
	w := recent(t)
	w.env["FORESIGHT_STATE_URL"] = server.String()
	eva, bo := onDuty(t, w, "web: {", "state: {url: {env: FORESIGHT_STATE_URL}}\nweb: {")
	config, err := os.ReadFile(w.config())
	require.NoError(t, err)
	var all []*process
	for i := range 3 {
		dir := filepath.Join(w.dir, fmt.Sprint("machine", i))
		require.NoError(t, os.MkdirAll(dir, 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "foresight.yml"), config, 0o600))
		p := start(t, dir, w.env, "serve")
		addressOf(t, p)
		all = append(all, p)
	}
	const cases = 5
	var ids []string
	for n := range cases {
		id := w.opens(fmt.Sprint("fault ", n))
		ids = append(ids, id)
		eventually(t, "the page of "+id, 30*time.Second, func() bool { return len(eva.heard()) > 2*n && len(bo.heard()) > 2*n })
		w.incident("resolve", id, "-m", "mended", "--by", "eva")
		w.incident("close", id, "--by", "eva")
		eventually(t, "the end of "+id, 30*time.Second, func() bool { return len(eva.heard()) > 2*n+1 && len(bo.heard()) > 2*n+1 })
	}
	for _, p := range all {
		assert.Equal(t, app.ExitFine, p.signal(syscall.SIGTERM).code)
	}
	for _, r := range []*room{eva, bo} {
		require.Len(t, r.heard(), 2*cases, "each once: %q", r.heard())
		for n := range cases {
			assert.Contains(t, r.heard()[2*n], fmt.Sprintf("[%s] fault %d: Priority", ids[n], n))
			assert.Contains(t, r.heard()[2*n+1], "Resolved by eva")
		}
	}
}

// An audit of a customer that there is not would look like all clear.
func TestAnAuditOfNobodyIsRefused(t *testing.T) {
	w := stocked(t)
	fails(t, w.incident("audit", "--customer", "nope"), app.ExitUsage, "no such customer; there are shop")
}
