package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const channel = "11111111-2222-4333-8444-555555555555"

// post sends to HEC with the right token, unless header says otherwise.
func (c *client) post(path, body string, header ...string) (int, hecBody) {
	c.Helper()
	status, text := c.do(http.MethodPost, c.s.Ready().HECURL+path, body, append([]string{"Authorization", "Splunk " + c.s.Ready().HECToken}, header...)...)
	var answer hecBody
	require.NoError(c, json.Unmarshal([]byte(text), &answer), text)
	return status, answer
}

// raws returns the texts of all events in order of time.
func (c *client) raws() []string {
	var out []string
	for _, r := range c.s.store.snapshot() {
		out = append(out, r.Raw)
	}
	return out
}

// TestHECCodes goes through the table of codes that a request can bring about.
func TestHECCodes(t *testing.T) {
	at := func(n int) *int { return &n }
	const ok = `{"event":"x"}`
	for name, c := range map[string]struct {
		path, body string
		header     []string
		status     int
		code       int
		invalid    *int
		stored     int
	}{
		"an event":                {"/services/collector", ok, nil, 200, 0, nil, 1},
		"by the long path":        {"/services/collector/event/1.0", ok, nil, 200, 0, nil, 1},
		"back to back":            {"/services/collector/event", ok + ok + "\n" + ok, nil, 200, 0, nil, 3},
		"as a form":               {"/services/collector/event", ok, []string{"Content-Type", "application/x-www-form-urlencoded"}, 200, 0, nil, 1},
		"by Basic":                {"/services/collector/event", ok, []string{"Authorization", "BASIC"}, 200, 0, nil, 1},
		"a metric":                {"/services/collector", `{"event":"metric","fields":{"metric_name:cpu":0.5,"host":"a"}}`, nil, 200, 0, nil, 1},
		"a metric point":          {"/services/collector", `{"event":"metric","index":"foresight_metrics","fields":{"metric_name:cpu":0.5,"metric_name:mem":"7","host":"a"}}`, nil, 200, 0, nil, 1},
		"a metric of one name":    {"/services/collector", `{"event":"metric","index":"foresight_metrics","fields":{"metric_name":"cpu","_value":0.5}}`, nil, 200, 0, nil, 1},
		"no metric among metrics": {"/services/collector", `{"event":"x","index":"foresight_metrics","fields":{"metric_name:cpu":0.5}}`, nil, 400, 7, at(0), 0},
		"a metric of nothing":     {"/services/collector", `{"event":"metric","index":"foresight_metrics","fields":{"host":"a"}}`, nil, 400, 7, at(0), 0},
		"a metric that is none":   {"/services/collector", `{"event":"metric","index":"foresight_metrics","fields":{"metric_name:cpu":"high"}}`, nil, 400, 15, at(0), 0},
		"raw among metrics":       {"/services/collector/raw?index=foresight_metrics", "x", nil, 400, 7, at(0), 0},
		"an object, a number":     {"/services/collector", `{"event":{"a":1}}{"event":7}`, nil, 200, 0, nil, 2},
		"no token":                {"/services/collector", ok, []string{"Authorization", "none"}, 401, 2, nil, 0},
		"an empty token":          {"/services/collector", ok, []string{"Authorization", "Splunk "}, 401, 2, nil, 0},
		"another scheme":          {"/services/collector", ok, []string{"Authorization", "Nonsense x"}, 401, 3, nil, 0},
		"broken Basic":            {"/services/collector", ok, []string{"Authorization", "Basic %%%"}, 401, 3, nil, 0},
		"an unknown token":        {"/services/collector", ok, []string{"Authorization", "Splunk other"}, 403, 4, nil, 0},
		"empty":                   {"/services/collector", " \n", nil, 400, 5, nil, 0},
		"empty raw":               {"/services/collector/raw", "\n\n", nil, 400, 5, nil, 0},
		"not JSON":                {"/services/collector", ok + "{oops", nil, 400, 6, at(1), 1},
		"an array":                {"/services/collector", "[" + ok + "]", nil, 400, 6, at(0), 0},
		"cut off":                 {"/services/collector", ok + `{"event":`, nil, 400, 6, at(1), 1},
		"a time that is none":     {"/services/collector", `{"event":"x","time":"noon"}`, nil, 400, 6, at(0), 0},
		"an index that is none":   {"/services/collector", ok + `{"event":"x","index":"nowhere"}`, nil, 400, 7, at(1), 1},
		"raw into such an index":  {"/services/collector/raw?index=nowhere", "x", nil, 400, 7, at(0), 0},
		"a bad channel":           {"/services/collector", ok, []string{"X-Splunk-Request-Channel", "7"}, 400, 11, nil, 0},
		"no event":                {"/services/collector", ok + ok + `{"time":1}` + ok, nil, 400, 12, at(2), 2},
		"a null event":            {"/services/collector", `{"event":null}`, nil, 400, 12, at(0), 0},
		"a blank event":           {"/services/collector", `{"event":"  "}`, nil, 400, 13, at(0), 0},
		"an ack poll without ack": {"/services/collector/ack?channel=" + channel, `{"acks":[0]}`, nil, 400, 14, nil, 0},
		"nested fields":           {"/services/collector", `{"event":"x","fields":{"a":{"b":1}}}`, nil, 400, 15, at(0), 0},
		"fields that are a list":  {"/services/collector", `{"event":"x","fields":["a"]}`, nil, 400, 15, at(0), 0},
		"token in the query":      {"/services/collector?token=x", ok, []string{"Authorization", "none"}, 400, 16, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			cl := start(t, Config{})
			for i, h := range c.header {
				if h == "BASIC" {
					c.header[i] = "Basic " + base64.StdEncoding.EncodeToString([]byte("x:"+cl.s.Ready().HECToken))
				}
			}
			status, got := cl.post(c.path, c.body, c.header...)
			assert.Equal(t, c.status, status)
			assert.Equal(t, hecBody{Text: hecReply(c.code).text, Code: c.code, Invalid: c.invalid}, got)
			assert.Len(t, cl.raws(), c.stored, "events before the bad one are taken")
		})
	}
}

// TestHECCodesByFault: the codes about load and the server's own troubles.
func TestHECCodesByFault(t *testing.T) {
	c := start(t, Config{})
	for code := 1; code <= 27; code++ {
		faults, err := ParseFaults("code:" + strconv.Itoa(code) + ":1")
		require.NoError(t, err)
		c.s.SetFaults(faults)
		before := len(c.raws())
		status, got := c.post("/services/collector", `{"event":"x"}`)
		assert.Equal(t, hecReply(code).status, status)
		assert.Equal(t, code, got.Code)
		assert.Equal(t, code == 24 || code == 25, len(c.raws()) > before, "only 24 and 25 take the events")
		_, got = c.post("/services/collector", `{"event":"x"}`)
		assert.Equal(t, 0, got.Code, "once only")
	}
	c.s.SetFaults(Faults{{Kind: "busy", Times: 1}, {Kind: "unauthorized", Times: 1}})
	status, got := c.post("/services/collector", `{"event":"x"}`)
	assert.Equal(t, []int{503, 9}, []int{status, got.Code})
	status, got = c.post("/services/collector", `{"event":"x"}`)
	assert.Equal(t, []int{401, 3}, []int{status, got.Code})
	before := len(c.raws())
	c.s.SetFaults(Faults{{Kind: "cut", Times: 1, Scope: ScopeHEC}})
	_, _, err := c.try(http.MethodPost, c.s.Ready().HECURL+"/services/collector", `{"event":"x"}`, "Authorization", "Splunk "+c.s.Ready().HECToken)
	assert.Error(t, err)
	assert.Len(t, c.raws(), before+1, "the events are in, the reply is lost")
}

func TestHECHealth(t *testing.T) {
	c := start(t, Config{})
	for _, path := range []string{"/services/collector/health", "/services/collector/health/1.0"} {
		status, text := c.do(http.MethodGet, c.s.Ready().HECURL+path, "", "Authorization", "none")
		assert.Equal(t, 200, status)
		assert.JSONEq(t, `{"text":"HEC is healthy","code":17}`, text)
	}
	c.s.SetFaults(Faults{{Kind: "code", Scope: ScopeHEC, Code: 18}})
	status, _ := c.do(http.MethodGet, c.s.Ready().HECURL+"/services/collector/health", "")
	assert.Equal(t, 503, status)
	status, _ = c.do(http.MethodGet, c.s.Ready().HECURL+"/services/collector", "")
	assert.Equal(t, 405, status)
	status, _ = c.do(http.MethodPost, c.s.Ready().HECURL+"/services/other", "")
	assert.Equal(t, 404, status)
}

func TestHECKeepsWhatWasSent(t *testing.T) {
	c := start(t, Config{})
	body := `{"time":"1773831600.250","host":"h","source":"s","sourcetype":"st","index":"foresight","event":{"b": [1, 2],"a":"å<"},"fields":{"region":"north","n":1.50,"tags":["x","y"]}}`
	_, got := c.post("/services/collector", gzipped(t, body), "Content-Encoding", "gzip")
	require.Equal(t, 0, got.Code)
	all := c.s.store.snapshot()
	require.Len(t, all, 1)
	assert.Equal(t, Event{Time: time.UnixMilli(1773831600250).UTC(), IndexTime: noon, Index: "foresight", Host: "h", Source: "s", Sourcetype: "st",
		Raw: `{"b":[1,2],"a":"å<"}`, Fields: map[string][]string{"region": {"north"}, "n": {"1.50"}, "tags": {"x", "y"}}}, all[0].Event)

	_, got = c.post("/services/collector/raw?sourcetype=log&host=r&time=1773831700", "one\r\n\ntwo\n")
	require.Equal(t, 0, got.Code)
	assert.Equal(t, []string{`{"b":[1,2],"a":"å<"}`, "one", "two"}, c.raws())
	_, got = c.post("/services/collector", `{"time":1900000000,"event":{"far":1}}`)
	require.Equal(t, 0, got.Code)

	var out strings.Builder
	require.NoError(t, c.s.WriteEvents(&out, func(e Event) bool { return e.Sourcetype != "log" }))
	assert.Equal(t, `{"time":1773831600.25,"indextime":1773835200,"index":"foresight","host":"h","source":"s","sourcetype":"st","event":{"b":[1,2],"a":"å<"},"fields":{"n":["1.50"],"region":["north"],"tags":["x","y"]}}
{"time":1900000000,"indextime":1773835200,"index":"main","host":"127.0.0.1","source":"http:foresight","sourcetype":"httpevent","event":{"far":1},"quarantined":true}
`, out.String())
	status, _ := c.do(http.MethodPost, c.s.Ready().HECURL+"/services/collector", "not gzip", "Content-Encoding", "gzip", "Authorization", "Splunk "+c.s.Ready().HECToken)
	assert.Equal(t, 400, status)
}

func TestAcknowledgement(t *testing.T) {
	c := start(t, Config{Ack: true})
	_, got := c.post("/services/collector", `{"event":"x"}`)
	assert.Equal(t, 10, got.Code, "an ack token needs a channel")
	for want := range 2 {
		_, got = c.post("/services/collector?channel="+channel, `{"event":"x"}`)
		require.NotNil(t, got.AckID)
		assert.Equal(t, want, *got.AckID)
	}
	_, got = c.post("/services/collector?channel="+channel, `{"oops":"x"}`)
	assert.Nil(t, got.AckID)
	poll := func(body string) string {
		_, text := c.do(http.MethodPost, c.s.Ready().HECURL+"/services/collector/ack", body,
			"Authorization", "Splunk "+c.s.Ready().HECToken, "X-Splunk-Request-Channel", channel)
		return text
	}
	c.s.SetFaults(Faults{{Kind: "pending", Scope: ScopeHEC, Times: 1}})
	assert.JSONEq(t, `{"acks":{"0":false}}`, poll(`{"acks":[0]}`))
	assert.JSONEq(t, `{"acks":{"0":true,"7":false}}`, poll(`{"acks":[0,7]}`))
	assert.JSONEq(t, `{"acks":{"0":false,"1":true}}`, poll(`{"acks":[0,1]}`), "a true is forgotten once read")
	assert.Contains(t, poll(`{`), `"code":6`)
	assert.Contains(t, poll(``), `"code":5`)
}
