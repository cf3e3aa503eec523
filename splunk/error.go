package splunk

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The reasons of an Error: short and stable, fit for a metric's label.
const (
	ReasonUnauthorized = "unauthorized" // token or password refused, disabled or lacking rights
	ReasonBusy         = "busy"         // 429, 503, queues full, too many searches at once
	ReasonQuota        = "quota"        // the user's disk or search quota is used up
	ReasonIncomplete   = "incomplete"   // an answer that may lack something
	ReasonTooLarge     = "too_large"    // more rows or bytes than were allowed for
	ReasonTimeout      = "timeout"      // a deadline passed
	ReasonCancelled    = "cancelled"    // the caller gave up
	ReasonTLS          = "tls"          // the server's certificate was not trusted
	ReasonNetwork      = "network"      // no connection, or it was cut
	ReasonNotFound     = "not_found"    // no such endpoint or app
	ReasonRedirect     = "redirect"     // the server points elsewhere; not followed
	ReasonBadSearch    = "bad_search"   // Splunk cannot parse or run it
	ReasonFailed       = "failed"       // the search began and failed, or was cancelled by others
	ReasonBadReply     = "bad_reply"    // an answer that cannot be understood
	ReasonBadRequest   = "bad_request"  // refused by the server's settings: index, channel, format
	ReasonServer       = "server"       // 5xx without a better word
	ReasonOther        = "other"        // not an Error of this package
)

// Reasons are all of them.
var Reasons = []string{ReasonUnauthorized, ReasonBusy, ReasonQuota, ReasonIncomplete, ReasonTooLarge, ReasonTimeout, ReasonCancelled, ReasonTLS,
	ReasonNetwork, ReasonNotFound, ReasonRedirect, ReasonBadSearch, ReasonFailed, ReasonBadReply, ReasonBadRequest, ReasonServer, ReasonOther}

// Error is a failed exchange with Splunk. It never holds a secret.
type Error struct {
	Op         string        // what was being done: "creating the search job of query web"
	Host       string        // of the URL
	Status     int           // HTTP status, 0 when there was no answer
	Code       int           // HEC code, -1 when there was none
	Reply      string        // the server's words, shortened
	Why        string        // one of the Reason… constants
	Mend       string        // what to do about it, "" when nothing is known
	RetryAfter time.Duration // asked for by the server, else 0
	Err        error         // cause, may be nil
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Host != "" {
		b.WriteString(" at " + e.Host)
	}
	b.WriteString(": " + e.what())
	if e.Mend != "" {
		b.WriteString("; " + e.Mend)
	}
	return b.String()
}

// what tells the status, the server's words and the cause, as far as they are known.
func (e *Error) what() string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Code > 0 {
		parts = append(parts, fmt.Sprintf("code %d", e.Code))
	}
	head := strings.Join(parts, " ")
	var tail []string
	if e.Err != nil {
		tail = append(tail, e.Err.Error())
	}
	if e.Reply != "" {
		tail = append(tail, fmt.Sprintf("server says %q", e.Reply))
	}
	if head != "" {
		tail = append([]string{head}, tail...)
	}
	if len(tail) == 0 {
		return e.Reason()
	}
	return strings.Join(tail, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Reason is a short and stable word for a metric's label.
func (e *Error) Reason() string {
	if e.Why == "" {
		return ReasonOther
	}
	return e.Why
}

// Temporary tells whether the same request may succeed later without anybody
// changing a setting.
func (e *Error) Temporary() bool {
	switch e.Why {
	case ReasonBusy, ReasonQuota, ReasonIncomplete, ReasonTimeout, ReasonNetwork, ReasonServer, ReasonFailed:
		return true
	}
	return false
}

// Wait is how long the server asked to be left alone, 0 where it did not say.
func (e *Error) Wait() time.Duration { return e.RetryAfter }

// ReasonOf returns the reason of the first error in the chain that has one, "" for
// nil, and ReasonOther when none has.
func ReasonOf(err error) string {
	if err == nil {
		return ""
	}
	var r interface{ Reason() string }
	if errors.As(err, &r) {
		return r.Reason()
	}
	return ReasonOther
}

// SendError says how far a Send came. Sending all events again is always right
// (at least once); sending from Taken on saves work.
type SendError struct {
	Taken int // the first Taken events were surely taken, or rejected for good
	Of    int
	Err   error
}

// Progress is Taken, for those who do not know this package.
func (e *SendError) Progress() int { return e.Taken }

// Error implements error.
func (e *SendError) Error() string {
	return fmt.Sprintf("sending events: %d of %d taken: %v", e.Taken, e.Of, e.Err)
}

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }
