package conformance

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// alertmanager is a running one that reports to foresight one way.
type alertmanager struct {
	t    *testing.T
	site string
	log  *words
}

// watch starts Alertmanager with a receiver; its program is that of ALERTMANAGER.
func watch(t *testing.T, receiver string) *alertmanager {
	t.Helper()
	binary := os.Getenv("ALERTMANAGER")
	if _, err := os.Stat(binary); err != nil {
		t.Skipf("there is no Alertmanager: make intake installs and names it (%v)", err)
	}
	dir, a := t.TempDir(), &alertmanager{t: t, log: &words{}}
	config := filepath.Join(dir, "alertmanager.yml")
	require.NoError(t, os.WriteFile(config, []byte("route: {receiver: foresight, group_by: [alertname], group_wait: 100ms, group_interval: 1s, repeat_interval: 1h}\n"+
		"receivers:\n  - name: foresight\n"+receiver), 0o600))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := free.Addr().String()
	require.NoError(t, free.Close())
	a.site = "http://" + addr
	run(t, a.log, exec.Command(binary, "--config.file="+config, "--storage.path="+dir, "--web.listen-address="+addr, "--cluster.listen-address="), os.Environ())
	eventually(t, "Alertmanager", func() bool {
		r, err := http.Get(a.site + "/-/ready")
		if err != nil {
			return false
		}
		return r.Body.Close() == nil && r.StatusCode == http.StatusOK
	}, a.log)
	return a
}

// tell hands Alertmanager an alert of each instance, as Prometheus does.
func (a *alertmanager) tell(over bool, instances ...string) {
	a.t.Helper()
	var alerts []map[string]any
	for _, i := range instances {
		one := map[string]any{
			"labels":      map[string]string{"alertname": "DiskFull", "instance": i, "service": "shop", "severity": "critical"},
			"annotations": map[string]string{"summary": "the disk is full", "description": "2 % are left"},
			"startsAt":    time.Now().Add(-time.Minute).Format(time.RFC3339Nano),
		}
		if over {
			one["endsAt"] = time.Now().Format(time.RFC3339Nano)
		}
		alerts = append(alerts, one)
	}
	body, err := json.Marshal(alerts)
	require.NoError(a.t, err)
	r, err := http.Post(a.site+"/api/v2/alerts", "application/json", strings.NewReader(string(body)))
	require.NoError(a.t, err)
	require.NoError(a.t, r.Body.Close())
	require.Equal(a.t, http.StatusOK, r.StatusCode)
}

// By webhook: two alerts of a service are one case, resolved with the last.
func TestAlertmanagersWebhook(t *testing.T) {
	f := serve(t)
	a := watch(t, fmt.Sprintf("    webhook_configs: [{url: %q, http_config: {authorization: {credentials: %s}}}]\n", f.site+"/api/v1/intake/alertmanager/nord/prom", promSecret))
	a.tell(false, "db1", "db2")
	var c kase
	eventually(t, "both alerts, which may come apart", func() bool { c = f.only("new"); return len(c.Facts) == 2 }, f.log)
	require.Equal(t, []any{"shop", 1, 2}, []any{c.Service, c.Impact, len(c.Facts)})
	require.Contains(t, c.Title, "the disk is full")
	a.tell(true, "db1")
	eventually(t, "the first end", func() bool {
		c = f.only("new")
		return strings.Contains(fmt.Sprint(c.Timeline), "{cleared")
	}, f.log)
	a.tell(true, "db2")
	c = f.only("resolved")
	require.Equal(t, "resolved", c.states())
	require.NotContains(t, a.log.String(), "level=ERROR")
}

// By its PagerDuty integration: one group is one fact of one case.
func TestAlertmanagersPagerDuty(t *testing.T) {
	f := serve(t)
	a := watch(t, fmt.Sprintf("    pagerduty_configs: [{routing_key: %s, url: %q}]\n", pagerSecret, f.site+"/v2/enqueue"))
	a.tell(false, "db1")
	c := f.only("new")
	require.Equal(t, []any{"shop", "db1", 1}, []any{c.Service, c.Facts[0].Component, c.Impact}, "from the alert's own labels")
	a.tell(true, "db1")
	c = f.only("resolved")
	require.Equal(t, "resolved", c.states())
	require.Len(t, c.Facts, 1)
	require.NotContains(t, a.log.String(), "level=ERROR")
}

// A wrong secret is refused for good: Alertmanager gives up, nothing changes, and the log says so once.
func TestAlertmanagerWithAWrongSecret(t *testing.T) {
	f := serve(t)
	a := watch(t, fmt.Sprintf("    webhook_configs: [{url: %q, http_config: {authorization: {credentials: another-secret-altogether}}}]\n", f.site+"/api/v1/intake/alertmanager/nord/prom"))
	a.tell(false, "db1")
	eventually(t, "Alertmanager's giving up", func() bool { return strings.Contains(a.log.String(), "401") }, a.log)
	a.tell(false, "db2")
	eventually(t, "it again", func() bool { return strings.Count(a.log.String(), "401") > 1 }, a.log)
	require.Empty(t, f.cases())
	require.Equal(t, 1, strings.Count(f.log.String(), "a report is refused"), f.log)
}
