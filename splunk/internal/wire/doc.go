// Package wire is what every client of Splunk does alike: one bounded exchange over
// HTTP and what its failure means, whether and when to try once more, and the
// server's words without our secrets.
package wire
