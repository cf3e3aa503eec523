package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/internal/web"
	"foresight/internal/web/access"
	"foresight/models"
)

// deed is something that can be asked for of a customer, and the least role that may.
type deed struct {
	name         string
	least        models.Role
	method, path string // of nord; syd's are made of it
	form         url.Values
	done         func(h *matrix) int // how often it has been done, of what changes something
}

// matrix is what stands behind the pages while rights are tried.
type matrix struct {
	desk   *desk
	roster *roster
	office *office
}

func deeds() []deed {
	seen := url.Values{"seen": {"1"}, "text": {"x"}, "to": {"bo"}, "impact": {"1"}, "urgency": {"1"}, "level": {"1"}}
	acts := func(h *matrix) int { return len(h.desk.acts) }
	return []deed{
		{"case", models.RoleViewer, "GET", "/incidents/nord-1", nil, nil},
		{"report", models.RoleViewer, "GET", "/report/nord", nil, nil},
		{"case as JSON", models.RoleViewer, "GET", "/api/v1/incidents/nord-1", nil, nil},
		{"act", models.RoleOperator, "POST", "/incidents/nord-1/ack", seen, acts},
		{"assign", models.RoleOperator, "POST", "/incidents/nord-1/assign", seen, acts},
		{"task", models.RoleOperator, "POST", "/incidents/nord-1/tasks/t/done", seen, acts},
		{"problem", models.RoleOperator, "POST", "/incidents/nord-1/problem/write", url.Values{"seen": {"1"}, "cause": {"x"}}, func(h *matrix) int { return len(h.desk.found) }},
		{"fault", models.RoleOperator, "POST", "/incidents", url.Values{"service": {"nord web"}, "title": {"x"}}, func(h *matrix) int { return len(h.desk.reports) }},
		{"cover", models.RoleOperator, "POST", "/oncall/nord/first/cover", url.Values{"from": {"2026-09-14T18:00"}, "to": {"2026-09-15T08:00"}}, func(h *matrix) int { return len(h.roster.made) }},
		{"uncover", models.RoleOperator, "POST", "/oncall/nord/first/made/uncover", nil, func(h *matrix) int { return len(h.roster.ended) }},
		{"resend", models.RoleAdmin, "POST", "/admin/outbox/nord-e/resend", nil, func(h *matrix) int { return len(h.office.mended) }},
		{"drop", models.RoleAdmin, "POST", "/admin/outbox/nord-e/drop", nil, func(h *matrix) int { return len(h.office.mended) }},
	}
}

// Whoever somebody is, whatever they ask for of whichever customer: it is done, or shown, exactly when one of their roles
// with that customer permits it; else it is refused, changes nothing, and of a customer that they may not see nothing is said.
func TestWhoMayDoWhatOfWhom(t *testing.T) {
	roles := []models.Role{models.RoleViewer, models.RoleOperator, models.RoleAdmin}
	rapid.Check(t, func(t *rapid.T) {
		grant := rapid.Custom(func(t *rapid.T) models.Grant {
			return models.Grant{Customer: rapid.SampledFrom([]string{"nord", "syd", "*"}).Draw(t, "of"), Role: rapid.SampledFrom(roles).Draw(t, "role")}
		})
		grants := rapid.SliceOfN(grant, 1, 3).Draw(t, "grants")
		what := rapid.SampledFrom(deeds()).Draw(t, "what")
		customer := rapid.SampledFrom([]string{"nord", "syd"}).Draw(t, "whose")
		h, pages := stage(t, grants)
		cookie := signIn(t, pages)

		form := url.Values{}
		for name, values := range what.form {
			form[name] = []string{strings.ReplaceAll(values[0], "nord", customer)}
		}
		r := httptest.NewRequest(what.method, strings.ReplaceAll(what.path, "nord", customer), strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)

		rank, sees := -1, false
		for _, g := range grants {
			if g.Customer == customer || g.Customer == "*" {
				rank, sees = max(rank, slices.Index(roles, g.Role)), true
			}
		}
		may := rank >= slices.Index(roles, what.least)
		require.Equal(t, may, w.Code == http.StatusOK || w.Code == http.StatusSeeOther, "%v: %s of %s: %d", grants, what.name, customer, w.Code)
		if what.done != nil {
			require.Equal(t, map[bool]int{true: 1}[may], what.done(h), "%v: %s of %s", grants, what.name, customer)
		}
		if !sees {
			require.NotContains(t, w.Body.String(), "secret of "+customer)
			require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity}, w.Code)
		}
	})
}

// stage are pages of two customers alike, with one user.
func stage(t require.TestingT, grants []models.Grant) (*matrix, http.Handler) {
	h := &matrix{desk: &desk{timeline: map[string][]models.Entry{}, guide: models.Guide{Problem: &models.Problem{ID: "P1", Version: 1}}}, roster: &roster{}, office: &office{}}
	kept := &sessions{kept: map[string]models.Session{}}
	h.office.sessions = kept
	b := web.NewBoard(nil)
	for _, id := range []string{"nord", "syd"} {
		c := models.Customer{ID: id, Name: "secret of " + id, Zone: time.UTC, Services: []models.Service{{ID: "web"}}, Process: models.Process{Rotas: []models.Rota{{ID: "first", Zone: time.UTC}}}}
		h.desk.customers = append(h.desk.customers, c)
		h.desk.cases = append(h.desk.cases, models.Incident{ID: id + "-1", Customer: id, Service: "web", Title: "secret of " + id, Level: 1, State: models.IncidentNew, Version: 1, Plan: []models.Task{{ID: "t", State: models.TaskOpen}}})
		e := models.Refused{Customer: id}
		e.Event.EventID = id + "-e"
		h.office.refused = append(h.office.refused, e)
		b.Done(models.Result{Customer: c}, []byte("secret of "+id), asOf, nil)
	}
	h.roster.customers = h.desk.customers
	clock := func() time.Time { return asOf }
	gate, err := access.New(access.Options{Users: []models.User{{Name: "one", Hash: hashed(), Grants: grants}}, Sessions: kept, Clock: clock})
	require.NoError(t, err)
	return h, web.New(b, web.Options{Process: h.desk, Roster: h.roster, Admin: h.office, Gate: gate, Clock: clock})
}

// signIn returns the cookie of the stage's user.
func signIn(t require.TestingT, pages http.Handler) *http.Cookie {
	r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(url.Values{"name": {"one"}, "password": {password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, r)
	require.Equal(t, http.StatusSeeOther, w.Code)
	return w.Result().Cookies()[0]
}
