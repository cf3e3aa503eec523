package sandbox

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// client talks to a running server as another program would.
type client struct {
	*testing.T
	s    *Server
	http *http.Client
}

func start(t *testing.T, c Config) *client {
	t.Helper()
	if c.Clock == nil {
		c.Clock = func() time.Time { return noon }
	}
	s, err := Start(t.Context(), c)
	require.NoError(t, err)
	pem, err := os.ReadFile(s.Ready().CAFile)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pem))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		assert.NoError(t, s.Close())
	})
	return &client{t, s, &http.Client{Transport: transport, Timeout: 10 * time.Second}}
}

// do sends a request with a bearer token (or what header says) and returns the reply.
func (c *client) do(method, url, body string, header ...string) (int, string) {
	c.Helper()
	status, text, err := c.try(method, url, body, header...)
	require.NoError(c, err)
	return status, text
}

func (c *client) try(method, url, body string, header ...string) (int, string, error) {
	r, err := http.NewRequestWithContext(c.Context(), method, url, strings.NewReader(body))
	require.NoError(c, err)
	r.Header.Set("Authorization", "Bearer "+c.s.Ready().SearchToken)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if r.Header.Get("Authorization") == "none" {
		r.Header.Del("Authorization")
	}
	a, err := c.http.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = a.Body.Close() }()
	text, err := io.ReadAll(a.Body)
	return a.StatusCode, string(text), err
}

func (c *client) search(method, path string, form ...string) (int, string) {
	c.Helper()
	v := url.Values{"output_mode": {"json"}}
	for i := 0; i < len(form); i += 2 {
		v.Set(form[i], form[i+1])
	}
	if method == http.MethodGet {
		return c.do(method, c.s.Ready().SearchURL+path+"?"+v.Encode(), "")
	}
	return c.do(method, c.s.Ready().SearchURL+path, v.Encode())
}

// create starts a search and returns its sid.
func (c *client) create(form ...string) string {
	c.Helper()
	status, text := c.search(http.MethodPost, "/services/search/v2/jobs", form...)
	require.Equal(c, 201, status, text)
	var created struct{ SID string }
	require.NoError(c, json.Unmarshal([]byte(text), &created))
	return created.SID
}

// content returns a job's properties.
func (c *client) content(sid string) map[string]any {
	c.Helper()
	status, text := c.search(http.MethodGet, "/services/search/v2/jobs/"+sid)
	require.Equal(c, 200, status, text)
	var feed struct {
		Entry []struct{ Content map[string]any }
	}
	require.NoError(c, json.Unmarshal([]byte(text), &feed))
	return feed.Entry[0].Content
}

type resultsBody struct {
	Preview  bool
	Messages []message
	Fields   []struct{ Name string }
	Results  []map[string]any
}

func (c *client) results(sid string, form ...string) resultsBody {
	c.Helper()
	status, text := c.search(http.MethodGet, "/services/search/v2/jobs/"+sid+"/results", form...)
	require.Equal(c, 200, status, text)
	var body resultsBody
	require.NoError(c, json.Unmarshal([]byte(text), &body))
	return body
}

func filled(t *testing.T, c Config) *client {
	cl := start(t, c)
	for i := range 250 {
		cl.s.Add(Event{Time: noon.Add(-time.Duration(i+1) * time.Minute), Sourcetype: "t", Raw: `{"n":` + formatNumber(float64(i)) + `}`})
	}
	return cl
}

func TestSearchOverHTTP(t *testing.T) {
	c := filled(t, Config{})
	sid := c.create("search", "search index=main | table _time n", "exec_mode", "blocking", "earliest_time", "-1d", "latest_time", "now")
	content := c.content(sid)
	assert.Equal(t, StateDone, content["dispatchState"])
	assert.Equal(t, true, content["isDone"])
	assert.Equal(t, false, content["isFailed"])
	assert.EqualValues(t, 250, content["resultCount"])
	assert.Empty(t, content["messages"])

	page := c.results(sid)
	assert.Len(t, page.Results, 100, "100 rows unless asked")
	assert.Equal(t, map[string]any{"_time": "2026-03-18T11:59:00.000+00:00", "n": "0"}, page.Results[0])
	assert.Equal(t, "_time", page.Fields[0].Name)
	assert.Len(t, c.results(sid, "count", "0").Results, 250)
	assert.Len(t, c.results(sid, "count", "100", "offset", "200").Results, 50)
	assert.Empty(t, c.results(sid, "offset", "250").Results)

	for path, want := range map[string]string{
		"/services/search/jobs/" + sid:                          "dispatchState",
		"/servicesNS/nobody/search/search/v2/jobs/" + sid + "/": "dispatchState",
		"/servicesNS/-/-/search/jobs/" + sid + "/results":       `"n":"0"`,
		"/services/search/v2/jobs/" + sid + "/results_preview":  `"preview":false`,
		"/services/search/v2/jobs":                              sid,
		"/services/server/info":                                 `"version":"10.0.0"`,
	} {
		status, text := c.search(http.MethodGet, path)
		assert.Equal(t, 200, status, path)
		assert.Contains(t, text, want, path)
	}
	for mode, want := range map[string]string{
		"json_rows": `"rows":[["2026-03-18T11:59:00.000+00:00","0"]]`, "json_cols": `"columns":[["2026-03-18T11:59:00.000+00:00"],["0"]]`,
		"csv": "_time,n\n2026-03-18T11:59:00.000+00:00,0\n", "xml": "<field k='n'><value><text>0</text></value></field>",
	} {
		_, text := c.search(http.MethodGet, "/services/search/v2/jobs/"+sid+"/results", "output_mode", mode, "count", "1")
		assert.Contains(t, text, want, mode)
	}
	_, text := c.do(http.MethodGet, c.s.Ready().SearchURL+"/services/search/v2/jobs/"+sid, "")
	for _, want := range []string{`<s:key name="isDone">1</s:key>`, `<s:key name="eai:acl">`, "<entry xmlns="} {
		assert.Contains(t, text, want)
	}
	status, _ := c.search(http.MethodDelete, "/services/search/v2/jobs/"+sid)
	assert.Equal(t, 200, status)
	status, text = c.search(http.MethodGet, "/services/search/v2/jobs/"+sid)
	assert.Equal(t, 404, status)
	assert.JSONEq(t, `{"messages":[{"type":"FATAL","text":"Unknown sid."}]}`, text)
	assert.Equal(t, []JobInfo{{sid, "search index=main | table _time n", StateCancelled}}, c.s.Jobs())
}

func TestSearchIsRefused(t *testing.T) {
	c := filled(t, Config{})
	jobs := "/services/search/v2/jobs"
	c.create("search", "search x", "id", "mine")
	for _, bad := range []struct {
		form   []string
		status int
		words  string
	}{
		{[]string{"search", ""}, 400, "cannot be empty"},
		{[]string{"search", "search x | frobnicate"}, 400, "Unknown search command 'frobnicate'."},
		{[]string{"search", "search x", "earliest_time", "soon"}, 400, "Invalid earliest_time"},
		{[]string{"search", "search x", "earliest_time", "now", "latest_time", "-1d"}, 400, "Invalid time range"},
		{[]string{"search", "search x", "exec_mode", "odd"}, 400, "exec_mode"},
		{[]string{"search", "search x", "max_count", "many"}, 400, "max_count"},
		{[]string{"search", "search x", "id", "a/b"}, 400, "parameter id"},
		{[]string{"search", "search x", "id", "mine"}, 409, "exists already"},
	} {
		status, text := c.search(http.MethodPost, jobs, bad.form...)
		assert.Equal(t, bad.status, status, bad.form)
		assert.Contains(t, text, bad.words)
		assert.Contains(t, text, `"messages":[{"type":"FATAL"`)
	}
	for _, key := range []string{"none", "Splunk wrong", "Bearer wrong", "Odd " + c.s.Ready().SearchToken, "Basic eDp5"} {
		status, text := c.do(http.MethodGet, c.s.Ready().SearchURL+jobs+"?output_mode=json", "", "Authorization", key)
		assert.Equal(t, 401, status, key)
		assert.JSONEq(t, `{"messages":[{"type":"WARN","text":"call not properly authenticated"}]}`, text)
	}
	status, text := c.do(http.MethodGet, c.s.Ready().SearchURL+jobs, "", "Authorization", "none")
	assert.Equal(t, 401, status)
	assert.Contains(t, text, `<msg type="WARN">call not properly authenticated</msg>`)
	status, _ = c.search(http.MethodGet, "/services/apps/local")
	assert.Equal(t, 404, status)
	sid := c.create("search", "search x", "exec_mode", "blocking")
	status, _ = c.search(http.MethodGet, jobs+"/"+sid+"/results", "count", "-1")
	assert.Equal(t, 400, status)
	status, _ = c.search(http.MethodPost, jobs+"/"+sid+"/control", "action", "dance")
	assert.Equal(t, 400, status)
}

func TestLogin(t *testing.T) {
	c := start(t, Config{Username: "u", Password: "p"})
	status, text := c.search(http.MethodPost, "/services/auth/login", "username", "u", "password", "p")
	require.Equal(t, 200, status)
	var session struct{ SessionKey string }
	require.NoError(t, json.Unmarshal([]byte(text), &session))
	for _, scheme := range []string{"Splunk ", "Bearer "} {
		status, _ = c.do(http.MethodGet, c.s.Ready().SearchURL+"/services/server/info", "", "Authorization", scheme+session.SessionKey)
		assert.Equal(t, 200, status)
	}
	status, text = c.do(http.MethodPost, c.s.Ready().SearchURL+"/services/auth/login", "username=u&password=q", "Authorization", "none")
	assert.Equal(t, 401, status)
	assert.Contains(t, text, "Login failed")
}

func TestMaxCountSaysWhatItDrops(t *testing.T) {
	c := filled(t, Config{})
	sid := c.create("search", "search *", "exec_mode", "blocking", "max_count", "40")
	content := c.content(sid)
	assert.EqualValues(t, 40, content["resultCount"])
	assert.EqualValues(t, 250, content["eventCount"])
	assert.Contains(t, c.results(sid).Messages, message{"WARN", "The search results were truncated to max_count=40 of 250."})
}

func TestExportStreamsPreviewsThatDoNotCount(t *testing.T) {
	c := filled(t, Config{})
	export := func(spl string) (previews, rows []map[string]any) {
		status, text := c.search(http.MethodPost, "/services/search/v2/jobs/export", "search", spl)
		require.Equal(t, 200, status, text)
		dec := json.NewDecoder(strings.NewReader(text))
		for dec.More() {
			var l exported
			require.NoError(t, dec.Decode(&l))
			switch {
			case l.Result == nil:
			case l.Preview:
				previews = append(previews, l.Result)
			default:
				rows = append(rows, l.Result)
			}
		}
		assert.Contains(t, text, `"lastrow":true`)
		return previews, rows
	}
	previews, rows := export("search * | bin _time span=1h | stats count by _time")
	assert.Len(t, previews, 2)
	require.Len(t, rows, 5)
	assert.Equal(t, "2026-03-18 07:00:00.000 UTC", rows[0]["_time"])
	previews, rows = export("search *")
	assert.Empty(t, previews)
	assert.Len(t, rows, 250)
	_, rows = export("search nothing=here")
	assert.Empty(t, rows)
}

func TestJobsAreListedAndKept(t *testing.T) {
	c := filled(t, Config{})
	for range 3 {
		c.create("search", "search *")
	}
	list := func(form ...string) int {
		status, text := c.search(http.MethodGet, "/services/search/v2/jobs", form...)
		require.Equal(t, 200, status, text)
		var feed struct{ Entry []any }
		require.NoError(t, json.Unmarshal([]byte(text), &feed))
		return len(feed.Entry)
	}
	assert.Equal(t, 3, list())
	assert.Equal(t, 3, list("count", "0"))
	assert.Equal(t, 2, list("count", "2"))
	assert.Equal(t, 1, list("count", "2", "offset", "2"))
	assert.Zero(t, list("offset", "9"))
	status, _ := c.search(http.MethodGet, "/services/search/v2/jobs", "count", "-1")
	assert.Equal(t, 400, status)

	sid := c.create("search", "search *")
	assert.InDelta(t, 600, c.content(sid)["ttl"], 0)
	status, _ = c.search(http.MethodPost, "/services/search/v2/jobs/"+sid+"/control", "action", "setttl", "ttl", "1200")
	assert.Equal(t, 200, status)
	assert.InDelta(t, 1200, c.content(sid)["ttl"], 0)
	status, _ = c.search(http.MethodPost, "/services/search/v2/jobs/"+sid+"/control", "action", "setttl", "ttl", "x")
	assert.Equal(t, 400, status)
}

func TestStartRefusesOtherMachines(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1"} {
		_, err := Start(t.Context(), Config{SearchAddr: addr})
		assert.Error(t, err, addr)
		_, err = Start(t.Context(), Config{HECAddr: addr})
		assert.Error(t, err, addr)
		_, err = Start(t.Context(), Config{SCSAddr: addr})
		assert.Error(t, err, addr)
	}
	_, err := Start(t.Context(), Config{Dir: t.TempDir() + "/absent"})
	assert.ErrorContains(t, err, "CA certificate")
}

func TestServerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx, Config{})
	require.NoError(t, err)
	file := s.Ready().CAFile
	assert.FileExists(t, file)
	cancel()
	s.serving.Wait() // the listeners are closed
	require.NoError(t, s.Close())
	assert.NoFileExists(t, file)
}

func TestReadyHasTheContractsKeys(t *testing.T) {
	b, err := json.Marshal(start(t, Config{}).s.Ready())
	require.NoError(t, err)
	var keys map[string]string
	require.NoError(t, json.Unmarshal(b, &keys))
	for _, k := range []string{"search_url", "hec_url", "username", "password", "hec_token", "ca_file", "search_token",
		"scs_url", "scs_tenant", "scs_client_id", "scs_client_secret"} {
		assert.NotEmpty(t, keys[k], k)
	}
	assert.Len(t, keys, 11)
}

func gzipped(t *testing.T, s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(s))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}
