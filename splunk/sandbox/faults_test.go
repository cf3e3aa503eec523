package sandbox

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCancelStopsASearch(t *testing.T) {
	c := filled(t, Config{Faults: Faults{{Kind: "stuck", Times: 1}}})
	sid := c.create("search", "search *")
	assert.NotEqual(t, StateDone, c.content(sid)["dispatchState"])
	status, _ := c.search(http.MethodGet, "/services/search/v2/jobs/"+sid+"/results")
	assert.Equal(t, 204, status, "no results yet")
	status, _ = c.search(http.MethodPost, "/services/search/v2/jobs/"+sid+"/control", "action", "cancel")
	assert.Equal(t, 200, status)
	c.s.jobs.running.Wait() // its goroutine has ended
	assert.Equal(t, []JobInfo{{sid, "search *", StateCancelled}}, c.s.Jobs())
}

func TestFinalizeEndsASearchWithoutSayingComplete(t *testing.T) {
	c := filled(t, Config{Faults: Faults{{Kind: "stuck", Times: 1}}})
	sid := c.create("search", "search *")
	status, _ := c.search(http.MethodPost, "/services/search/v2/jobs/"+sid+"/control", "action", "finalize")
	assert.Equal(t, 200, status)
	c.s.jobs.running.Wait()
	content := c.content(sid)
	assert.Equal(t, StateDone, content["dispatchState"])
	assert.Equal(t, true, content["isFinalized"])
	assert.EqualValues(t, 0, content["resultCount"])
}

func TestABooleanIsNoFieldsValue(t *testing.T) {
	c := filled(t, Config{})
	sid := c.create("search", "search * | eval b=(n>1)", "exec_mode", "blocking")
	assert.Equal(t, StateFailed, c.content(sid)["dispatchState"])
	assert.Contains(t, c.results(sid).Messages[0].Text, "cannot be assigned a boolean")
}

func TestSearchFaults(t *testing.T) {
	c := filled(t, Config{})
	run := func(spec string) (map[string]any, resultsBody) {
		faults, err := ParseFaults(spec)
		require.NoError(t, err)
		c.s.SetFaults(faults)
		sid := c.create("search", "search *", "exec_mode", "blocking")
		return c.content(sid), c.results(sid)
	}
	content, page := run("partial:1")
	assert.Equal(t, StateDone, content["dispatchState"])
	assert.EqualValues(t, 167, content["resultCount"]) // 250 less every third
	assert.Equal(t, "WARN", page.Messages[0].Type)
	assert.Contains(t, page.Messages[0].Text, "incomplete")
	content, _ = run("finalized:1")
	assert.Equal(t, true, content["isFinalized"])
	content, page = run("failed:1")
	assert.Equal(t, StateFailed, content["dispatchState"])
	assert.Equal(t, true, content["isFailed"])
	assert.Empty(t, page.Results)
	assert.Equal(t, "FATAL", page.Messages[0].Type)
	_, page = run("truncate:1")
	assert.Len(t, page.Results, 99)
	_, page = run("preview:1")
	assert.True(t, page.Preview)
	content, page = run("")
	assert.EqualValues(t, 250, content["resultCount"])
	assert.Empty(t, page.Messages)

	c.s.SetFaults(Faults{{Kind: "busy", Times: 2}, {Kind: "unauthorized", Times: 1, Scope: ScopeSearch}})
	for i, want := range []int{503, 503, 401, 200} {
		status, text := c.search(http.MethodGet, "/services/server/info")
		assert.Equal(t, want, status, i)
		if want == 503 {
			assert.Contains(t, text, "maximum number of concurrent historical searches")
		}
	}
	c.s.SetFaults(Faults{{Kind: "cut", Times: 1}})
	_, text, err := c.try(http.MethodGet, c.s.Ready().SearchURL+"/services/server/info", "")
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.NotEmpty(t, text, "half the reply came")
	c.s.SetFaults(Faults{{Kind: "slow", Delay: time.Hour}})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.s.Ready().SearchURL, nil)
	require.NoError(t, err)
	_, err = c.http.Do(r)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestParseFaults(t *testing.T) {
	got, err := ParseFaults("busy:3, search:unauthorized,slow:2s,hec:cut:1,code:26:2,partial")
	require.NoError(t, err)
	assert.Equal(t, Faults{{Kind: "busy", Times: 3}, {Kind: "unauthorized", Scope: ScopeSearch}, {Kind: "slow", Delay: 2 * time.Second},
		{Kind: "cut", Scope: ScopeHEC, Times: 1}, {Kind: "code", Scope: ScopeHEC, Code: 26, Times: 2}, {Kind: "partial", Scope: ScopeSearch}}, got)
	for spec, want := range map[string]string{"bussy": "no such fault", "busy:0": "no count", "busy:x": "no count", "slow": "slow:2s", "slow:-1s": "slow:2s",
		"code:99": "0 to 27", "hec:partial": "no meaning for hec", "search:code:9": "no meaning", "busy,,cut": "no such fault"} {
		_, err := ParseFaults(spec)
		if assert.Error(t, err, spec) {
			assert.Contains(t, err.Error(), want, spec)
		}
	}
}

// A search that takes too long is finalized, one that nobody asks for is cancelled, and the results of
// one that has ended are kept for their time after somebody asked.
func TestJobsEndByThemselves(t *testing.T) {
	var passed atomic.Int64
	c := filled(t, Config{Faults: Faults{{Kind: "stuck", Times: 2}}, Clock: func() time.Time { return noon.Add(time.Duration(passed.Load())) }})
	long := c.create("search", "search *", "max_time", "1")
	left := c.create("search", "search *", "auto_cancel", "1")
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		content := c.content(long)
		assert.Equal(ct, "DONE", content["dispatchState"])
		assert.Equal(ct, true, content["isFinalized"])
		for _, job := range c.s.Jobs() {
			assert.True(ct, job.SID != left || job.State == StateCancelled, job.State)
		}
	}, 20*time.Second, 20*time.Millisecond)

	kept := c.create("search", "search *", "timeout", "60", "exec_mode", "blocking")
	passed.Add(int64(50 * time.Second))
	status, _ := c.search(http.MethodGet, "/services/search/v2/jobs/"+kept)
	require.Equal(t, http.StatusOK, status)
	passed.Add(int64(50 * time.Second))
	status, _ = c.search(http.MethodGet, "/services/search/v2/jobs/"+kept)
	require.Equal(t, http.StatusOK, status, "it was asked for in between")
	passed.Add(int64(61 * time.Second))
	status, _ = c.search(http.MethodGet, "/services/search/v2/jobs/"+kept)
	require.Equal(t, http.StatusNotFound, status)
	status, body := c.search(http.MethodPost, "/services/search/v2/jobs", "search", "search *", "max_time", "soon")
	require.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, body, "max_time")
}
