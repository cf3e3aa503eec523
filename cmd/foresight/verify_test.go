package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An alert's webhook at the real serve becomes a case when Splunk knows its job, and not else.
func TestServeVerifiesSplunksAlerts(t *testing.T) {
	t.Parallel()
	w := recent(t)
	w.env["ALERT_SECRET"] = "a-secret-of-the-alerts"
	_, site := serving(t, w, "    services:\n", `    process:
      integrations:
        - {id: alerts, kind: splunk, secret: {env: ALERT_SECRET}, service: web}
    services:
`)
	sid, err := w.server.Dispatch("Errors of tills", "search", "anna", "| makeresults")
	require.NoError(t, err)
	post := func(search string) {
		body := `{"sid":"` + sid + `","search_name":"` + search + `","app":"search","owner":"anna","results_link":"https://splunk/r","result":{"host":"till7"}}`
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+"/api/v1/intake/splunk/shop/alerts/a-secret-of-the-alerts", strings.NewReader(body))
		require.NoError(t, err)
		status, text := answered(t, http.DefaultClient, r)
		require.Equal(t, http.StatusOK, status, text)
		require.Contains(t, text, `"held"`)
	}
	post("Others")
	post("Errors of tills")
	cases := func() int {
		_, text := get(t, site+"/api/v1/incidents?customer=shop")
		require.NotContains(t, text, "Others")
		return strings.Count(text, "Errors of tills")
	}
	eventually(t, "a case", 20*time.Second, func() bool { return cases() > 0 })
}
