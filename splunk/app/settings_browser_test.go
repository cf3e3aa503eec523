//go:build browser

package app

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/splunk/sandbox"
)

// settingsReader asks a sandbox for settings, as the app's scripts do.
type settingsReader struct {
	t *testing.T
	s *sandbox.Server
}

func (r *settingsReader) post(path string, form ...string) {
	r.t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	r.send(http.MethodPost, path, values.Encode())
}

// get returns the contents of a feed, by name.
func (r *settingsReader) get(path string) map[string]map[string]any {
	r.t.Helper()
	var feed struct {
		Entry []struct {
			Name    string
			Content map[string]any
		}
	}
	require.NoError(r.t, json.Unmarshal(r.send(http.MethodGet, path+"?output_mode=json&count=0", ""), &feed))
	found := map[string]map[string]any{}
	for _, e := range feed.Entry {
		found[e.Name] = e.Content
	}
	return found
}

func (r *settingsReader) send(method, path, body string) []byte {
	r.t.Helper()
	pem, err := os.ReadFile(r.s.Ready().CAFile)
	require.NoError(r.t, err)
	roots := x509.NewCertPool()
	require.True(r.t, roots.AppendCertsFromPEM(pem))
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	q, err := http.NewRequestWithContext(r.t.Context(), method, r.s.Ready().SearchURL+path, strings.NewReader(body))
	require.NoError(r.t, err)
	q.Header.Set("Authorization", "Bearer "+r.s.Ready().SearchToken)
	answer, err := c.Do(q)
	require.NoError(r.t, err)
	defer answer.Body.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	require.Less(r.t, answer.StatusCode, 300, "%s", text)
	return text
}
