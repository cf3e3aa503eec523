// Package enterprise speaks to Splunk Enterprise and Splunk Cloud Platform: searches
// over the REST interface (SearchClient, port 8089) and events over the HTTP event
// collector (HECClient, port 8088).
//
// A search result is accepted only when everything about it says that it is
// complete: no partial results allowed, the job DONE and neither failed, finalized
// nor a zombie, no warning on the job or on any page, no preview, and as many rows as
// the job counted. Whatever else comes back is an error.
//
// Events are sent at least once. What a reply means is decided on HTTP status and HEC
// code together; the decision table is in codes.go.
package enterprise
