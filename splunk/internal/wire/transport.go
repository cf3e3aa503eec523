package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
)

// Way is how a site is reached, besides its address and the authority that it is trusted by.
type Way struct {
	CertFile, KeyFile string // PEM; shown to a server that asks for a certificate, and read again when they change

	Proxy                    string // http, https or socks5 address; "": HTTPS_PROXY and NO_PROXY; NoProxy: none
	ProxyUser, ProxyPassword string // "" for none
}

// NoProxy has a site reached directly, whatever the environment says.
const NoProxy = "none"

// newTransport makes the transport of one site.
func newTransport(caFile string, w Way) (*http.Transport, error) {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("the default transport was replaced")
	}
	t = t.Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, r *http.Response) error {
		if r.StatusCode != http.StatusOK {
			return proxyError{proxy.Host, r.Status}
		}
		return nil
	}
	var err error
	if t.Proxy, err = w.proxy(); err != nil {
		return nil, err
	}
	if w.CertFile != "" || w.KeyFile != "" {
		own := &ownCertificate{certFile: w.CertFile, keyFile: w.KeyFile}
		if err := own.renew(); err != nil {
			return nil, err
		}
		t.TLSClientConfig.GetClientCertificate = own.get
	}
	if caFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("reading ca_file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file %s holds no certificate in PEM form", caFile)
	}
	t.TLSClientConfig.RootCAs = pool
	return t, nil
}

// proxyError is a proxy that does not let a connection through.
type proxyError struct{ proxy, status string }

func (e proxyError) Error() string {
	return fmt.Sprintf("the proxy %s answers %s", e.proxy, e.status)
}

// proxy tells net/http which proxy to use.
func (w Way) proxy() (func(*http.Request) (*url.URL, error), error) {
	switch w.Proxy {
	case "":
		return http.ProxyFromEnvironment, nil
	case NoProxy:
		return nil, nil
	}
	u, err := url.Parse(w.Proxy)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" || u.User != nil {
		return nil, errors.New("proxy: write it as http://proxy.example.com:3128, https://… or socks5://…, with user and password in settings of their own") // it may hold a password
	}
	if w.ProxyUser != "" {
		u.User = url.UserPassword(w.ProxyUser, w.ProxyPassword)
	}
	return http.ProxyURL(u), nil
}

// ownCertificate is the certificate that we show. A handshake after its files have changed
// shows the new one; one whose files are half replaced, or gone, shows the last good one.
type ownCertificate struct {
	certFile, keyFile string

	mu   sync.Mutex
	seen [2]os.FileInfo
	last *tls.Certificate
}

func (c *ownCertificate) get(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	err := c.renew()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		return nil, err
	}
	return c.last, nil
}

// renew reads the files if they are others than those read last.
func (c *ownCertificate) renew() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var now [2]os.FileInfo
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("reading cert_file and key_file: %w", err)
		}
		now[i] = info
	}
	if c.last != nil && sameFile(c.seen[0], now[0]) && sameFile(c.seen[1], now[1]) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("reading cert_file and key_file: %w; give a certificate and its own key, both as PEM", err)
	}
	c.seen, c.last = now, &pair
	return nil
}

// sameFile tells whether a file is as it was.
func sameFile(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
