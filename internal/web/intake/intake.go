package intake

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"foresight/models"
)

// Desk takes what was reported.
type Desk interface {
	// Take keeps a request's reports, all or none. Errors: models.ErrReplayed, models.ErrTooMany.
	Take(ctx context.Context, in models.Intake) ([]models.Taken, error)
	// Hold keeps a request until it is known to be true. Errors: as of Take.
	Hold(ctx context.Context, h models.HeldIntake) error
	// Beat notes that a heartbeat was heard.
	Beat(ctx context.Context, customer, integration string, at time.Time) error
}

// Door is an integration that may come in.
type Door struct {
	Customer    models.Customer
	Integration models.Integration
	Secret      string
}

// Options are the choices of a handler.
type Options struct {
	Desk    Desk
	Doors   []Door
	Clock   func() time.Time
	Count   func(customer, reason string) // counts every refusal; nil: nobody does
	Refused func(Refusal)                 // is told once an hour of each kind of refusal; nil: nobody
}

// Bounds of what comes in.
const (
	mostBytes     = 2 << 20
	pagerBytes    = 512 << 10 // as PagerDuty
	patience      = 20 * time.Second
	retryAfterSec = "10"
)

// door is a Door with what it needs to be watched.
type door struct {
	Door
	hash    [sha256.Size]byte
	limiter *rate.Limiter
	known   map[string]bool // services of the customer
}

type server struct {
	Options
	doors    []*door
	refusals *refusals
}

// New returns the handler of everything that may report:
//
//	POST /api/v1/reports                                  our own JSON
//	POST /api/v1/intake/{kind}/{customer}/{integration}   the others; for those that cannot
//	                                                      send a header, /{secret} after it
//	POST /v2/enqueue                                      PagerDuty's Events API v2
//	GET, POST /api/v1/heartbeat/{secret}                  a heartbeat
func New(o Options) http.Handler {
	if o.Count == nil {
		o.Count = func(string, string) {}
	}
	s := &server{Options: o, refusals: newRefusals(o.Clock, o.Refused)}
	for _, d := range o.Doors {
		one := &door{Door: d, hash: sha256.Sum256([]byte(d.Secret)), known: map[string]bool{}}
		perMinute := max(1, d.Integration.PerMinute)
		one.limiter = rate.NewLimiter(rate.Limit(float64(perMinute)/60), perMinute)
		for _, service := range d.Customer.Services {
			one.known[service.ID] = true
		}
		s.doors = append(s.doors, one)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/reports", s.reports)
	mux.HandleFunc("POST /api/v1/intake/{kind}/{customer}/{integration}", s.webhook)
	mux.HandleFunc("POST /api/v1/intake/{kind}/{customer}/{integration}/{secret}", s.webhook)
	mux.HandleFunc("POST /v2/enqueue", s.pager)
	mux.HandleFunc("GET /api/v1/heartbeat/{secret}", s.heartbeat)
	mux.HandleFunc("POST /api/v1/heartbeat/{secret}", s.heartbeat)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

// shows finds the integration of a kind whose secret it is; nil when it is nobody's. All are
// looked at, in constant time each.
func (s *server) shows(kind models.IntegrationKind, secret string) (found *door) {
	hash := sha256.Sum256([]byte(secret))
	for _, d := range s.doors {
		if subtle.ConstantTimeCompare(hash[:], d.hash[:]) == 1 && d.Integration.Kind == kind && d.Secret != "" {
			found = d
		}
	}
	return found
}

// at finds an integration by its place in the address.
func (s *server) at(r *http.Request) *door {
	for _, d := range s.doors {
		if string(d.Integration.Kind) == r.PathValue("kind") && d.Customer.ID == r.PathValue("customer") && d.Integration.ID == r.PathValue("integration") {
			return d
		}
	}
	return nil
}

// opens reports whether the secret is the door's.
func (d *door) opens(secret string) bool {
	hash := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(hash[:], d.hash[:]) == 1 && d.Secret != ""
}

// shown is the secret that a request shows: a bearer token, the password of basic
// authentication, or the last part of its path.
func shown(r *http.Request) string {
	if secret := r.PathValue("secret"); secret != "" {
		return secret
	}
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return ""
}

// body reads a request's body up to a bound.
func body(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, no(http.StatusRequestEntityTooLarge, reasonSize, "the request has more than "+strconv.FormatInt(most>>10, 10)+" KB")
	}
	if err != nil {
		return nil, no(http.StatusBadRequest, reasonMalformed, "the request broke off")
	}
	return data, nil
}

// allow takes one request of the door's minute.
func (s *server) allow(d *door) error {
	if d.limiter.AllowN(s.Clock(), 1) {
		return nil
	}
	return no(http.StatusTooManyRequests, reasonRate, "more than "+strconv.Itoa(d.Integration.PerMinute)+" requests in a minute")
}

// take hands requests to the desk. The sender's going away does not stop what others wait for too.
func (s *server) take(r *http.Request, all []models.Intake) ([]models.Taken, error) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	var taken []models.Taken
	replayed := 0
	for _, in := range all {
		done, err := s.Desk.Take(ctx, in)
		switch {
		case errors.Is(err, models.ErrReplayed):
			replayed++
		case errors.Is(err, models.ErrTooMany):
			return nil, no(http.StatusServiceUnavailable, reasonRate, err.Error())
		case r.Context().Err() != nil:
			return nil, no(http.StatusServiceUnavailable, reasonGone, "the sender has gone before it was told that it is kept")
		case err != nil:
			return nil, unkept(err)
		}
		taken = append(taken, done...)
	}
	if replayed > 0 && replayed == len(all) {
		return nil, no(http.StatusConflict, reasonReplayed, "it was taken before, and is not counted again")
	}
	return taken, nil
}

// answer is what our own paths reply.
type answer struct {
	Taken []models.Taken `json:"taken"`
	Error string         `json:"error,omitempty"`
	Dry   bool           `json:"dry,omitempty"` // it would have been taken, and was not
}

// reply tells the sender what became of it, and the operator of a refusal.
func (s *server) reply(w http.ResponseWriter, r *http.Request, d *door, taken []models.Taken, err error) {
	if err == nil {
		send(w, http.StatusOK, answer{Taken: taken})
		return
	}
	why := s.refuse(w, r, d, err)
	send(w, why.status, answer{Taken: []models.Taken{}, Error: why.text})
}

// refuse makes a refusal of an error, tells the operator and sets the headers that it needs.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, d *door, err error) *refusal {
	var why *refusal
	if !errors.As(err, &why) {
		why = no(http.StatusBadRequest, reasonMalformed, err.Error())
	}
	customer := ""
	if d != nil {
		customer = d.Customer.ID
	}
	s.Count(customer, why.reason)
	s.refusals.add(d, why, r)
	switch why.status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", retryAfterSec)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="foresight"`)
	}
	return why
}

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the sender has gone: nobody to tell
}
