package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a job that runs is told stands in what it says of itself.
func TestAJobIsToldThings(t *testing.T) {
	c := start(t, Config{Faults: Faults{{Kind: "stuck", Times: 1}}})
	const jobs = "/services/search/v2/jobs"
	status, text := c.search(http.MethodPost, jobs, "search", "search index=main", "id", "told")
	require.Equal(t, 201, status, text)
	says := func(field string) any {
		_, text := c.search(http.MethodGet, jobs+"/told")
		return settingsOf(t, text)["search index=main"][field]
	}
	tell := func(values ...string) int {
		status, _ := c.search(http.MethodPost, jobs+"/told/control", values...)
		return status
	}
	assert.EqualValues(t, 5, says("priority"))
	assert.Equal(t, 200, tell("action", "setpriority", "priority", "10"))
	assert.EqualValues(t, 10, says("priority"))
	assert.Equal(t, 400, tell("action", "setpriority", "priority", "11"))
	assert.Equal(t, 400, tell("action", "setpriority"))
	for _, tt := range [][3]string{{"pause", "isPaused", "true"}, {"unpause", "isPaused", "false"}, {"enablepreview", "isPreviewEnabled", "true"}, {"disablepreview", "isPreviewEnabled", "false"}} {
		assert.Equal(t, 200, tell("action", tt[0]))
		assert.Equal(t, tt[2] == "true", says(tt[1]), tt[0])
		if tt[0] == "pause" {
			assert.Equal(t, StatePaused, says("dispatchState"))
		}
	}
	assert.Equal(t, 400, tell("action", "dance"))
}

// output_mode=raw is the events' texts, a line each.
func TestRawResults(t *testing.T) {
	c := start(t, Config{})
	at := c.s.clock().Add(-time.Minute)
	c.s.Add(Event{Time: at, Raw: "one"}, Event{Time: at, Raw: "two"})
	_, text := c.search(http.MethodPost, "/services/search/v2/jobs/export", "search", "search index=main | sort _raw", "output_mode", "raw")
	assert.Equal(t, []string{"one", "two"}, strings.Fields(text))
	_, text = c.search(http.MethodPost, "/services/search/v2/jobs/export", "search", "search index=main | stats count", "output_mode", "raw")
	assert.Empty(t, text)
}
