package enterprise

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"

	"foresight/models"
	"foresight/splunk"

	"github.com/stretchr/testify/require"
)

// wide is a stub whose searches have a row for each of many parts on each day.
type wide struct {
	*stub
	parts    int
	windows  map[string][2]int64 // by sid
	rows     int
	requests int
	peak     uint64 // of the heap, as seen at each request
}

var sidOfPath = regexp.MustCompile(`/jobs/([^/?]+)`)

func newWide(parts int) *wide {
	w := &wide{stub: newStub(0), parts: parts, windows: map[string][2]int64{}}
	create := w.create
	w.create = func(r *http.Request, form url.Values) (*http.Response, error) {
		from, _ := strconv.ParseInt(form.Get("earliest_time"), 10, 64)
		to, _ := strconv.ParseInt(form.Get("latest_time"), 10, 64)
		w.windows[form.Get("id")] = [2]int64{from, to}
		return create(r, form)
	}
	w.status = func(r *http.Request, _ url.Values) (*http.Response, error) {
		return saysJSON(200, map[string]any{"entry": []any{map[string]any{"content": map[string]any{"dispatchState": "DONE", "isDone": true,
			"isFailed": false, "isFinalized": false, "isZombie": false, "resultCount": w.count(r), "messages": []any{}}}}}), nil
	}
	w.results = func(r *http.Request, _ url.Values) (*http.Response, error) { return w.page(r), nil }
	return w
}

func (w *wide) window(r *http.Request) [2]int64 {
	return w.windows[sidOfPath.FindStringSubmatch(r.URL.Path)[1]]
}

func (w *wide) count(r *http.Request) int {
	d := w.window(r)
	return int((d[1]-d[0])/86400) * w.parts
}

// page writes the rows asked for; that is the server's memory, not the client's, and
// small beside it.
func (w *wide) page(r *http.Request) *http.Response {
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	n, _ := strconv.Atoi(r.URL.Query().Get("count"))
	from := w.window(r)[0]
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"preview":false,"init_offset":%d,"messages":[],"fields":[{"name":"fs_epoch"},{"name":"fs_value"},{"name":"fs_part"}],"results":[`, offset)
	for i := offset; i < min(offset+n, w.count(r)); i++ {
		if i > offset {
			b.WriteByte(',')
		}
		day, part := i/w.parts, i%w.parts
		fmt.Fprintf(&b, `{"fs_epoch":"%d","fs_value":"%d","fs_part":"host-%05d"}`, from+int64(day)*86400, part+day, part)
		w.rows++
	}
	b.WriteString("]}")
	return says(200, b.String())
}

// RoundTrip implements http.RoundTripper.
func (w *wide) RoundTrip(r *http.Request) (*http.Response, error) {
	w.requests++
	if w.requests%20 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.peak = max(w.peak, m.HeapAlloc)
	}
	return w.stub.RoundTrip(r)
}

// BenchmarkSplitInto reads signals by one split search over three years of days, with
// the real client and source. FORESIGHT_SIGNALS says how many (500).
func BenchmarkSplitInto(b *testing.B) {
	signals := 500
	if text := os.Getenv("FORESIGHT_SIGNALS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(b, err)
		signals = n
	}
	for b.Loop() {
		w := newWide(signals)
		began := time.Now()
		c, err := NewSearch(SearchConfig{URL: "https://splunk.test:8089", Token: token, Transport: w})
		require.NoError(b, err)
		from := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
		got, err := (&splunk.Source{Searcher: c}).Fetch(b.Context(), time.UTC, models.Query{ID: "web", Source: models.SourceEvents, Search: "index=web",
			Span: models.SpanDay, Signal: models.Signal{Measure: "count"}, Split: &models.Split{By: "host", Max: signals}},
			models.Window{From: from, To: from.AddDate(3, 0, 0)})
		require.NoError(b, err)
		require.Len(b, got.Columns, signals+1)
		took := time.Since(began)
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		points := 0
		for _, column := range got.Columns {
			points += len(column.Points)
		}
		b.ReportMetric(float64(w.rows)/took.Seconds(), "rows/s")
		b.ReportMetric(float64(w.requests), "requests")
		b.ReportMetric(float64(w.peak)/1e6, "MB-peak")
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-kept")
		b.ReportMetric(float64(points), "points")
		runtime.KeepAlive(got)
	}
}
