// Package cloudservices speaks to Splunk Cloud Services (SCS, api.scp.splunk.com), which
// is neither Splunk Enterprise nor Splunk Cloud Platform, through Splunk's own
// splunk-cloud-sdk-go: searches (SearchClient) and events (Sender) of one Tenant.
//
// The SDK knows the endpoints and their shapes. What happens on the way is ours, in the
// http.RoundTripper that it is given: contexts and deadlines, credentials that are
// renewed once for all who wait, tries repeated with jitter and Retry-After, answers of
// bounded size, errors that say what to do and hold no secret. The SDK's own retries,
// token handling, waiting for jobs and batching are not used; docs/decisions.md says why.
//
// A search result is accepted only when everything about it says that it is complete,
// and events are sent at least once, each under its own id, as package enterprise does.
package cloudservices
