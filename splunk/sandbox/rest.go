package sandbox

import (
	"crypto/subtle"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// What server/info says of this server. Clients ask for the v2 search endpoints from
// version 9.0.2 on.
const (
	serverName    = "foresight-sandbox"
	serverVersion = "10.0.0"
	serverBuild   = "foresight"
)

// maxForm bounds a request's body on the search side.
const maxForm = 10 << 20

// access is who may search.
type access struct {
	username, password string
	token              string // for Bearer
	mu                 sync.Mutex
	sessions           map[string]bool
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// knows says whether a request carries a session key, a token or the password.
func (a *access) knows(r *http.Request) bool {
	if user, pass, ok := r.BasicAuth(); ok {
		return same(user, a.username) && same(pass, a.password)
	}
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "splunk") && !strings.EqualFold(scheme, "bearer") {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return same(key, a.token) || a.sessions[key]
}

func (a *access) login() string {
	key := secret()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions[key] = true
	return key
}

// serveSearch routes the search side.
func (s *Server) serveSearch(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "Splunkd")
	w.Header().Set("Date", s.clock().UTC().Format(http.TimeFormat)) // by the clock that searches go by
	if r.Body != nil {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	}
	if r.Header.Get("Content-Type") == "" { // splunkd takes any body for a form
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if err := r.ParseForm(); err != nil {
		writeMessage(w, r, http.StatusBadRequest, "FATAL", "Cannot parse the request: "+err.Error())
		return
	}
	owner, app, path := place(r.URL.Path)
	if path == "auth/login" {
		s.serveLogin(w, r)
		return
	}
	if !s.access.knows(r) {
		refuseUnknown(w, r)
		return
	}
	jobs := strings.TrimPrefix(strings.TrimPrefix(path, "search/v2/"), "search/")
	switch {
	case path == "server/info" && r.Method == http.MethodGet:
		s.serveInfo(w, r)
	case path != jobs && (jobs == "jobs" || strings.HasPrefix(jobs, "jobs/")):
		s.serveJobs(w, r, owner, app, strings.TrimPrefix(strings.TrimPrefix(jobs, "jobs"), "/"))
	case isSetting(path):
		s.serveSettings(w, r, owner, app)
	case strings.HasPrefix(path, maintenance):
		s.serveMaintenance(w, r, owner, app, path)
	case strings.HasPrefix(path, collections):
		s.serveCollections(w, r, owner, app, path)
	case isRight(path):
		s.serveRights(w, r, path)
	default:
		writeMessage(w, r, http.StatusNotFound, "ERROR", "Not Found")
	}
}

// place parts /services/X and /servicesNS/owner/app/X; a trailing slash is nothing.
func place(path string) (owner, app, rest string) {
	path = strings.TrimSuffix(path, "/")
	if rest, ok := strings.CutPrefix(path, "/services/"); ok {
		return "", "", rest
	}
	if rest, ok := strings.CutPrefix(path, "/servicesNS/"); ok {
		parts := strings.SplitN(rest, "/", 3)
		if len(parts) == 3 {
			return parts[0], parts[1], parts[2]
		}
	}
	return "", "", ""
}

func (s *Server) serveLogin(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		writeMessage(w, r, http.StatusMethodNotAllowed, "FATAL", "Method Not Allowed")
		return
	}
	if !same(r.PostForm.Get("username"), s.access.username) || !same(r.PostForm.Get("password"), s.access.password) {
		writeMessage(w, r, http.StatusUnauthorized, "WARN", "Login failed")
		return
	}
	key := s.access.login()
	if wantsJSON(r) {
		writeJSON(w, http.StatusOK, map[string]string{"sessionKey": key, "message": "", "code": ""})
		return
	}
	writeXML(w, http.StatusOK, "<response>\n  <sessionKey>"+key+"</sessionKey>\n</response>\n")
}

func (s *Server) serveInfo(w http.ResponseWriter, r *http.Request) {
	writeFeed(w, r, "server-info", []entry{{
		name: "server-info", id: "/services/server/info/server-info", owner: "system", app: "", at: s.clock(),
		content: []prop{
			{"version", serverVersion}, {"build", serverBuild}, {"serverName", serverName}, {"host", serverName},
			{"guid", "00000000-0000-4000-8000-000000000000"}, {"product_type", "enterprise"}, {"isFree", false}, {"isTrial", false},
			{"licenseState", "OK"}, {"mode", "normal"}, {"os_name", "Linux"}, {"os_version", "0"}, {"server_roles", []string{"indexer", "search_head"}},
		},
	}})
}

func refuseUnknown(w http.ResponseWriter, r *http.Request) {
	writeMessage(w, r, http.StatusUnauthorized, "WARN", "call not properly authenticated")
}

func outputMode(r *http.Request) string {
	if r.Form == nil {
		return r.URL.Query().Get("output_mode")
	}
	return r.Form.Get("output_mode")
}

func wantsJSON(r *http.Request) bool { return strings.HasPrefix(outputMode(r), "json") }

// message is one of Splunk's messages.
type message struct {
	Type string `json:"type"` // FATAL, ERROR, WARN, INFO, DEBUG
	Text string `json:"text"`
}

// writeMessage answers with one message, in XML unless JSON was asked for.
func writeMessage(w http.ResponseWriter, r *http.Request, status int, kind, words string) {
	if wantsJSON(r) {
		writeJSON(w, status, map[string][]message{"messages": {{kind, words}}})
		return
	}
	writeXML(w, status, fmt.Sprintf("<response>\n  <messages>\n    <msg type=%q>%s</msg>\n  </messages>\n</response>\n", kind, escape(words)))
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body) // the client has gone, if anything
}

func writeXML(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/xml; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+body)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes all
	return b.String()
}
