package configs

import (
	"fmt"
	"strings"
	"time"

	"foresight/models"
)

// leastSecret is the shortest secret that nobody guesses in time.
const leastSecret = 16

// manyPerMinute is what an integration may send unless the file says otherwise.
const manyPerMinute = 20_000

type fileIntegration struct {
	ID            string        `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Kind          string        `yaml:"kind" jsonschema:"required,enum=api,enum=alertmanager,enum=grafana,enum=pagerduty,enum=cloudevents,enum=splunk,enum=signed,enum=heartbeat,enum=pagerduty_webhook" jsonschema_description:"Which language it speaks: docs/intake.md."`
	Secret        *secretSource `yaml:"secret" jsonschema:"required" jsonschema_description:"What it shows to be let in, 16 characters or more and of no other integration."`
	Service       string        `yaml:"service" jsonschema_description:"Id of the service of a report that names none (default: the customer's only one)."`
	Component     string        `yaml:"component" jsonschema_description:"Of a heartbeat: what is silent when it is missing."`
	Every         duration      `yaml:"every" jsonschema_description:"Of a heartbeat, required: silence beyond this is reported."`
	ServiceFrom   []string      `yaml:"service_from" jsonschema_description:"Labels that hold the id of a service: the first that is there (default [service])."`
	ComponentFrom []string      `yaml:"component_from" jsonschema_description:"Labels that name the component: the first that is there (default [component, instance, host, node, pod, device])."`
	Rules         []fileRule    `yaml:"rules" jsonschema_description:"What labels mean, in order: of each thing the first rule that says it holds."`
	PerMinute     int           `yaml:"per_minute" jsonschema_description:"Requests that it may make in a minute (default 20000)."`
	Verify        *flag         `yaml:"verify" jsonschema_description:"Of a splunk integration: Splunk (splunk.search) is asked whether the search of each alert exists and is the one that it says (default true). false where the alerts are another Splunk's."`
	secret        Secret
}

type fileRule struct {
	Label     string `yaml:"label" jsonschema:"required" jsonschema_description:"Name of a label, or of a field."`
	Value     string `yaml:"value" jsonschema_description:"Which it has (default: any)."`
	Service   string `yaml:"service" jsonschema_description:"Id of the service that this is of."`
	Component string `yaml:"component" jsonschema_description:"Component that this is of."`
	Impact    int    `yaml:"impact" jsonschema_description:"1 high, 2 medium, 3 low."`
	Urgency   int    `yaml:"urgency" jsonschema_description:"1 high, 2 medium, 3 low."`
	Over      flag   `yaml:"over" jsonschema_description:"It says that what was reported is over (default false)."`
}

var integrationKinds = []string{
	string(models.IntegrationAPI), string(models.IntegrationAlertmanager), string(models.IntegrationGrafana), string(models.IntegrationPagerDuty),
	string(models.IntegrationCloudEvents), string(models.IntegrationSplunk), string(models.IntegrationSigned), string(models.IntegrationHeartbeat), string(models.IntegrationPagerDutyWebhook),
}

// integrations checks who may report by itself, and reads its secrets.
func (v validator) integrations(key string, all []fileIntegration, services []string) {
	ids := v.unique()
	for n := range all {
		i, at := &all[n], fmt.Sprintf("%s[%d]", key, n)
		ids(at, i.ID)
		v.oneOf(at+".kind", i.Kind, integrationKinds...)
		v.among(at+".service", i.Service, services)
		if i.Secret == nil {
			v.fail(at+".secret", "the secret is missing; write secret: {env: NAME} or {file: path}")
		} else if i.secret = v.secret(at+".secret", i.Secret); i.secret.IsSet() && len(i.secret.Value()) < leastSecret {
			v.fail(at+".secret", "the secret has fewer than %d characters and can be guessed; make one with openssl rand -hex 16", leastSecret)
		}
		beats := i.Kind == string(models.IntegrationHeartbeat)
		switch {
		case beats && i.Every < duration(time.Minute):
			v.fail(at+".every", "how often it beats is missing or below a minute; write such as 10m")
		case beats && i.Service == "" && len(services) > 1:
			v.fail(at+".service", "whose heartbeat is it? Name one of %s", strings.Join(services, ", "))
		case !beats && i.Every != 0:
			v.fail(at+".every", "only a heartbeat has it; take it out")
		case !beats && i.Component != "":
			v.fail(at+".component", "only a heartbeat has it; name the labels that hold it in component_from")
		}
		if i.Kind != string(models.IntegrationSplunk) && i.Verify != nil {
			v.fail(at+".verify", "only the webhook of a Splunk alert can be verified; take it out")
		}
		if v.given(at+".per_minute") && i.PerMinute < 1 {
			v.fail(at+".per_minute", "%d requests a minute let nothing in; write 1 or more", i.PerMinute)
		}
		for m, r := range i.Rules {
			v.labelRule(fmt.Sprintf("%s.rules[%d]", at, m), r, services)
		}
	}
}

// among is oneOf for what may be left out.
func (v validator) among(key, id string, known []string) {
	if id != "" {
		v.oneOf(key, id, known...)
	}
}

func (v validator) labelRule(key string, r fileRule, services []string) {
	if strings.TrimSpace(r.Label) == "" {
		v.fail(key+".label", "the label is missing; name the one whose value means something")
	}
	v.among(key+".service", r.Service, services)
	for name, grade := range map[string]int{"impact": r.Impact, "urgency": r.Urgency} {
		if v.given(key+"."+name) && (grade < 1 || grade > 3) {
			v.fail(key+"."+name, "%d is none; write 1 high, 2 medium or 3 low", grade)
		}
	}
	if r.Service == "" && r.Component == "" && r.Impact == 0 && r.Urgency == 0 && !bool(r.Over) {
		v.fail(key, "the rule says nothing; write service, component, impact, urgency or over")
	}
}

// verifiable refuses to verify alerts where there is no Splunk to ask.
func (v validator) verifiable(f *file) {
	if f.Splunk.CloudServices == nil {
		return
	}
	for c := range f.Customers {
		for i, n := range f.Customers[c].Process.Integrations {
			if n.Kind == string(models.IntegrationSplunk) && (n.Verify == nil || bool(*n.Verify)) {
				v.fail(fmt.Sprintf("customers[%d].process.integrations[%d].verify", c, i), "Splunk Cloud Services knows nothing of alerts; write verify: false, and the secret alone lets them in")
			}
		}
	}
}

// ownSecrets refuses one secret of two integrations: whose is a report that shows it?
func (v validator) ownSecrets(f *file) {
	owner := map[string]string{}
	for c := range f.Customers {
		for i, n := range f.Customers[c].Process.Integrations {
			key := fmt.Sprintf("customers[%d].process.integrations[%d].secret", c, i)
			if !n.secret.IsSet() {
				continue
			}
			if other, twice := owner[n.secret.Value()]; twice {
				v.fail(key, "it is the same as that of %s; give each integration its own", other)
			}
			owner[n.secret.Value()] = key
		}
	}
}

func integrationsOf(all []fileIntegration) []models.Integration {
	var built []models.Integration
	for _, f := range all {
		i := models.Integration{
			ID: f.ID, Kind: models.IntegrationKind(f.Kind), Service: f.Service, Component: f.Component, Every: time.Duration(f.Every),
			ServiceFrom: f.ServiceFrom, ComponentFrom: f.ComponentFrom, PerMinute: f.PerMinute,
			Verify: f.Kind == string(models.IntegrationSplunk) && (f.Verify == nil || bool(*f.Verify)),
		}
		if len(i.ServiceFrom) == 0 {
			i.ServiceFrom = []string{"service"}
		}
		if len(i.ComponentFrom) == 0 {
			i.ComponentFrom = []string{"component", "instance", "host", "node", "pod", "device"}
		}
		or(&i.PerMinute, manyPerMinute)
		for _, r := range f.Rules {
			i.Rules = append(i.Rules, models.LabelRule{
				Label: r.Label, Value: r.Value, Service: r.Service, Component: r.Component, Impact: models.Grade(r.Impact), Urgency: models.Grade(r.Urgency), Over: bool(r.Over),
			})
		}
		built = append(built, i)
	}
	return built
}
