package enterprise

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"foresight/splunk"
	"foresight/splunk/splunktest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serve puts the stub behind a real TLS server, whose certificate is for example.com and
// 127.0.0.1, and returns the file of its authority.
func serve(t *testing.T, s http.RoundTripper, wants *tls.Config) (server *httptest.Server, caFile string) {
	t.Helper()
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		resp, err := s.RoundTrip(r)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer resp.Body.Close() //nolint:errcheck // in memory
		w.Header().Set("Connection", "close")
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	server.TLS = wants
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused handshake is the client's to tell
	server.StartTLS()
	t.Cleanup(server.Close)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	writePEM(t, caFile, "CERTIFICATE", server.Certificate().Raw)
	return server, caFile
}

func writePEM(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
}

// proxied is a stub behind a TLS server, that is known as example.com to a proxy alone.
func proxied(t *testing.T, user string) (s *stub, p *splunktest.Proxy, proxyURL, caFile string) {
	t.Helper()
	s = newStub(5)
	server, caFile := serve(t, s, nil)
	p = splunktest.NewProxy(t, server.Listener.Addr().String(), user)
	return s, p, p.URL, caFile
}

// behind is a client of example.com, which no test reaches but by a proxy.
func behind(t *testing.T, caFile string, w Way) *SearchClient {
	t.Helper()
	c, err := NewSearch(SearchConfig{URL: "https://example.com:8089", Token: token, CAFile: caFile, Way: w, PageSize: 2})
	require.NoError(t, err)
	return c
}

func TestThroughAProxy(t *testing.T) {
	s, p, address, caFile := proxied(t, "me:opensesame")
	rows, err := behind(t, caFile, Way{Proxy: address, ProxyUser: "me", ProxyPassword: "opensesame"}).Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Len(t, rows.Rows, 5)
	assert.Positive(t, p.Connects())
	assert.Equal(t, "example.com:8089", p.Host())
	assert.Equal(t, "Bearer "+token, s.auth[0], "for the server, within TLS")

	_, err = behind(t, caFile, Way{Proxy: address, ProxyUser: "me", ProxyPassword: "wrongword"}).ServerInfo(soon(t))
	require.ErrorContains(t, err, "answers 407")
	require.ErrorContains(t, err, "check the proxy")
	assert.Equal(t, splunk.ReasonNetwork, splunk.ReasonOf(err))
	assert.NotContains(t, err.Error(), "wrongword")

	_, err = behind(t, caFile, Way{Proxy: "http://127.0.0.1:1"}).ServerInfo(soon(t))
	require.ErrorContains(t, err, "check the proxy")

	_, err = NewSearch(SearchConfig{URL: "https://example.com", Token: token, Way: Way{Proxy: "http://me:opensesame@proxy"}})
	require.ErrorContains(t, err, "proxy: write it as")
	assert.NotContains(t, err.Error(), "opensesame")
}

func TestEventsThroughAProxy(t *testing.T) {
	c := newCollector()
	server, caFile := serve(t, c, nil)
	p := splunktest.NewProxy(t, server.Listener.Addr().String(), "")
	hec, err := NewHEC(HECConfig{URL: "https://example.com:8088", Token: token, CAFile: caFile, Way: Way{Proxy: p.URL}})
	require.NoError(t, err)
	_, err = hec.Send(t.Context(), events(3))
	require.NoError(t, err)
	assert.Equal(t, "example.com:8088", p.Host())
}

// What the environment says is read once by a process, so this one is a process of its own.
func TestProxyOfTheEnvironment(t *testing.T) {
	if caFile := os.Getenv("FORESIGHT_TEST_CA"); caFile != "" {
		_, err := behind(t, caFile, Way{Proxy: os.Getenv("FORESIGHT_TEST_PROXY")}).Search(soon(t), anySearch)
		require.NoError(t, err)
		return
	}
	_, p, address, caFile := proxied(t, "")
	run := func(more ...string) ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyOfTheEnvironment$")
		cmd.Env = append(os.Environ(), append([]string{"FORESIGHT_TEST_CA=" + caFile, "HTTPS_PROXY=" + address}, more...)...)
		return cmd.CombinedOutput()
	}
	out, err := run()
	require.NoError(t, err, string(out))
	used := p.Connects()
	assert.Positive(t, used)

	// A proxy of the site's own goes before it.
	own := splunktest.NewProxy(t, p.To, "")
	out, err = run("HTTPS_PROXY=http://127.0.0.1:1", "FORESIGHT_TEST_PROXY="+own.URL)
	require.NoError(t, err, string(out))
	assert.Positive(t, own.Connects())
	assert.Equal(t, used, p.Connects())
}

// farOff is an end that no test sees.
var farOff = time.Unix(4e9, 0)

// identity makes a certificate of a name, and its key.
func identity(t *testing.T, name, certFile, keyFile string, until time.Time) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Unix(0, 0), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	writePEM(t, certFile, "CERTIFICATE", der)
	writePEM(t, keyFile, "PRIVATE KEY", secret)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return parsed
}

// A server that wants a certificate is shown ours, and the new one once its files have changed.
func TestOurOwnCertificate(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	way := Way{CertFile: certFile, KeyFile: keyFile}
	_, err := NewSearch(SearchConfig{URL: "https://example.com", Token: token, Way: way})
	require.ErrorContains(t, err, "reading cert_file and key_file")

	identity(t, "unpaired", certFile, keyFile, farOff)
	require.NoError(t, os.WriteFile(keyFile, []byte("no key"), 0o600))
	_, err = NewSearch(SearchConfig{URL: "https://example.com", Token: token, Way: way})
	require.ErrorContains(t, err, "give a certificate and its own key, both as PEM")

	pool := x509.NewCertPool()
	pool.AddCert(identity(t, "first", certFile, keyFile, farOff))
	var seen atomic.Value
	s := newStub(5)
	status := s.status
	s.status = func(r *http.Request, f url.Values) (*http.Response, error) {
		seen.Store(r.TLS.PeerCertificates[0].Subject.CommonName)
		return status(r, f)
	}
	second := [2]string{filepath.Join(dir, "second.pem"), filepath.Join(dir, "second.key")}
	pool.AddCert(identity(t, "second", second[0], second[1], farOff))
	server, caFile := serve(t, s, &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool})
	c, err := NewSearch(SearchConfig{URL: server.URL, Token: token, CAFile: caFile, Way: way})
	require.NoError(t, err)
	shown := func() any {
		_, err := c.Search(soon(t), anySearch)
		require.NoError(t, err)
		return seen.Load()
	}
	assert.Equal(t, "first", shown())
	require.NoError(t, os.Rename(second[0], certFile))
	assert.Equal(t, "first", shown(), "half replaced: the certificate is of another key")
	require.NoError(t, os.Rename(second[1], keyFile))
	assert.Equal(t, "second", shown())
	require.NoError(t, os.Remove(keyFile))
	assert.Equal(t, "second", shown(), "gone: what was good last")

	without, err := NewSearch(SearchConfig{URL: server.URL, Token: token, CAFile: caFile})
	require.NoError(t, err)
	_, err = without.ServerInfo(soon(t))
	assert.Equal(t, splunk.ReasonTLS, splunk.ReasonOf(err))
	require.ErrorContains(t, err, "give cert_file and key_file")
}

// soon bounds what a test waits for.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// A certificate that has ended is told as one: no ca_file would help.
func TestAnEndedCertificate(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	identity(t, "ended", certFile, keyFile, time.Unix(1e9, 0))
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshakes
	server.StartTLS()
	defer server.Close()
	search, err := NewSearch(SearchConfig{URL: server.URL, Token: "t", CAFile: certFile})
	require.NoError(t, err)
	_, err = search.ServerInfo(t.Context())
	assert.ErrorContains(t, err, "renew the server's certificate")
	assert.ErrorContains(t, err, "valid from 1970-01-01 to 2001-09-09")
	assert.NotContains(t, err.Error(), "ca_file")
}
