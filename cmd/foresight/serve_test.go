package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/splunk/sandbox"
)

// get fetches a page; status 0 is no answer at all.
func get(t *testing.T, url string) (status int, text string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return r.StatusCode, string(body)
}

// answered sends a request and returns what comes back.
func answered(t *testing.T, c *http.Client, r *http.Request) (status int, text string) {
	t.Helper()
	answer, err := c.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close() //nolint:errcheck // only read
	all, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(all)
}

// serving starts `serve`, with edits of the configuration, and returns the address of its pages.
func serving(t *testing.T, w *world, edits ...string) (*process, string) {
	t.Helper()
	w.configure(shop, append([]string{"level: warn", "level: info"}, edits...)...)
	p := start(t, w.dir, w.env, "serve", "-c", w.config())
	return p, "http://" + addressOf(t, p)
}

// addressOf reads from a process's log where it serves its pages.
func addressOf(t *testing.T, p *process) string {
	t.Helper()
	listening := regexp.MustCompile(`"addr":"([^"]+)"`)
	var found []string
	eventually(t, "the address in the log", 20*time.Second, func() bool {
		found = listening.FindStringSubmatch(p.err.String())
		return found != nil
	})
	return found[1]
}

// recent is a world whose series ends today, as the real clock of a process wants.
func recent(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	now := time.Now()
	w.load(daily(t, "orders", now.AddDate(0, -13, 0).Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly), growing), "Europe/Stockholm")
	return w
}

func TestServeRunsAndShowsTheReports(t *testing.T) {
	t.Parallel()
	w := recent(t)
	p, site := serving(t, w)
	eventually(t, "readiness", 30*time.Second, func() bool { status, _ := get(t, site+"/readyz"); return status == http.StatusOK })
	status, page := get(t, site+"/")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, page, "/report/shop")
	status, page = get(t, site+"/report/shop")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, page, "orders")
	eventually(t, "the report's file", 20*time.Second, func() bool { _, err := os.Stat(w.dir + "/report/shop.html"); return err == nil })
	status, _ = get(t, site+"/report/nobody")
	assert.Equal(t, http.StatusNotFound, status)
	status, _ = get(t, site+"/healthz")
	assert.Equal(t, http.StatusOK, status)
	eventually(t, "the run's event, which comes last", 30*time.Second, func() bool { return len(w.events("foresight:run")) > 0 })
	assert.NotEmpty(t, of(w.events(), "customer", "shop"))
	eventually(t, "the count of what Splunk has taken", 30*time.Second, func() bool {
		status, page = get(t, site+"/metrics")
		return strings.Contains(page, fmt.Sprintf("foresight_events_sent_total %d\n", len(w.events()))) // what a case tells comes after the run
	})
	assert.Equal(t, http.StatusOK, status)
	for _, line := range []string{`foresight_build_info{version="dev"} 1`, `foresight_passes_total{customer="shop",reason="",result="ok"} 1`,
		`foresight_customer_ready{customer="shop"} 1`, `foresight_fetch_duration_seconds_count 1`, `foresight_forecast_duration_seconds_count 1`,
		"foresight_config_last_reload_successful 1"} {
		assert.Contains(t, page, line+"\n")
	}
	o := p.signal(syscall.SIGTERM)
	assert.Equal(t, app.ExitFine, o.code, o)
	assert.NotContains(t, o.err, "panic")
}

// A first pass that fails leaves the service up, not ready, and saying why.
func TestServeIsNotReadyWhileSplunkRefuses(t *testing.T) {
	t.Parallel()
	w := recent(t)
	w.server.SetFaults(sandbox.Faults{{Scope: sandbox.ScopeSearch, Kind: "partial"}})
	p, site := serving(t, w)
	var text string
	eventually(t, "the failed pass", 30*time.Second, func() bool {
		var status int
		status, text = get(t, site+"/readyz")
		return status == http.StatusServiceUnavailable && regexp.MustCompile("the last run failed").MatchString(text)
	})
	assert.Contains(t, text, "may lack something")
	status, _ := get(t, site+"/")
	assert.Equal(t, http.StatusOK, status)
	assert.Empty(t, w.events("foresight:forecast"))
	_, text = get(t, site+"/metrics")
	assert.Contains(t, text, `foresight_passes_total{customer="shop",reason="incomplete",result="failed"}`)
	assert.Contains(t, text, `foresight_splunk_errors_total{interface="search",reason="incomplete"}`)
	assert.Contains(t, text, `foresight_customer_ready{customer="shop"} 0`+"\n")
	assert.Equal(t, app.ExitFine, p.signal(syscall.SIGTERM).code)
}

// While Splunk takes no events the process says so, once in the log, and sends them when it does.
func TestServeHoldsWhatSplunkDoesNotTake(t *testing.T) {
	t.Parallel()
	w := recent(t)
	w.server.SetFaults(sandbox.Faults{{Scope: sandbox.ScopeHEC, Kind: "unauthorized"}})
	p, site := serving(t, w)
	var text string
	eventually(t, "the hold", 30*time.Second, func() bool {
		_, text = get(t, site+"/readyz")
		return regexp.MustCompile(`not ready: delivery: \d+ events are held since .*Invalid authorization`).MatchString(text)
	})
	_, text = get(t, site+"/metrics")
	assert.Contains(t, text, `foresight_outbox_held{reason="unauthorized"} 1`)
	assert.NotContains(t, text, "foresight_outbox_parcels 0\n")
	list := w.foresight("outbox", "list", "-c", w.config())
	assert.Contains(t, list.out, `"kind":"held"`, "beside the process that serves")
	w.server.SetFaults(nil)
	eventually(t, "the events", 30*time.Second, func() bool { return len(w.events("foresight:run")) > 0 })
	eventually(t, "readiness", 30*time.Second, func() bool { status, _ := get(t, site+"/readyz"); return status == http.StatusOK })
	o := p.signal(syscall.SIGTERM)
	assert.Equal(t, app.ExitFine, o.code, o)
	assert.Equal(t, 1, strings.Count(o.err, "delivery is held"), o)
	assert.Equal(t, 1, strings.Count(o.err, "delivery goes on"), o)
	byID(t, w.events())
}

// Metrics may have an address of their own: then the pages do not tell them.
func TestServeMetricsElsewhere(t *testing.T) {
	w := recent(t)
	w.configure(shop, "level: warn", "level: info", `web: {addr: "127.0.0.1:0"}`, `web: {addr: "127.0.0.1:0", metrics_addr: "127.0.0.1:0"}`)
	p := start(t, w.dir, w.env, "serve", "-c", w.config())
	var pages, metrics []string
	eventually(t, "both addresses in the log", 20*time.Second, func() bool {
		pages = regexp.MustCompile(`"addr":"([^"]+)"`).FindStringSubmatch(p.err.String())
		metrics = regexp.MustCompile(`"metrics_addr":"([^"]+)"`).FindStringSubmatch(p.err.String())
		return pages != nil && metrics != nil
	})
	status, _ := get(t, "http://"+pages[1]+"/metrics")
	assert.Equal(t, http.StatusNotFound, status)
	status, text := get(t, "http://"+metrics[1]+"/metrics")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, text, "foresight_build_info")
	status, _ = get(t, "http://"+metrics[1]+"/")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Equal(t, app.ExitFine, p.signal(syscall.SIGTERM).code)
}

// An address that another program has ends the command with a clear word.
func TestServeNeedsItsAddress(t *testing.T) {
	w := recent(t)
	_, site := serving(t, w)
	other := newWorld(t)
	other.configure(shop, "127.0.0.1:0", site[len("http://"):])
	fails(t, other.foresight("serve", "-c", other.config()), app.ExitFailed, "another program has this address")
}

// What the last passes found out is in the database: a process that starts shows it, the
// same page as the run wrote, before and without any search.
func TestServeShowsTheLastResultsAtOnce(t *testing.T) {
	t.Parallel()
	w := recent(t)
	w.configure(shop)
	require.Equal(t, app.ExitFine, w.foresight("run", "-c", w.config()).code)
	want, err := os.ReadFile(w.dir + "/report/shop.html")
	require.NoError(t, err)
	before := len(w.server.Jobs())
	p, site := serving(t, w)
	eventually(t, "readiness", 20*time.Second, func() bool { status, _ := get(t, site+"/readyz"); return status == http.StatusOK })
	status, page := get(t, site+"/report/shop")
	assert.Equal(t, http.StatusOK, status)
	assert.True(t, string(want) == page, "the page from the database is the run's own")
	assert.Equal(t, app.ExitFine, p.signal(syscall.SIGTERM).code)
	assert.Len(t, w.server.Jobs(), before, "the day's pass had been made")
}
