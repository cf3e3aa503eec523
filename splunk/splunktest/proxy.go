package splunktest

import (
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// Proxy is an HTTP proxy on loopback that takes CONNECT alone, from whom it knows, and leads
// every name to one server.
type Proxy struct {
	URL string
	To  string // host:port of the server

	user     string
	connects atomic.Int32
	host     atomic.Value
}

// NewProxy starts a proxy for the test's time. user is "name:password", or "" to let
// everybody in.
func NewProxy(t *testing.T, to, user string) *Proxy {
	t.Helper()
	p := &Proxy{To: to, user: user}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// Connects is how often it was gone through.
func (p *Proxy) Connects() int { return int(p.connects.Load()) }

// Host is the host and port that was asked for last, "" for none.
func (p *Proxy) Host() string {
	host, _ := p.host.Load().(string)
	return host
}

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.host.Store(r.Host)
	if p.user != "" && r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte(p.user)) {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method != http.MethodConnect {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	p.connects.Add(1)
	there, err := new(net.Dialer).DialContext(r.Context(), "tcp", p.To)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	here, early, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(there, early) // what was read ahead too
		_ = there.Close()
	}()
	_, _ = io.Copy(here, there) // ends when either side has closed
	_ = here.Close()
}
