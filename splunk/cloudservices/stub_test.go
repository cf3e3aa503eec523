package cloudservices

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"foresight/splunk"

	"github.com/stretchr/testify/require"
)

// handler answers one request, or breaks the connection with an error.
type handler func(r *http.Request, body string) (*http.Response, error)

// stub is a tenant in memory, so that tests run in a synctest bubble. It behaves until
// told otherwise.
type stub struct {
	mu     sync.Mutex
	log    []string // "METHOD path status" of every request
	auth   []string // Authorization of every request
	bodies []string // of every POST of events
	tokens int      // how many were given

	login, create, status, results, cancel, ingest handler

	job  map[string]any
	rows []map[string]any
}

const clientSecret = "correct horse"

func newStub(rows int) *stub {
	s := &stub{job: map[string]any{"sid": "sid-1", "query": "q", "status": "done", "resultsAvailable": rows, "messages": []any{}}}
	for i := range rows {
		s.rows = append(s.rows, map[string]any{"a": strconv.Itoa(i)})
	}
	s.login = func(*http.Request, string) (*http.Response, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tokens++
		return says(200, fmt.Sprintf(`{"token_type":"Bearer","access_token":"token-%d","expires_in":3600,"scope":""}`, s.tokens)), nil
	}
	s.create = always(201, `{"query":"q","sid":"sid-1","status":"running"}`)
	s.status = func(*http.Request, string) (*http.Response, error) { return saysJSON(200, s.job), nil }
	s.results = func(r *http.Request, _ string) (*http.Response, error) { return s.pageOf(r), nil }
	s.cancel = always(200, `{"query":"q","sid":"sid-1","status":"canceled"}`)
	s.ingest = always(200, `{"code":"SUCCESS","message":"Success"}`)
	return s
}

// pageOf answers the rows asked for.
func (s *stub) pageOf(r *http.Request) *http.Response {
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	n, _ := strconv.Atoi(r.URL.Query().Get("count"))
	body := map[string]any{"results": s.rows[min(offset, len(s.rows)):min(offset+n, len(s.rows))], "fields": []any{map[string]any{"name": "a"}}}
	if offset+n < len(s.rows) {
		body["nextLink"] = fmt.Sprintf("%s?offset=%d", r.URL.Path, offset+n)
	}
	return saysJSON(200, body)
}

// of chooses who answers a request.
func (s *stub) of(r *http.Request) handler {
	switch path := r.URL.Path; {
	case path == "/token":
		return s.login
	case strings.HasSuffix(path, "/results"):
		return s.results
	case strings.HasSuffix(path, "/events"):
		return s.ingest
	case r.Method == http.MethodPatch:
		return s.cancel
	case r.Method == http.MethodPost:
		return s.create
	}
	return s.status
}

// RoundTrip implements http.RoundTripper.
func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	var data []byte
	if r.Body != nil {
		data, _ = io.ReadAll(r.Body)
	}
	resp, err := s.of(r)(r, string(data))
	if r.Context().Err() != nil {
		resp, err = nil, r.Context().Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auth = append(s.auth, r.Header.Get("Authorization"))
	if strings.HasSuffix(r.URL.Path, "/events") {
		s.bodies = append(s.bodies, string(data))
	}
	outcome := "broken"
	if resp != nil {
		outcome = strconv.Itoa(resp.StatusCode)
	}
	s.log = append(s.log, r.Method+" "+r.URL.Path+" "+outcome)
	return resp, err
}

// count tells how many requests had a word in their line of the log.
func (s *stub) count(word string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, line := range s.log {
		if strings.Contains(line, word) {
			n++
		}
	}
	return n
}

func says(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func saysJSON(status int, body any) *http.Response {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // a test's own mistake
	}
	return says(status, string(data))
}

// first answers n times by one handler, and then by another.
func first(n int, h, then handler) handler {
	return func(r *http.Request, body string) (*http.Response, error) {
		if n--; n >= 0 {
			return h(r, body)
		}
		return then(r, body)
	}
}

func always(status int, body string, header ...string) handler {
	return func(*http.Request, string) (*http.Response, error) { return says(status, body, header...), nil }
}

func broken(*http.Request, string) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

// late answers after a while, to who still listens.
func late(while time.Duration, h handler) handler {
	return func(r *http.Request, body string) (*http.Response, error) {
		select {
		case <-time.After(while):
			return h(r, body)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

func hangs(r *http.Request, _ string) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func tenantOf(t testing.TB, transport http.RoundTripper) *Tenant {
	t.Helper()
	tenant, err := New(Config{Host: "https://api.test", IDPHost: "https://idp.test/", Tenant: "acme", ClientID: "client",
		ClientSecret: clientSecret, Transport: transport})
	require.NoError(t, err)
	return tenant
}

func client(t testing.TB, s *stub) *SearchClient {
	t.Helper()
	return tenantOf(t, s).Searches(SearchConfig{PageSize: 10})
}

var anySearch = splunk.Search{SPL: "search (index=web) | stats count", Label: "query web",
	Earliest: time.Unix(1_700_000_000, 0), Latest: time.Unix(1_700_003_600, 0)}

// words are how the service says no.
func words(text string) string { return fmt.Sprintf(`{"code":"NO","message":%q}`, text) }
