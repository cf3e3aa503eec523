package main

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// checkable is a world whose clock stands at the end of its series.
func checkable(t *testing.T) *world {
	t.Helper()
	w := stocked(t)
	w.now = date(t, "2025-03-01")
	return w
}

func TestCheckOfAGoodConfiguration(t *testing.T) {
	t.Parallel()
	w := checkable(t)
	o := w.foresight("check", "-c", w.config())
	require.Equal(t, app.ExitFine, o.code, o)
	assert.NotContains(t, o.out, "FAIL")
	for _, line := range []string{
		"ok    configuration: ", "ok    calendar of shop: country SE", "ok    search at https://127.0.0.1:",
		"ok    event collector at https://127.0.0.1:", "ok    search of web/orders: 35 rows of 1d in 1 signal from 2025-01-25 to 2025-03-01", " is well formed, 1 customer\n",
		"0.2 MB a day into index foresight", "ok    state: SQLite, " + w.dir + "/state/foresight.db, which the first run makes\n",
	} {
		assert.Contains(t, o.out, line)
	}
	assert.Empty(t, w.events(), "a check writes nothing into the index")
	assert.NoDirExists(t, w.dir+"/state", "nor a state")
	assert.NoDirExists(t, w.dir+"/report", "nor a report")
}

func TestCheckSaysWhatFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		edits []string
		env   map[string]string
		words []string
		good  []string
	}{
		{"wrong password", nil, map[string]string{"FORESIGHT_PASSWORD": "guessed"},
			[]string{"FAIL  search at https://", "HTTP 401"}, []string{"ok    event collector"}},
		{"wrong collector token", nil, map[string]string{"FORESIGHT_HEC_TOKEN": "11111111-2222-3333-4444-555555555555"},
			[]string{"FAIL  event collector at https://", "token"}, []string{"ok    search at", "ok    search of web/orders"}},
		{"search with no rows", []string{"series=orders", "series=ordres"}, nil,
			[]string{"FAIL  search of web/orders", "no rows from 2025-01-25 to 2025-03-01"}, []string{"ok    event collector"}},
		{"search that Splunk refuses", []string{"series=orders", `series=orders | delete`}, nil, nil, nil},
		{"a search head that is down", []string{"url: ${FORESIGHT_SEARCH_URL}", "url: ${FORESIGHT_SEARCH_URL}\n    failover: [\"https://" + closedPort(t) + "\"]"}, nil,
			[]string{"FAIL  search head https://127.0.0.1:", "connection refused"}, []string{"ok    search head https://127.0.0.1:", "ok    search of web/orders"}},
		{"a proxy that is not there", []string{"url: ${FORESIGHT_SEARCH_URL}", "url: ${FORESIGHT_SEARCH_URL}\n    proxy: {url: \"http://" + closedPort(t) + "\"}"}, nil,
			[]string{"FAIL  search at https://127.0.0.1:", "check the proxy"}, []string{"ok    event collector"}},
		{"collector nowhere", nil, map[string]string{"FORESIGHT_HEC_URL": "https://" + closedPort(t)},
			[]string{"FAIL  event collector", "connection refused"}, []string{"ok    search of web/orders"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := checkable(t)
			w.configure(shop, tt.edits...)
			for name, value := range tt.env {
				w.env[name] = value
			}
			o := w.foresight("check", "-c", w.config())
			if tt.words == nil {
				fails(t, o, app.ExitUsage, "after a pipe")
				return
			}
			fails(t, o, app.ExitFailed, "see the lines marked FAIL")
			for _, words := range append(tt.words, tt.good...) {
				assert.Contains(t, o.out, words)
			}
			assert.Empty(t, w.events())
		})
	}
}

// A check stands where a run of a past day would.
func TestCheckAsOfAPastDay(t *testing.T) {
	t.Parallel()
	w := stocked(t) // whose clock is the real one, years after the series' end
	o := w.foresight("check", "-c", w.config())
	fails(t, o, app.ExitFailed, "see the lines marked FAIL")
	assert.Regexp(t, "FAIL  search of web/orders: no rows from .* by --as-of", o.out)
	for _, at := range []string{"2025-03-01", "2025-03-01T12:00:00+01:00"} {
		o = w.foresight("check", "-c", w.config(), "--as-of", at)
		require.Equal(t, app.ExitFine, o.code, o)
		assert.Contains(t, o.out, "ok    search of web/orders: 35 rows of 1d in 1 signal from 2025-01-25 to 2025-03-01")
	}
	fails(t, w.foresight("check", "-c", w.config(), "--as-of", "yesterday"), app.ExitUsage, "neither a date")
}

// Nothing is known of a day that has not begun where the customer is.
func TestAsOfInTheFutureIsRefused(t *testing.T) {
	t.Parallel()
	w := checkable(t)
	w.now = date(t, "2025-02-28").Add(22*time.Hour + 59*time.Minute) // 23:59 in Stockholm
	fails(t, w.foresight("check", "-c", w.config(), "--as-of", "2025-03-01"), app.ExitUsage, "--as-of 2025-03-01 lies in the future", "Europe/Stockholm")
	for _, command := range []string{"run", "check"} {
		for _, at := range []string{"2025-03-02", "2025-02-28T23:00:00Z"} {
			fails(t, w.foresight(command, "-c", w.config(), "--as-of", at), app.ExitUsage, "--as-of "+at+" lies in the future")
		}
	}
	assert.Empty(t, w.server.Jobs(), "nothing was searched")
	w.now = w.now.Add(time.Minute)
	o := w.foresight("check", "-c", w.config(), "--as-of", "2025-03-01")
	assert.Equal(t, app.ExitFine, o.code, o)
}

// The file can be checked where the secrets are not, as in a review of a change.
func TestCheckOfflineNeedsNoSecrets(t *testing.T) {
	t.Parallel()
	w := checkable(t)
	delete(w.env, "FORESIGHT_HEC_TOKEN")
	w.configure(shop, "{env: FORESIGHT_PASSWORD}", "{file: password}")
	o := w.foresight("check", "-c", w.config(), "--offline")
	require.Equal(t, app.ExitFine, o.code, o)
	assert.Contains(t, o.out, "ok    configuration: ")
	assert.Regexp(t, `(?m)^warn  configuration: .*foresight.yml:5:5: splunk.search.password: open .*password: `, o.out)
	assert.Regexp(t, `(?m)^warn  configuration: .*foresight.yml:9:5: splunk.hec.token: environment variable FORESIGHT_HEC_TOKEN is not set`, o.out)
	for _, command := range []string{"check", "run", "serve"} {
		fails(t, w.foresight(command, "-c", w.config()), app.ExitUsage, "splunk.search.password", "FORESIGHT_HEC_TOKEN is not set")
	}
	w.configure(shop, "span: 1d", "span: 2d")
	fails(t, w.foresight("check", "-c", w.config(), "--offline"), app.ExitUsage, `"2d" is not known`)
}

// Certificates too may be on the server only; cases are worked on without Splunk all the same.
func TestOfflineNeedsNoCertificates(t *testing.T) {
	t.Parallel()
	w := checkable(t)
	w.configure(shop, "ca_file: ${FORESIGHT_CA_FILE}", "ca_file: none.pem", "customers:", "channels: [{id: hook, kind: webhook, url: \"https://a.example\", secret: {env: FORESIGHT_HEC_TOKEN}, ca_file: none.pem}]\ncustomers:")
	o := w.foresight("check", "-c", w.config(), "--offline")
	require.Equal(t, app.ExitFine, o.code, o)
	assert.Regexp(t, `(?m)^warn  configuration: .*splunk.search.ca_file: stat .*none.pem`, o.out)
	assert.Regexp(t, `(?m)^warn  configuration: .*channels\[0\].ca_file: stat .*none.pem`, o.out)
	o = w.foresight("incident", "open", "-c", w.config(), "--service", "web", "--title", "nobody can pay", "--by", "eva")
	require.Equal(t, app.ExitFine, o.code, o)
	fails(t, w.foresight("check", "-c", w.config()), app.ExitUsage, "splunk.search.ca_file")
}

// Offline means that no connection is even tried.
func TestCheckOfflineTouchesNoNetwork(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var touched atomic.Int32
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			touched.Add(1)
			_ = c.Close()
		}
	}()
	w := checkable(t)
	w.env["FORESIGHT_SEARCH_URL"], w.env["FORESIGHT_HEC_URL"] = "https://"+l.Addr().String(), "https://"+l.Addr().String()
	o := w.foresight("check", "-c", w.config(), "--offline")
	assert.Equal(t, app.ExitFine, o.code, o)
	assert.Contains(t, o.out, "ok    configuration")

	// The listener does notice a check that is not offline.
	assert.Zero(t, touched.Load())
	o = w.foresight("check", "-c", w.config())
	assert.Equal(t, app.ExitFailed, o.code, o)
	require.NoError(t, l.Close())
	<-ended
	assert.NotZero(t, touched.Load())
}
