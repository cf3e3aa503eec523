package sandbox

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// concurrencyText is what Splunk says when too many searches run.
const concurrencyText = `Search not executed: The maximum number of concurrent historical searches on this instance has been reached., concurrency_category="historical", concurrency_context="instance-wide", current_concurrency=8, concurrency_limit=8`

// manners is how a listener's requests are struck by faults.
type manners struct {
	scope        func(*http.Request) string
	login        func(*http.Request) bool // never struck by unauthorized
	busy         http.HandlerFunc
	unauthorized http.HandlerFunc
}

var searchFaults = manners{
	scope: func(*http.Request) string { return ScopeSearch },
	login: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/auth/login") },
	busy: func(w http.ResponseWriter, r *http.Request) {
		writeMessage(w, r, http.StatusServiceUnavailable, "FATAL", concurrencyText)
	},
	unauthorized: refuseUnknown,
}

var hecFaults = manners{
	scope:        func(*http.Request) string { return ScopeHEC },
	login:        func(*http.Request) bool { return false },
	busy:         func(w http.ResponseWriter, _ *http.Request) { writeHEC(w, 9) },
	unauthorized: func(w http.ResponseWriter, _ *http.Request) { writeHEC(w, 3) },
}

// misbehave puts the faults that strike whole requests before a listener's work.
func (s *Server) misbehave(m manners, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scope := m.scope(r)
		if f, ok := s.faults.take(scope, "slow"); ok {
			timer := time.NewTimer(f.Delay)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-r.Context().Done():
				return
			case <-s.base.Done():
				return
			}
		}
		if _, ok := s.faults.take(scope, "busy"); ok {
			m.busy(w, r)
			return
		}
		if !m.login(r) {
			if _, ok := s.faults.take(scope, "unauthorized"); ok {
				m.unauthorized(w, r)
				return
			}
		}
		if _, ok := s.faults.take(scope, "cut"); ok {
			cut(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// held keeps a reply instead of sending it.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header { return h.header }

func (h *held) WriteHeader(status int) { h.status = status }

func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }

// cut does the work, then breaks off half way through the reply.
func cut(w http.ResponseWriter, r *http.Request, next http.Handler) {
	h := &held{header: w.Header(), status: http.StatusOK}
	next.ServeHTTP(h, r)
	if h.body.Len() > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(h.body.Len()))
		w.WriteHeader(h.status)
		_, _ = w.Write(h.body.Bytes()[:h.body.Len()/2])
		_ = http.NewResponseController(w).Flush()
	}
	panic(http.ErrAbortHandler) // net/http's way to close the connection
}
