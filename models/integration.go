package models

import (
	"errors"
	"time"
)

// IntegrationKind is the language that an integration speaks.
type IntegrationKind string

// The kinds of integration.
const (
	IntegrationAPI          IntegrationKind = "api"          // our own JSON
	IntegrationAlertmanager IntegrationKind = "alertmanager" // Prometheus' webhook, version 4
	IntegrationGrafana      IntegrationKind = "grafana"      // the same and more, signed
	IntegrationPagerDuty    IntegrationKind = "pagerduty"    // Events API v2
	IntegrationCloudEvents  IntegrationKind = "cloudevents"  // CloudEvents 1.0 over HTTP
	IntegrationSplunk       IntegrationKind = "splunk"       // the webhook of an alert
	IntegrationSigned       IntegrationKind = "signed"       // our own JSON, signed: what the Splunk app sends
	IntegrationHeartbeat    IntegrationKind = "heartbeat"    // speaks while all is well

	IntegrationPagerDutyWebhook IntegrationKind = "pagerduty_webhook" // says what people do in PagerDuty with what Foresight opened there
)

// Integration is a system that reports to a customer's process by itself.
type Integration struct {
	ID            string
	Kind          IntegrationKind
	Service       string        // of what names none; "" when the reports do
	Component     string        // of a heartbeat
	ServiceFrom   []string      // labels that name the service: the first that is there
	ComponentFrom []string      // labels that name the component: the first that is there
	Rules         []LabelRule   // in order; the first that says something holds
	PerMinute     int           // requests that it may make
	Every         time.Duration // a heartbeat's: silence beyond this is reported
	Verify        bool          // a Splunk alert's: Splunk is asked whether it is true
}

// LabelRule says what a label's value means.
type LabelRule struct {
	Label, Value    string // "" is any value
	Service         string
	Component       string
	Impact, Urgency Grade
	Over            bool // the fact is no more
}

// Intake is what one request to the process brought, taken whole or not at all.
type Intake struct {
	Customer, Integration string
	At                    time.Time
	Once                  string // names the request at its source: the same again is ErrReplayed; "" names none
	Reports               []Report
}

// Taken is what became of a report, and in which case.
type Taken struct {
	Outcome  Outcome `json:"outcome"`
	Incident string  `json:"case,omitempty"` // "" of what was dropped
}

// ErrReplayed says that a request has been taken before.
var ErrReplayed = errors.New("this was taken before")

// ErrTooMany says that more is waiting than can be taken; later there is room.
var ErrTooMany = errors.New("more is reported than can be kept at once; try again later")
