package otel

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/splunk/sandbox"
)

// answer is what a client decides on.
type answer struct {
	Status int
	Code   int // -1: the answer says none
	Bad    int // invalid-event-number; -1: none
}

// ask sends one request.
func ask(t *testing.T, client *http.Client, method, url, body string, header map[string]string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	resp, err := client.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	said := struct {
		Code *int `json:"code"`
		Bad  *int `json:"invalid-event-number"`
	}{}
	_ = json.Unmarshal(text, &said) // what is no JSON says no code
	a := answer{resp.StatusCode, -1, -1}
	if said.Code != nil {
		a.Code = *said.Code
	}
	if said.Bad != nil {
		a.Bad = *said.Bad
	}
	return a
}

// zipped is a text in gzip.
func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

const (
	event   = "/services/collector/event"
	health  = "/services/collector/health"
	raw     = "/services/collector/raw"
	channel = "X-Splunk-Request-Channel"
)

// Requests, and what the receiver answers. The sandbox answers the same but where other says what it does instead, and why.
var requests = []struct {
	name, method, path, body string
	header                   map[string]string
	want                     answer
	other                    *answer
	why                      string
}{
	{name: "an event", path: event, body: `{"event":"x"}`, want: answer{200, 0, -1}},
	{name: "the short path", path: "/services/collector", body: `{"event":"x"}`, want: answer{200, 0, -1}},
	{name: "the versioned path", path: event + "/1.0", body: `{"event":"x"}`, want: answer{200, 0, -1}},
	{name: "two back to back", path: event, body: `{"event":"x"}{"event":{"a":1}}`, want: answer{200, 0, -1}},
	{name: "a time in quotes", path: event, body: `{"time":"1700000000.5","event":"x"}`, want: answer{200, 0, -1}},
	{name: "indexed fields", path: event, body: `{"event":"x","fields":{"a":"b","c":["d","e"]}}`, want: answer{200, 0, -1}},
	{name: "nothing", path: event, want: answer{400, 5, -1}},
	{name: "no JSON", path: event, body: `{"event":`, want: answer{400, 6, -1}, other: &answer{400, 6, 0}, why: "the sandbox names the event, as Splunk's documentation shows"},
	{name: "a list", path: event, body: `[{"event":"x"}]`, want: answer{400, 6, -1}, other: &answer{400, 6, 0}, why: "the same"},
	{name: "no event", path: event, body: `{"time":1}`, want: answer{400, 12, -1}, other: &answer{400, 12, 0}, why: "the same"},
	{name: "a blank event", path: event, body: `{"event":""}`, want: answer{400, 13, -1}, other: &answer{400, 13, 0}, why: "the same"},
	{name: "nested fields", path: event, body: `{"event":"x"}{"event":"y","fields":{"a":{"b":1}}}`, want: answer{400, 15, 1}},
	{name: "a channel that is none", path: event, body: `{"event":"x"}`, header: map[string]string{channel: "abc"}, want: answer{400, 11, -1}},
	{name: "gzip", path: event, body: "gzip", header: map[string]string{"Content-Encoding": "gzip"}, want: answer{200, 0, -1}},
	{name: "an encoding unheard of", path: event, body: `{"event":"x"}`, header: map[string]string{"Content-Encoding": "br"},
		want: answer{400, -1, -1}, other: &answer{415, 415, -1}, why: "Splunk's documentation says nothing of it; a client takes both for a refusal"},
	{name: "a metric", path: event, body: `{"event":"metric","fields":{"metric_name:a":1,"host":"h"}}`, want: answer{200, 0, -1}},
	{name: "healthy", method: http.MethodGet, path: health, want: answer{200, 17, -1}},
	{name: "healthy by its versioned path", method: http.MethodGet, path: health + "/1.0", want: answer{200, 17, -1}},
	{name: "raw", path: raw, body: "a line\nanother\n", want: answer{200, 0, -1}},
	{name: "raw nothing", path: raw, want: answer{400, 5, -1}},
	{name: "a token unheard of", path: event, body: `{"event":"x"}`, header: map[string]string{"Authorization": "Splunk 11111111-2222-3333-4444-555555555555"},
		want: answer{200, 0, -1}, other: &answer{403, 4, -1}, why: "the receiver looks at no token"},
	{name: "no token", path: event, body: `{"event":"x"}`, header: map[string]string{"Authorization": ""},
		want: answer{200, 0, -1}, other: &answer{401, 2, -1}, why: "the receiver looks at no token"},
	{name: "an index unheard of", path: event, body: `{"event":"x","index":"nowhere"}`,
		want: answer{200, 0, -1}, other: &answer{400, 7, 0}, why: "the receiver has no indexes"},
}

// The sandbox's collector answers as the receiver does, but where it is known to be otherwise.
func TestTheSandboxAnswersAsTheReceiver(t *testing.T) {
	p := receive(t)
	server, err := sandbox.Start(t.Context(), sandbox.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	ready := server.Ready()
	ca, err := os.ReadFile(ready.CAFile)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ca))
	secure := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}

	same, differ := 0, 0
	for _, r := range requests {
		t.Run(r.name, func(t *testing.T) {
			header := map[string]string{"Authorization": "Splunk " + ready.HECToken}
			for k, v := range r.header {
				header[k] = v
			}
			if r.method == "" {
				r.method = http.MethodPost
			}
			if r.body == "gzip" {
				r.body = zipped(t, `{"event":"x"}`)
			}
			require.Equal(t, r.want, ask(t, http.DefaultClient, r.method, p.url+r.path, r.body, header), "the receiver")
			want := r.want
			if same++; r.other != nil {
				want = *r.other
				same, differ = same-1, differ+1
			}
			require.Equal(t, want, ask(t, secure, r.method, ready.HECURL+r.path, r.body, header), "the sandbox; %s", r.why)
		})
	}
	t.Logf("%d requests answered alike, %d otherwise, as is known", same, differ)
}
