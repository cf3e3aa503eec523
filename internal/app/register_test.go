package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/models"
)

// A round of duty opens a case for a certificate that expires and for what cannot be read tells the log once.
func TestDutyLooksAtCertificates(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	ends := server.Certificate().NotAfter
	now := ends.AddDate(0, 0, -10)
	cfg := agreed(now)
	c := &cfg.Customers[0]
	c.Process.Components = []models.Item{
		{ID: "front", Name: "Shop front", Service: c.Services[0].ID, TLS: strings.TrimPrefix(server.URL, "https://")},
		{ID: "gone", Name: "Gone", Service: c.Services[0].ID, TLS: "127.0.0.1:1"},
	}
	var log strings.Builder
	kept := openStore(t)
	d := newDuty(kept, cfg, func() time.Time { return now }, func() {}, zerolog.New(&log))
	d.round(t.Context())
	d.round(t.Context())
	all, err := kept.Incidents(t.Context(), models.IncidentFilter{})
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Contains(t, all[0].Title, "The certificate of Shop front expires on")
	require.Equal(t, 1, all[0].Occurrences)
	now = now.Add(7 * time.Hour)
	d.round(t.Context())
	require.Equal(t, 1, strings.Count(log.String(), "cannot be read"), log.String())
}
