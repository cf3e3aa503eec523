package cloudservices_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/cloudservices"
	"foresight/splunk/sandbox"
	"foresight/splunk/sandbox/sandboxtest"
	"foresight/splunk/splunktest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clients starts a server, and both clients on its tenant.
func clients(t *testing.T) (*cloudservices.SearchClient, *cloudservices.Sender, *sandbox.Server) {
	t.Helper()
	server, err := sandbox.Start(t.Context(), sandbox.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	r := server.Ready()
	tenant, err := cloudservices.New(cloudservices.Config{Host: r.SCSURL, IDPHost: r.SCSURL, Tenant: r.SCSTenant,
		ClientID: r.SCSClientID, ClientSecret: r.SCSClientSecret, CAFile: r.CAFile})
	require.NoError(t, err)
	return tenant.Searches(cloudservices.SearchConfig{PageSize: 50}), tenant.Events(cloudservices.SenderConfig{Index: "main", BatchEvents: 100}), server
}

func misbehave(t *testing.T, server *sandbox.Server, spec string) {
	t.Helper()
	faults, err := sandbox.ParseFaults(spec)
	require.NoError(t, err)
	server.SetFaults(faults)
}

// target is a tenant with all that the suite asks for.
func target(search *cloudservices.SearchClient, send *cloudservices.Sender, server *sandbox.Server) splunktest.Target {
	all := sandboxtest.Target(server)
	all.Search, all.Send = search, send
	return all
}

func TestSuite(t *testing.T) {
	search, send, server := clients(t)
	all := target(search, send, server)
	splunktest.Suite(t, func(*testing.T) splunktest.Target { return all })
}

// The same while the server is busy, forgets tokens, breaks connections after the work
// and is slow.
func TestSuiteWithFaults(t *testing.T) {
	splunktest.Suite(t, func(t *testing.T) splunktest.Target {
		search, send, server := clients(t)
		all := target(search, send, server)
		misbehave(t, server, "slow:1ms,search:busy:1,search:unauthorized:1,search:cut:1,preview:1,hec:busy:1,hec:unauthorized:1,hec:cut:1")
		return all
	})
}

// begin is the first of the five hours that hold an event a minute.
var begin = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)

func fill(t *testing.T, server *sandbox.Server) {
	t.Helper()
	for m := range 300 {
		server.Add(sandbox.Event{Time: begin.Add(time.Duration(m) * time.Minute), IndexTime: begin.Add(24 * time.Hour), Index: "main", Sourcetype: "s", Raw: `{"n":1}`})
	}
}

func fetch(ctx context.Context, search splunk.Searcher) (models.Fetched, error) {
	q := models.Query{ID: "web", Source: models.SourceEvents, Search: "index=main", Span: models.Span5Min, Signal: models.Signal{Measure: "count"}}
	return (&splunk.Source{Searcher: search}).Fetch(ctx, time.UTC, q, models.Window{From: begin, To: begin.Add(5 * time.Hour)})
}

// Through each fault the answer is whole or an error, never a part.
func TestFaultsOfSearches(t *testing.T) {
	for _, tt := range []struct{ faults, reason string }{
		{"", ""},
		{"search:busy:2", ""},
		{"search:unauthorized:1", ""}, // the token is renewed
		{"search:unauthorized", splunk.ReasonUnauthorized},
		{"search:cut:2", ""},
		{"search:slow:50ms", ""},
		{"search:cut", splunk.ReasonNetwork},
		{"partial", splunk.ReasonIncomplete},
		{"finalized", splunk.ReasonIncomplete},
		{"truncate:1", ""}, // the row that is missing is asked for again
		{"truncate", splunk.ReasonIncomplete},
		{"preview:1", ""}, // not ready yet
		{"failed", splunk.ReasonFailed},
	} {
		t.Run(tt.faults, func(t *testing.T) {
			t.Parallel()
			search, _, server := clients(t)
			fill(t, server)
			misbehave(t, server, tt.faults)
			got, err := fetch(t.Context(), search)
			assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
			if err != nil {
				assert.Empty(t, got.Columns)
				return
			}
			require.Len(t, got.Columns[0].Points, 60)
			for _, p := range got.Columns[0].Points {
				require.InDelta(t, 5, p.Value, 0)
			}
		})
	}
}

func TestAStuckSearchIsCancelled(t *testing.T) {
	search, _, server := clients(t)
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

// Whatever happens on the way, what Send says was taken is there, and there once.
func TestFaultsOfEvents(t *testing.T) {
	events := make([]models.Event, 250)
	for i := range events {
		events[i] = models.Event{Time: begin.Add(time.Duration(i) * time.Second), Sourcetype: "s", Source: "foresight",
			EventID: "id-" + begin.Add(time.Duration(i)*time.Second).Format(time.RFC3339), Body: map[string]any{"n": i}}
	}
	for _, tt := range []struct{ faults, reason string }{
		{"", ""},
		{"hec:busy:2", ""},
		{"hec:cut:2", ""}, // taken and sent again under the same ids
		{"code:8:2", ""},
		{"code:26:2", ""},
		{"hec:unauthorized:1", ""},
		{"hec:unauthorized", splunk.ReasonUnauthorized},
		{"code:1", splunk.ReasonUnauthorized},
		{"code:7", splunk.ReasonBadRequest}, // every event refused: held, not thrown away
	} {
		t.Run(tt.faults, func(t *testing.T) {
			t.Parallel()
			search, send, server := clients(t)
			misbehave(t, server, tt.faults)
			rejected, err := send.Send(t.Context(), events)
			assert.Empty(t, rejected)
			assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
			misbehave(t, server, "")
			rows, err2 := search.Search(t.Context(), splunk.Search{SPL: "search index=main | stats count",
				Earliest: begin, Latest: begin.AddDate(2, 0, 0)})
			require.NoError(t, err2)
			want := "250"
			if err != nil {
				want = "0"
				var e *splunk.SendError
				require.ErrorAs(t, err, &e)
				assert.Zero(t, e.Taken)
			}
			assert.Equal(t, []string{want}, rows.Rows[0]["count"])
		})
	}
}

// What check does: nothing is written, and what is wrong is told apart.
func TestCheck(t *testing.T) {
	search, send, server := clients(t)
	require.NoError(t, search.Check(t.Context()))
	require.NoError(t, send.Check(t.Context()))
	r := server.Ready()
	for _, tt := range []struct {
		reason string
		change func(*cloudservices.Config)
	}{
		{splunk.ReasonUnauthorized, func(c *cloudservices.Config) { c.ClientSecret = "wrong secret" }},
		{splunk.ReasonNotFound, func(c *cloudservices.Config) { c.Tenant = "other" }},
		{splunk.ReasonTLS, func(c *cloudservices.Config) { c.CAFile = "" }},
	} {
		c := cloudservices.Config{Host: r.SCSURL, IDPHost: r.SCSURL, Tenant: r.SCSTenant, ClientID: r.SCSClientID, ClientSecret: r.SCSClientSecret, CAFile: r.CAFile}
		tt.change(&c)
		tenant, err := cloudservices.New(c)
		require.NoError(t, err)
		for _, err := range []error{tenant.Searches(cloudservices.SearchConfig{}).Check(t.Context()), tenant.Events(cloudservices.SenderConfig{}).Check(t.Context())} {
			assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
			assert.NotContains(t, err.Error(), "wrong secret")
		}
	}
	rows, err := search.Search(t.Context(), splunk.Search{SPL: "search index=* | stats count", Earliest: begin, Latest: time.Now().AddDate(1, 0, 0)})
	require.NoError(t, err)
	assert.Equal(t, []string{"0"}, rows.Rows[0]["count"])
}

// Tokens, searches and events go through the proxy that is given.
func TestThroughAProxy(t *testing.T) {
	_, _, server := clients(t)
	r := server.Ready()
	p := splunktest.NewProxy(t, strings.TrimPrefix(r.SCSURL, "https://"), "me:opensesame")
	tenant := func(password string) *cloudservices.Tenant {
		tenant, err := cloudservices.New(cloudservices.Config{Host: "https://localhost:1", IDPHost: "https://localhost:2", Tenant: r.SCSTenant,
			ClientID: r.SCSClientID, ClientSecret: r.SCSClientSecret, CAFile: r.CAFile, Way: cloudservices.Way{Proxy: p.URL, ProxyUser: "me", ProxyPassword: password}})
		require.NoError(t, err)
		return tenant
	}
	fill(t, server)
	got, err := fetch(t.Context(), tenant("opensesame").Searches(cloudservices.SearchConfig{}))
	require.NoError(t, err)
	assert.Len(t, got.Columns[0].Points, 60)
	assert.GreaterOrEqual(t, p.Connects(), 2, "to the identity provider and to the API")

	_, err = fetch(t.Context(), tenant("wrongword").Searches(cloudservices.SearchConfig{}))
	require.ErrorContains(t, err, "check the proxy")
}

// A client's secret that was replaced is asked with when the next token is.
func TestSecretsChangeWithoutARestart(t *testing.T) {
	_, _, server := clients(t)
	r := server.Ready()
	now := "replaced long ago"
	tenant, err := cloudservices.New(cloudservices.Config{Host: r.SCSURL, IDPHost: r.SCSURL, Tenant: r.SCSTenant, ClientID: r.SCSClientID, ClientSecret: now,
		Fresh: func() string { return now }, CAFile: r.CAFile})
	require.NoError(t, err)
	search := tenant.Searches(cloudservices.SearchConfig{})
	require.ErrorContains(t, search.Check(t.Context()), "check client_id and client_secret")
	now = r.SCSClientSecret
	require.NoError(t, search.Check(t.Context()))
}
