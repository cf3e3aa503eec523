package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/splunk/sandbox"
)

// SIGHUP brings a changed configuration into force without losing the job under way, and
// leaves the old one in force when the new one is wrong.
func TestProcessReloadsItsConfiguration(t *testing.T) {
	t.Parallel()
	w := recent(t)
	stuck, err := sandbox.ParseFaults("stuck")
	require.NoError(t, err)
	w.server.SetFaults(stuck)
	p, site := serving(t, w)
	hup := func() { t.Helper(); require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP)) }
	logged := func(text string) {
		t.Helper()
		eventually(t, text+" in the log", 20*time.Second, func() bool { return strings.Contains(p.err.String(), text) })
	}
	info := []string{"level: warn", "level: info"}
	metric := func(line string) bool {
		_, text := get(t, site+"/metrics")
		return strings.Contains(text, line+"\n")
	}

	// The pass that a reload cuts off is taken again under the new configuration.
	eventually(t, "a search", 20*time.Second, w.searching)
	w.server.SetFaults(nil)
	w.configure(shop, append(info, "id: shop\n", "id: shop\n    name: The New Shop\n")...)
	hup()
	logged("the configuration was read again and is in force")
	eventually(t, "readiness", 60*time.Second, func() bool { status, _ := get(t, site+"/readyz"); return status == http.StatusOK })
	_, page := get(t, site+"/")
	assert.Contains(t, page, "The New Shop")
	eventually(t, "the one pass's run event", 20*time.Second, func() bool { return len(w.events("foresight:run")) == 1 })
	assert.True(t, metric("foresight_config_last_reload_successful 1"))

	// A wrong file: every mistake is told with its place, and nothing changes.
	w.configure(shop, append(info, "country: SE", "country: ZZ", "span: 1d", "span: 7d")...)
	hup()
	logged("the configuration is refused; the one before stays in force")
	for _, mistake := range []string{`foresight.yml:`, `customers[0].country`, `customers[0].services[0].queries[0].span`} {
		assert.Contains(t, p.err.String(), mistake)
	}
	assert.True(t, metric("foresight_config_last_reload_successful 0"))
	_, page = get(t, site+"/")
	assert.Contains(t, page, "The New Shop")
	status, _ := get(t, site+"/readyz")
	assert.Equal(t, http.StatusOK, status)

	// What only a start can change is said.
	w.configure(shop, append(info, `addr: "127.0.0.1:0"`, `addr: "127.0.0.1:1"`)...)
	hup()
	logged("web.addr has changed, which needs a restart")
	assert.True(t, metric("foresight_config_last_reload_successful 0"))

	// And mended: another customer, whose page comes, while the first one's stays.
	second := strings.ReplaceAll(shop, "id: shop", "id: store")
	w.configure(shop+strings.TrimPrefix(second, "customers:\n"), info...)
	hup()
	eventually(t, "both customers", 60*time.Second, func() bool {
		return metric(`foresight_customer_ready{customer="store"} 1`) && metric(`foresight_customer_ready{customer="shop"} 1`)
	})
	assert.True(t, metric("foresight_config_last_reload_successful 1"))
	for _, customer := range []string{"shop", "store"} {
		status, _ := get(t, site+"/report/"+customer)
		assert.Equal(t, http.StatusOK, status, customer)
	}
	o := p.signal(syscall.SIGTERM)
	assert.Equal(t, app.ExitFine, o.code, o)
	assert.NotContains(t, o.err, "panic")
}
