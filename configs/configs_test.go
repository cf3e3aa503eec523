package configs_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
	"foresight/splunk"
)

// env looks variables up in a map.
func env(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

var exampleEnv = env(map[string]string{"SPLUNK_TOKEN": "search-token", "SPLUNK_HEC_TOKEN": "hec-token"})

func TestExampleLoads(t *testing.T) {
	c, err := configs.Parse("examples/webshop.yml", configs.Example, exampleEnv)
	require.NoError(t, err)
	assert.Equal(t, "https://splunk.example.com:8089", c.Splunk.Search.URL)
	assert.Equal(t, "search-token", c.Splunk.Search.Token.Value())
	assert.Equal(t, "hec-token", c.Splunk.HEC.Token.Value())
	assert.Equal(t, 15*time.Minute, c.Splunk.Search.TimeLimit)
	require.Len(t, c.Customers, 1)
	cust := c.Customers[0]
	assert.Equal(t, "Europe/Stockholm", cust.Zone.String())
	stockholm := cust.Zone
	assert.Equal(t, models.CalendarEvent{
		Name: "spring campaign", From: time.Date(2024, 4, 11, 0, 0, 0, 0, stockholm),
		To: time.Date(2024, 4, 11, 0, 0, 0, 0, stockholm), KnownFrom: time.Date(2023, 12, 1, 0, 0, 0, 0, stockholm),
	}, cust.Events[0])
	assert.Len(t, cust.Events, 4)
	assert.Equal(t, 25, cust.LeadTime.Days())
	require.Len(t, cust.Services, 2)

	q := cust.Services[0].Queries[0]
	assert.Equal(t, models.EmptyWitness, q.Empty)
	assert.Equal(t, &models.Witness{Search: "index=payments sourcetype=gateway:heartbeat", Span: models.Span15Min, Source: models.SourceEvents}, q.Witness)
	assert.Equal(t, "transactions", q.Signal.ID)
	assert.Equal(t, models.CapacityStep{
		ID: "gateway-2", From: time.Date(2026, 11, 2, 0, 0, 0, 0, stockholm), Limit: 60, Per: models.PerSecond, Headroom: 0.2, Note: "order 4711",
	}, q.Signal.Capacity[1])
	assert.Equal(t, 26298*time.Hour, q.History, "three years of 365.25 days")

	declined := cust.Services[0].Queries[2].Signal
	assert.Equal(t, models.KindRatio, declined.Kind)
	assert.Equal(t, models.AggregateSum, declined.Aggregate)
	cpu := cust.Services[1].Queries[1].Signal
	assert.Equal(t, 40, cpu.LeadTime.Days())
	assert.Equal(t, "payments/transactions", cpu.Driver)
	assert.Equal(t, models.PerBucket, cpu.Capacity[0].Per)
}

// What the example asks can be asked.
func TestExampleCanBeSearched(t *testing.T) {
	c, err := configs.Parse("examples/webshop.yml", configs.Example, exampleEnv)
	require.NoError(t, err)
	for _, s := range c.Customers[0].Services {
		for _, q := range s.Queries {
			assert.NoError(t, splunk.CheckQuery(q, c.Customers[0].Zone), q.ID)
		}
	}
}
