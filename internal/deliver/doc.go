// Package deliver takes what the outbox holds to Splunk: in order, at least once, and
// held, not lost, while Splunk is down, busy or refuses the token.
package deliver
