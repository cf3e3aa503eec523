// Package splunktest is the one suite that every pair of a search client and an event
// client passes, against any server that speaks Splunk's search and HEC protocols.
package splunktest
