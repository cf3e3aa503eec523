// Package sandbox is a Splunk-compatible server for the demo and for tests: the
// search REST interface, the HTTP Event Collector and the part of SPL that
// Foresight's own searches use, over an index kept in memory. It listens on
// loopback only, over TLS with a certificate authority of its own.
//
// What it does not know it refuses with a Splunk-shaped error; it never guesses.
// It can be told to misbehave (see ParseFaults), so that a client's handling of a
// busy, partial, slow or broken server can be tested.
package sandbox
