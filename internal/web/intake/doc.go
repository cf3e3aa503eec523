// Package intake is where systems report to the incident process over HTTP, each in its own
// language: our own JSON, the webhooks of Alertmanager, Grafana and Splunk, PagerDuty's Events
// API v2, CloudEvents, heartbeats.
//
// Each integration belongs to one customer and shows its own secret. What is refused changes
// nothing and is told to the operator once, not once a request.
package intake
