package web_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web"
	"foresight/internal/web/access"
	"foresight/models"
)

// office is what administrators work on, in memory.
type office struct {
	deeds    []models.Deed // the newest first
	refused  []models.Refused
	mended   []string
	sessions *sessions
	fail     error
}

func (o *office) Deeds(_ context.Context, f models.DeedFilter) (some []models.Deed, err error) {
	for _, d := range o.deeds {
		if (f.Customers == nil || slices.Contains(f.Customers, d.Customer)) && (f.Who == "" || f.Who == d.Who) && (!f.Refused || d.Refused != "") && (f.Before.At.IsZero() || d.At.Before(f.Before.At)) && len(some) < f.Most {
			some = append(some, d)
		}
	}
	return some, o.fail
}

func (o *office) Sessions(context.Context) (all []models.Session, err error) {
	o.sessions.mu.Lock()
	defer o.sessions.mu.Unlock()
	for _, s := range o.sessions.kept {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b models.Session) int { return strings.Compare(a.User+a.Provider, b.User+b.Provider) })
	return all, o.fail
}

func (o *office) EndSessionsOf(_ context.Context, user, provider string) (n int, err error) {
	o.sessions.mu.Lock()
	defer o.sessions.mu.Unlock()
	for hash, s := range o.sessions.kept {
		if s.User == user && s.Provider == provider {
			delete(o.sessions.kept, hash)
			n++
		}
	}
	return n, o.fail
}

func (o *office) Refused(context.Context) ([]models.Refused, error) { return o.refused, o.fail }

func (o *office) Resend(_ context.Context, id string) error { return o.mend("resend", id) }

func (o *office) Drop(_ context.Context, id string) error { return o.mend("drop", id) }

func (o *office) mend(how, id string) error {
	if id == "gone" {
		return web.RefusedError{Err: errors.New("somebody else has dealt with it")}
	}
	o.mended = append(o.mended, how+" "+id)
	return nil
}

// governed is a house with an administrator of one customer, noa, and one of all.
func governed(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, func(o *access.Options) {
		o.Users = append(o.Users, models.User{Name: "noa", Hash: hashed(), Grants: []models.Grant{{Customer: "nord", Role: models.RoleAdmin}, {Customer: "syd", Role: models.RoleOperator}}})
	})
	for n := range 3 {
		h.office.deeds = append(h.office.deeds, models.Deed{ID: fmt.Sprint(n), At: asOf.Add(-time.Duration(n) * time.Hour), Who: "eva", Did: "ack", Of: fmt.Sprintf("case <%d>", n), Customer: []string{"nord", "syd", ""}[n], Remote: "10.1.2.3", Refused: []string{"", "", "wrong <pw>"}[n]})
	}
	for _, id := range []string{"n1", "s1", "gone"} {
		e := models.Refused{Customer: map[string]string{"n1": "nord", "s1": "syd", "gone": "nord"}[id], Refused: asOf}
		e.Code, e.Text = 6, "invalid <data>"
		e.Event.EventID, e.Event.Subject, e.Event.Sourcetype = id, "subject of "+id, "foresight:peak"
		h.office.refused = append(h.office.refused, e)
	}
	return h
}

var adminPages = []string{"/admin/access", "/admin/audit", "/admin/outbox"}

func TestOnlyAdministratorsAdminister(t *testing.T) {
	h := governed(t)
	for name, want := range map[string]int{"vic": 403, "eva": 403, "noa": 200, "all": 200} {
		c := h.signedIn(name)
		for _, path := range adminPages {
			status, text := h.get(c, path)
			assert.Equal(t, want, status, name+path)
			assert.Equal(t, want == 200, strings.Contains(text, `aria-current="page">`) && strings.Contains(text, "Audit log"), name+path)
		}
		_, text := h.get(c, "/incidents")
		assert.Equal(t, want == 200, strings.Contains(text, "/admin/access"), "the way there is shown to whom it is open")
		if want == 403 {
			for _, path := range []string{"/admin/sessions/end", "/admin/outbox/n1/drop", "/admin/outbox/n1/resend"} {
				status, _ := h.post(c, path, map[string]string{"name": "eva"})
				assert.Equal(t, 403, status, name+path)
			}
		}
	}
	stranger := h.visitor()
	for _, path := range adminPages {
		status, _ := h.get(stranger, path)
		assert.Equal(t, 303, status, "to the sign-in")
	}
	status, _ := h.program("/admin/audit", "")
	assert.Equal(t, 403, status)
	assert.Empty(t, h.office.mended)
	h.office.fail = errors.New("secret disk")
	c := h.signedIn("all")
	for _, path := range adminPages {
		status, text := h.get(c, path)
		assert.Equal(t, 500, status, path)
		assert.NotContains(t, text, "secret disk")
	}
}

// Where nobody signs in nobody is an administrator, at the machine itself either.
func TestWithoutUsersNobodyAdministers(t *testing.T) {
	h := newHouse(t, func(o *access.Options) { o.Users, o.Tokens, o.Loopback = nil, nil, true })
	for _, path := range adminPages {
		status, _ := h.get(h.visitor(), path)
		assert.Equal(t, 404, status, path)
	}
}

func TestAuditLogIsOfTheReadersCustomers(t *testing.T) {
	h := governed(t)
	_, text := h.get(h.signedIn("noa"), "/admin/audit")
	assert.Contains(t, text, "case &lt;0&gt;")
	assert.NotContains(t, text, "case &lt;1&gt;", "an operator there")
	assert.NotContains(t, text, "case &lt;2&gt;", "what is nobody's is for who administers all")
	c := h.signedIn("all")
	_, text = h.get(c, "/admin/audit")
	assert.Regexp(t, `(?s)2026-09-14 00:00:00.*10\.1\.2\.3.*<b>ack</b> case &lt;0&gt;.*case &lt;1&gt;.*case &lt;2&gt;.*not done: wrong &lt;pw&gt;`, text)
	_, text = h.get(c, "/admin/audit?refused=1&who=eva")
	assert.NotContains(t, text, "case &lt;1&gt;")
	assert.Contains(t, text, "case &lt;2&gt;")
	status, _ := h.get(c, "/admin/audit?before=yesterday")
	assert.Equal(t, 400, status)

	h.office.deeds = nil
	for n := range 450 {
		h.office.deeds = append(h.office.deeds, models.Deed{ID: fmt.Sprint(n), At: asOf.Add(-time.Duration(n) * time.Second), Who: "eva", Of: fmt.Sprintf("deed-%03d.", n)})
	}
	next, seen := "/admin/audit?who=eva", ""
	for pages := 0; next != ""; pages++ {
		require.Less(t, pages, 4)
		_, text = h.get(c, next)
		seen += text
		_, older, more := strings.Cut(text, `<a href="/admin/audit?before=`)
		if next = ""; more {
			href, _, _ := strings.Cut(older, `"`)
			next = "/admin/audit?before=" + strings.ReplaceAll(href, "&amp;", "&")
		}
	}
	for n := range 450 {
		assert.Equal(t, 1, strings.Count(seen, fmt.Sprintf("deed-%03d.", n)), n)
	}
}

func TestRefusedEventsAreMendedByTheirAdministrator(t *testing.T) {
	h := governed(t)
	c := h.signedIn("noa")
	_, text := h.get(c, "/admin/outbox")
	assert.Contains(t, text, "subject of n1")
	assert.Contains(t, text, "code 6: invalid &lt;data&gt;")
	assert.NotContains(t, text, "subject of s1")
	for path, want := range map[string]int{"s1/drop": 404, "s1/resend": 404, "nothing/drop": 404, "n1/eat": 404, "gone/drop": 409, "n1/resend": 303} {
		status, _ := h.post(c, "/admin/outbox/"+path, nil)
		assert.Equal(t, want, status, path)
	}
	status, _ := h.post(h.signedIn("all"), "/admin/outbox/s1/drop", nil)
	assert.Equal(t, 303, status)
	assert.Equal(t, []string{"resend n1", "drop s1"}, h.office.mended)
	var did []string
	for _, d := range h.deeds {
		did = append(did, d.Who+" "+d.Did+" "+d.Of+" "+d.Customer)
	}
	assert.Contains(t, did, "noa resend n1 nord")
	assert.Contains(t, did, "all drop s1 syd")
}

func TestAccessIsShownAndEnded(t *testing.T) {
	h := governed(t)
	eva, vic := h.signedIn("eva"), h.signedIn("vic")
	c := h.signedIn("noa")
	_, text := h.get(c, "/admin/access")
	for _, words := range []string{"eva", "operator of Nord &lt;AB&gt;", "robot", "admin of every customer"} {
		assert.Contains(t, text, words)
	}
	assert.NotContains(t, text, "operator of Syd", "another's customer is another's affair")
	assert.NotContains(t, text, "a-token-of-a-robot")
	assert.NotContains(t, text, "argon2id")
	assert.NotContains(t, text, `name="name" value="noa"`, "who also works for another customer")
	status, _ := h.post(c, "/admin/sessions/end", map[string]string{"name": "eva"})
	assert.Equal(t, 303, status)
	status, _ = h.get(eva, "/incidents")
	assert.Equal(t, 303, status, "signed out")
	status, _ = h.get(vic, "/incidents")
	assert.Equal(t, 200, status)
	for _, name := range []string{"all", "noa", "nobody"} {
		status, _ = h.post(c, "/admin/sessions/end", map[string]string{"name": name})
		assert.Equal(t, 403, status, name)
	}
	status, _ = h.post(h.signedIn("all"), "/admin/sessions/end", map[string]string{"name": "noa"})
	assert.Equal(t, 303, status)
	status, _ = h.get(c, "/incidents")
	assert.Equal(t, 303, status)
}
