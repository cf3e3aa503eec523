package enterprise_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/enterprise"
	"foresight/splunk/sandbox"
	"foresight/splunk/sandbox/sandboxtest"
	"foresight/splunk/splunktest"

	"github.com/stretchr/testify/require"
)

// clients starts a server that misbehaves as told, and both clients on it.
func clients(t *testing.T, c sandbox.Config, token bool) (*enterprise.SearchClient, *enterprise.HECClient, *sandbox.Server) {
	t.Helper()
	c.Dir = t.TempDir()
	server, err := sandbox.Start(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	r := server.Ready()
	sc := enterprise.SearchConfig{URL: r.SearchURL, Username: r.Username, Password: r.Password, CAFile: r.CAFile, PageSize: 50}
	if token {
		sc.Username, sc.Password, sc.Token = "", "", r.SearchToken
	}
	search, err := enterprise.NewSearch(sc)
	require.NoError(t, err)
	hec, err := enterprise.NewHEC(enterprise.HECConfig{URL: r.HECURL, Token: r.HECToken, Index: "main", CAFile: r.CAFile, BatchEvents: 100, Gzip: true})
	require.NoError(t, err)
	return search, hec, server
}

// target is the server with all that a suite can be given.
func target(search *enterprise.SearchClient, hec *enterprise.HECClient, server *sandbox.Server) splunktest.Target {
	all := sandboxtest.Target(server)
	all.Search, all.Send = search, hec
	all.Save = func(t *testing.T, name, app, spl string) { t.Helper(); save(t, server.Ready(), name, app, spl) }
	return all
}

// save keeps a saved search as a person's program would.
func save(t *testing.T, r sandbox.Ready, name, app, spl string) {
	t.Helper()
	form := url.Values{"name": {name}, "search": {spl}, "dispatch.earliest_time": {"-15m"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.SearchURL+"/servicesNS/nobody/"+app+"/saved/searches", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.SetBasicAuth(r.Username, r.Password)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	pem, err := os.ReadFile(r.CAFile)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pem))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusCreated, resp.StatusCode)
}

func TestSuiteWithSession(t *testing.T) {
	search, hec, server := clients(t, sandbox.Config{}, false)
	all := target(search, hec, server)
	splunktest.Suite(t, func(*testing.T) splunktest.Target { return all }, splunktest.SavedSearches)
}

func TestSuiteWithTokenAndAck(t *testing.T) {
	search, hec, server := clients(t, sandbox.Config{Ack: true}, true)
	all := target(search, hec, server)
	splunktest.Suite(t, func(*testing.T) splunktest.Target { return all }, splunktest.SavedSearches)
}

// Two heads, of which each has its hiccups; the one that was left may be asked again.
func TestSuiteWithTwoHeads(t *testing.T) {
	splunktest.Suite(t, func(t *testing.T) splunktest.Target {
		_, hec, server := clients(t, sandbox.Config{}, false)
		r := server.Ready()
		search, err := enterprise.NewSearch(enterprise.SearchConfig{URL: r.SearchURL, Failover: []string{strings.Replace(r.SearchURL, "127.0.0.1", "localhost", 1)},
			Username: r.Username, Password: r.Password, CAFile: r.CAFile, PageSize: 50})
		require.NoError(t, err)
		all := target(search, hec, server)
		misbehave(t, server, "search:busy:2,search:unauthorized:1,search:cut:2")
		return all
	}, splunktest.SavedSearches)
}

// The same while the server is busy, ends sessions, breaks connections after the work
// and is slow. (An event whose answer is lost is sent twice: that has tests of its own.)
func TestSuiteWithFaults(t *testing.T) {
	splunktest.Suite(t, func(t *testing.T) splunktest.Target {
		search, hec, server := clients(t, sandbox.Config{}, false)
		all := target(search, hec, server)
		misbehave(t, server, "slow:1ms,search:busy:1,search:unauthorized:1,search:cut:1,hec:busy:1,code:24:1")
		return all
	}, splunktest.SavedSearches)
}

// Metric points go to the metric index and events to theirs, in one batch; where none is
// configured a point comes back, and holds nobody up.
func TestMetricPointsComeToTheMetricIndex(t *testing.T) {
	search, plain, server := clients(t, sandbox.Config{}, true)
	r := server.Ready()
	hec, err := enterprise.NewHEC(enterprise.HECConfig{URL: r.HECURL, Token: r.HECToken, Index: "main", MetricIndex: "foresight_metrics", CAFile: r.CAFile})
	require.NoError(t, err)
	at := time.Now().Truncate(time.Hour).Add(40 * 24 * time.Hour)
	p50 := models.Number(12.5)
	events := []models.Event{
		{Time: at, Sourcetype: models.SourcetypeForecast, Body: map[string]any{"q50": 12.5}, EventID: "e"},
		{Time: at, Sourcetype: models.SourcetypeForecast, Body: models.MetricPoint{Q50: &p50, Signal: "orders"}, EventID: "e-metric", Metric: true},
	}
	for range 2 { // at least once
		rejected, err := hec.Send(t.Context(), events)
		require.NoError(t, err)
		require.Empty(t, rejected)
	}
	find := func(spl string) splunk.Rows {
		rows, err := search.Search(t.Context(), splunk.Search{SPL: spl, Earliest: at, Latest: at.Add(time.Hour)})
		require.NoError(t, err)
		return rows
	}
	rows := find(`| mstats max("foresight.forecast.q50") AS q50 count("foresight.forecast.q50") AS n WHERE index=foresight_metrics BY signal span=15m | eval epoch=_time | table epoch n q50`)
	require.Len(t, rows.Rows, 1)
	require.Equal(t, []string{"12.5"}, rows.Rows[0]["q50"])
	require.Equal(t, []string{"2"}, rows.Rows[0]["n"])
	require.Equal(t, []string{strconv.FormatInt(at.Unix(), 10)}, rows.Rows[0]["epoch"])
	require.Len(t, find(`search index=main | table q50`).Rows, 2)

	rejected, err := plain.Send(t.Context(), events)
	require.NoError(t, err)
	require.Len(t, rejected, 1)
	require.Equal(t, "e-metric", rejected[0].Event.EventID)
	require.Contains(t, rejected[0].Text, "splunk.hec.metric_index")
}
