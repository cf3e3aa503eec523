package apptest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	foresight "foresight/internal/app"
	"foresight/splunk/sandbox"
)

// Now is when the sandbox's searches run: in the morning of the demo's day, an hour after its run.
var (
	Now = time.Date(2016, 2, 5, 7, 0, 0, 0, time.UTC)
	ran = Now.Add(-time.Hour)
)

// Index is a sandbox that holds the demo's events, and Beside.
type Index struct {
	Server *sandbox.Server
	client *http.Client
}

// Result is what a search returns: its fields in order, and rows of them. A cell is empty where a row
// has no value, and holds lines where it has several.
type Result struct {
	Fields []string
	Rows   [][]string
}

// Start starts a sandbox at Now, until the test's end.
func Start(t testing.TB) *Index {
	t.Helper()
	server, err := sandbox.Start(t.Context(), sandbox.Config{Clock: func() time.Time { return Now }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	server.Add(Events(t)...)
	return Of(t, server)
}

// Of asks a sandbox that is there already.
func Of(t testing.TB, server *sandbox.Server) *Index {
	t.Helper()
	ca, err := os.ReadFile(server.Ready().CAFile)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(ca))
	return &Index{Server: server, client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}, Timeout: time.Minute}}
}

// Run runs a search to its end.
func (x *Index) Run(ctx context.Context, spl string, r Range) (Result, error) {
	reply, err := x.Ask(ctx, spl, r)
	if err != nil {
		return Result{}, err
	}
	return reply.table(), nil
}

// Reply is a search's answer as Splunk gives it: a value is nil, a text, or several.
type Reply struct {
	Messages []struct{ Type, Text string }
	Fields   []struct{ Name string }
	Results  []map[string]any
}

// Ask runs a search to its end; a warning is an error.
func (x *Index) Ask(ctx context.Context, spl string, r Range) (Reply, error) {
	form := url.Values{"search": {spl}, "exec_mode": {"oneshot"}, "output_mode": {"json"}, "count": {"0"}, "max_count": {"100000"}}
	if r.Earliest != "" {
		form.Set("earliest_time", r.Earliest)
	}
	if r.Latest != "" {
		form.Set("latest_time", r.Latest)
	}
	ready := x.Server.Ready()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, ready.SearchURL+"/services/search/v2/jobs", strings.NewReader(form.Encode()))
	if err != nil {
		return Reply{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+ready.SearchToken)
	resp, err := x.client.Do(req)
	if err != nil {
		return Reply{}, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return Reply{}, err
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusCreated {
		return Reply{}, fmt.Errorf("%s: %s", resp.Status, body)
	}
	var reply Reply
	if err := json.Unmarshal(body, &reply); err != nil {
		return Reply{}, err
	}
	for _, m := range reply.Messages {
		if m.Type != "INFO" && m.Type != "DEBUG" {
			return Reply{}, fmt.Errorf("%s: %s", m.Type, m.Text)
		}
	}
	return reply, nil
}

// table has every cell as a text.
func (r Reply) table() Result {
	var out Result
	for _, f := range r.Fields {
		out.Fields = append(out.Fields, f.Name)
	}
	for _, one := range r.Results {
		row := make([]string, len(out.Fields))
		for i, name := range out.Fields {
			switch v := one[name].(type) {
			case nil:
			case []any:
				row[i] = strings.Trim(strings.ReplaceAll(fmt.Sprintln(v...), " ", "\n"), "\n")
			default:
				row[i] = fmt.Sprint(v)
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

var demo struct {
	sync.Once
	events []sandbox.Event
	err    error
}

// Events are the demo's, as it leaves them when it runs an hour before Now, and Beside.
func Events(t testing.TB) []sandbox.Event {
	t.Helper()
	demo.Do(func() { demo.events, demo.err = runDemo(t.Context()) })
	require.NoError(t, demo.err)
	all := append(Beside(t), demo.events...)
	for i, e := range demo.events { // two processes that run abreast send the same, each at its own time
		if i%3 == 0 {
			e.IndexTime = e.IndexTime.Add(time.Minute)
			e.Raw = strings.Replace(e.Raw, ran.Format(time.RFC3339), ran.Add(time.Minute).Format(time.RFC3339), 1)
			all = append(all, e)
		}
	}
	return all
}

func runDemo(ctx context.Context) ([]sandbox.Event, error) {
	dir, err := os.MkdirTemp("", "foresight-app-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is small
	a := foresight.New("test")
	a.Out, a.Err, a.Clock = io.Discard, io.Discard, func() time.Time { return ran }
	if err := a.Demo(ctx, foresight.DemoOptions{Once: true, Dir: dir}); err != nil {
		return nil, fmt.Errorf("running the demo: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		return nil, err
	}
	return readEvents(text)
}

// readEvents reads what sandbox.Server.WriteEvents wrote.
func readEvents(text []byte) ([]sandbox.Event, error) {
	var all []sandbox.Event
	for line := range bytes.Lines(text) {
		var e struct {
			Time, IndexTime                 float64
			Index, Host, Source, Sourcetype string
			Event                           json.RawMessage
		}
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, err
		}
		all = append(all, sandbox.Event{Time: epoch(e.Time), IndexTime: epoch(e.IndexTime), Index: e.Index, Host: e.Host, Source: e.Source,
			Sourcetype: e.Sourcetype, Raw: string(e.Event)})
	}
	return all, nil
}

func epoch(seconds float64) time.Time { return time.UnixMicro(int64(seconds * 1e6)).UTC() }
