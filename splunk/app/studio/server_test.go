//go:build browser

package studio_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
	"foresight/splunk/app/apptest"
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
	splunk *apptest.Index
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
	b := &bench{t: t, macros: macros, splunk: apptest.Of(t, splunk), views: map[string]studio.View{}, asked: map[string][]string{}}
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
	reply, err := b.splunk.Ask(ctx, spl, apptest.Range{Earliest: q.Earliest, Latest: q.Latest})
	if err != nil {
		return answer{}, err
	}
	return b.columns(q.Query, reply), nil
}

// columns turns rows into columns; a cell that is not there is null.
func (b *bench) columns(query string, reply apptest.Reply) answer {
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
	return found
}
