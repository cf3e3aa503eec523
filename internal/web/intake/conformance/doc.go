// Package conformance lets others' clients report to a running Foresight: a real Alertmanager,
// go-pagerduty and the CloudEvents SDK. It has tests only, in a module of its own, so that
// what those bring along is not Foresight's. make intake runs them.
package conformance
