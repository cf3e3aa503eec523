package enterprise

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"foresight/splunk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACompleteSearch(t *testing.T) {
	s := newStub(25)
	var form url.Values
	create := s.create
	s.create = func(r *http.Request, f url.Values) (*http.Response, error) {
		form = f
		return create(r, f)
	}
	s.job["messages"] = []any{message("INFO", "Your timerange was substituted"), message("DEBUG", "x"),
		message("WARN", "Configuration initialization for /opt/splunk/etc took longer than expected (1032ms) when dispatching a search")}
	rows, err := client(t, s).Search(t.Context(), anySearch)
	require.NoError(t, err)
	require.Len(t, rows.Rows, 25)
	assert.Equal(t, []string{"24"}, rows.Rows[24]["a"])
	assert.Equal(t, []string{"a"}, rows.Fields)
	assert.Len(t, rows.Messages, 3)
	for k, want := range map[string]string{"search": anySearch.SPL, "earliest_time": "1700000000", "latest_time": "1700003600",
		"allow_partial_results": "false", "max_count": "500000", "exec_mode": "normal"} {
		assert.Equal(t, want, form.Get(k), k)
	}
	assert.Equal(t, 3, s.count("/results 200"), "25 rows in pages of 10")
	assert.Equal(t, 1, s.count("DELETE"), "the job is deleted when done")
	assert.Equal(t, 0, s.count("/control"))
}

func TestNoRowsAreAnAnswer(t *testing.T) {
	s := newStub(0)
	rows, err := client(t, s).Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Empty(t, rows.Rows)
}

func TestNamespaceAndVersion(t *testing.T) {
	s := newStub(1)
	c := client(t, s, func(c *SearchConfig) { c.App, c.URL = "my app", "https://splunk.test/proxy/" })
	_, err := c.Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Equal(t, 1, s.count("POST /proxy/servicesNS/nobody/my%20app/search/v2/jobs 201"))

	s.status = always(200, `{"entry":[{"content":{"version":"9.4.1","build":"abc","serverName":"sh1","product_type":"enterprise"}}]}`)
	info, err := c.ServerInfo(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Info{Version: "9.4.1", Build: "abc", ServerName: "sh1", Product: "enterprise"}, info)
}

// SPLUNK's own list of what a complete search shows, one by one.
func TestIncompleteSearchesAreRefused(t *testing.T) {
	job := func(key string, v any) func(*stub) {
		return func(s *stub) {
			s.job[key] = v
			if v == nil {
				delete(s.job, key)
			}
		}
	}
	page := func(key string, v any) func(*stub) { return func(s *stub) { s.page[key] = v } }
	warn := func(kind, text string) []any { return []any{message(kind, text)} }
	for _, tt := range []struct {
		name, reason, says string
		change             func(*stub)
	}{
		{"failed", splunk.ReasonFailed, "the search failed", job("dispatchState", "FAILED")},
		{"failed flag", splunk.ReasonFailed, "the search failed", job("isFailed", "1")},
		{"cancelled", splunk.ReasonIncomplete, "USER_CANCEL", job("dispatchState", "USER_CANCEL")},
		{"cancelled by the server", splunk.ReasonIncomplete, "INTERNAL_CANCEL", job("dispatchState", "INTERNAL_CANCEL")},
		{"quit", splunk.ReasonIncomplete, "QUIT", job("dispatchState", "QUIT")},
		{"done but not done", splunk.ReasonIncomplete, "isDone is false", job("isDone", false)},
		{"finalized", splunk.ReasonIncomplete, "finalized", job("isFinalized", true)},
		{"finalized as text", splunk.ReasonIncomplete, "finalized", job("isFinalized", "1")},
		{"zombie", splunk.ReasonIncomplete, "process died", job("isZombie", 1)},
		{"not said whether finalized", splunk.ReasonIncomplete, "does not say all of", job("isFinalized", nil)},
		{"not said whether failed", splunk.ReasonIncomplete, "does not say all of", job("isFailed", nil)},
		{"odd flag", splunk.ReasonBadReply, "no boolean", job("isFinalized", "perhaps")},
		{"truncated", splunk.ReasonIncomplete, "results were truncated", job("messages", warn("WARN", "results were truncated"))},
		{"peer", splunk.ReasonIncomplete, "Search peer x is down", job("messages", warn("ERROR", "Search peer x is down"))},
		{"unknown warning", splunk.ReasonIncomplete, "hm", job("messages", warn("warn", "hm"))},
		{"unknown kind of message", splunk.ReasonIncomplete, "hm", job("messages", warn("NOTICE", "hm"))},
		{"messages by kind", splunk.ReasonIncomplete, "hm", job("messages", map[string]any{"error": []any{"hm"}})},
		{"no count", splunk.ReasonIncomplete, "resultCount", job("resultCount", nil)},
		{"odd count", splunk.ReasonBadReply, "no count", job("resultCount", -1)},
		{"at the limit", splunk.ReasonTooLarge, "reach the limit", job("resultCount", 500_000)},
		{"no state", splunk.ReasonBadReply, "dispatchState", job("dispatchState", "")},
		{"quota", splunk.ReasonQuota, "disk", func(s *stub) {
			s.job["dispatchState"], s.job["messages"] = "FAILED", warn("FATAL", "maximum disk usage quota for this user reached")
		}},
		{"parse error", splunk.ReasonBadSearch, "Unknown search command", func(s *stub) {
			s.job["dispatchState"], s.job["messages"] = "FAILED", warn("FATAL", "Unknown search command 'x'.")
		}},
		{"fewer rows than counted", splunk.ReasonIncomplete, "empty though", job("resultCount", 26)},
		{"preview", splunk.ReasonIncomplete, "is a preview", page("preview", true)},
		{"preview as text", splunk.ReasonIncomplete, "is a preview", page("preview", "1")},
		{"preview not said", splunk.ReasonIncomplete, "whether it is a preview", page("preview", nil)},
		{"warning on a page", splunk.ReasonIncomplete, "with a warning", page("messages", warn("WARN", "limit reached"))},
		{"another page", splunk.ReasonIncomplete, "begins at row 5", page("init_offset", 5)},
		{"too many rows", splunk.ReasonIncomplete, "more than", func(s *stub) {
			s.results = func(*http.Request, url.Values) (*http.Response, error) {
				return saysJSON(200, map[string]any{"preview": false, "results": s.rows}), nil
			}
		}},
		{"no JSON", splunk.ReasonBadReply, "reading a page", func(s *stub) { s.results = always(200, "<html>hello</html>") }},
		{"rows of objects", splunk.ReasonBadReply, "an object where", func(s *stub) {
			s.results = always(200, `{"preview":false,"results":[{"a":{"b":1}}]}`)
		}},
		{"job vanished", splunk.ReasonFailed, "Unknown sid", func(s *stub) {
			s.status = always(404, words("FATAL", "Unknown sid."))
		}},
		{"status is no JSON", splunk.ReasonBadReply, "job's state", func(s *stub) { s.status = always(200, "ok") }},
		{"no entry", splunk.ReasonBadReply, "holds no job", func(s *stub) { s.status = always(200, `{"entry":[]}`) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStub(25)
			tt.change(s)
			rows, err := client(t, s).Search(t.Context(), anySearch)
			require.Error(t, err)
			assert.Empty(t, rows.Rows, "nothing is given out beside an error")
			assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
			assert.ErrorContains(t, err, tt.says)
			assert.ErrorContains(t, err, "query web")
			assert.ErrorContains(t, err, "splunk.test:8089")
			assert.Equal(t, len(s.sids), s.count("/control 200"), "each job is cancelled")
		})
	}
}

func TestValues(t *testing.T) {
	s := newStub(1)
	s.results = always(200, "\xef\xbb\xbf"+`{"preview":false,"fields":["a","b"],"results":[{"a":["x","y"],"b":null,"c":1.50,"d":true,"e":"å","f":[]}]}`)
	rows, err := client(t, s).Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Equal(t, splunk.Row{"a": {"x", "y"}, "c": {"1.50"}, "d": {"true"}, "e": {"å"}}, rows.Rows[0])
	assert.Equal(t, []string{"a", "b"}, rows.Fields)
}

// What passes by waiting: each of these ends well, and how long that takes.
func TestPatience(t *testing.T) {
	busy := words("FATAL", "Search not executed: The maximum number of concurrent historical searches on this instance has been reached.")
	for _, tt := range []struct {
		name        string
		change      func(*stub)
		least, most time.Duration
	}{
		{"queued, then running", func(s *stub) {
			s.status = first(4, always(200, `{"entry":[{"content":{"dispatchState":"QUEUED","isDone":false}}]}`),
				first(2, always(200, `{"entry":[{"content":{"dispatchState":"RUNNING"}}]}`), s.status))
		}, time.Second, 10 * time.Second},
		{"not ready yet", func(s *stub) { s.status = first(5, always(204, ""), s.status) }, time.Second, 5 * time.Second},
		{"results not ready yet", func(s *stub) { s.results = first(2, always(204, ""), s.results) }, 300 * time.Millisecond, 5 * time.Second},
		{"too many searches", func(s *stub) { s.create = first(5, always(503, busy), s.create) }, 2 * time.Second, 15 * time.Second},
		{"retry after", func(s *stub) { s.create = first(1, always(503, busy, "Retry-After", "45"), s.create) }, 45 * time.Second, 47 * time.Second},
		{"429 while polling", func(s *stub) { s.status = first(3, always(429, ""), s.status) }, 300 * time.Millisecond, 5 * time.Second},
		{"503 while paging", func(s *stub) { s.results = first(3, always(503, busy), s.results) }, 300 * time.Millisecond, 5 * time.Second},
		{"502 twice", func(s *stub) { s.status = first(2, always(502, "bad gateway"), s.status) }, 300 * time.Millisecond, 5 * time.Second},
		{"cut while polling", func(s *stub) { s.status = first(2, broken, s.status) }, 300 * time.Millisecond, 5 * time.Second},
		{"hung once", func(s *stub) { s.results = first(1, hangs, s.results) }, 30 * time.Second, 32 * time.Second},
		{"login busy", func(s *stub) { s.login = first(2, always(503, ""), s.login) }, 300 * time.Millisecond, 5 * time.Second},
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
		{"busy for ever", splunk.ReasonBusy, "concurrent", func(s *stub) { s.create = always(503, words("FATAL", "concurrent")) }, 15 * time.Minute},
		{"asked to wait too long", splunk.ReasonBusy, "given up", func(s *stub) { s.create = always(503, "", "Retry-After", "3600") }, time.Second},
		{"queued for ever", splunk.ReasonTimeout, "the job was QUEUED", func(s *stub) { s.job["dispatchState"] = "QUEUED" }, 15*time.Minute + time.Second},
		{"never ready", splunk.ReasonTimeout, "not yet known", func(s *stub) { s.status = always(204, "") }, 15*time.Minute + time.Second},
		{"hung", splunk.ReasonTimeout, "no answer within 30s", func(s *stub) { s.status = hangs }, 2 * time.Minute},
		{"cut for ever", splunk.ReasonNetwork, "unexpected EOF", func(s *stub) { s.status = broken }, 5 * time.Second},
		{"500 for ever", splunk.ReasonServer, "HTTP 500", func(s *stub) { s.status = always(500, "oops") }, 5 * time.Second},
		{"hung, its cancel too", splunk.ReasonFailed, "the search failed", func(s *stub) { s.job["isFailed"], s.end = true, hangs }, time.Second},
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
					assert.Equal(t, 1, s.count("/control"))
				}
			})
		})
	}
}

func TestFinalAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, reason, says string
		change             func(*stub)
	}{
		{"wrong password", splunk.ReasonUnauthorized, "Login failed", func(s *stub) { s.login = always(401, words("WARN", "Login failed")) }},
		{"login without a key", splunk.ReasonBadReply, "no session key", func(s *stub) { s.login = always(200, "<html></html>") }},
		{"key that breaks a header", splunk.ReasonBadReply, "no session key", func(s *stub) { s.login = always(200, `{"sessionKey":"a\nb"}`) }},
		{"forbidden", splunk.ReasonUnauthorized, "rights", func(s *stub) { s.create = always(403, words("ERROR", "insufficient permission")) }},
		{"no such endpoint", splunk.ReasonNotFound, "9.0.2", func(s *stub) { s.create = always(404, "") }},
		{"bad search", splunk.ReasonBadSearch, "Unknown search command 'x'", func(s *stub) { s.create = always(400, words("FATAL", "Unknown search command 'x'.")) }},
		{"XML error", splunk.ReasonBadSearch, "FATAL what now", func(s *stub) {
			s.create = always(400, `<?xml version="1.0"?><response><messages><msg type="FATAL">what now</msg></messages></response>`)
		}},
		{"redirect", splunk.ReasonRedirect, "https://elsewhere.test/", func(s *stub) { s.create = always(302, "", "Location", "https://elsewhere.test/") }},
		{"no sid", splunk.ReasonBadReply, "no search id", func(s *stub) { s.create = always(201, `{}`) }},
		{"sid that breaks a path", splunk.ReasonBadReply, "no search id", func(s *stub) { s.create = always(201, `{"sid":"../../x"}`) }},
		{"huge answer", splunk.ReasonTooLarge, "longer than 1000 bytes", func(s *stub) { s.results = always(200, strings.Repeat("x", 2000)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStub(5)
			tt.change(s)
			_, err := client(t, s, func(c *SearchConfig) { c.MaxBody = 1000 }).Search(t.Context(), anySearch)
			assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
			assert.ErrorContains(t, err, tt.says)
			assert.LessOrEqual(t, s.count("jobs "), 1, "asked once")
		})
	}
}

// A create whose answer was lost is found again by our own sid, or made again with it.
func TestCutCreate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(5)
		s.create = broken // it arrived all the same
		rows, err := client(t, s).Search(t.Context(), anySearch)
		require.NoError(t, err)
		assert.Len(t, rows.Rows, 5)
		assert.Len(t, s.sids, 1)
	})
	synctest.Test(t, func(t *testing.T) {
		s := newStub(5)
		s.create = first(1, broken, s.create) // it did not arrive
		s.status = first(1, always(404, words("FATAL", "Unknown sid.")), s.status)
		rows, err := client(t, s).Search(t.Context(), anySearch)
		require.NoError(t, err)
		assert.Len(t, rows.Rows, 5)
		require.Len(t, s.sids, 2)
		assert.Equal(t, s.sids[0], s.sids[1])
	})
	synctest.Test(t, func(t *testing.T) {
		s := newStub(5)
		s.create = first(1, broken, always(409, words("ERROR", "sid exists"))) // it arrived late
		s.status = first(1, always(404, ""), s.status)
		_, err := client(t, s).Search(t.Context(), anySearch)
		require.NoError(t, err)
	})
}

func TestCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(5)
		s.job["dispatchState"] = "RUNNING"
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		began := time.Now()
		_, err := client(t, s).Search(ctx, anySearch)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, splunk.ReasonCancelled, splunk.ReasonOf(err))
		assert.LessOrEqual(t, time.Since(began), 11*time.Second)
		assert.Equal(t, 1, s.count("/control 200"), "the job is cancelled")
	})
	synctest.Test(t, func(t *testing.T) { // while the server is busy
		s := newStub(5)
		s.create = always(503, words("FATAL", "concurrent"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		began := time.Now()
		_, err := client(t, s).Search(ctx, anySearch)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, splunk.ReasonCancelled, splunk.ReasonOf(err))
		assert.ErrorContains(t, err, "concurrent", "what was waited for")
		assert.NotContains(t, err.Error(), "\n")
		assert.Equal(t, 10*time.Second, time.Since(began))
	})
	synctest.Test(t, func(t *testing.T) { // in the middle of a create
		s := newStub(5)
		s.create = hangs
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := client(t, s).Search(ctx, anySearch)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, 1, s.count("/control 200"), "it may have arrived")
	})
}

// The server is told how long anybody waits, and to end what nobody asks for.
func TestJobsAreBoundedByTheServerToo(t *testing.T) {
	s := newStub(5)
	var forms []url.Values
	create := s.create
	s.create = func(r *http.Request, f url.Values) (*http.Response, error) {
		forms = append(forms, f)
		return create(r, f)
	}
	for _, d := range []time.Duration{0, 90*time.Second + time.Millisecond} {
		_, err := client(t, s, func(c *SearchConfig) { c.Deadline = d }).Search(t.Context(), anySearch)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"900", "900", "300"}, []string{forms[0].Get("max_time"), forms[0].Get("timeout"), forms[0].Get("auto_cancel")})
	assert.Equal(t, []string{"91", "600"}, []string{forms[1].Get("max_time"), forms[1].Get("timeout")})
}

// A job that has expired, or that a restart has lost, is made once more, and not again and again.
func TestAJobThatIsGoneIsMadeOnceMore(t *testing.T) {
	gone := always(404, words("FATAL", "Unknown sid."))
	for _, where := range []string{"status", "results"} {
		s := newStub(25)
		if where == "status" {
			s.status = first(1, gone, s.status)
		} else {
			page := s.results
			s.results = first(1, page, first(1, gone, page))
		}
		rows, err := client(t, s).Search(t.Context(), anySearch)
		require.NoError(t, err, where)
		assert.Len(t, rows.Rows, 25, where)
		require.Len(t, s.sids, 2, where)
		assert.NotEqual(t, s.sids[0], s.sids[1], "under another id")
	}
	s := newStub(25)
	s.status = gone
	_, err := client(t, s).Search(t.Context(), anySearch)
	assert.Equal(t, splunk.ReasonFailed, splunk.ReasonOf(err))
	assert.Len(t, s.sids, 2)
}
