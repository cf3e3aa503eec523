package main

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"

	"github.com/stretchr/testify/require"
)

// front stands before the sandbox's event collector and returns its own address.
// answer sees what each request with events says and answers in the collector's
// place, or hands it on with status 0. Questions of health and token are handed on.
func (w *world) front(answer func(body string) (status int, reply string)) string {
	w.t.Helper()
	return w.guarded(answer, func() {})
}

// guarded is front, and tells of each request that the collector has answered, before the
// answer goes on.
func (w *world) guarded(answer func(body string) (status int, reply string), answered func()) string {
	w.t.Helper()
	back, err := url.Parse(w.server.Ready().HECURL)
	require.NoError(w.t, err)
	proxy := httputil.NewSingleHostReverseProxy(back)
	pem, err := os.ReadFile(w.server.Ready().CAFile)
	require.NoError(w.t, err)
	roots := x509.NewCertPool()
	require.True(w.t, roots.AppendCertsFromPEM(pem))
	proxy.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	s := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			out.WriteHeader(http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		if len(raw) > 0 {
			if status, reply := answer(unpacked(raw)); status != 0 {
				out.WriteHeader(status)
				_, _ = io.WriteString(out, reply) // the client has gone: nobody to tell
				return
			}
		}
		proxy.ServeHTTP(out, r)
		if len(raw) > 0 {
			answered()
		}
	}))
	w.t.Cleanup(s.Close)
	return s.URL
}

// unpacked is a body's text, gzip or not.
func unpacked(raw []byte) string {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return string(raw)
	}
	text, _ := io.ReadAll(z) // a broken one says what it says
	return string(text)
}
