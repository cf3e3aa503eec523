package enterprise

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"foresight/splunk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// documented is an answer of testdata/responses.
func documented(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "responses", name))
	require.NoError(t, err)
	return string(text)
}

// answers is a splunkd that gives documented answers, by what a path ends on.
type answers struct {
	t      *testing.T
	byPath map[string]string // suffix of the path: file, with a status before it if that is not 200
}

// RoundTrip implements http.RoundTripper.
func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	for suffix, file := range a.byPath {
		if strings.HasSuffix(r.URL.Path, suffix) {
			status := http.StatusOK
			if code, name, ok := strings.Cut(file, " "); ok {
				var err error
				status, err = strconv.Atoi(code)
				require.NoError(a.t, err)
				file = name
			}
			return says(status, documented(a.t, file)), nil
		}
	}
	return says(200, `{}`), nil
}

// serving makes a search client of such a server.
func serving(t *testing.T, byPath map[string]string) *SearchClient {
	t.Helper()
	a := &answers{t, byPath}
	c, err := NewSearch(SearchConfig{URL: "https://splunk.example.com:8089", Token: token, Transport: a, Deadline: time.Minute,
		Clock: func() time.Time { return time.Date(2026, 3, 2, 9, 15, 22, 0, time.UTC) }})
	require.NoError(t, err)
	return c
}

// What searches make of each documented form of a job and of its results.
func TestDocumentedSearches(t *testing.T) {
	rows := []splunk.Row{
		{"fs_epoch": {"1700000000"}, "count": {"17"}, "hosts": {"web1", "web2"}},
		{"fs_epoch": {"1700003600"}, "count": {"0"}},
		{"fs_epoch": {"1700007200"}, "count": {"12.5"}, "hosts": {"web1"}},
	}
	for _, tt := range []struct {
		name, create, job, results string
		reason, words              string // of the error; "": rows
	}{
		{"as of version 9", "201 sid.xml", "job.json", "results.json", "", ""},
		{"numbers and booleans as text, fields by name", "201 sid.xml", "job-text.json", "results-old.json", "", ""},
		{"the parts mixed", "201 sid.xml", "job.json", "results-old.json", "", ""},
		{"a failed search", "201 sid.xml", "job-failed.json", "results.json", splunk.ReasonBadSearch, "The argument 'cuont' is invalid"},
		{"a peer that is down", "201 sid.xml", "job-partial.json", "results.json", splunk.ReasonIncomplete, "peer named idx2"},
		{"a preview", "201 sid.xml", "job.json", "results-preview.json", splunk.ReasonIncomplete, "the page is a preview"},
		{"a job that is gone", "201 sid.xml", "404 unknown-sid.json", "results.json", splunk.ReasonFailed, "deleted the job"},
		{"no right", "403 forbidden.json", "job.json", "results.json", splunk.ReasonUnauthorized, "requires capability: edit_roles"},
		{"no session", "401 unauthenticated.json", "job.json", "results.json", splunk.ReasonUnauthorized, "call not properly authenticated"},
		{"no session, in XML", "401 unauthenticated.xml", "job.json", "results.json", splunk.ReasonUnauthorized, "call not properly authenticated"},
		{"too many searches", "503 too-many-searches.json", "job.json", "results.json", splunk.ReasonBusy, "maximum number of concurrent historical searches"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := serving(t, map[string]string{"/jobs": tt.create, "/1258421375.19": tt.job, "/results": tt.results}).Search(t.Context(), anySearch)
				if tt.reason != "" {
					assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
					assert.ErrorContains(t, err, tt.words)
					assert.Empty(t, got.Rows)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, []string{"fs_epoch", "count", "hosts"}, got.Fields)
				assert.Equal(t, rows, got.Rows)
				assert.Equal(t, splunk.Cost{Runtime: 4321 * time.Millisecond, Scanned: 1834522}, got.Cost)
			})
		})
	}
}

// What check reads, in the forms that are documented.
func TestDocumentedServer(t *testing.T) {
	c := serving(t, map[string]string{"/server/info": "server-info.json", "/current-context": "context.json", "/roles/foresight": "role.json", "/roles/other": "role-text.json",
		"/roles/hidden": "403 forbidden.json", "/indexes/foresight": "index.json", "/indexes/foresight_metrics": "index-text.json", "/indexes/nowhere": "404 unknown-sid.json"})
	info, err := c.ServerInfo(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Info{Version: "9.3.2", Build: "6b4ebe426ca6", ServerName: "sh1", Product: "enterprise"}, info)
	rights, err := c.Rights(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Rights{User: "foresight", TimeZone: "UTC", Roles: []string{"foresight"}, Capabilities: []string{"search"}}, rights)

	const day = 24 * time.Hour
	role, err := c.Role(t.Context(), "foresight")
	require.NoError(t, err)
	assert.Equal(t, Role{Name: "foresight", Jobs: 6, Window: 30 * day, Indexes: []string{"web", "foresight"}}, role)
	role, err = c.Role(t.Context(), "other")
	require.NoError(t, err)
	assert.Equal(t, Role{Name: "other", Jobs: 6, Indexes: []string{"*"}}, role, "-1 is no bound")
	_, err = c.Role(t.Context(), "hidden")
	assert.True(t, Unseen(err), err)

	index, err := c.Index(t.Context(), "foresight")
	require.NoError(t, err)
	assert.Equal(t, Index{Name: "foresight", Frozen: 1825 * day, Ahead: 400 * day}, index)
	index, err = c.Index(t.Context(), "foresight_metrics")
	require.NoError(t, err)
	assert.Equal(t, Index{Name: "foresight_metrics", Metric: true, Frozen: 2184 * day, Ahead: 30 * day}, index)
	_, err = c.Index(t.Context(), "nowhere")
	assert.True(t, Unseen(err), err)
}

// The clock of an answer lies between two readings of ours, or it does not.
func TestTheServersClock(t *testing.T) {
	for said, ahead := range map[string]time.Duration{
		"Mon, 02 Mar 2026 09:15:22 GMT": 0, "Mon, 02 Mar 2026 09:25:22 GMT": 10 * time.Minute, "Mon, 02 Mar 2026 09:14:52 GMT": -30 * time.Second, "": 0, "soon": 0,
	} {
		s := newStub(0)
		s.status = always(200, documented(t, "server-info.json"), "Date", said)
		c := client(t, s, func(c *SearchConfig) {
			c.Clock = func() time.Time { return time.Date(2026, 3, 2, 9, 15, 22, 0, time.UTC) }
		})
		info, err := c.ServerInfo(t.Context())
		require.NoError(t, err)
		assert.Equal(t, ahead, info.Ahead, said)
		assert.Nil(t, info.Certificate, "nothing is shown without TLS")
	}
}

func TestDocumentedLogin(t *testing.T) {
	s := newStub(1)
	s.login = func(*http.Request, url.Values) (*http.Response, error) {
		return says(200, documented(t, "login.xml")), nil
	}
	_, err := client(t, s).Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Contains(t, s.auth, "Splunk 192fd3e46a31246da7ea7f109e7f95fd")
}

// What the event client makes of the collector's documented answers.
func TestDocumentedCollector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCollector()
		c.event = func(string) (*http.Response, error) { return says(200, documented(t, "hec-acked.json")), nil }
		c.ack = func() (*http.Response, error) { return says(200, documented(t, "hec-acks.json")), nil }
		c.health = func() (*http.Response, error) { return says(200, documented(t, "hec-healthy.json")), nil }
		h := sender(t, c)
		rejected, err := h.Send(t.Context(), events(2))
		require.NoError(t, err)
		assert.Empty(t, rejected)
		assert.Equal(t, 1, c.polls)
		require.NoError(t, h.Health(t.Context()))

		c.event = func(body string) (*http.Response, error) {
			if len(numbers(t, body)) > 2 {
				return says(400, documented(t, "hec-bad-event.json")), nil
			}
			return says(200, documented(t, "hec-success.json")), nil
		}
		rejected, err = sender(t, c).Send(t.Context(), events(3))
		require.NoError(t, err)
		require.Len(t, rejected, 1, "the event that is pointed at, counted from 0")
		assert.Equal(t, map[string]any{"n": 1}, rejected[0].Event.Body)
		assert.Equal(t, 6, rejected[0].Code)
	})
}
