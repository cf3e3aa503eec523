package app

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/enterprise"
)

// costly is a searcher whose searches cost as much each.
type costly splunk.Cost

func (c costly) Search(context.Context, splunk.Search) (splunk.Rows, error) {
	return splunk.Rows{Cost: splunk.Cost(c)}, nil
}

// What a sample cost says what the history will, a year of it a search.
func TestTheCostOfASearch(t *testing.T) {
	const day = 24 * time.Hour
	q := models.Query{History: 3 * 365 * day}
	cost := &tally{Searcher: costly{Runtime: 35 * time.Second, Scanned: 70_000}}
	for range 2 { // the values, and a witness
		_, err := cost.Search(t.Context(), splunk.Search{})
		require.NoError(t, err)
	}
	assert.Equal(t, "; 1m10s on the server, which read 140000 events; its history of 1095 days will take about 37m0s, once", cost.words(q, 35*day))
	assert.NoError(t, cost.tooSlow(q, 35*day, 365*time.Second), "a second a day")
	assert.ErrorContains(t, cost.tooSlow(q, 35*day, 364*time.Second), "a search of its history will take about 6m0s, and time_limit is 6m4s: raise it")
	q.History = 30 * day
	assert.NoError(t, cost.tooSlow(q, 35*day, 30*time.Second))
	assert.Empty(t, (&tally{}).words(q, 35*day), "nothing is said of what the server does not tell")
}

// Versions are compared as numbers, part by part.
func TestOldVersions(t *testing.T) {
	for version, old := range map[string]bool{"8.2.12": true, "9.0.1": true, "9.0": true, "9.0.2": false, "9.0.2209.3": false, "9.4": false, "10.0.0": false, "10": false, "unknown": false} {
		assert.Equal(t, old, enterprise.Info{Version: version}.TooOld(), version)
	}
}
