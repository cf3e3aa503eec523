package app

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/splunk"
)

func TestHintsOfSplunkCloudPlatform(t *testing.T) {
	const search = "https://acme.splunkcloud.com:8089"
	for _, tt := range []struct {
		search, hec string
		bytes       int
		want        string // "": none
	}{
		{search, "https://http-inputs-acme.splunkcloud.com:443", 1_000_000, ""},
		{search, "https://http-inputs-acme.splunkcloud.com", 1_000_000, ""},
		{search, "https://http-inputs.acme.splunkcloud.com:443", 1_000_000, ""},
		{search, "https://splunk-inputs.acme.example", 1_000_000, ""}, // a private name: nothing is known of it
		{search, "https://acme.splunkcloud.com:8088", 1, "port 8088 is a free trial's; a stack's event collector is at https://http-inputs-acme.splunkcloud.com:443"},
		{search, "https://acme.splunkcloud.com", 1, "no host of the event collector: https://http-inputs-acme.splunkcloud.com:443"},
		{search, "https://http-inputs-acme.splunkcloud.com", 2_000_000, "hec.batch.bytes 2000000"},
		{"https://http-inputs-acme.splunkcloud.com", "https://http-inputs-acme.splunkcloud.com", 1, "searches go to https://acme.splunkcloud.com:8089"},
		{"https://acme.splunkcloud.com", "https://http-inputs-acme.splunkcloud.com", 1, "has not port 8089"},
		{"http://acme.splunkcloud.com:8089", "https://http-inputs-acme.splunkcloud.com", 1, "TLS alone"},
	} {
		cfg := configs.Splunk{Deployment: configs.DeploymentCloud, Search: configs.Search{URL: tt.search}, HEC: configs.HEC{URL: tt.hec, Batch: configs.Batch{Bytes: tt.bytes}}}
		hints := cloudHints(cfg)
		if tt.want == "" {
			assert.Empty(t, hints, tt.hec)
			continue
		}
		require.Len(t, hints, 1, tt.search+" "+tt.hec)
		assert.ErrorContains(t, hints[0], tt.want)
		cfg.Deployment = configs.DeploymentEnterprise
		assert.Empty(t, cloudHints(cfg))
	}
}

func TestAClosedPortOfSplunkCloudPlatform(t *testing.T) {
	cfg := configs.Splunk{Deployment: configs.DeploymentCloud}
	refused := &splunk.Error{Op: "asking", Why: splunk.ReasonNetwork}
	require.ErrorContains(t, closedPort(cfg, refused), "search-api")
	require.ErrorIs(t, closedPort(cfg, refused), refused)
	wrong := &splunk.Error{Op: "asking", Why: splunk.ReasonUnauthorized}
	assert.Equal(t, error(wrong), closedPort(cfg, wrong))
	assert.NoError(t, closedPort(cfg, nil))
	assert.Equal(t, error(refused), closedPort(configs.Splunk{Deployment: configs.DeploymentEnterprise}, refused))
}
