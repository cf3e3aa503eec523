package enterprise

import (
	"net/http"

	"foresight/splunk"
)

// verdict is what to do after a reply of the event collector.
type verdict int

const (
	taken      verdict = iota // in, or to be acknowledged
	takenSlow                 // in, but the queue is filling: pause
	retry                     // later, as it is
	quarantine                // an event of the batch is bad
	tooLarge                  // the batch is too large: cut it
	hold                      // nothing will be taken until somebody changes a setting
	noAck                     // the token has no acknowledgement
)

// ruling is the meaning of one HEC code (0 to 27).
type ruling struct {
	verdict verdict
	why     string
	mend    string
}

const (
	mendToken   = "enable the token in Splunk, or give the right one; nothing is lost meanwhile"
	mendChannel = "this client always sends a channel: look for a proxy that drops X-Splunk-Request-Channel"
	mendIndex   = "create the index, or allow the token to write to it"
)

// rulings follow the table of codes that Splunk documents (0 to 22) and two
// independent copies of its 10.x help (23 to 27).
var rulings = map[int]ruling{
	0:  {verdict: taken},
	1:  {hold, splunk.ReasonUnauthorized, mendToken}, // token disabled
	2:  {hold, splunk.ReasonUnauthorized, mendToken}, // token is required
	3:  {hold, splunk.ReasonUnauthorized, mendToken}, // invalid authorization
	4:  {hold, splunk.ReasonUnauthorized, mendToken}, // invalid token
	5:  {hold, splunk.ReasonBadRequest, "look for a proxy that drops request bodies"},
	6:  {quarantine, splunk.ReasonBadRequest, ""},      // invalid data format
	7:  {hold, splunk.ReasonBadRequest, mendIndex},     // incorrect index
	8:  {verdict: retry, why: splunk.ReasonServer},     // internal server error
	9:  {verdict: retry, why: splunk.ReasonBusy},       // server is busy, or in a rolling restart
	10: {hold, splunk.ReasonBadRequest, mendChannel},   // data channel is missing
	11: {hold, splunk.ReasonBadRequest, mendChannel},   // invalid data channel
	12: {quarantine, splunk.ReasonBadRequest, ""},      // event field is required
	13: {quarantine, splunk.ReasonBadRequest, ""},      // event field cannot be blank
	14: {verdict: noAck, why: splunk.ReasonBadRequest}, // ACK is disabled
	15: {quarantine, splunk.ReasonBadRequest, ""},      // error in handling indexed fields
	16: {hold, splunk.ReasonUnauthorized, "look for a proxy that moves the token into the address"},
	17: {verdict: taken},                             // healthy: of the health endpoint only
	18: {verdict: retry, why: splunk.ReasonBusy},     // queues are full
	19: {verdict: retry, why: splunk.ReasonBusy},     // ack service unavailable
	20: {verdict: retry, why: splunk.ReasonBusy},     // both
	21: {hold, splunk.ReasonUnauthorized, mendToken}, // health: invalid token
	22: {hold, splunk.ReasonUnauthorized, mendToken}, // health: token disabled
	23: {verdict: retry, why: splunk.ReasonBusy},     // shutting down
	24: {verdict: takenSlow},                         // queue is approaching its limit
	25: {verdict: takenSlow},                         // ack is approaching its limit
	26: {verdict: retry, why: splunk.ReasonBusy},     // queue is at capacity
	27: {verdict: retry, why: splunk.ReasonBusy},     // ack channel is at capacity
}

// rule decides on status and code together. Without a known code (-1: none) the
// status decides, and no success is believed. A code that says success under a
// status that does not, and the other way round, is the worse of the two.
func rule(status, code int) ruling {
	r, known := rulings[code]
	if known && code == 17 && status < 300 {
		return ruling{hold, splunk.ReasonBadReply, "check the path of url"}
	}
	success := known && (r.verdict == taken || r.verdict == takenSlow)
	if known && success == (status >= 200 && status < 300) {
		return r
	}
	if known && !success {
		return r
	}
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return ruling{hold, splunk.ReasonUnauthorized, mendToken}
	case status == http.StatusRequestEntityTooLarge:
		return ruling{verdict: tooLarge, why: splunk.ReasonTooLarge}
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return ruling{verdict: retry, why: splunk.ReasonBusy}
	case status >= 500:
		return ruling{verdict: retry, why: splunk.ReasonServer}
	case status == http.StatusNotFound:
		return ruling{hold, splunk.ReasonNotFound, "check port and path of url, which should end with the port (8088)"}
	case status >= 300 && status < 400:
		return ruling{hold, splunk.ReasonRedirect, "write the final address in url"}
	case status >= 400:
		return ruling{hold, splunk.ReasonBadRequest, ""}
	}
	return ruling{hold, splunk.ReasonBadReply, "check that url is Splunk's event collector and no proxy's or web page's"}
}
