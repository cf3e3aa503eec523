package app_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/models"
	"foresight/splunk/app"
	"foresight/splunk/app/apptest"
)

// withPoints is the demo's index with its forecasts as metric points, each of them twice.
func withPoints(t *testing.T) *apptest.Index {
	t.Helper()
	index := apptest.Start(t)
	for _, e := range apptest.Events(t) {
		if e.Sourcetype != models.SourcetypeForecast {
			continue
		}
		var body models.ForecastEvent
		require.NoError(t, json.Unmarshal([]byte(e.Raw), &body))
		point, ok := models.MetricOf(body)
		require.True(t, ok)
		text, err := json.Marshal(point)
		require.NoError(t, err)
		var fields map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(text, &fields))
		e.Raw, e.Index, e.Metric, e.Fields = "metric", "foresight_metrics", true, map[string][]string{}
		for name, value := range fields {
			e.Fields[name] = []string{strings.Trim(string(value), `"`)}
		}
		index.Server.Add(e, e)
	}
	return index
}

// The manual's searches over metric points say what the same question says over events.
func TestTheManualsMetricSearchesAgreeWithEvents(t *testing.T) {
	text, err := os.ReadFile("../../docs/events.md")
	require.NoError(t, err)
	_, section, _ := strings.Cut(string(text), "## Forecasts as metrics")
	_, block, _ := strings.Cut(section, "```\n")
	block, _, _ = strings.Cut(block, "```")
	searches := strings.Split(strings.TrimSpace(block), "\n\n")
	macros, err := app.ReadMacros(app.Files())
	require.NoError(t, err)
	index := withPoints(t)
	const events = "search `foresight_index` sourcetype=foresight:forecast earliest=@d "
	beside := []string{
		events + "measure=total latest=+400d | `foresight_newest_forecast` | `foresight_noon` | timechart span=1d limit=0 max(q50) by signal",
		events + "latest=+90d | `foresight_newest_forecast` | stats max(overload_probability) AS likely BY customer service signal | where likely>=0.2 | sort 0 -likely",
	}
	require.Len(t, searches, len(beside))
	for i, spl := range searches {
		got := rowsOf(t, index, macros, strings.ReplaceAll(spl, "\n", " "))
		want := rowsOf(t, index, macros, beside[i])
		require.NotEmpty(t, want.Rows)
		require.Equal(t, want, got, spl)
	}
}

func rowsOf(t *testing.T, index *apptest.Index, macros app.Macros, spl string) apptest.Result {
	t.Helper()
	spl, err := macros.Expand(spl)
	require.NoError(t, err)
	r, err := index.Run(t.Context(), spl, apptest.Range{})
	require.NoError(t, err, spl)
	return r
}
