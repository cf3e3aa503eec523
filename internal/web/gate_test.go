package web_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"foresight/internal/web"
	"foresight/internal/web/access"
	"foresight/models"
)

// sessions are kept in memory.
type sessions struct {
	mu   sync.Mutex
	kept map[string]models.Session
	err  error
}

func (s *sessions) KeepSession(_ context.Context, one models.Session, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[one.Hash] = one
	return s.err
}

func (s *sessions) Session(_ context.Context, hash string, now time.Time) (models.Session, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, found := s.kept[hash]
	return one, found && one.Until.After(now), s.err
}

func (s *sessions) EndSession(_ context.Context, hash string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, hash)
	return s.err
}

// house is the pages with users, on loopback.
type house struct {
	t     *testing.T
	desk  *desk
	site  string
	mu    sync.Mutex
	now   time.Time
	deeds []web.Deed
	kept  *sessions
	open  access.Options

	roster *roster
	office *office
}

const password = "correct horse battery"

// hashed is cheap, as no hash of foresight web hash is: tests sign in often.
var hashed = sync.OnceValue(func() string {
	key, salt := argon2.IDKey([]byte(password), []byte("salt of a test"), 1, 64, 1, 32), base64.RawStdEncoding.EncodeToString([]byte("salt of a test"))
	return "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + base64.RawStdEncoding.EncodeToString(key)
})

func newHouse(t *testing.T, change func(*access.Options)) *house {
	t.Helper()
	return newHouseWith(t, change, nil)
}

// newHouseWith builds with other pages' choices than usual; site is the address at which it will stand.
func newHouseWith(t *testing.T, change func(*access.Options), pages func(o *web.Options, site string)) *house {
	t.Helper()
	h := &house{t: t, desk: newDesk(), now: asOf, kept: &sessions{kept: map[string]models.Session{}}, roster: &roster{}, office: &office{}}
	h.office.sessions = h.kept
	h.roster.customers = h.desk.customers
	nord := func(r models.Role) []models.Grant { return []models.Grant{{Customer: "nord", Role: r}} }
	h.open = access.Options{Sessions: h.kept, Clock: func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now },
		Users:  []models.User{{Name: "eva", Hash: hashed(), Grants: nord(models.RoleOperator)}, {Name: "vic", Hash: hashed(), Grants: nord(models.RoleViewer)}, {Name: "all", Hash: hashed(), Grants: []models.Grant{{Customer: "*", Role: models.RoleAdmin}}}},
		Tokens: []access.Token{{Name: "robot", Secret: "a-token-of-a-robot", Grants: nord(models.RoleOperator)}}}
	if change != nil {
		change(&h.open)
	}
	gate, err := access.New(h.open)
	require.NoError(t, err)
	b := web.NewBoard([]models.Customer{{ID: "nord", Name: "Nord"}, {ID: "syd", Name: "Syd"}})
	for _, id := range []string{"nord", "syd"} {
		r := result(id)
		r.Customer.Name = strings.ToUpper(id)
		b.Done(r, []byte("report of "+id), asOf, errors.New("query of "+id))
	}
	s := httptest.NewUnstartedServer(nil)
	h.site = "http://" + s.Listener.Addr().String()
	o := web.Options{Process: h.desk, Roster: h.roster, Admin: h.office, Gate: gate, Clock: h.open.Clock, Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "measured") }),
		Audit: func(_ context.Context, d web.Deed) { h.mu.Lock(); defer h.mu.Unlock(); h.deeds = append(h.deeds, d) }}
	if pages != nil {
		pages(&o, h.site)
	}
	s.Config.Handler = web.New(b, o)
	s.Start()
	t.Cleanup(s.Close)
	return h
}

// visitor is a browser.
func (h *house) visitor() *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(h.t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (h *house) get(c *http.Client, path string) (int, string) {
	h.t.Helper()
	r, err := c.Get(h.site + path)
	return h.read(r, err)
}

func (h *house) read(r *http.Response, err error) (int, string) {
	h.t.Helper()
	require.NoError(h.t, err)
	defer r.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(r.Body)
	require.NoError(h.t, err)
	return r.StatusCode, string(body) + "\n" + r.Header.Get("Location")
}

// post sends a form as a browser does: from these pages, unless headers say otherwise.
func (h *house) post(c *http.Client, path string, form map[string]string, header ...string) (int, string) {
	h.t.Helper()
	values := url.Values{}
	for k, v := range form {
		values.Set(k, v)
	}
	r, err := http.NewRequest(http.MethodPost, h.site+path, strings.NewReader(values.Encode()))
	require.NoError(h.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", h.site)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return h.read(c.Do(r))
}

func (h *house) signedIn(name string) *http.Client {
	h.t.Helper()
	c := h.visitor()
	status, text := h.post(c, "/login", map[string]string{"name": name, "password": password, "to": "/incidents"})
	require.Equal(h.t, 303, status, text)
	require.Contains(h.t, text, "/incidents")
	return c
}

func TestNobodySeesWhatIsOfUsers(t *testing.T) {
	h := newHouse(t, nil)
	c := h.visitor()
	for _, path := range []string{"/", "/report/nord", "/incidents", "/incidents/nord-1", "/actions", "/services", "/nowhere"} {
		status, text := h.get(c, path)
		assert.Equal(t, 303, status, path)
		assert.Contains(t, text, "/login?to=", path)
		assert.NotContains(t, text, "Disk fails")
	}
	for path, want := range map[string]int{"/livez": 200, "/healthz": 200, "/readyz": 503, "/login": 200, "/metrics": 401} {
		status, text := h.get(c, path)
		assert.Equal(t, want, status, path)
		assert.NotContains(t, text, "query of", path)
	}
	status, _ := h.post(c, "/incidents/nord-1/ack", map[string]string{"seen": "3"})
	assert.Equal(t, 401, status)
	assert.Empty(t, h.desk.acts)
}

func TestUsersSeeTheirCustomersOnly(t *testing.T) {
	h := newHouse(t, nil)
	for name, all := range map[string]bool{"eva": false, "vic": false, "all": true} {
		c := h.signedIn(name)
		for path, mark := range map[string]string{"/": "SYD", "/incidents": "Secret of Syd", "/incidents?customer=syd": "Secret of Syd", "/actions": "Task of Syd", "/services": "Syd"} {
			status, text := h.get(c, path)
			assert.Equal(t, 200, status, path)
			assert.Equal(t, all, strings.Contains(text, mark), "%s %s", name, path)
		}
		for path, there := range map[string]int{"/incidents/syd-1": 200, "/report/syd": 200} {
			status, _ := h.get(c, path)
			if !all {
				there = 404
			}
			assert.Equal(t, there, status, "%s %s", name, path)
		}
		status, _ := h.get(c, "/report/nord")
		assert.Equal(t, 200, status)
		_, text := h.get(c, "/readyz")
		assert.Equal(t, all, strings.Contains(text, "query of syd"), name)
		status, _ = h.get(c, "/metrics")
		assert.Equal(t, map[bool]int{true: 200, false: 403}[all], status)
		status, _ = h.post(c, "/incidents/syd-1/ack", map[string]string{"seen": "1"})
		assert.Equal(t, map[bool]int{true: 303, false: 404}[all], status)
		status, _ = h.post(c, "/incidents", map[string]string{"service": "syd web", "title": "x"})
		want := map[string]int{"all": 303, "eva": 422, "vic": 403}[name]
		assert.Equal(t, want, status, name)
	}
	assert.Len(t, h.desk.acts, 1)
	assert.Len(t, h.desk.reports, 1)
}

func TestFormsWorkOnCases(t *testing.T) {
	h := newHouse(t, nil)
	c := h.signedIn("eva")
	status, to := h.post(c, "/incidents", map[string]string{"service": "nord shop", "title": " Customers cannot pay ", "detail": "since 9", "impact": "1", "urgency": "2", "by": "somebody else"})
	require.Equal(t, 303, status)
	assert.Contains(t, to, "/incidents/nord-1")
	require.Len(t, h.desk.reports, 1)
	assert.Equal(t, models.Report{Customer: "nord", Service: "shop", Title: "Customers cannot pay", Detail: "since 9", Impact: 1, Urgency: 2, Source: "user", By: "eva"}, h.desk.reports[0], "who is signed in cannot pass for another")
	for _, bad := range []map[string]string{{"service": "nord shop"}, {"service": "nord shop", "title": strings.Repeat("x", 201)}, {"service": "nord shop", "title": "x", "impact": "9"}, {"title": "<b>kept</b>"}} {
		status, text := h.post(c, "/incidents", bad)
		assert.Equal(t, 422, status, bad)
		assert.NotContains(t, text, "<b>kept")
	}
	for path, want := range map[string]web.Act{
		"/incidents/nord-1/hold":                 {Incident: "nord-1", Verb: "hold"},
		"/incidents/nord-1/assign":               {Incident: "nord-1", Verb: "assign"},
		"/incidents/nord-1/move":                 {Incident: "nord-1", Verb: "move"},
		"/incidents/nord-1/tasks/capacity/start": {Incident: "nord-1", Task: "capacity", Verb: "start"},
	} {
		want.By, want.Seen, want.Text, want.To, want.Level, want.Impact, want.Urgency = "eva", 3, "why", "bo", 2, 1, 3
		status, _ := h.post(c, path, map[string]string{"seen": "3", "text": "why", "to": "bo", "level": "2", "impact": "1", "urgency": "3"})
		assert.Equal(t, 303, status, path)
		assert.Equal(t, want, h.desk.acts[len(h.desk.acts)-1])
	}
	n := len(h.desk.acts)
	status, _ = h.post(c, "/incidents/nord-1/ack", nil)
	assert.Equal(t, 422, status, "a form says what was seen")
	status, _ = h.post(c, "/incidents/nord-9/ack", map[string]string{"seen": "1"})
	assert.Equal(t, 404, status)
	status, _ = h.post(c, "/incidents/nord-1/ack", map[string]string{"seen": "3", "text": strings.Repeat("x", 70_000)})
	assert.NotEqual(t, 303, status, "too large")
	h.desk.refuse = web.RefusedError{Err: errors.New("say why: <others> read it")}
	status, text := h.post(c, "/incidents", map[string]string{"service": "nord shop", "title": "my \"words\""})
	assert.Equal(t, 422, status)
	assert.Contains(t, text, "&lt;others&gt;")
	assert.Contains(t, text, `value="my &#34;words&#34;"`, "what was written is not lost")
	h.desk.refuse = nil
	assert.Len(t, h.desk.acts, n)

	v := h.signedIn("vic")
	status, _ = h.post(v, "/incidents/nord-1/ack", map[string]string{"seen": "3"})
	assert.Equal(t, 403, status)
	_, text = h.get(v, "/incidents/nord-1")
	assert.NotContains(t, text, "Acknowledge")
	assert.Len(t, h.desk.acts, n)
	var did []string
	for _, d := range h.deeds {
		did = append(did, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", d.Who, d.Did, d.Of, d.Refused)))
	}
	assert.Contains(t, did, "eva hold nord-1")
	assert.Contains(t, did, "eva start nord-1/capacity")
	assert.Contains(t, did, "vic ack /incidents/nord-1/ack may not")
}

// Two people look at a case; the second hears what the first has changed, and loses nothing that
// they wrote.
func TestAConflictShowsWhatChanged(t *testing.T) {
	h := newHouse(t, nil)
	status, text := h.post(h.signedIn("eva"), "/incidents/nord-1/resolve", map[string]string{"seen": "2", "read": "1", "text": "<mended> it"})
	assert.Equal(t, 409, status)
	assert.Contains(t, text, "the case has changed since you looked at it")
	assert.Contains(t, text, "&lt;mended&gt; it</textarea>")
	assert.Equal(t, 1, strings.Count(text, "new to you"))
	assert.Regexp(t, `(?s)new to you.*&lt;img src=x&gt;`, text)
	assert.Contains(t, text, `name="seen" value="3"`, "sent again it is upon what is shown now")
	assert.Empty(t, h.desk.acts)
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	h := newHouse(t, nil)
	c := h.signedIn("eva")
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://evil.example"}, {"Origin", "null"}} {
		for _, path := range []string{"/incidents/nord-1/ack", "/incidents", "/logout", "/login"} {
			status, _ := h.post(c, path, map[string]string{"seen": "3", "service": "nord shop", "title": "x"}, header...)
			assert.Equal(t, 403, status, "%s %v", path, header)
		}
	}
	assert.Empty(t, h.desk.acts)
	assert.Empty(t, h.desk.reports)
	status, _ := h.get(c, "/incidents")
	assert.Equal(t, 200, status, "still signed in")
}

func TestSessionsEnd(t *testing.T) {
	h := newHouse(t, nil)
	c := h.signedIn("eva")
	jar := c.Jar.Cookies(must(url.Parse(h.site)))
	require.Len(t, jar, 1)
	for hash := range h.kept.kept {
		assert.NotContains(t, hash, jar[0].Value, "the id is with the browser only")
	}
	step := func(d time.Duration) { h.mu.Lock(); h.now = h.now.Add(d); h.mu.Unlock() }
	step(12*time.Hour - time.Second)
	status, _ := h.get(c, "/incidents")
	assert.Equal(t, 200, status)
	step(time.Second)
	status, _ = h.get(c, "/incidents")
	assert.Equal(t, 303, status)

	c = h.signedIn("eva")
	stolen := c.Jar.Cookies(must(url.Parse(h.site)))
	status, _ = h.post(c, "/logout", nil)
	assert.Equal(t, 303, status)
	thief := h.visitor()
	thief.Jar.SetCookies(must(url.Parse(h.site)), stolen)
	status, _ = h.get(thief, "/incidents")
	assert.Equal(t, 303, status, "what is signed out cannot be used")

	// Another password ends the sessions of the one before, and so does taking the user out.
	other, err := access.Hash("another password of hers")
	require.NoError(t, err)
	c = h.signedIn("eva")
	for _, change := range []func(*access.Options){func(o *access.Options) { o.Users[0].Hash = other }, func(o *access.Options) { o.Users = o.Users[1:] }} {
		next := newHouse(t, func(o *access.Options) { o.Sessions = h.kept; change(o) })
		moved := next.visitor()
		moved.Jar.SetCookies(must(url.Parse(next.site)), c.Jar.Cookies(must(url.Parse(h.site))))
		status, _ = next.get(moved, "/incidents")
		assert.Equal(t, 303, status)
	}
}

func must(u *url.URL, err error) *url.URL {
	if err != nil {
		panic(err)
	}
	return u
}

func TestGuessingIsBounded(t *testing.T) {
	h := newHouse(t, nil)
	c := h.visitor()
	try := func(name, word string) int {
		status, text := h.post(c, "/login", map[string]string{"name": name, "password": word})
		assert.NotContains(t, text, word+`"`)
		return status
	}
	for range 5 {
		assert.Equal(t, 401, try("eva", "guess"))
	}
	assert.Equal(t, 429, try("eva", "guess"))
	assert.Equal(t, 429, try("eva", password), "the right one too, or the answer would tell")
	assert.Equal(t, 401, try("nobody", "guess"), "and another name may")
	h.mu.Lock()
	h.now = h.now.Add(30 * time.Second)
	h.mu.Unlock()
	assert.Equal(t, 303, try("eva", password))
	for n := range 30 {
		try(fmt.Sprint("name", n), "guess")
	}
	assert.Equal(t, 429, try("vic", "guess"), "many names from one address")
	try(strings.Repeat("x", 5000), "guess")
	assert.Len(t, h.deeds[len(h.deeds)-1].Who, 200, "what a stranger writes takes little room")
	refused := 0
	for _, d := range h.deeds {
		if d.Did == "sign in" && d.Refused != "" {
			refused++
		}
	}
	assert.Equal(t, 5+2+1+30+1+1, refused)
}

func TestAfterSigningInOnlyOurPagesFollow(t *testing.T) {
	h := newHouse(t, nil)
	for to, want := range map[string]string{"/incidents?level=1": "/incidents?level=1", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "": "/", "javascript:x": "/"} {
		_, text := h.post(h.visitor(), "/login", map[string]string{"name": "all", "password": password, "to": to})
		assert.Equal(t, want, strings.TrimSpace(text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:]), to)
		h.mu.Lock()
		h.now = h.now.Add(time.Minute)
		h.mu.Unlock()
	}
}
