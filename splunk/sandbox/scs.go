package sandbox

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// tenant is the one tenant of Splunk Cloud Services that this server has: the same
// index behind another interface.
type tenant struct {
	name, clientID, clientSecret string

	mu     sync.Mutex
	tokens map[string]time.Time // when each ends
	seen   map[string]bool      // ids of events
}

func newTenant(name string) tenant {
	return tenant{name: name, clientID: guid(), clientSecret: secret(), tokens: map[string]time.Time{}, seen: map[string]bool{}}
}

// tokenLife is how long an access token is good.
const tokenLife = time.Hour

// issue returns a new access token.
func (t *tenant) issue(now time.Time) string {
	token := secret()
	t.mu.Lock()
	defer t.mu.Unlock()
	for old, end := range t.tokens {
		if !now.Before(end) {
			delete(t.tokens, old)
		}
	}
	t.tokens[token] = now.Add(tokenLife)
	return token
}

// knows says whether a request carries a token that is still good.
func (t *tenant) knows(r *http.Request, now time.Time) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return now.Before(t.tokens[token])
}

// first says whether no event had this id before.
func (t *tenant) first(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	had := t.seen[id]
	t.seen[id] = true
	return !had
}

// scsError is how Splunk Cloud Services says no.
type scsError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Details any    `json:"details,omitempty"`
}

func refuseSCS(w http.ResponseWriter, status int, code, words string) {
	writeJSON(w, status, scsError{Code: code, Message: words})
}

// serveSCS routes what lies on the third listener: the identity provider's token
// endpoint, and the tenant's search and ingest services.
func (s *Server) serveSCS(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		s.serveToken(w, r)
		return
	}
	name, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case !s.tenant.knows(r, s.clock()):
		refuseSCS(w, http.StatusUnauthorized, "UNAUTHORIZED", "Invalid or Expired Bearer Token")
	case name != s.tenant.name:
		refuseSCS(w, http.StatusNotFound, "NOT_FOUND", "Unknown tenant "+name)
	case path == "ingest/v1beta2/events" && r.Method == http.MethodPost:
		s.serveIngest(w, r)
	case path == "search/v2beta1/jobs" || strings.HasPrefix(path, "search/v2beta1/jobs/"):
		s.serveSCSJobs(w, r, strings.TrimPrefix(strings.TrimPrefix(path, "search/v2beta1/jobs"), "/"))
	default:
		refuseSCS(w, http.StatusNotFound, "NOT_FOUND", "Not Found")
	}
}

// serveToken answers OAuth's client credentials flow.
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	id, key, ok := r.BasicAuth()
	switch {
	case r.Method != http.MethodPost:
		oauthError(w, http.StatusMethodNotAllowed, "invalid_request", "The method must be POST.")
	case !ok || !same(id, s.tenant.clientID) || !same(key, s.tenant.clientSecret):
		oauthError(w, http.StatusUnauthorized, "invalid_client", "No client credentials found, or wrong ones.")
	case r.PostFormValue("grant_type") != "client_credentials":
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type", "The grant type is not client_credentials.")
	default:
		writeJSON(w, http.StatusOK, map[string]any{"token_type": "Bearer", "access_token": s.tenant.issue(s.clock()),
			"expires_in": int(tokenLife.Seconds()), "scope": r.PostFormValue("scope")})
	}
}

func oauthError(w http.ResponseWriter, status int, code, words string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": words})
}

// scsFaults are those of the third listener.
var scsFaults = manners{
	scope: func(r *http.Request) string {
		if strings.Contains(r.URL.Path, "/ingest/") {
			return ScopeHEC
		}
		return ScopeSearch
	},
	login: func(r *http.Request) bool { return r.URL.Path == "/token" },
	busy: func(w http.ResponseWriter, _ *http.Request) {
		refuseSCS(w, http.StatusTooManyRequests, "TOO_MANY_REQUESTS", "Too many requests for this tenant")
	},
	unauthorized: func(w http.ResponseWriter, _ *http.Request) {
		refuseSCS(w, http.StatusUnauthorized, "UNAUTHORIZED", "Invalid or Expired Bearer Token")
	},
}
