package main

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/splunk/sandbox"
)

// checked runs `foresight check` as of the end of the world's series.
func (w *world) checked(code int) string {
	w.t.Helper()
	o := w.foresight("check", "-c", w.config(), "--as-of", "2025-03-01")
	require.Equal(w.t, code, o.code, o)
	return o.out
}

// What check says of a Splunk in which everything is as docs/splunk-setup.md has it.
func TestCheckOfSplunk(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	out := w.checked(app.ExitFine)
	for _, line := range []string{
		`ok    certificate of search: of localhost.*, signed by .*, until 20\d\d-\d\d-\d\d \(\d+ days\)\n`,
		`ok    certificate of events: of localhost`,
		`ok    clock: the server's agrees with this machine's\n`,
		`ok    rights of admin: may search, by roles sandbox; time zone the server's\n`,
		`ok    index foresight: takes events, keeps them for 2184 days\n`,
		`ok    search of web/orders: 35 rows of 1d in 1 signal from 2025-01-25 to 2025-03-01 \(the last, of 2025-02-28 00:00: \d+\), in .*; .* on the server, which read 35 events\n`,
	} {
		assert.Regexp(t, line, out)
	}
	assert.NotRegexp(t, "warn  (certificate|clock|rights|roles|index|search)", out)
}

// Each thing that is not as it should be in Splunk has its line, and the line says what to do.
func TestCheckSaysWhatSplunkLacks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(w *world)
		code   int
		line   string
	}{
		{"no right to search", func(w *world) { w.server.Grant(sandbox.Rights{Capabilities: []string{"list_storage_passwords"}}) }, app.ExitFailed,
			`FAIL  rights of admin: roles sandbox lack the capability search: see docs/splunk-setup.md`},
		{"more rights than needed", func(w *world) {
			w.server.Grant(sandbox.Rights{Capabilities: []string{"search", "edit_user", "admin_all_objects"}, TimeZone: "UTC"})
		}, app.ExitFine, `ok .*time zone UTC\nwarn  rights of admin: has rights that Foresight does not need: admin_all_objects, edit_user;`},
		{"a quota of one search", func(w *world) { w.server.Grant(sandbox.Rights{Capabilities: []string{"search"}, Jobs: 1}) }, app.ExitFine,
			`warn  roles sandbox: srchJobsQuota lets 1 searches go on at a time, and Foresight begins \d+: raise it`},
		{"a role that sees a month", func(w *world) {
			w.server.Grant(sandbox.Rights{Capabilities: []string{"search"}, Window: 30 * 24 * time.Hour})
		}, app.ExitFailed, `FAIL  roles sandbox: srchTimeWin lets a search reach 30 days back, and web/orders asks for 392 days`},
		{"roles and indexes that are not shown", func(w *world) { w.server.Grant(sandbox.Rights{Capabilities: []string{"search"}, Untold: true}) }, app.ExitFine,
			`warn  index foresight: the search head does not show it to this user: .* is not known \(unauthorized\)`},
		{"no index", func(w *world) {
			w.configure(shop, "token: {env: FORESIGHT_HEC_TOKEN}", "token: {env: FORESIGHT_HEC_TOKEN}\n    index: elsewhere")
		}, app.ExitFine,
			`warn  index elsewhere: the search head does not show it to this user: .* is not known \(not_found\); see docs/splunk-setup.md`},
		{"an index of metrics", func(w *world) { w.server.Define("foresight", sandbox.IndexDefinition{Metric: true}) }, app.ExitFailed,
			`FAIL  index foresight: it is of the wrong type: events would be refused; make one with datatype = event`},
		{"metric points into an index of events", metricsTo("main"), app.ExitFailed,
			`FAIL  index main: it is of the wrong type: metric points would be refused; make one with datatype = metric`},
		{"metric points ahead", func(w *world) {
			metricsTo("foresight_metrics")(w)
			w.server.Define("foresight_metrics", sandbox.IndexDefinition{Metric: true, Ahead: 30 * 24 * time.Hour})
		}, app.ExitFine, `ok    index foresight_metrics: takes metric points, .*\nwarn  index foresight_metrics: what lies more than 30 days ahead`},
		{"a split that nothing has", func(w *world) { w.configure(shop, "empty: missing", "empty: missing\n            split: {by: Series}") }, app.ExitFine,
			`ok    search of web/orders: .* in 1 signal .*\nwarn  search of web/orders: no event of these days has the field Series`},
		{"an index that is disabled", func(w *world) { w.server.Define("foresight", sandbox.IndexDefinition{Disabled: true}) }, app.ExitFailed,
			`FAIL  index foresight: it is disabled`},
		{"an index as Splunk makes it", func(w *world) {
			w.server.Define("foresight", sandbox.IndexDefinition{Ahead: 30 * 24 * time.Hour, Frozen: 90 * 24 * time.Hour})
		}, app.ExitFine, `ok    index foresight: takes events, keeps them for 90 days\n` +
			`warn  index foresight: what lies more than 30 days ahead goes to quarantine buckets, .*: set quarantineFutureSecs = 34560000\n` +
			`warn  index foresight: it drops what is older than 90 days`},
		{"a clock that is ahead", func(w *world) { w.now = time.Now().Add(-10 * time.Minute) }, app.ExitFine,
			`warn  clock: the server's is (9m59s|10m0s|10m1s|10m2s) ahead of this machine's: set both by NTP`},
		{"a clock that is behind", func(w *world) { w.now = time.Now().Add(time.Hour) }, app.ExitFine, `warn  clock: the server's is (59m5\ds|1h0m\ds) behind this machine's`},
		{"a certificate about to end", func(w *world) { w.now = ends(w).Add(-10*24*time.Hour - time.Hour) }, app.ExitFine,
			`warn  certificate of search: .* \(10 days\): renew it`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := stocked(t)
			tt.change(w)
			assert.Regexp(t, tt.line, w.checked(tt.code))
			assert.Empty(t, w.events(), "a check writes nothing into the index")
		})
	}
}

// metricsTo has metric points go to an index.
func metricsTo(index string) func(*world) {
	return func(w *world) {
		w.configure(shop, "token: {env: FORESIGHT_HEC_TOKEN}", "token: {env: FORESIGHT_HEC_TOKEN}\n    metric_index: "+index)
	}
}

// A certificate that is not trusted is described, so that its authority can be found.
func TestCheckDescribesAnUntrustedCertificate(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.configure(shop, "    ca_file: ${FORESIGHT_CA_FILE}\n", "")
	out := w.checked(app.ExitFailed)
	assert.Regexp(t, `FAIL  search at https://.*: tls: .*name the authority that signed the server's certificate in ca_file.* \(it shows one for localhost.*, signed by .*, valid from .* to .*\)`, out)
}

// ends is when the sandbox's certificate does.
func ends(w *world) time.Time {
	text, err := os.ReadFile(w.env["FORESIGHT_CA_FILE"])
	require.NoError(w.t, err)
	block, _ := pem.Decode(text)
	c, err := x509.ParseCertificate(block.Bytes)
	require.NoError(w.t, err)
	return c.NotAfter
}
