// Package otel holds Foresight's event client, and the sandbox's event collector, against a collector that is not ours:
// the OpenTelemetry Collector's splunkhecreceiver, started on loopback with a sink behind it. It is a module of its own, so that
// the collector's dependencies are not Foresight's. `make conformance` runs it.
//
// go.sum: the checksum database does not know v0.100.0 of the receiver's modules; their hashes are those that Splunk's own
// distribution of the collector published with its v0.100.0. Later versions could not be had when this was written.
package otel
