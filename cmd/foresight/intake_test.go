package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reporting is a customer to whom systems report.
const reporting = `    process:
      integrations:
        - {id: own, kind: api, secret: {env: OWN_SECRET}, service: web}
        - {id: prom, kind: alertmanager, secret: {env: PROM_SECRET}}
        - {id: pager, kind: pagerduty, secret: {env: PAGER_SECRET}}
    services:
`

func send(t *testing.T, url, secret, body string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+secret)
	return answered(t, http.DefaultClient, r)
}

// Over HTTP a report becomes a case, which reaches the index; what is refused leaves nothing but
// a line in the log. The pages stay as they are.
func TestReportsOverHTTP(t *testing.T) {
	t.Parallel()
	w := recent(t)
	w.env["OWN_SECRET"], w.env["PROM_SECRET"], w.env["PAGER_SECRET"] = "a-secret-of-our-own", "a-secret-of-prometheus", "0123456789abcdef0123456789abcdef"
	p, site := serving(t, w, "    services:\n", reporting)
	for range 3 {
		status, _ := send(t, site+"/api/v1/reports", "a-secret-of-others", `{"title":"x"}`)
		require.Equal(t, http.StatusUnauthorized, status)
	}
	status, text := send(t, site+"/api/v1/reports", "a-secret-of-our-own", `{"title":"Customers cannot pay","by":"eva","impact":1,"urgency":1}`)
	require.Equal(t, http.StatusOK, status, text)
	assert.Contains(t, text, `"outcome":"opened"`)
	_, id, _ := strings.Cut(text, `"case":"`) // what the first pass foresees may have opened one before
	id, _, _ = strings.Cut(id, `"`)
	status, text = send(t, site+"/api/v1/intake/alertmanager/shop/prom", "a-secret-of-prometheus",
		`{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"Slow"},"fingerprint":"f"}]}`)
	require.Equal(t, http.StatusOK, status, text)
	assert.Contains(t, text, `"outcome":"joined"`)
	status, text = send(t, site+"/v2/enqueue", "", `{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"trigger","dedup_key":"k","payload":{"summary":"s","source":"h","severity":"error"}}`)
	require.Equal(t, http.StatusAccepted, status, text)
	status, _ = send(t, site+"/", "", "")
	assert.Equal(t, http.StatusMethodNotAllowed, status, "pages are read")

	_, text = get(t, site+"/metrics")
	for _, line := range []string{`foresight_reports_total{customer="shop",outcome="opened"} 1`, `foresight_reports_total{customer="shop",outcome="joined"} 2`, `foresight_report_requests_refused_total{customer="",reason="secret"} 3`} {
		assert.Contains(t, text, line+"\n")
	}
	show := w.incident("show", id).out
	assert.Contains(t, show, "reported 3 times")
	assert.Contains(t, show, "h: s")
	assert.Contains(t, w.incident("list").out, "Customers cannot pay")
	eventually(t, "the event of the case", 30*time.Second, func() bool { return len(of(w.events("foresight:incident"), "incident_id", id)) == 3 })
	o := p.signal(syscall.SIGTERM)
	assert.Equal(t, 1, strings.Count(o.err, "a report is refused"), o.err)
	assert.NotContains(t, o.err, "a-secret-of")
}
