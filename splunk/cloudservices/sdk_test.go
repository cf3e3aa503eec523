package cloudservices_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/splunk/splunk-cloud-sdk-go/idp"
	"github.com/splunk/splunk-cloud-sdk-go/services"
	"github.com/splunk/splunk-cloud-sdk-go/services/ingest"
	"github.com/splunk/splunk-cloud-sdk-go/services/search"
	"github.com/splunk/splunk-cloud-sdk-go/util"

	"foresight/splunk/cloudservices"
	"foresight/splunk/sandbox"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// plain puts a server without TLS before the sandbox's tenant, since the SDK's token
// request trusts no authority of one's own.
func plain(t *testing.T, server *sandbox.Server) *httptest.Server {
	t.Helper()
	r := server.Ready()
	to, err := url.Parse(r.SCSURL)
	require.NoError(t, err)
	pem, err := os.ReadFile(r.CAFile)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pem))
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	return front
}

// sdk is Splunk's own client, as its README sets it up.
func sdk(t *testing.T, server *sandbox.Server) *services.BaseClient {
	t.Helper()
	front, r := plain(t, server), server.Ready()
	client, err := services.NewClient(&services.Config{Tenant: r.SCSTenant, OverrideHost: strings.TrimPrefix(front.URL, "http://"), Scheme: "http",
		TokenRetriever: idp.NewClientCredentialsRetriever(r.SCSClientID, r.SCSClientSecret, "", front.URL+"/")})
	require.NoError(t, err)
	return client
}

// The sandbox is held to what the SDK, untouched, expects of the service.
func TestTheSDKItselfAgainstTheSandbox(t *testing.T) {
	_, _, server := clients(t)
	client := sdk(t, server)
	events, searches := ingest.NewService(client), search.NewService(client)
	var refused *util.HTTPError
	t.Run("events are taken", func(t *testing.T) {
		text, id, at := "main", "one", begin.UnixMilli()
		_, err := events.PostEvents([]ingest.Event{{Body: map[string]any{"n": 1}, Id: &id, Sourcetype: &text, Timestamp: &at}, {Body: "text", Timestamp: &at}})
		require.NoError(t, err)
	})
	// As the SDK's own tests of the live service want it.
	t.Run("a bad event is named", func(t *testing.T) {
		_, err := events.PostEvents([]ingest.Event{{Body: "good"}, {}})
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, 400, refused.HTTPStatusCode)
		assert.Equal(t, "The request isn't valid.", refused.Message)
		assert.Equal(t, map[string]any{"failedEvents": []any{map[string]any{"index": 1.0, "message": "Event body cannot be empty"}}}, refused.Details)
	})
	t.Run("no events are refused", func(t *testing.T) {
		_, err := events.PostEvents(nil)
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, "INVALID_DATA", refused.Code)
	})
	query := search.ListResultsQueryParams{}.SetCount(1).SetOffset(0)
	t.Run("a job, its page and its place in the list", func(t *testing.T) {
		earliest, latest := begin.Format(time.RFC3339), "now"
		job, err := searches.CreateJob(search.SearchJob{Query: "search index=main", QueryParameters: &search.QueryParameters{Earliest: &earliest, Latest: &latest}})
		require.NoError(t, err)
		status, err := searches.WaitForJob(*job.Sid, 20*time.Millisecond)
		require.NoError(t, err)
		assert.Equal(t, search.SearchStatusDone, status)
		page, err := searches.ListResults(*job.Sid, &query)
		require.NoError(t, err)
		assert.Len(t, page.Results, 1)
		assert.NotEmpty(t, page.NextLink)
		jobs, err := searches.ListJobs(nil)
		require.NoError(t, err)
		assert.Len(t, jobs, 1)
	})
	t.Run("garbage is refused", func(t *testing.T) {
		_, err := searches.CreateJob(search.SearchJob{Query: "hahdkfdksf=main | dfsdfdshead 5"})
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, 400, refused.HTTPStatusCode)
	})
	t.Run("a job unheard of", func(t *testing.T) {
		_, err := searches.ListResults("nonexistent000000000000000000000_0000000000000000000_000id", &query)
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, 404, refused.HTTPStatusCode)
		assert.Equal(t, "Failed to get job status: unknown sid", refused.Message)
	})
	t.Run("a running job is cancelled, and a token refused", func(t *testing.T) {
		misbehave(t, server, "stuck")
		job, err := searches.CreateJob(search.SearchJob{Query: "search index=main"})
		require.NoError(t, err)
		_, err = searches.UpdateJob(*job.Sid, search.UpdateJob{Status: search.UpdateJobStatusCanceled})
		require.NoError(t, err)
		misbehave(t, server, "unauthorized:1")
		_, err = searches.GetJob(*job.Sid)
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, 401, refused.HTTPStatusCode)
	})
}

// Our request for a token is the SDK's, to the byte.
func TestTheTokenRequestIsTheSDKs(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	idpServer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		asked = append(asked, strings.Join([]string{r.Method, r.URL.String(), r.Header.Get("Authorization"), r.Header.Get("Content-Type"), r.Header.Get("Accept"), string(body)}, "\n"))
		mu.Unlock()
		_, _ = io.WriteString(w, `{"access_token":"x","expires_in":3600}`)
	}))
	defer idpServer.Close()
	const id, key, scope = "client", "s+e/c=r%et", "backend_service"
	_, err := idp.NewClientCredentialsRetriever(id, key, scope, idpServer.URL+"/").GetTokenContext()
	require.NoError(t, err)
	tenant, err := cloudservices.New(cloudservices.Config{Host: idpServer.URL, IDPHost: idpServer.URL, Tenant: "t", ClientID: id, ClientSecret: key, Scope: scope})
	require.NoError(t, err)
	require.Error(t, tenant.Searches(cloudservices.SearchConfig{}).Check(t.Context()), "what answers is no tenant")
	mu.Lock()
	defer mu.Unlock()
	require.GreaterOrEqual(t, len(asked), 2)
	assert.Equal(t, asked[0], asked[1])
	assert.Contains(t, asked[0], "grant_type=client_credentials&scope=backend_service")
}
