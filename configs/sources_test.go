package configs_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
	"foresight/splunk"
)

func TestSources(t *testing.T) {
	const from = "            source: tstats\n            search: index=os\n            history: 3y\n            lag: 0s\n"
	of := func(lines string) models.Query { t.Helper(); return with(t, from, lines).Services[0].Queries[1] }

	q := of("            data_model: {name: Web, summaries_only: true}\n")
	assert.Equal(t, models.SourceTstats, q.Source)
	assert.Equal(t, &models.DataModel{Name: "Web", Dataset: "Web", SummariesOnly: true}, q.DataModel)
	assert.Equal(t, time.Hour, q.Lag, "a summary may be an hour late")
	assert.Equal(t, 10*time.Minute, of("            data_model: {name: Web, dataset: Proxy}\n            search: Proxy.status>=500\n").Lag)

	q = of("            saved_search: {name: \"Load, by hour\", app: ops}\n")
	assert.Equal(t, models.SourceSaved, q.Source)
	assert.Equal(t, &models.SavedSearch{Name: "Load, by hour", App: "ops", Owner: "nobody"}, q.Saved)
	assert.Empty(t, q.Search)
	assert.Equal(t, &models.SavedSearch{Name: "Load"}, of("            saved_search: {name: Load}\n").Saved)

	q = of("            source: mstats\n            search: index=os_metrics\n            empty: witness\n            witness: {search: index=os_metrics, metric: cpu.idle}\n")
	assert.Equal(t, &models.Witness{Search: "index=os_metrics", Span: models.SpanHour, Source: models.SourceMstats, Metric: "cpu.idle"}, q.Witness)
	q = of("            source: mstats\n            search: index=os_metrics\n            empty: witness\n            witness: {search: index=os}\n")
	assert.Equal(t, models.SourceEvents, q.Witness.Source)
}

// A tenant of Splunk Cloud Services has no saved searches.
func TestCloudServicesHasNoSavedSearches(t *testing.T) {
	const text = `splunk:
  cloud_services: {tenant: acme, client_id: foresight, client_secret: {env: SPLUNK_TOKEN}}
customers:
  - id: shop
    zone: UTC
    services:
      - id: web
        queries:
          - {id: volume, saved_search: {name: Volume}}
`
	_, err := configs.Parse("f.yml", []byte(text), exampleEnv)
	require.ErrorContains(t, err, "saved_search: Splunk Cloud Services keeps no saved searches")
}

// The manual's examples are right as they stand.
func TestExamplesOfSources(t *testing.T) {
	page, err := os.ReadFile("../docs/sources.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	queries, _, _ := strings.Cut(rest, "```")
	text := "splunk:\n  search: {url: https://s:8089, token: {env: SPLUNK_TOKEN}}\n  hec: {url: https://s:8088, token: {env: SPLUNK_HEC_TOKEN}}\n" +
		"customers:\n  - id: shop\n    zone: UTC\n    services:\n      - id: web\n        " + strings.ReplaceAll(strings.TrimSpace(queries), "\n", "\n        ") + "\n"
	c, err := configs.Parse("f.yml", []byte(text), exampleEnv)
	require.NoError(t, err)
	for _, q := range c.Customers[0].Services[0].Queries {
		assert.NoError(t, splunk.CheckQuery(q, time.UTC), q.ID)
	}
}
