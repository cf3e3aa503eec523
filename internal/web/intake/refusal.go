package intake

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// The reasons of a refusal.
const (
	reasonSecret    = "secret"    // none, or another's
	reasonCustomer  = "customer"  // it names another customer than the integration's
	reasonSize      = "size"      // too large
	reasonMalformed = "malformed" // not what its kind sends
	reasonReplayed  = "replayed"  // taken before, or too old to tell
	reasonRate      = "rate"      // too many
	reasonGone      = "gone"      // the sender did not wait; it may be kept all the same
	reasonState     = "state"     // it could not be kept: our trouble, not the sender's
)

// refusal is why a request changed nothing.
type refusal struct {
	status int
	reason string
	text   string // for the sender; holds nothing that it does not know
	cause  error  // for the operator; nil: the text says it
}

func no(status int, reason, text string) *refusal {
	return &refusal{status: status, reason: reason, text: text}
}

// unkept is what could not be kept, whosever fault that is.
func unkept(err error) *refusal {
	return &refusal{http.StatusServiceUnavailable, reasonState, "it could not be kept; try again later", err}
}

// Error implements error.
func (r *refusal) Error() string { return r.text }

var errSecret = no(http.StatusUnauthorized, reasonSecret, "the secret is missing or is not this integration's")

// Refusal is what the operator is told of requests that changed nothing.
type Refusal struct {
	Customer, Integration string // "" where the request did not show who it is
	Reason, Text          string
	Remote                string // address of the sender of the last
	Earlier               int    // refused alike since the operator was last told
	Err                   error  // where the state is the reason: what is the matter with it
}

// quiet is how long refusals of one integration and reason are only counted.
const quiet = time.Hour

type refusals struct {
	clock func() time.Time
	tell  func(Refusal)

	mu   sync.Mutex
	said map[refusedFor]*counted
}

type refusedFor struct {
	door   *door
	reason string
}

type counted struct {
	told  time.Time
	since int
}

func newRefusals(clock func() time.Time, tell func(Refusal)) *refusals {
	return &refusals{clock: clock, tell: tell, said: map[refusedFor]*counted{}}
}

// add counts a refusal, and tells of it unless that was done within the hour.
func (r *refusals) add(d *door, why *refusal, from *http.Request) {
	if r.tell == nil {
		return
	}
	told := Refusal{Reason: why.reason, Text: why.text, Remote: remote(from), Err: why.cause}
	if d != nil {
		told.Customer, told.Integration = d.Customer.ID, d.Integration.ID
	}
	now := r.clock()
	r.mu.Lock()
	c, known := r.said[refusedFor{d, why.reason}]
	if known && now.Sub(c.told) < quiet {
		c.since++
		r.mu.Unlock()
		return
	}
	if known {
		told.Earlier = c.since
	}
	r.said[refusedFor{d, why.reason}] = &counted{told: now}
	r.mu.Unlock()
	r.tell(told)
}

// remote is the address that a request came from, without the port.
func remote(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}
