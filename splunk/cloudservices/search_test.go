package cloudservices

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"foresight/splunk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACompleteSearch(t *testing.T) {
	s := newStub(25)
	var asked map[string]any
	create := s.create
	s.create = func(r *http.Request, body string) (*http.Response, error) {
		assert.NoError(t, json.Unmarshal([]byte(body), &asked))
		return create(r, body)
	}
	rows, err := client(t, s).Search(t.Context(), anySearch)
	require.NoError(t, err)
	require.Len(t, rows.Rows, 25)
	assert.Equal(t, splunk.Row{"a": {"24"}}, rows.Rows[24])
	assert.Equal(t, []string{"a"}, rows.Fields)
	assert.Equal(t, map[string]any{"query": anySearch.SPL, "queryParameters": map[string]any{"earliest": "1700000000", "latest": "1700003600"},
		"maxTime": 900.0, "requiredFreshness": 0.0, "extractFields": "all"}, asked)
	assert.Equal(t, 3, s.count("/results"), "25 rows in pages of 10")
	assert.Equal(t, 1, s.count("POST /token"))
	assert.Equal(t, 1, s.count("POST /acme/search/v2beta1/jobs 201"))
	assert.Zero(t, s.count("PATCH"))
	for _, a := range s.auth[1:] {
		assert.Equal(t, "Bearer token-1", a)
	}

	rows, err = client(t, newStub(0)).Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Empty(t, rows.Rows, "no rows are an answer")
}

// An answer that may lack something is an error, and the job is cancelled.
func TestIncompleteSearchesAreRefused(t *testing.T) {
	message := func(kind, text string) []any { return []any{map[string]any{"type": kind, "text": text}} }
	for _, tt := range []struct {
		reason, says string
		change       func(*stub)
	}{
		{splunk.ReasonFailed, "the search failed", func(s *stub) { s.job["status"] = "failed" }},
		{splunk.ReasonBadSearch, "correct the query", func(s *stub) {
			s.job["status"], s.job["messages"] = "failed", message("FATAL", "Unknown search command 'frobnicate'.")
		}},
		{splunk.ReasonQuota, "disk quota", func(s *stub) {
			s.job["status"], s.job["messages"] = "failed", message("FATAL", "The user's disk quota is used up")
		}},
		{splunk.ReasonIncomplete, "ended as canceled", func(s *stub) { s.job["status"] = "canceled" }},
		{splunk.ReasonIncomplete, "ended as paused", func(s *stub) { s.job["status"] = "paused" }},
		{splunk.ReasonIncomplete, "the search warns", func(s *stub) { s.job["messages"] = message("ERROR", "a peer is missing") }},
		{splunk.ReasonIncomplete, "the search warns", func(s *stub) { s.job["messages"] = []any{map[string]any{"text": "?"}} }},
		{splunk.ReasonIncomplete, "finalized", func(s *stub) { s.job["messages"] = message("INFO", "Search auto-finalized after time limit") }},
		{splunk.ReasonIncomplete, "finalized", func(s *stub) {
			s.job["maxTime"], s.job["dispatchTime"], s.job["completionTime"] = 900, "2026-01-01T10:00:00.000Z", "2026-01-01T10:15:00.5Z"
		}},
		{splunk.ReasonIncomplete, "resultsAvailable", func(s *stub) { delete(s.job, "resultsAvailable") }},
		{splunk.ReasonIncomplete, "resultsAvailable", func(s *stub) { s.job["resultsAvailable"] = -1 }},
		{splunk.ReasonTooLarge, "more than the limit", func(s *stub) { s.job["resultsAvailable"] = 500_001 }},
		{splunk.ReasonIncomplete, "the page is empty", func(s *stub) { s.job["resultsAvailable"] = 26 }},
		{splunk.ReasonIncomplete, "more rows follow", func(s *stub) { s.job["resultsAvailable"] = 20 }},
		{splunk.ReasonIncomplete, "more than the 10 asked for", func(s *stub) {
			s.results = func(*http.Request, string) (*http.Response, error) {
				return saysJSON(200, map[string]any{"results": s.rows}), nil
			}
		}},
		{splunk.ReasonIncomplete, "comes with a warning", func(s *stub) {
			s.results = always(200, `{"results":[{"a":"1"}],"messages":[{"type":"FATAL","text":"lost"}]}`)
		}},
		{splunk.ReasonIncomplete, "no list of results", func(s *stub) { s.results = always(200, `{}`) }},
		{splunk.ReasonIncomplete, "holds an object", func(s *stub) { s.results = always(200, `{"results":[{"a":{"b":1}}]}`) }},
		{splunk.ReasonFailed, "is gone", func(s *stub) { s.status = always(404, words("Failed to get job status: unknown sid")) }},
		{splunk.ReasonFailed, "is gone", func(s *stub) { s.results = always(404, words("unknown sid")) }},
		{splunk.ReasonBadReply, "no proxy's", func(s *stub) { s.status = always(200, "<html>") }},
		{splunk.ReasonBadReply, "no proxy's", func(s *stub) { s.results = always(200, "") }},
	} {
		t.Run(tt.says, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(25)
				tt.change(s)
				rows, err := client(t, s).Search(t.Context(), anySearch)
				assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
				assert.ErrorContains(t, err, tt.says)
				assert.ErrorContains(t, err, "query web")
				assert.Empty(t, rows.Rows)
				assert.Equal(t, s.count("POST /acme/search/v2beta1/jobs"), s.count("PATCH"), "each job is cancelled")
			})
		})
	}
}

// What ends at once: nothing of it would be mended by another try.
func TestFinalAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, reason, says string
		change             func(*stub)
	}{
		{"bad search", splunk.ReasonBadSearch, "correct the query", func(s *stub) { s.create = always(400, words("unable to parse")) }},
		{"forbidden", splunk.ReasonUnauthorized, "rights", func(s *stub) { s.create = always(403, words("no")) }},
		{"no such tenant", splunk.ReasonNotFound, "tenant", func(s *stub) { s.create = always(404, words("no")) }},
		{"redirect", splunk.ReasonRedirect, "final address in host", func(s *stub) { s.create = always(302, "", "Location", "https://elsewhere") }},
		{"wrong secret", splunk.ReasonUnauthorized, "client_secret", func(s *stub) { s.login = always(401, `{"error":"invalid_client"}`) }},
		{"unknown client", splunk.ReasonUnauthorized, "client_id", func(s *stub) { s.login = always(400, `{"error":"invalid_client"}`) }},
		{"no identity provider", splunk.ReasonNotFound, "idp_host", func(s *stub) { s.login = always(404, "") }},
		{"a web page for a token", splunk.ReasonBadReply, "idp_host", func(s *stub) { s.login = always(200, "<html>") }},
		{"a token that is none", splunk.ReasonBadReply, "idp_host", func(s *stub) { s.login = always(200, `{"access_token":"a b"}`) }},
		{"a job without an id", splunk.ReasonBadReply, "no search id", func(s *stub) { s.create = always(201, `{"status":"running"}`) }},
		{"an id that is a path", splunk.ReasonBadReply, "no search id", func(s *stub) { s.create = always(201, `{"sid":"../../x"}`) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(5)
				tt.change(s)
				began := time.Now()
				_, err := client(t, s).Search(t.Context(), anySearch)
				assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
				assert.ErrorContains(t, err, tt.says)
				assert.Zero(t, time.Since(began))
				var e *splunk.Error
				require.ErrorAs(t, err, &e)
			})
		})
	}
}

// What passes by waiting: each of these ends well, and how long that takes.
func TestPatience(t *testing.T) {
	for _, tt := range []struct {
		name        string
		change      func(*stub)
		least, most time.Duration
	}{
		{"running", func(s *stub) { s.status = first(4, always(200, `{"query":"q","status":"running"}`), s.status) }, time.Second, 10 * time.Second},
		{"no status yet", func(s *stub) { s.status = first(3, always(200, `{"query":"q"}`), s.status) }, 500 * time.Millisecond, 5 * time.Second},
		{"no job yet", func(s *stub) { s.status = first(3, always(204, ""), s.status) }, 500 * time.Millisecond, 5 * time.Second},
		{"results not ready yet", func(s *stub) { s.results = first(2, always(200, `{"results":[],"wait":"/x"}`), s.results) }, 300 * time.Millisecond, 5 * time.Second},
		{"too many searches", func(s *stub) { s.create = first(5, always(429, words("slow down")), s.create) }, 2 * time.Second, 15 * time.Second},
		{"retry after", func(s *stub) { s.create = first(1, always(503, "", "Retry-After", "45"), s.create) }, 45 * time.Second, 47 * time.Second},
		{"429 while polling", func(s *stub) { s.status = first(3, always(429, ""), s.status) }, 300 * time.Millisecond, 5 * time.Second},
		{"503 while paging", func(s *stub) { s.results = first(3, always(503, "busy"), s.results) }, 300 * time.Millisecond, 5 * time.Second},
		{"502 twice", func(s *stub) { s.status = first(2, always(502, "bad gateway"), s.status) }, 300 * time.Millisecond, 5 * time.Second},
		{"cut while creating", func(s *stub) { s.create = first(2, broken, s.create) }, 300 * time.Millisecond, 5 * time.Second},
		{"cut while polling", func(s *stub) { s.status = first(2, broken, s.status) }, 300 * time.Millisecond, 5 * time.Second},
		{"hung once", func(s *stub) { s.results = first(1, hangs, s.results) }, 30 * time.Second, 32 * time.Second},
		{"token busy", func(s *stub) { s.login = first(2, always(503, ""), s.login) }, 300 * time.Millisecond, 5 * time.Second},
		{"token revoked", func(s *stub) { s.results = first(1, always(401, ""), s.results) }, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(5)
				tt.change(s)
				began := time.Now()
				rows, err := client(t, s).Search(t.Context(), anySearch)
				require.NoError(t, err)
				assert.Len(t, rows.Rows, 5)
				took := time.Since(began)
				assert.GreaterOrEqual(t, took, tt.least)
				assert.LessOrEqual(t, took, tt.most)
			})
		})
	}
}

// What does not pass: how each ends, after how long, and that the job is cancelled.
func TestNoPatienceForEver(t *testing.T) {
	for _, tt := range []struct {
		name, reason, says string
		change             func(*stub)
		most               time.Duration
	}{
		{"busy for ever", splunk.ReasonBusy, "slow down", func(s *stub) { s.create = always(429, words("slow down")) }, 15 * time.Minute},
		{"asked to wait too long", splunk.ReasonBusy, "given up", func(s *stub) { s.create = always(503, "", "Retry-After", "3600") }, time.Second},
		{"running for ever", splunk.ReasonTimeout, "the job was running", func(s *stub) { s.job["status"] = "running" }, 15*time.Minute + time.Second},
		{"never a status", splunk.ReasonTimeout, "without a status", func(s *stub) { s.status = always(200, `{"query":"q"}`) }, 15*time.Minute + time.Second},
		{"never a page", splunk.ReasonTimeout, "deadline", func(s *stub) { s.results = always(200, `{"results":[],"wait":"/x"}`) }, 15*time.Minute + time.Second},
		{"hung", splunk.ReasonTimeout, "no answer within 30s", func(s *stub) { s.status = hangs }, 2 * time.Minute},
		{"cut for ever", splunk.ReasonNetwork, "unexpected EOF", func(s *stub) { s.status = broken }, 5 * time.Second},
		{"500 for ever", splunk.ReasonServer, "HTTP 500", func(s *stub) { s.status = always(500, "oops") }, 5 * time.Second},
		{"failed, and its cancel hangs", splunk.ReasonFailed, "the search failed", func(s *stub) { s.job["status"], s.cancel = "failed", hangs }, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(5)
				tt.change(s)
				began := time.Now()
				_, err := client(t, s).Search(t.Context(), anySearch)
				assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
				assert.ErrorContains(t, err, tt.says)
				assert.LessOrEqual(t, time.Since(began), tt.most)
				if s.count("jobs 201") > 0 {
					assert.Equal(t, 1, s.count("PATCH"))
				}
			})
		})
	}
}

func TestCallerGivesUp(t *testing.T) {
	for name, change := range map[string]func(*stub){
		"a job that runs":   func(s *stub) { s.job["status"] = "running" },
		"a busy server":     func(s *stub) { s.create = always(429, words("slow down")) },
		"a server that is":  func(s *stub) { s.status = hangs },
		"a token to be had": func(s *stub) { s.login = hangs },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(5)
				change(s)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(10*time.Second, cancel)
				began := time.Now()
				_, err := client(t, s).Search(ctx, anySearch)
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, splunk.ReasonCancelled, splunk.ReasonOf(err))
				assert.LessOrEqual(t, time.Since(began), 11*time.Second)
				assert.Equal(t, s.count("jobs 201"), s.count("PATCH"), "what was made is cancelled")
			})
		})
	}
}

// The service makes the job whether its answer is waited for or not, and says its id in the answer only.
func TestWhoGivesUpWhileAJobIsMadeCancelsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(5)
		s.create = late(500*time.Millisecond, s.create)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		_, err := client(t, s).Search(ctx, anySearch)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, 1, s.count("PATCH"))

		s.create = hangs
		began := time.Now()
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		_, err = client(t, s).Search(ctx, anySearch)
		require.ErrorIs(t, err, context.Canceled)
		assert.Zero(t, time.Since(began), "whoever has given up makes none")
	})
}

func TestValues(t *testing.T) {
	s := newStub(1)
	s.results = always(200, `{"results":[{"a":["x","y"],"b":null,"c":1.5,"d":true,"e":"å","f":[],"g":1759276800,"h":[1,"z",null]}],"fields":[{"name":"a"},{"name":"b"}]}`)
	rows, err := client(t, s).Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Equal(t, splunk.Row{"a": {"x", "y"}, "c": {"1.5"}, "d": {"true"}, "e": {"å"}, "g": {"1759276800"}, "h": {"1", "z"}}, rows.Rows[0])
	assert.Equal(t, []string{"a", "b"}, rows.Fields)
}

// A job that has expired, or that a restart has lost, is made once more, and not again and again.
func TestAJobThatIsGoneIsMadeOnceMore(t *testing.T) {
	s := newStub(1)
	gone, status := always(404, words("Failed to get job status: unknown sid")), s.status
	lost := 1
	s.status = func(r *http.Request, body string) (*http.Response, error) {
		if lost > 0 {
			lost--
			return gone(r, body)
		}
		return status(r, body)
	}
	rows, err := client(t, s).Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Len(t, rows.Rows, 1)
	lost = 100
	_, err = client(t, s).Search(t.Context(), anySearch)
	assert.Equal(t, splunk.ReasonFailed, splunk.ReasonOf(err))
	assert.Equal(t, 98, lost)
}
