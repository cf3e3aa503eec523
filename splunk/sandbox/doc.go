// Package sandbox is a Splunk-compatible server for the demo and for tests: the
// search REST interface, the HTTP Event Collector and the part of SPL that
// Foresight's own searches use, over an index kept in memory. It listens on
// loopback only, over TLS with a certificate authority of its own.
//
// A search that names no index looks into main alone, as Splunk's default role does; a
// page of results holds 100 rows unless count says otherwise, and a job 10000 unless
// max_count does. Events whose time lies ahead are found once latest covers them.
//
// What it does not know it refuses with a Splunk-shaped error; it never guesses.
// It can be told to misbehave (see ParseFaults), so that a client's handling of a
// busy, partial, slow or broken server can be tested.
package sandbox
