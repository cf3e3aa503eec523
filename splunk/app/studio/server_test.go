//go:build browser

package studio_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
	"foresight/splunk/app/studio"
	"foresight/splunk/sandbox"
)

// question is a search as the page asks it.
type question struct{ Query, Earliest, Latest string }

// answer is a search's result in columns, as the page hands it to Splunk's packages.
type answer struct {
	Fields  []map[string]string `json:"fields"`
	Columns [][]any             `json:"columns"`
	Rows    int                 `json:"rows"`
}

// bench serves the page that draws dashboards, and answers its searches from a sandbox.
type bench struct {
	*httptest.Server
	t      *testing.T
	macros app.Macros
	splunk *sandbox.Server
	client *http.Client
	views  map[string]studio.View

	mu    sync.Mutex
	asked map[string][]string // the fields that each search was answered with
}

// tools is where make dashboards has Splunk's packages and the page's bundle.
func tools(t *testing.T, file string) string {
	t.Helper()
	dir := os.Getenv("FORESIGHT_DASHBOARD_TOOLS")
	require.NotEmpty(t, dir, "FORESIGHT_DASHBOARD_TOOLS is not set: run make dashboards, which installs Splunk's packages")
	return filepath.Join(dir, file)
}

func newBench(t *testing.T, splunk *sandbox.Server) *bench {
	t.Helper()
	macros, err := app.ReadMacros(app.Files())
	require.NoError(t, err)
	ca, err := os.ReadFile(splunk.Ready().CAFile)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(ca))
	b := &bench{t: t, macros: macros, splunk: splunk, views: map[string]studio.View{}, asked: map[string][]string{},
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}}
	for _, v := range views(t, app.Files()) {
		b.views[v.Name] = v
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, `<!doctype html><meta charset="utf-8"><title>dashboard</title><link rel="stylesheet" href="/page.css"><body style="margin:0"><div id="root"></div><script type="module" src="/page.js"></script>`) //nolint:errcheck // the test's own page
	})
	for _, file := range []string{"page.js", "page.css"} {
		path := tools(t, file)
		mux.HandleFunc("GET /"+file, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) })
	}
	mux.HandleFunc("GET /definition/{view}", func(w http.ResponseWriter, r *http.Request) {
		w.Write(b.views[r.PathValue("view")].JSON) //nolint:errcheck // the test's own page
	})
	mux.HandleFunc("POST /search", b.search)
	b.Server = httptest.NewServer(mux)
	t.Cleanup(b.Close)
	return b
}

func (b *bench) search(w http.ResponseWriter, r *http.Request) {
	var q question
	found, err := answer{}, json.NewDecoder(r.Body).Decode(&q)
	if err == nil {
		found, err = b.ask(r.Context(), q)
	}
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		json.NewEncoder(w).Encode(map[string]string{"error": err.Error()}) //nolint:errcheck // the test's own page
		return
	}
	json.NewEncoder(w).Encode(found) //nolint:errcheck // the test's own page
}

// ask has the sandbox answer a search, its macros expanded as Splunk expands them.
func (b *bench) ask(ctx context.Context, q question) (answer, error) {
	spl, err := b.macros.Expand(q.Query)
	if err != nil {
		return answer{}, err
	}
	if !strings.HasPrefix(spl, "|") {
		spl = "search " + spl
	}
	form := url.Values{"search": {spl}, "earliest_time": {q.Earliest}, "latest_time": {q.Latest}, "exec_mode": {"oneshot"}, "output_mode": {"json"}, "count": {"0"}, "max_count": {"100000"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.splunk.Ready().SearchURL+"/services/search/v2/jobs", strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+b.splunk.Ready().SearchToken)
	resp, err := b.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close() //nolint:errcheck // it is read to its end
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return answer{}, fmt.Errorf("%s: %s", resp.Status, body)
	}
	return b.columns(q.Query, body)
}

// columns turns rows into columns; a cell that is not there is null.
func (b *bench) columns(query string, body []byte) (answer, error) {
	var reply struct {
		Fields  []struct{ Name string }
		Results []map[string]any
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return answer{}, err
	}
	found := answer{Fields: []map[string]string{}, Columns: [][]any{}, Rows: len(reply.Results)}
	var names []string
	for _, f := range reply.Fields {
		column := make([]any, len(reply.Results))
		for i, r := range reply.Results {
			column[i] = r[f.Name]
		}
		names = append(names, f.Name)
		found.Fields, found.Columns = append(found.Fields, map[string]string{"name": f.Name}), append(found.Columns, column)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(reply.Results) > 0 {
		b.asked[query] = names
	}
	return found, nil
}
