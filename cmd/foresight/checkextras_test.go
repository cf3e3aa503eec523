package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// check says of what is optional whether it is there.
func TestCheckTriesWhatIsOptional(t *testing.T) {
	t.Parallel()
	w := recent(t)
	w.env["ALERT_SECRET"] = "a-secret-of-the-alerts"
	w.configure(shop, "  hec:\n", "  notes: {}\n  itsi: {}\n  hec:\n", "        queries:\n", "        itsi: key-of-web\n        queries:\n", "    services:\n", `    process:
      integrations:
        - {id: alerts, kind: splunk, secret: {env: ALERT_SECRET}, service: web}
    services:
`)
	o := w.foresight("check", "-c", w.config())
	require.NotEqual(t, app.ExitFine, o.code, o)
	require.Contains(t, o.out+o.err, "install the app foresight, whose collections.conf has [foresight_notes]", o)
	require.Contains(t, o.out+o.err, "check that ITSI (SA-ITOA) is installed", o)
	w.server.AddCollection("foresight", "foresight_notes")
	w.server.InstallITSI()
	o = w.foresight("check", "-c", w.config())
	require.Equal(t, app.ExitFine, o.code, o)
	for _, words := range []string{"the collection foresight_notes of the app foresight can be read; 0 notes not answered yet", "maintenance windows can be read", "Splunk can be asked for their searches"} {
		require.Contains(t, o.out, words)
	}
}
