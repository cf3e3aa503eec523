package enterprise_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/enterprise"
	"foresight/splunk/sandbox"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// begin is the first of the five hours that hold an event a minute.
var begin = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)

func fill(t *testing.T, server *sandbox.Server) {
	t.Helper()
	for m := range 300 {
		server.Add(sandbox.Event{Time: begin.Add(time.Duration(m) * time.Minute), IndexTime: begin.Add(24 * time.Hour), Index: "main", Sourcetype: "s", Raw: `{"n":1}`})
	}
}

func misbehave(t *testing.T, server *sandbox.Server, spec string) {
	t.Helper()
	faults, err := sandbox.ParseFaults(spec)
	require.NoError(t, err)
	server.SetFaults(faults)
}

func fetch(ctx context.Context, search splunk.Searcher) (models.Fetched, error) {
	q := models.Query{ID: "web", Source: models.SourceEvents, Search: "index=main", Span: models.Span5Min, Signal: models.Signal{Measure: "count"}}
	return (&splunk.Source{Searcher: search}).Fetch(ctx, time.UTC, q, models.Window{From: begin, To: begin.Add(5 * time.Hour)})
}

// Through each fault the answer is whole or an error, never a part.
func TestFaultsOfTheSearchServer(t *testing.T) {
	for _, tt := range []struct{ faults, reason string }{
		{"", ""},
		{"search:busy:2", ""},
		{"search:unauthorized:1", ""}, // the session is renewed
		{"search:unauthorized", splunk.ReasonUnauthorized},
		{"search:cut:1", ""},
		{"search:cut:2", ""},
		{"search:slow:50ms", ""},
		{"search:cut", splunk.ReasonNetwork},
		{"partial", splunk.ReasonIncomplete},
		{"finalized", splunk.ReasonIncomplete},
		{"truncate", splunk.ReasonIncomplete},
		{"preview:1", splunk.ReasonIncomplete},
		{"failed", splunk.ReasonFailed},
	} {
		t.Run(tt.faults, func(t *testing.T) {
			t.Parallel()
			search, _, server := clients(t, sandbox.Config{}, false)
			fill(t, server)
			misbehave(t, server, tt.faults)
			got, err := fetch(t.Context(), search)
			assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
			if err == nil {
				require.Len(t, got.Columns[0].Points, 60)
				for _, p := range got.Columns[0].Points {
					require.InDelta(t, 5, p.Value, 0)
				}
			} else {
				assert.Empty(t, got.Columns)
			}
			misbehave(t, server, "")
			for _, j := range server.Jobs() {
				assert.Equal(t, sandbox.StateCancelled, j.State, "no job is left behind")
			}
		})
	}
}

func TestAStuckSearchIsCancelled(t *testing.T) {
	search, _, server := clients(t, sandbox.Config{}, false)
	fill(t, server)
	misbehave(t, server, "stuck")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := fetch(ctx, search)
		done <- err
	}()
	require.Eventually(t, func() bool { return len(server.Jobs()) == 1 }, 5*time.Second, 5*time.Millisecond)
	cancel()
	select {
	case err := <-done:
		require.ErrorIs(t, err, context.Canceled)
	case <-time.After(2 * time.Second):
		t.Fatal("Ctrl-C takes longer than 2 s")
	}
	require.Len(t, server.Jobs(), 1)
	assert.Equal(t, sandbox.StateCancelled, server.Jobs()[0].State)
}

func TestFaultsOfTheCollector(t *testing.T) {
	events := make([]models.Event, 250)
	for i := range events {
		events[i] = models.Event{Time: begin.Add(time.Duration(i) * time.Second), Sourcetype: "s", Source: "foresight", Body: map[string]any{"event_id": i}}
	}
	for _, tt := range []struct {
		faults, reason string
		ack            bool
	}{
		{"", "", true},
		{"hec:busy:2", "", false},
		{"hec:cut:2", "", false}, // taken and sent again: doubles, which event_id tells
		{"hec:cut:1", "", true},
		{"pending:2", "", true},
		{"code:26:2", "", false},
		{"code:24:1", "", false},
		{"code:1", splunk.ReasonUnauthorized, false},
		{"hec:unauthorized", splunk.ReasonUnauthorized, false},
		{"code:7", splunk.ReasonBadRequest, false},
	} {
		t.Run(tt.faults, func(t *testing.T) {
			t.Parallel()
			search, hec, server := clients(t, sandbox.Config{Ack: tt.ack}, true)
			misbehave(t, server, tt.faults)
			rejected, err := hec.Send(t.Context(), events)
			assert.Empty(t, rejected)
			assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
			misbehave(t, server, "")
			rows, err2 := search.Search(t.Context(), splunk.Search{SPL: "search index=main | dedup event_id | stats count",
				Earliest: begin, Latest: begin.AddDate(2, 0, 0)})
			require.NoError(t, err2)
			want := "250"
			if err != nil {
				want = "0"
			}
			assert.Equal(t, []string{want}, rows.Rows[0]["count"])
		})
	}
}

// A server whose certificate nobody vouches for gets no password.
func TestUntrustedCertificates(t *testing.T) {
	var asked atomic.Bool
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Store(true) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshakes
	server.StartTLS()
	defer server.Close()
	search, err := enterprise.NewSearch(enterprise.SearchConfig{URL: server.URL, Username: "u", Password: "secret word"})
	require.NoError(t, err)
	_, err = search.ServerInfo(t.Context())
	assert.Equal(t, splunk.ReasonTLS, splunk.ReasonOf(err), err)
	assert.ErrorContains(t, err, "ca_file")
	assert.False(t, asked.Load())

	hec, err := enterprise.NewHEC(enterprise.HECConfig{URL: server.URL, Token: "secret word"})
	require.NoError(t, err)
	began := time.Now()
	_, err = hec.Send(t.Context(), []models.Event{{Body: "x"}})
	assert.Equal(t, splunk.ReasonTLS, splunk.ReasonOf(err), err)
	assert.Less(t, time.Since(began), time.Second, "trying again would not help")
	assert.False(t, asked.Load())
}

// https to a port that speaks http is a mistake of configuration, and said so.
func TestPlainServerUnderHTTPS(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	search, err := enterprise.NewSearch(enterprise.SearchConfig{URL: "https" + server.URL[4:], Token: "t"})
	require.NoError(t, err)
	_, err = search.ServerInfo(t.Context())
	assert.Equal(t, splunk.ReasonTLS, splunk.ReasonOf(err), err)
	assert.ErrorContains(t, err, "does not speak TLS")
}

// And http to a port that speaks TLS.
func TestTLSServerUnderHTTP(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused request
	server.StartTLS()
	defer server.Close()
	search, err := enterprise.NewSearch(enterprise.SearchConfig{URL: "http" + server.URL[5:], Token: "t"})
	require.NoError(t, err)
	_, err = search.ServerInfo(t.Context())
	assert.ErrorContains(t, err, "write https:// in url")
}

func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	search, err := enterprise.NewSearch(enterprise.SearchConfig{URL: server.URL, Token: "t"})
	require.NoError(t, err)
	began := time.Now()
	_, err = search.ServerInfo(t.Context())
	assert.Equal(t, splunk.ReasonNetwork, splunk.ReasonOf(err), err)
	assert.ErrorContains(t, err, "check host and port")
	assert.Less(t, time.Since(began), 3*time.Second)
}
