package main

import (
	"net"
	"sync/atomic"
	"testing"

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
	w := checkable(t)
	o := w.foresight("check", "-c", w.config())
	require.Equal(t, app.ExitFine, o.code, o)
	assert.NotContains(t, o.out, "FAIL")
	for _, line := range []string{
		"ok    configuration: ", "ok    calendar of shop: country SE", "ok    search at https://127.0.0.1:",
		"ok    event collector at https://127.0.0.1:", "ok    search of web/orders: 35 rows of 1d in 1 signals from 2025-01-25 to 2025-03-01", "GB a day",
	} {
		assert.Contains(t, o.out, line)
	}
	assert.Empty(t, w.events(), "a check writes nothing into the index")
	assert.NoDirExists(t, w.dir+"/state", "nor a state")
	assert.NoDirExists(t, w.dir+"/report", "nor a report")
}

func TestCheckSaysWhatFails(t *testing.T) {
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

// Offline means that no connection is even tried.
func TestCheckOfflineTouchesNoNetwork(t *testing.T) {
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
