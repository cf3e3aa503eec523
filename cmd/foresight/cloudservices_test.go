package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/splunk/sandbox"
)

// tenantHead is head with the sandbox's tenant of Splunk Cloud Services in the place of
// its search and collector.
const tenantHead = `splunk:
  cloud_services:
    tenant: ${FORESIGHT_SCS_TENANT}
    host: ${FORESIGHT_SCS_URL}
    idp_host: ${FORESIGHT_SCS_URL}
    client_id: ${FORESIGHT_SCS_CLIENT}
    client_secret: {env: FORESIGHT_SCS_SECRET}
    ca_file: ${FORESIGHT_CA_FILE}
web: {addr: "127.0.0.1:0"}
log: {level: warn}
`

// ids are the event ids in the index, each once.
func (w *world) ids() []string {
	var all []string
	for _, e := range w.events() {
		all = append(all, e.text("event_id"))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// A run through a tenant of Splunk Cloud Services, with faults on, tells what a run
// through search and collector tells, each event once.
func TestRunThroughCloudServices(t *testing.T) {
	t.Parallel()
	platform := stocked(t)
	platform.run("2025-03-01")
	cloud := stocked(t)
	cloud.configure(shop, head, tenantHead)
	faults, err := sandbox.ParseFaults("search:busy:1,search:cut:1,search:unauthorized:1,preview:1,hec:busy:1,hec:cut:1,hec:unauthorized:1")
	require.NoError(t, err)
	cloud.server.SetFaults(faults)
	cloud.run("2025-03-01")
	assert.NotEmpty(t, cloud.ids())
	assert.Equal(t, platform.ids(), cloud.ids())
	assert.Len(t, cloud.events(), len(cloud.ids()), "the service tells doubles by their ids")
}

func TestCheckOfCloudServices(t *testing.T) {
	t.Parallel()
	w := checkable(t)
	w.configure(shop, head, tenantHead)
	o := w.foresight("check", "-c", w.config())
	require.Equal(t, app.ExitFine, o.code, o)
	for _, line := range []string{
		"ok    search in tenant sandbox of Splunk Cloud Services at https://127.0.0.1:", "ok    events to tenant sandbox of Splunk Cloud Services at",
		"ok    search of web/orders: 35 rows of 1d in 1 signal", "0.2 MB a day into index foresight",
	} {
		assert.Contains(t, o.out, line)
	}
	assert.Empty(t, w.events(), "a check writes nothing into the index")

	w.env["FORESIGHT_SCS_SECRET"] = "guessed"
	o = w.foresight("check", "-c", w.config())
	fails(t, o, app.ExitFailed, "see the lines marked FAIL")
	assert.Contains(t, o.out, "FAIL  search in tenant sandbox")
	assert.Contains(t, o.out, "FAIL  events to tenant sandbox")
	assert.Contains(t, o.out, "check client_id and client_secret")
	assert.NotContains(t, o.out+o.err, "guessed")
}
