package configs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
)

var intakeEnv = env(map[string]string{
	"SPLUNK_TOKEN": "search-token", "SPLUNK_HEC_TOKEN": "hec-token",
	"PROM": "a-secret-of-prometheus", "BEAT": "a-secret-of-the-heartbeat", "SHORT": "guessed", "TWIN": "a-secret-of-prometheus",
})

// reported is base with two systems that report by themselves.
func reported(t *testing.T) (text, service string) {
	t.Helper()
	_, service = ofItsService(t, processed)
	return strings.Replace(base, "    services:\n", fmt.Sprintf(`    process:
      integrations:
        - id: prom
          kind: alertmanager
          secret: {env: PROM}
          service_from: [team, service]
          rules:
            - {label: job, value: node, service: %s, impact: 1}
            - {label: status, value: green, over: true}
        - {id: batch, kind: heartbeat, secret: {env: BEAT}, service: %s, component: nightly, every: 10m, per_minute: 60}
    services:
`, service, service), 1), service
}

func TestIntegrations(t *testing.T) {
	text, service := reported(t)
	cfg, err := configs.Parse("f.yml", []byte(text), intakeEnv)
	require.NoError(t, err)
	c := cfg.Customers[0]
	assert.Equal(t, []models.Integration{
		{
			ID: "prom", Kind: models.IntegrationAlertmanager, ServiceFrom: []string{"team", "service"}, PerMinute: 20_000,
			ComponentFrom: []string{"component", "instance", "host", "node", "pod", "device"},
			Rules:         []models.LabelRule{{Label: "job", Value: "node", Service: service, Impact: models.GradeHigh}, {Label: "status", Value: "green", Over: true}},
		},
		{
			ID: "batch", Kind: models.IntegrationHeartbeat, Service: service, Component: "nightly", Every: 10 * time.Minute, PerMinute: 60,
			ServiceFrom: []string{"service"}, ComponentFrom: []string{"component", "instance", "host", "node", "pod", "device"},
		},
	}, c.Process.Integrations)
	assert.Equal(t, "a-secret-of-prometheus", cfg.IntakeSecrets[c.ID]["prom"].Value())
	assert.NotContains(t, fmt.Sprintf("%+v %#v", cfg, cfg), "a-secret-of")
	assert.NoError(t, compile(t).Validate(plain(t, []byte(text))))
}

// Every language that is spoken may be configured, and is in the schema.
func TestKindsOfIntegration(t *testing.T) {
	text, _ := reported(t)
	for _, kind := range []models.IntegrationKind{
		models.IntegrationAPI, models.IntegrationAlertmanager, models.IntegrationGrafana, models.IntegrationPagerDuty, models.IntegrationCloudEvents, models.IntegrationSplunk,
		models.IntegrationSigned, models.IntegrationPagerDutyWebhook,
	} {
		one := strings.Replace(text, "kind: alertmanager", "kind: "+string(kind), 1)
		cfg, err := configs.Parse("f.yml", []byte(one), intakeEnv)
		require.NoError(t, err, kind)
		assert.Equal(t, kind, cfg.Customers[0].Process.Integrations[0].Kind)
		assert.NoError(t, compile(t).Validate(plain(t, []byte(one))), kind)
	}
}

// Alerts of Splunk are verified unless the file says otherwise, and nothing else is.
func TestAlertsOfSplunkAreVerified(t *testing.T) {
	text, _ := reported(t)
	verifies := func(kind string) bool {
		cfg, err := configs.Parse("f.yml", []byte(strings.Replace(text, "kind: alertmanager", kind, 1)), intakeEnv)
		require.NoError(t, err, kind)
		return cfg.Customers[0].Process.Integrations[0].Verify
	}
	assert.True(t, verifies("kind: splunk"))
	assert.False(t, verifies("kind: splunk\n          verify: false"))
	assert.False(t, verifies("kind: grafana"))
}

func TestOneMistakeOfAnIntegration(t *testing.T) {
	text, service := reported(t)
	const p = "customers[0].process.integrations"
	for _, said := range oneMistake(t, text, intakeEnv, []mistake{
		{"id: batch", "id: prom", p + `[1].id: "prom"`, "give each its own"},
		{"kind: alertmanager", "kind: alertmanger", p + `[0].kind: "alertmanger" is not known`, `did you mean "alertmanager"?`},
		{"secret: {env: PROM}", "secret: {env: SHORT}", p + "[0].secret: the secret has fewer than 16 characters", "openssl rand"},
		{"secret: {env: BEAT}", "secret: {env: TWIN}", p + "[1].secret: it is the same as that of " + p[:len("customers[0]")], "its own"},
		{"          secret: {env: PROM}\n", "", p + "[0].secret: the secret is missing", "write secret"},
		{"service: " + service + ", component", "service: nope, component", p + `[1].service: "nope" is not known`, service},
		{", every: 10m", "", p + "[1].every: how often it beats is missing", "such as 10m"},
		{"every: 10m", "every: 10s", p + "[1].every: how often it beats is missing or below a minute", "such as 10m"},
		{"kind: heartbeat", "kind: splunk", p + "[1].every: only a heartbeat has it", "take it out"},
		{"per_minute: 60", "verify: true", p + "[1].verify: only the webhook of a Splunk alert", "take it out"},
		{"per_minute: 60", "per_minute: 0", p + "[1].per_minute: 0 requests", "1 or more"},
		{"label: job", `label: ""`, p + "[0].rules[0].label: the label is missing", "name the one"},
		{"impact: 1", "impact: 4", p + "[0].rules[0].impact: 4 is none", "1 high"},
		{", over: true", "", p + "[0].rules[1]: the rule says nothing", "write service"},
	}) {
		assert.NotContains(t, said, "a-secret-of")
	}
}
