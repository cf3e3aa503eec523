package enterprise

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"foresight/splunk"

	"github.com/stretchr/testify/require"
)

// handler answers one request, or breaks the connection with an error.
type handler func(r *http.Request, form url.Values) (*http.Response, error)

// stub is a splunkd in memory, so that tests run in a synctest bubble. It behaves until
// told otherwise.
type stub struct {
	mu   sync.Mutex
	log  []string // "METHOD path status" of every request
	auth []string // Authorization of every request

	login, create, status, results, end handler

	job  map[string]any // the job's content
	page map[string]any // what a page says besides its rows
	rows []map[string]any
	sids []string // of every create
}

func newStub(rows int) *stub {
	s := &stub{page: map[string]any{"preview": false, "messages": []any{}, "fields": []any{map[string]any{"name": "a"}}}}
	for i := range rows {
		s.rows = append(s.rows, map[string]any{"a": strconv.Itoa(i)})
	}
	s.job = map[string]any{"dispatchState": "DONE", "isDone": true, "isFailed": false, "isFinalized": false, "isZombie": "0",
		"resultCount": rows, "messages": []any{}}
	s.login = func(*http.Request, url.Values) (*http.Response, error) {
		return says(200, `<response><sessionKey>key-one</sessionKey></response>`), nil
	}
	s.create = func(_ *http.Request, form url.Values) (*http.Response, error) {
		return says(201, `{"sid":"`+form.Get("id")+`"}`), nil
	}
	s.status = func(*http.Request, url.Values) (*http.Response, error) {
		return saysJSON(200, map[string]any{"entry": []any{map[string]any{"content": s.job}}}), nil
	}
	s.results = func(r *http.Request, _ url.Values) (*http.Response, error) { return s.pageOf(r), nil }
	s.end = func(*http.Request, url.Values) (*http.Response, error) { return says(200, `{}`), nil }
	return s
}

// pageOf answers the rows asked for.
func (s *stub) pageOf(r *http.Request) *http.Response {
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	n, _ := strconv.Atoi(r.URL.Query().Get("count"))
	body := map[string]any{"init_offset": offset, "results": s.rows[min(offset, len(s.rows)):min(offset+n, len(s.rows))]}
	for k, v := range s.page {
		body[k] = v
		if v == nil {
			delete(body, k)
		}
	}
	return saysJSON(200, body)
}

// RoundTrip implements http.RoundTripper.
func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	var data []byte
	if r.Body != nil {
		data, _ = io.ReadAll(r.Body)
	}
	form, _ := url.ParseQuery(string(data))
	h := s.status
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/auth/login"):
		h = s.login
	case strings.HasSuffix(path, "/results"):
		h = s.results
	case strings.HasSuffix(path, "/control"), r.Method == http.MethodDelete:
		h = s.end
	case strings.HasSuffix(path, "/jobs"):
		h = s.create
		s.mu.Lock()
		s.sids = append(s.sids, form.Get("id"))
		s.mu.Unlock()
	}
	resp, err := h(r, form)
	if r.Context().Err() != nil {
		resp, err = nil, r.Context().Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auth = append(s.auth, r.Header.Get("Authorization"))
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
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(data))}
}

// first answers n times by one handler, and then by another.
func first(n int, h, then handler) handler {
	return func(r *http.Request, form url.Values) (*http.Response, error) {
		if n--; n >= 0 {
			return h(r, form)
		}
		return then(r, form)
	}
}

func always(status int, body string, header ...string) handler {
	return func(*http.Request, url.Values) (*http.Response, error) { return says(status, body, header...), nil }
}

func broken(*http.Request, url.Values) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

func hangs(r *http.Request, _ url.Values) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

const (
	password = "correct horse"
	token    = "eyJ0b2tlbiI6MX0"
)

func client(t testing.TB, s *stub, change ...func(*SearchConfig)) *SearchClient {
	t.Helper()
	c := SearchConfig{URL: "https://splunk.test:8089", Username: "u", Password: password, Transport: s, PageSize: 10}
	for _, f := range change {
		f(&c)
	}
	client, err := NewSearch(c)
	require.NoError(t, err)
	return client
}

var anySearch = splunk.Search{SPL: "search (index=web) | stats count", Label: "query web",
	Earliest: time.Unix(1_700_000_000, 0), Latest: time.Unix(1_700_003_600, 0)}

// message is Splunk's way to say something.
func message(kind, text string) map[string]any { return map[string]any{"type": kind, "text": text} }

func words(kind, text string) string {
	return fmt.Sprintf(`{"messages":[{"type":%q,"text":%q}]}`, kind, text)
}
