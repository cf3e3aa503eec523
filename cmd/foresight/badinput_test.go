package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/splunk/sandbox"
)

// stocked is a world with a year and a month of a growing daily series, to before 2025-03-01.
func stocked(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.load(daily(t, "orders", "2024-02-01", "2025-03-01", growing), "Europe/Stockholm")
	w.configure(shop)
	return w
}

// fails wants a command's clear refusal: the code, the words, and no stack.
func fails(t *testing.T, o outcome, code int, words ...string) {
	t.Helper()
	assert.Equal(t, code, o.code, o)
	for _, word := range words {
		assert.Contains(t, o.err, word)
	}
	assert.NotContains(t, o.err, "goroutine ", "a panic's stack")
	assert.NotContains(t, o.err, "panic")
}

func TestBadConfigurationIsAUsageError(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		edits []string
		words []string
	}{
		{"unknown key", []string{"measure: sum(value)", "mesure: sum(value)"},
			[]string{"foresight.yml:29:", "customers[0].services[0].queries[0].signal.mesure", `did you mean "measure"?`}},
		{"bad cron", []string{`"15 2 * * *"`, `"15 25 * * *"`},
			[]string{"foresight.yml:22:", ".schedule", "15 25 * * *", "five fields"}},
		{"bad zone", []string{"Europe/Stockholm", "Europe/Stokholm"},
			[]string{"foresight.yml:16:", ".zone", `unknown time zone "Europe/Stokholm"`, "IANA"}},
		{"missing token", []string{"FORESIGHT_HEC_TOKEN", "NO_SUCH_TOKEN"},
			[]string{"foresight.yml:", "splunk.hec.token", "NO_SUCH_TOKEN"}},
		{"missing password", []string{"password: {env: FORESIGHT_PASSWORD}", ""},
			[]string{"foresight.yml:", "splunk.search.username", "no password"}},
		{"not YAML", []string{"customers:", "customers: ]"}, []string{"foresight.yml:"}},
		{"an hour in India", []string{"Europe/Stockholm", "Asia/Kolkata", "span: 1d", "span: 1h"},
			[]string{".span", "Asia/Kolkata", "+05:30", "use 30m"}},
		{"no such certificate", []string{"${FORESIGHT_CA_FILE}", "nowhere.pem"},
			[]string{"splunk.search.ca_file", "nowhere.pem"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.configure(shop, tt.edits...)
			for _, command := range []string{"run", "check", "serve"} {
				fails(t, w.foresight(command, "-c", w.config()), app.ExitUsage, tt.words...)
			}
			assert.Empty(t, w.server.Jobs(), "searches in spite of the mistake")
			assert.Empty(t, w.events(), "events in spite of the mistake")
		})
	}
}

func TestBadCallsAreUsageErrors(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	for _, tt := range []struct {
		args  []string
		words string
	}{
		{[]string{"run", "-c", w.config(), "--as-of", "yesterday"}, "neither a date"},
		{[]string{"run", "-c", w.config(), "--signal", "web/visitors"}, "there are web/orders"},
		{[]string{"run", "-c", filepath.Join(w.dir, "nowhere.yml")}, "nowhere.yml"},
		{[]string{"run", "-c", w.config(), "--asof", "2025-03-01"}, "--asof"},
		{[]string{"run", "surplus"}, "surplus"},
		{[]string{"runn"}, "runn"},
		{[]string{"sandbox", "--fault", "gremlins"}, "no such fault"},
		{[]string{"forecast"}, "arg"},
		{[]string{"forecast", "x.csv", "--horizon", "0"}, "--horizon"},
		{[]string{"forecast", "x.csv", "--quantiles", "0.9,0.1"}, "quantile"},
		{[]string{"forecast", "x.csv", "--country", "ZZ"}, "ZZ"},
		{[]string{"forecast", "x.csv", "--tz", "Mars/Olympus"}, "Mars/Olympus"},
		{[]string{"forecast", "x.csv", "--freq", "3x"}, "--freq"},
		{[]string{"forecast", "x.csv", "--model", "oracle"}, "oracle"},
		{[]string{"forecast", "x.csv", "--capacity", "-1"}, "--capacity"},
	} {
		fails(t, w.foresight(tt.args...), app.ExitUsage, tt.words)
	}
	assert.Empty(t, w.events())
}

// closedPort is an address on which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// What goes wrong at Splunk fails the run, is said in words and as an event, and
// no forecast is made of it.
func TestSplunkThatFailsGivesNoForecast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		edits  func(w *world) []string
		faults string
		env    map[string]string
		words  []string
	}{
		{name: "wrong address", env: map[string]string{"FORESIGHT_SEARCH_URL": "https://" + closedPort(t)},
			words: []string{"web/orders", "connection refused"}},
		{name: "untrusted certificate", edits: func(*world) []string {
			return []string{"    ca_file: ${FORESIGHT_CA_FILE}\n  hec:", "  hec:"}
		}, words: []string{"web/orders", "certificate", "ca_file"}},
		{name: "wrong password", env: map[string]string{"FORESIGHT_PASSWORD": "guessed"}, words: []string{"HTTP 401", "Login failed"}},
		{name: "revoked", faults: "search:unauthorized", words: []string{"HTTP 401", "call not properly authenticated"}},
		{name: "nothing found", edits: func(*world) []string { return []string{"series=orders", "series=ordres"} },
			words: []string{"returned nothing", "series=ordres", "roles"}},
		{name: "partial results", faults: "partial", words: []string{"web/orders", "may lack something"}},
		{name: "finalized", faults: "finalized", words: []string{"finalized before its end"}},
		{name: "failed", faults: "failed", words: []string{"the search failed"}},
		{name: "a page short of a row", faults: "truncate", words: []string{"web/orders"}},
		{name: "a preview", faults: "preview", words: []string{"web/orders", "preview"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := stocked(t)
			if tt.edits != nil {
				w.configure(shop, tt.edits(w)...)
			}
			for name, value := range tt.env {
				w.env[name] = value
			}
			faults, err := sandbox.ParseFaults(tt.faults)
			require.NoError(t, err)
			w.server.SetFaults(faults)
			o := w.foresight("run", "-c", w.config(), "--as-of", "2025-03-01")
			fails(t, o, app.ExitFailed, tt.words...)
			assert.Contains(t, o.out, `(which is not "no overload")`)
			assert.Empty(t, w.events("foresight:forecast", "foresight:peak", "foresight:overload", "foresight:action", "foresight:finding"))
			runs := w.events("foresight:run")
			require.Len(t, runs, 1, "the run says that it failed")
			assert.InDelta(t, 1, runs[0].number("errors"), 0)
			assert.NotEmpty(t, runs[0].text("error"))
		})
	}
}

// A failed search decides over nothing: what was open stays open.
func TestPartialResultsWithdrawNothing(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.run("2025-03-01")
	open := ids(of(w.events("foresight:action"), "state", "open"), "action_id")
	require.NotEmpty(t, open)
	w.server.SetFaults(sandbox.Faults{{Scope: sandbox.ScopeSearch, Kind: "partial"}})
	fails(t, w.foresight("run", "-c", w.config(), "--as-of", "2025-03-01"), app.ExitFailed, "may lack something")
	for _, e := range w.events("foresight:action", "foresight:overload", "foresight:peak") {
		assert.Equal(t, "open", e.text("state"), "%v", e)
	}
}

func TestBusySplunkIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.server.SetFaults(sandbox.Faults{{Kind: "busy", Scope: sandbox.ScopeSearch, Times: 2}, {Kind: "busy", Scope: sandbox.ScopeHEC, Times: 1}})
	w.run("2025-03-01")
	assert.NotEmpty(t, w.events("foresight:forecast"))
}

func TestBadSeriesAreNamedWithTheirRow(t *testing.T) {
	t.Parallel()
	good := "good,2024-01-01,1\ngood,2024-01-02,2\ngood,2024-01-03,3\n"
	for _, tt := range []struct {
		name, text string
		words      []string
		others     bool // the good series is forecast all the same
	}{
		{"broken time stamp", "series,time,value\n" + good + "bad,2024-01-01,1\nbad,2024-01-99,3\n", []string{`series "bad"`, "row 6", "2024-01-99"}, true},
		{"duplicate times", "series,time,value\n" + good + "bad,2024-01-02,1\nbad,2024-01-02,3\n", []string{`series "bad"`, "row 5", "row 6", "2024-01-02"}, true},
		{"text in values", "series,time,value\n" + good + "bad,2024-01-01,1\nbad,2024-01-02,many\n", []string{`series "bad"`, "row 6", `"many" is not a number`}, true},
		{"empty file", "", []string{"the file is empty"}, false},
		{"header only", "series,time,value\n", []string{"no row"}, false},
		{"no such column", "series,when,value\n" + good, []string{"time"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "series.csv")
			require.NoError(t, os.WriteFile(path, []byte(tt.text), 0o600))
			o := plain(t, "forecast", path, "--horizon", "2", "--quantiles", "0.1,0.9")
			fails(t, o, app.ExitFailed, tt.words...)
			assert.NotContains(t, o.err, `series "bad": series "bad"`, "said twice")
			assert.NotContains(t, o.out, "bad,")
			if tt.others {
				assert.Contains(t, o.out, "series,time,mean,q0.1,q0.9\ngood,2024-01-04,")
			}
		})
	}
}

// A sandbox refuses bad data too, and names the line.
func TestSandboxRefusesBadData(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{
		"series,time,value\na,2024-01-01,1\na,2024-13-01,2\n": "line 3",
		"series,time,value\na,2024-01-01,1\na,2024-01-01,2\n": "twice",
		"series,time,value\na,2024-01-01,x\n":                 `"x" is not a number`,
		"":                                                    "the file is empty",
	} {
		path := filepath.Join(t.TempDir(), "series.csv")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		fails(t, plain(t, "sandbox", "--data", path), app.ExitFailed, "series.csv", words)
	}
}

// A run of one signal asks and says nothing of customers that do not have it.
func TestRunOfOneSignalLeavesOtherCustomersAlone(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.configure(shop + strings.NewReplacer("customers:\n", "", "id: shop", "id: neighbour", "id: orders", "id: parcels").Replace(shop))
	w.run("2025-03-01", "--signal", "web/orders")
	assert.Equal(t, []string{"shop"}, ids(w.events(), "customer"))
	assert.Len(t, w.events("foresight:run"), 1)
}
