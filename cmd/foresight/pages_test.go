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
	t.Parallel()
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

// Somebody is put in on call by the pages of the real process: who is paged then is that person, commands know of it, and an
// administrator finds in the log who did it.
func TestSomebodyIsPutInByPages(t *testing.T) {
	t.Parallel()
	w := recent(t)
	hash := strings.TrimSpace(execution{Clock: w.clock, in: "a password of some length\n"}.run(t.Context(), "web", "hash").out)
	eva, bo := onDuty(t, w, `web: {addr: "127.0.0.1:0"}`, `web:
  addr: "127.0.0.1:0"
  users:
    - {name: kay, password_hash: "`+hash+`", roles: [{customer: shop, role: operator}]}
    - {name: ada, password_hash: "`+hash+`", roles: [{customer: "*", role: admin}]}`, "{contacts: [eva]}, {schedules: [first]}", "{schedules: [first]}")
	p := start(t, w.dir, w.env, "serve", "-c", w.config())
	site := "http://" + addressOf(t, p)
	signedIn := func(name string) *http.Client {
		jar, err := cookiejar.New(nil)
		require.NoError(t, err)
		c := &http.Client{Jar: jar}
		status, text := posts(t, c, site, "/login", url.Values{"name": {name}, "password": {"a password of some length"}})
		require.Equal(t, http.StatusOK, status, text)
		return c
	}
	c := signedIn("kay")
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	form := url.Values{"contact": {"eva"}, "from": {time.Now().In(stockholm).Add(-time.Hour).Format("2006-01-02T15:04")}, "to": {time.Now().In(stockholm).Add(2 * time.Hour).Format("2006-01-02T15:04")}, "reason": {"kim is ill"}}
	status, text := posts(t, c, site, "/oncall/shop/first/cover", url.Values{"contact": {"kim"}, "from": form["from"], "to": form["to"]})
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, text, "kim cannot be told, being without contact rules")
	status, text = posts(t, c, site, "/oncall/shop/first/cover", form)
	require.Equal(t, http.StatusOK, status, text)
	assert.Contains(t, text, "Now <b>Eva</b>")
	assert.Contains(t, text, "Eva stands in")
	assert.Regexp(t, `shop +first +.*  eva\n`, w.foresight("oncall", "-c", w.config()).out)
	id := w.opens("Customers cannot pay", "--impact", "1")
	eventually(t, "the page to whoever was put in", 30*time.Second, func() bool { return len(eva.heard()) > 0 })
	assert.Empty(t, bo.heard())
	assert.Contains(t, w.incident("audit").out, "everybody was told in time")
	assert.NotContains(t, w.incident("show", id).out, "is not told")

	undo := regexp.MustCompile(`action="(/oncall/shop/first/[^"]+/uncover)"`).FindStringSubmatch(text)
	require.Len(t, undo, 2, text)
	_, text = posts(t, c, site, undo[1], nil)
	assert.NotContains(t, text, "Eva stands in")
	assert.NotContains(t, w.foresight("oncall", "-c", w.config()).out, "eva")
	page := func() *http.Request {
		r, err := http.NewRequest(http.MethodGet, site+"/admin/audit", nil)
		require.NoError(t, err)
		return r
	}
	status, _ = answered(t, c, page())
	assert.Equal(t, http.StatusForbidden, status, "an operator")
	_, text = answered(t, signedIn("ada"), page())
	assert.Regexp(t, `(?s)kay.*<b>uncover</b> shop/first: .*kay.*<b>cover</b> shop/first: &#34;eva&#34; from .*not done: kim cannot be told`, text)
	assert.Equal(t, app.ExitFine, p.signal(syscall.SIGTERM).code)
}
