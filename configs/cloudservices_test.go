package configs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
)

const tenantText = `  cloud_services:
    tenant: acme
    client_id: foresight
    client_secret: {env: SPLUNK_TOKEN}
`

// inTheCloud is base with a tenant of Splunk Cloud Services in the place of both servers.
func inTheCloud(t *testing.T) string {
	t.Helper()
	_, rest, found := strings.Cut(base, "customers:\n")
	require.True(t, found)
	return "splunk:\n" + tenantText + "customers:\n" + rest
}

func TestCloudServices(t *testing.T) {
	c, err := configs.Parse("f.yml", []byte(inTheCloud(t)), exampleEnv)
	require.NoError(t, err)
	assert.Equal(t, configs.CloudServices{
		Tenant: "acme", Host: "https://api.scp.splunk.com", IDPHost: "https://auth.scp.splunk.com", ClientID: "foresight",
		ClientSecret: configs.NewSecret("search-token"), Index: "foresight", Timeout: time.Minute, TimeLimit: 15 * time.Minute,
		Batch: configs.Batch{Events: 500, Bytes: 1_000_000},
	}, *c.Splunk.CloudServices)
	assert.Equal(t, "foresight", c.Splunk.Index())
	assert.Equal(t, 15*time.Minute, c.Splunk.TimeLimit())
	require.NoError(t, compile(t).Validate(plain(t, []byte(inTheCloud(t)))))

	c, err = configs.Parse("f.yml", []byte(base), exampleEnv)
	require.NoError(t, err)
	assert.Nil(t, c.Splunk.CloudServices)
	assert.Equal(t, "foresight", c.Splunk.Index())
	assert.Equal(t, 15*time.Minute, c.Splunk.TimeLimit())
	both := strings.Replace(base, "splunk:\n", "splunk:\n"+tenantText, 1)
	assert.Error(t, compile(t).Validate(plain(t, []byte(both))), "the schema wants one of the two")
}

func TestMistakesInCloudServices(t *testing.T) {
	said := oneMistake(t, inTheCloud(t), exampleEnv, []mistake{
		{"tenant: acme", "tenant: a/b", `splunk.cloud_services.tenant: "a/b" is no name`, "letters"},
		{"    tenant: acme\n", "", "splunk.cloud_services.tenant", "letters"},
		{"    client_id: foresight\n", "", "splunk.cloud_services.client_id: the client is missing", "client_id: NAME"},
		{"    client_secret: {env: SPLUNK_TOKEN}\n", "", "splunk.cloud_services.client_secret: the secret is missing", "{env: NAME}"},
		{"{env: SPLUNK_TOKEN}", "hunter2", "splunk.cloud_services.client_secret: a secret stands in the file", "{env: NAME}"},
		{"tenant: acme", "tenant: acme\n    host: api.scp.splunk.com", "splunk.cloud_services.host", "https://api.scp.splunk.com"},
		{"tenant: acme", "tenant: acme\n    idp_host: 'ftp://x'", "splunk.cloud_services.idp_host", "https://auth.scp.splunk.com"},
		{"tenant: acme", "tenant: acme\n    ca_file: none.pem", "splunk.cloud_services.ca_file: stat ", "mend the path"},
		{"tenant: acme", "tenant: acme\n    time_limit: 2h", "splunk.cloud_services.time_limit", "1h or less"},
		{"tenant: acme", "tenant: acme\n    index: Foresight", "splunk.cloud_services.index", "lower case"},
		{"tenant: acme", "tenant: acme\n    batch: {events: -1}", "splunk.cloud_services.batch.events", "1 or more"},
		{"tenant: acme", "tenant: acme\n    batch: {bytes: 100}", "splunk.cloud_services.batch.bytes", "10000 or more"},
		{"splunk:\n", "splunk:\n  search: {url: 'https://x'}\n", "splunk.search: cloud_services takes its place", "keep that for"},
		{"splunk:\n", "splunk:\n  notes: {}\n", "splunk.notes: Splunk Cloud Services has no KV store", "take it out"},
		{"splunk:\n", "splunk:\n  hec: {url: 'https://x'}\n", "splunk.hec: cloud_services takes its place", "keep that for"},
	})
	for _, text := range said {
		assert.NotContains(t, text, "hunter2")
	}
}
