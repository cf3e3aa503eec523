package enterprise

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"foresight/models"

	"github.com/stretchr/testify/require"
)

// collecting takes whatever it is sent, unread but for its length.
func collecting(b *testing.B) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"text":"Success","code":0}`)
	}))
	b.Cleanup(server.Close)
	return server
}

// forecasts are events of the usual kind.
func forecasts(n int) []models.Event {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	all := make([]models.Event, n)
	for i := range all {
		id := fmt.Sprintf("%032x", i)
		all[i] = models.Event{Time: at.AddDate(0, 0, i%400), Sourcetype: models.SourcetypeForecast, Source: "foresight", Host: "shop", EventID: id,
			Body: models.ForecastEvent{Head: models.Head{EventID: id, Subject: "shop:web:orders", Revision: "0123456789abcdef", AsOf: "2026-01-01T00:00:00Z",
				IssuedAt: "2026-01-01T02:15:00Z", RunID: "run", Customer: "shop", Service: "web", Signal: "orders"},
				Span: models.SpanDay, Mean: models.Number(1000 + i%97), Q05: 900.5, Q10: 920, Q25: 950, Q50: 1000, Q75: 1050, Q90: 1080, Q95: 1100.5}}
	}
	return all
}

// plainly is the least that sends the same events: encoded, zipped and posted.
func plainly(b *testing.B, url string, events []models.Event) {
	for from := 0; from < len(events); from += 500 {
		var body bytes.Buffer
		z := gzip.NewWriter(&body)
		enc := json.NewEncoder(z)
		enc.SetEscapeHTML(false)
		for _, e := range events[from:min(from+500, len(events))] {
			require.NoError(b, enc.Encode(envelope{Time: epoch(e.Time), Host: e.Host, Source: e.Source, Sourcetype: e.Sourcetype, Index: "foresight", Event: e.Body}))
		}
		require.NoError(b, z.Close())
		r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url+"/services/collector/event", &body)
		require.NoError(b, err)
		r.Header.Set("Content-Encoding", "gzip")
		resp, err := http.DefaultClient.Do(r)
		require.NoError(b, err)
		_, _ = io.Copy(io.Discard, resp.Body)
		require.NoError(b, resp.Body.Close())
	}
}

// BenchmarkSend measures the collector's client on loopback beside a plain writer of the
// same events, in turns, so that what else the machine does strikes both. The ratio is to
// be 0.7 or more on a quiet machine; on a busy one the clock says little of either.
func BenchmarkSend(b *testing.B) {
	server, events := collecting(b), forecasts(10_000)
	h, err := NewHEC(HECConfig{URL: server.URL, Token: token, Index: "foresight", Gzip: true})
	require.NoError(b, err)
	var ours, plain time.Duration
	for b.Loop() {
		began := time.Now()
		rejected, err := h.Send(b.Context(), events)
		require.NoError(b, err)
		require.Empty(b, rejected)
		middle := time.Now()
		plainly(b, server.URL, events)
		ours, plain = ours+middle.Sub(began), plain+time.Since(middle)
	}
	b.ReportMetric(float64(b.N*len(events))/ours.Seconds(), "events/s")
	b.ReportMetric(float64(b.N*len(events))/plain.Seconds(), "plain-events/s")
	b.ReportMetric(plain.Seconds()/ours.Seconds(), "ratio")
}
