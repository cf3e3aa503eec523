package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// posts sends a form as a browser does that is signed in, or not, and follows where it leads.
func posts(t *testing.T, c *http.Client, site, path string, form url.Values) (status int, text string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, site+path, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return answered(t, c, r)
}

// A person signs in, reports a fault and takes it to its end by the pages of the real process;
// command, index and log know of it.
func TestACaseByPages(t *testing.T) {
	w := recent(t)
	hash := execution{Clock: w.clock, in: "a password of some length\n"}.run(t.Context(), "web", "hash").out
	require.Regexp(t, `^\$argon2id\$`, hash)
	p, site := serving(t, w, `web: {addr: "127.0.0.1:0"}`, `web:
  addr: "127.0.0.1:0"
  users:
    - {name: eva, password_hash: "`+strings.TrimSpace(hash)+`", roles: [{customer: shop, role: operator}]}`)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	c := &http.Client{Jar: jar}
	status, text := posts(t, c, site, "/login", url.Values{"name": {"eva"}, "password": {"a wrong password"}})
	require.Equal(t, http.StatusUnauthorized, status, text)
	status, text = posts(t, c, site, "/login", url.Values{"name": {"eva"}, "password": {"a password of some length"}, "to": {"/incidents"}})
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "Sign out eva")
	status, text = posts(t, c, site, "/incidents", url.Values{"service": {"shop web"}, "title": {"Customers <cannot> pay"}, "impact": {"1"}, "urgency": {"1"}})
	require.Equal(t, http.StatusOK, status, text)
	assert.Contains(t, text, "Customers &lt;cannot&gt; pay")
	id := regexp.MustCompile(`action="/incidents/(shop-\d+)/note"`).FindStringSubmatch(text)[1] // the first pass may have opened cases too
	seen := func() string { return regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(text)[1] }
	old := seen()
	_, text = posts(t, c, site, "/incidents/"+id+"/ack", url.Values{"seen": {old}})
	assert.Contains(t, text, "eva has it")
	status, _ = posts(t, c, site, "/incidents/"+id+"/resolve", url.Values{"seen": {old}, "text": {"x"}})
	assert.Equal(t, http.StatusConflict, status)
	status, _ = posts(t, c, site, "/incidents/"+id+"/resolve", url.Values{"seen": {seen()}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "without a reason")
	_, text = posts(t, c, site, "/incidents/"+id+"/resolve", url.Values{"seen": {seen()}, "text": {"the bank has mended it"}})
	assert.Contains(t, text, "acknowledged → resolved")
	assert.Contains(t, w.incident("show", id).out, "the bank has mended it")
	eventually(t, "the events of the case", 30*time.Second, func() bool { return len(of(w.events("foresight:incident"), "ticket_id", id)) == 3 })
	o := p.signal(syscall.SIGTERM)
	assert.Equal(t, app.ExitFine, o.code, o)
	assert.Contains(t, o.err, `"who":"eva","did":"resolve","of":"`+id+`"`)
	assert.Contains(t, o.err, `"refused":"the name or the password is wrong","who":"eva"`)
	assert.NotContains(t, o.err, "a password of")
}
