package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the server says of its user and its indexes, and that it can be told to say otherwise, or nothing.
func TestRightsAndIndexes(t *testing.T) {
	c := start(t, Config{Indexes: []string{"web"}})
	_, text := c.search(http.MethodGet, "/services/authentication/current-context")
	assert.Equal(t, []any{"list_storage_passwords", "schedule_search", "search"}, settingsOf(t, text)["context"]["capabilities"])
	_, text = c.search(http.MethodGet, "/services/data/indexes", "count", "0")
	all := settingsOf(t, text)
	assert.Subset(t, slices.Collect(maps.Keys(all)), []string{"foresight", "main", "web"})
	assert.EqualValues(t, 34560000, all["foresight"]["quarantineFutureSecs"])
	assert.EqualValues(t, 2592000, all["web"]["quarantineFutureSecs"])
	_, text = c.search(http.MethodGet, "/servicesNS/nobody/search/data/indexes/foresight_metrics")
	assert.Equal(t, "metric", settingsOf(t, text)["foresight_metrics"]["datatype"])

	status, _ := c.search(http.MethodGet, "/services/data/indexes/nowhere")
	assert.Equal(t, 404, status)
	status, _ = c.search(http.MethodPost, "/services/data/indexes/web", "frozenTimePeriodInSecs", "1")
	assert.Equal(t, 405, status, "they are read only")

	c.s.Grant(Rights{Capabilities: []string{"search"}, Jobs: 3, Window: time.Hour})
	c.s.Define("web", IndexDefinition{Disabled: true, Frozen: time.Hour})
	_, text = c.search(http.MethodGet, "/services/authorization/roles/sandbox")
	assert.EqualValues(t, 3, settingsOf(t, text)["sandbox"]["srchJobsQuota"])
	assert.EqualValues(t, 3600, settingsOf(t, text)["sandbox"]["srchTimeWin"])
	_, text = c.search(http.MethodGet, "/services/data/indexes/web")
	assert.Equal(t, true, settingsOf(t, text)["web"]["disabled"])

	c.s.Grant(Rights{Untold: true})
	for _, path := range []string{"/services/data/indexes/web", "/services/data/indexes", "/services/authorization/roles/sandbox"} {
		status, _ = c.search(http.MethodGet, path)
		assert.Equal(t, 403, status, path)
	}
	status, _ = c.search(http.MethodGet, "/services/authentication/current-context")
	require.Equal(t, 200, status)
}

// What is in the indexes that the set-up guide defines may lie 400 days ahead.
func TestForesightsIndexTakesWhatLiesAhead(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for index, days := range map[string]int{"main": 30, "": 30, "foresight": 400, "foresight_metrics": 400} {
		e := Event{Index: index, IndexTime: now, Time: now.AddDate(0, 0, days)}
		assert.False(t, e.Quarantined(), index)
		e.Time = e.Time.Add(time.Second)
		assert.True(t, e.Quarantined(), index)
	}
}
