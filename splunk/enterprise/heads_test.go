package enterprise

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"foresight/splunk"
	"foresight/splunk/sandbox"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// byHost answers for several servers; one that is not there refuses connections.
type byHost map[string]*stub

func (b byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	if s := b[r.URL.Hostname()]; s != nil {
		return s.RoundTrip(r)
	}
	return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
}

// headed is a client of the heads a, b and c, and what it told of going from one to another.
func headed(t *testing.T, servers byHost) (*SearchClient, *[]string) {
	t.Helper()
	var told []string
	c, err := NewSearch(SearchConfig{URL: "https://a:8089", Failover: []string{"https://b:8089", "https://c:8089"}, Username: "u", Password: password, PageSize: 2, Transport: servers,
		Moved: func(from, to string, err error) { told = append(told, from+" "+to+" "+splunk.ReasonOf(err)) }})
	require.NoError(t, err)
	return c, &told
}

func TestTheNextSearchHeadIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newStub(5), newStub(5)
		servers := byHost{"a": a, "b": b}
		c, told := headed(t, servers)
		search := func() error {
			rows, err := c.Search(t.Context(), anySearch)
			if err == nil {
				assert.Len(t, rows.Rows, 5)
			}
			return err
		}
		require.NoError(t, search())
		assert.Empty(t, *told)
		assert.Zero(t, b.count(""), "the first, as long as it answers")

		began := time.Now()
		create := a.create
		a.create = always(503, words("FATAL", "The maximum number of concurrent historical searches on this instance has been reached."))
		require.NoError(t, search())
		assert.Less(t, time.Since(began), 2*time.Second, "without waiting for the one that is busy")
		assert.Equal(t, []string{"a:8089 b:8089 busy"}, *told)

		a.create = create
		before := a.count("")
		require.NoError(t, search())
		assert.Equal(t, before, a.count(""), "and stays there")
		_, err := c.ServerInfo(t.Context())
		assert.Equal(t, splunk.ReasonBadReply, splunk.ReasonOf(err), "the stub is no server with a version")
		assert.Equal(t, before, a.count(""), "with all that is asked")

		delete(servers, "b") // c is not there either
		require.NoError(t, search())
		assert.Equal(t, []string{"b:8089 c:8089 network", "c:8089 a:8089 network"}, (*told)[1:])
	})
}

// A head that dies while it searches has its search made again on the next; one that only hiccups
// goes on with it.
func TestASearchOutlivesItsHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newStub(5), newStub(5)
		servers := byHost{"a": a, "b": b}
		a.results = first(2, broken, a.results)
		c, told := headed(t, servers)
		_, err := c.Search(t.Context(), anySearch)
		require.NoError(t, err)
		assert.Empty(t, *told)

		a.results = func(*http.Request, url.Values) (*http.Response, error) {
			delete(servers, "a")
			return nil, errors.New("connection reset by peer")
		}
		rows, err := c.Search(t.Context(), anySearch)
		require.NoError(t, err)
		assert.Len(t, rows.Rows, 5)
		assert.Equal(t, []string{"a:8089 b:8089 network"}, *told)
		assert.Len(t, b.sids, 1)
	})
}

// What every head refuses alike, and what is the search's own fault, is told at once; when all are down
// they are tried anew, with pauses, as long as there is time.
func TestAllSearchHeadsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newStub(5)
		a.create = always(400, words("FATAL", "Unknown search command 'x'."))
		c, told := headed(t, byHost{"a": a})
		_, err := c.Search(t.Context(), anySearch)
		assert.Equal(t, splunk.ReasonBadSearch, splunk.ReasonOf(err))
		assert.Empty(t, *told)

		busy, count := always(503, words("FATAL", "maximum number of concurrent historical searches")), 0
		all := byHost{}
		for _, host := range []string{"a", "b", "c"} {
			all[host] = newStub(5)
			all[host].create = busy
		}
		c, told = headed(t, all)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		_, err = c.Search(ctx, anySearch)
		assert.Equal(t, splunk.ReasonBusy, splunk.ReasonOf(err))
		for _, s := range all {
			count += s.count("/jobs 503")
		}
		assert.Less(t, count, 100, "no hot loop")
		assert.Greater(t, count, 20, "nor given up early")
		assert.Len(t, *told, 3, "of each once")

		c, _ = headed(t, byHost{})
		_, err = c.Search(t.Context(), anySearch)
		assert.Equal(t, splunk.ReasonNetwork, splunk.ReasonOf(err))
	})
	_, err := NewSearch(SearchConfig{URL: "https://a", Failover: []string{"b"}, Token: token})
	assert.ErrorContains(t, err, "search head 2 of 2")
}

// Two servers over loopback, the first of which dies with a search that it would never have ended.
func TestASearchHeadDies(t *testing.T) {
	at := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	var urls []string
	var cas []byte
	var servers []*sandbox.Server
	for range 2 {
		s, err := sandbox.Start(t.Context(), sandbox.Config{Dir: t.TempDir(), Username: "u", Password: password})
		require.NoError(t, err)
		t.Cleanup(func() { _ = s.Close() })
		s.Add(sandbox.Event{Time: at, Index: "main", Raw: `{"n":1}`})
		ca, err := os.ReadFile(s.Ready().CAFile)
		require.NoError(t, err)
		cas, urls, servers = append(cas, ca...), append(urls, s.Ready().SearchURL), append(servers, s)
	}
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(caFile, cas, 0o600))
	faults, err := sandbox.ParseFaults("stuck")
	require.NoError(t, err)
	servers[0].SetFaults(faults)
	moved := make(chan string, 9)
	c, err := NewSearch(SearchConfig{URL: urls[0], Failover: urls[1:], Username: "u", Password: password, CAFile: caFile,
		Moved: func(_, to string, _ error) { moved <- to }})
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() {
		rows, err := c.Search(t.Context(), splunk.Search{SPL: "search index=main | stats count", Earliest: at, Latest: at.Add(time.Hour), Label: "query web"})
		if err == nil && (len(rows.Rows) != 1 || rows.Rows[0]["count"][0] != "1") {
			err = errors.New("another result")
		}
		done <- err
	}()
	require.Eventually(t, func() bool {
		jobs := servers[0].Jobs()
		return len(jobs) == 1 && jobs[0].State == sandbox.StateRunning
	}, 20*time.Second, 5*time.Millisecond, "the search runs")
	require.NoError(t, servers[0].Close())
	select {
	case err := <-done:
		require.NoError(t, err)
	case <-time.After(60 * time.Second):
		t.Fatal("the search did not go on")
	}
	assert.Len(t, moved, 1)
	assert.Contains(t, urls[1], <-moved)
	for _, head := range c.Heads() {
		_, err := head.ServerInfo(soon(t))
		assert.Equal(t, head.URL() == urls[1], err == nil, "each can be asked by itself")
	}
}
