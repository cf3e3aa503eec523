package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// token asks the identity provider as a client would.
func (c *client) token(form string, id, key string) (int, map[string]any) {
	c.Helper()
	status, text := c.do(http.MethodPost, c.s.Ready().SCSURL+"/token", form, "Content-Type", "application/x-www-form-urlencoded",
		"Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(id+":"+key)))
	var body map[string]any
	require.NoError(c, json.Unmarshal([]byte(text), &body), text)
	return status, body
}

// scs makes a request in the tenant, with a token of its own.
func (c *client) scs(method, path, body string) (int, map[string]any) {
	c.Helper()
	r := c.s.Ready()
	status, got := c.token("grant_type=client_credentials&scope=", r.SCSClientID, r.SCSClientSecret)
	require.Equal(c, 200, status)
	status, text := c.do(method, r.SCSURL+"/"+r.SCSTenant+path, body, "Content-Type", "application/json", "Authorization", "Bearer "+got["access_token"].(string))
	var answer map[string]any
	require.NoError(c, json.Unmarshal([]byte(text), &answer), text)
	return status, answer
}

func TestSCSTokens(t *testing.T) {
	now := noon
	c := start(t, Config{Tenant: "acme", Clock: func() time.Time { return now }})
	r := c.s.Ready()
	status, got := c.token("grant_type=client_credentials&scope=a", r.SCSClientID, r.SCSClientSecret)
	require.Equal(t, 200, status)
	assert.Equal(t, "Bearer", got["token_type"])
	assert.Equal(t, "a", got["scope"])
	assert.InDelta(t, 3600, got["expires_in"], 0)
	for _, tt := range []struct {
		form, id, key string
		status        int
		says          string
	}{
		{"grant_type=client_credentials", r.SCSClientID, "wrong", 401, "invalid_client"},
		{"grant_type=client_credentials", "wrong", r.SCSClientSecret, 401, "invalid_client"},
		{"grant_type=password", r.SCSClientID, r.SCSClientSecret, 400, "unsupported_grant_type"},
	} {
		status, refused := c.token(tt.form, tt.id, tt.key)
		assert.Equal(t, tt.status, status)
		assert.Equal(t, tt.says, refused["error"])
	}
	ask := func(path, token string) int {
		status, _ := c.do(http.MethodGet, r.SCSURL+path, "", "Authorization", token)
		return status
	}
	bearer := "Bearer " + got["access_token"].(string)
	assert.Equal(t, 200, ask("/acme/search/v2beta1/jobs", bearer))
	assert.Equal(t, 404, ask("/other/search/v2beta1/jobs", bearer))
	assert.Equal(t, 404, ask("/acme/search/v1/jobs", bearer))
	assert.Equal(t, 401, ask("/acme/search/v2beta1/jobs", "Bearer "+r.SearchToken), "another interface's token")
	assert.Equal(t, 401, ask("/acme/search/v2beta1/jobs", "none"))
	now = now.Add(time.Hour)
	assert.Equal(t, 401, ask("/acme/search/v2beta1/jobs", bearer), "it has ended")
}

// scsJobOf creates a search and waits for its end.
func (c *client) scsJobOf(body string) map[string]any {
	c.Helper()
	status, job := c.scs(http.MethodPost, "/search/v2beta1/jobs", body)
	require.Equal(c, 201, status, job)
	require.Eventually(c, func() bool {
		_, job = c.scs(http.MethodGet, "/search/v2beta1/jobs/"+job["sid"].(string), "")
		return job["status"] != "running"
	}, 5*time.Second, 5*time.Millisecond)
	return job
}

func TestSCSSearch(t *testing.T) {
	c := filled(t, Config{})
	job := c.scsJobOf(`{"query":"search *","queryParameters":{"earliest":"-1d","latest":"now"},"maxTime":60}`)
	assert.Equal(t, "done", job["status"])
	assert.InDelta(t, 250, job["resultsAvailable"], 0)
	assert.InDelta(t, 60, job["maxTime"], 0)
	assert.Regexp(t, `^[\da-z]{32}_\d{19}_[\da-z]{5}$`, job["sid"], "as the SDK's tests know the service's")
	results := "/search/v2beta1/jobs/" + job["sid"].(string) + "/results"
	for _, tt := range []struct {
		query string
		rows  int
		more  bool
	}{{"", 30, true}, {"?count=0", 250, false}, {"?count=100&offset=200", 50, false}, {"?count=100&offset=100", 100, true}, {"?offset=300", 0, false}} {
		status, page := c.scs(http.MethodGet, results+tt.query, "")
		require.Equal(t, 200, status)
		assert.Len(t, page["results"], tt.rows, tt.query)
		assert.Equal(t, tt.more, page["nextLink"] != nil, tt.query)
		assert.Nil(t, page["wait"])
	}
	_, page := c.scs(http.MethodGet, results+"?count=1&field=n,host", "")
	assert.Equal(t, []any{"host", "n"}, []any{page["fields"].([]any)[0].(map[string]any)["name"], page["fields"].([]any)[1].(map[string]any)["name"]})
	for path, want := range map[string]int{results + "?count=x": 400, "/search/v2beta1/jobs/none": 404, results + "/x": 404, "/search/v2beta1/jobs?count=-1": 400} {
		status, _ := c.scs(http.MethodGet, path, "")
		assert.Equal(t, want, status, path)
	}
	for body, says := range map[string]string{
		`{"query":"search * | frobnicate"}`:   "frobnicate",
		`{"query":""}`:                        "cannot be empty",
		`{"query":"search *","maxTime":3601}`: "maxTime",
		`{"query":`:                           "Cannot parse",
		`{"query":"search *","queryParameters":{"earliest":"yesterday"}}`: "earliest",
	} {
		status, refused := c.scs(http.MethodPost, "/search/v2beta1/jobs", body)
		assert.Equal(t, 400, status)
		assert.Contains(t, refused["message"], says)
	}
	status, refused := c.scs(http.MethodPatch, "/search/v2beta1/jobs/"+job["sid"].(string), `{"status":"canceled"}`)
	assert.Equal(t, 400, status)
	assert.Contains(t, refused["message"], "done", "only what runs can be cancelled")
}

func TestSCSFaults(t *testing.T) {
	c := filled(t, Config{})
	const all = `{"query":"search *","maxTime":60}`
	set := func(spec string) {
		faults, err := ParseFaults(spec)
		require.NoError(t, err)
		c.s.SetFaults(faults)
	}
	set("failed:1")
	job := c.scsJobOf(all)
	assert.Equal(t, "failed", job["status"])
	assert.Contains(t, fmt.Sprint(job["messages"]), "FATAL")
	set("partial:1")
	job = c.scsJobOf(all)
	assert.Contains(t, fmt.Sprint(job["messages"]), "ERROR", "the service has no WARN")
	set("finalized:1")
	job = c.scsJobOf(all)
	began, err := time.Parse(time.RFC3339, job["dispatchTime"].(string))
	require.NoError(t, err)
	ended, err := time.Parse(time.RFC3339, job["completionTime"].(string))
	require.NoError(t, err)
	assert.Equal(t, time.Minute, ended.Sub(began), "all of its maxTime")
	set("preview:1,truncate:1")
	job = c.scsJobOf(all)
	_, page := c.scs(http.MethodGet, "/search/v2beta1/jobs/"+job["sid"].(string)+"/results?count=10", "")
	assert.NotEmpty(t, page["wait"])
	_, page = c.scs(http.MethodGet, "/search/v2beta1/jobs/"+job["sid"].(string)+"/results?count=10", "")
	assert.Len(t, page["results"], 9)

	set("stuck:1")
	status, running := c.scs(http.MethodPost, "/search/v2beta1/jobs", all)
	require.Equal(t, 201, status)
	path := "/search/v2beta1/jobs/" + running["sid"].(string)
	_, page = c.scs(http.MethodGet, path+"/results", "")
	assert.NotEmpty(t, page["wait"], "it runs")
	status, canceled := c.scs(http.MethodPatch, path, `{"status":"canceled"}`)
	assert.Equal(t, 200, status)
	assert.Equal(t, "canceled", canceled["status"])
	set("stuck:1")
	_, running = c.scs(http.MethodPost, "/search/v2beta1/jobs", all)
	status, _ = c.scs(http.MethodPatch, "/search/v2beta1/jobs/"+running["sid"].(string), `{"status":"finalized"}`)
	assert.Equal(t, 200, status)

	set("search:busy:1") // of the token
	status, _ = c.token("grant_type=client_credentials", "", "")
	assert.Equal(t, 429, status)
	set("hec:busy:1")
	status, _ = c.scs(http.MethodPost, "/ingest/v1beta2/events", `[{"body":"x"}]`)
	assert.Equal(t, 429, status)
	set("code:8:1")
	status, _ = c.scs(http.MethodPost, "/ingest/v1beta2/events", `[{"body":"x"}]`)
	assert.Equal(t, 500, status)
	set("code:24:1")
	status, _ = c.scs(http.MethodPost, "/ingest/v1beta2/events", `[{"body":"x"}]`)
	assert.Equal(t, 200, status)
}

func TestSCSIngest(t *testing.T) {
	c := start(t, Config{})
	post := func(body string) (int, map[string]any) { return c.scs(http.MethodPost, "/ingest/v1beta2/events", body) }
	for range 2 { // the second time as doubles
		status, answer := post(`[{"body":{"n":1},"id":"a","timestamp":1767225600123,"nanos":456000,"host":"h","source":"s","sourcetype":"t","attributes":{"index":"foresight","k":["v"]}},
			{"body":"text","id":"b","timestamp":1767225600000}]`)
		require.Equal(t, 200, status)
		assert.Equal(t, "SUCCESS", answer["code"])
	}
	var b strings.Builder
	require.NoError(t, c.s.WriteEvents(&b, nil))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 2)
	assert.JSONEq(t, `{"time":1767225600.123456,"indextime":`+formatNumber(epochOf(noon))+`,"index":"foresight","host":"h","source":"s","sourcetype":"t","event":{"n":1},"fields":{"k":["v"]}}`, lines[1])
	assert.Contains(t, lines[0], `"index":"main"`)

	for body, says := range map[string]string{
		`[{"body":"x"},{}]`: `{"index":1,"message":"Event body cannot be empty"}`,
		`[{"body":"x","attributes":{"index":"absent"}}]`: "Unknown index",
		`[{"body":"x","attributes":{"index":7}}]`:        "no string",
		`[{"body":"x","attributes":{"k":{"deep":1}}}]`:   "not flat",
		`[]`:             invalidRequest,
		`{"body":"x"}`:   invalidRequest,
		`[{"body":" "}]`: "cannot be empty",
	} {
		status, answer := post(body)
		assert.Equal(t, 400, status, body)
		assert.Equal(t, "INVALID_DATA", answer["code"])
		text, err := json.Marshal(answer)
		require.NoError(t, err)
		assert.Contains(t, string(text), says)
	}
	status, _ := post(`[{"body":"` + strings.Repeat("x", maxIngest) + `"}]`)
	assert.Equal(t, 413, status)
	b.Reset()
	require.NoError(t, c.s.WriteEvents(&b, nil))
	assert.Equal(t, 2, strings.Count(b.String(), "\n"), "of a request with a bad event nothing is taken")
}
