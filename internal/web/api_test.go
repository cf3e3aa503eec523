package web_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web"
	"foresight/internal/web/access"
	"foresight/models"
)

// program asks as the token's program does; body "" is a GET.
func (h *house) program(path, body string, header ...string) (int, string) {
	h.t.Helper()
	method := "GET"
	if body != "" {
		method = "POST"
	}
	r, err := http.NewRequest(method, h.site+path, strings.NewReader(body))
	require.NoError(h.t, err)
	r.Header.Set("Authorization", "Bearer a-token-of-a-robot")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return h.read(h.visitor().Do(r))
}

func TestAPIReads(t *testing.T) {
	h := newHouse(t, nil)
	status, text := h.program("/api/v1/incidents?level=1&state=all", "")
	require.Equal(t, 200, status, text)
	var list struct{ Incidents []models.Incident }
	require.NoError(t, json.Unmarshal([]byte(strings.TrimSpace(text)), &list))
	var ids []string
	for _, i := range list.Incidents {
		ids = append(ids, i.ID)
	}
	assert.ElementsMatch(t, []string{"nord-1", "nord-4"}, ids)
	status, text = h.program("/api/v1/incidents/nord-1", "")
	assert.Equal(t, 200, status)
	assert.Contains(t, text, `"verbs":["ack"`)
	assert.Contains(t, text, `"kind":"note"`)
	_, text = h.program("/api/v1/actions", "")
	assert.Contains(t, text, `"incident":"nord-3","version":7,"customer":"nord","service":"shop","id":"capacity"`)
	assert.NotContains(t, text, "Task of Syd")
	_, text = h.program("/api/v1/incidents?customer=syd", "")
	assert.JSONEq(t, `{"incidents":[],"more":false}`, text)
	for path, want := range map[string]int{"/api/v1/incidents/syd-1": 404, "/api/v1/incidents/nord-9": 404, "/api/v1/incidents?level=7": 400, "/api/v1/actions?state=lost": 400} {
		status, text = h.program(path, "")
		assert.Equal(t, want, status, path)
		assert.Contains(t, text, `"error"`)
	}
}

func TestAPIChanges(t *testing.T) {
	h := newHouse(t, nil)
	status, text := h.program("/api/v1/incidents", `{"customer":"nord","service":"shop","title":"Customers cannot pay","impact":1,"by":"another"}`)
	require.Equal(t, 200, status, text)
	assert.Contains(t, text, `"outcome":"joined"`)
	require.Len(t, h.desk.reports, 1)
	assert.Equal(t, "robot", h.desk.reports[0].By)
	status, text = h.program("/api/v1/incidents/nord-1/rate", `{"seen":3,"impact":1,"urgency":2,"text":"why"}`)
	require.Equal(t, 200, status, text)
	status, text = h.program("/api/v1/actions/nord-3/capacity/start", `{}`)
	require.Equal(t, 200, status, text)
	require.Equal(t, []web.Act{{Incident: "nord-1", Verb: "rate", By: "robot", Seen: 3, Text: "why", Impact: 1, Urgency: 2}, {Incident: "nord-3", Task: "capacity", Verb: "start", By: "robot"}}, h.desk.acts)

	for _, c := range []struct {
		path, body string
		header     []string
		want       int
	}{
		{"/api/v1/incidents/nord-1/ack", `{"seen":2}`, nil, 409},
		{"/api/v1/incidents/syd-1/ack", `{}`, nil, 404},
		{"/api/v1/incidents", `{"customer":"syd","service":"web","title":"x"}`, nil, 422},
		{"/api/v1/incidents", `{"customer":"nord","service":"shop"}`, nil, 422},
		{"/api/v1/incidents/nord-1/ack", `{"sen":2}`, nil, 400},
		{"/api/v1/incidents/nord-1/ack", `{`, nil, 400},
		{"/api/v1/incidents/nord-1/ack", `{"text":"` + strings.Repeat("x", 70_000) + `"}`, nil, 400},
		{"/api/v1/incidents/nord-1/ack", `{}`, []string{"Content-Type", "text/plain"}, 415},
		{"/api/v1/incidents/nord-1/ack", `{}`, []string{"Authorization", "Bearer a-token-of-another"}, 401},
		{"/api/v1/incidents/nord-1/ack", `{}`, []string{"Authorization", "Bearer "}, 401},
		{"/api/v1/incidents/nord-1/ack", `{}`, []string{"Sec-Fetch-Site", "cross-site"}, 403},
	} {
		status, text = h.program(c.path, c.body, c.header...)
		assert.Equal(t, c.want, status, "%s %s %s", c.path, c.body[:min(40, len(c.body))], text)
	}
	for body, want := range map[string]string{
		`{"service":"shop","title":"x"}`:                   `\"customer\" is missing: a report wants customer, service and title`,
		`{"customer":"nord","title":"x"}`:                  `\"service\" is missing`,
		`{"customer":"nord","service":"shop","title":" "}`: `\"title\" is missing`,
		`{"customer":"syd","service":"web","title":"x"}`:   `\"syd\" is no customer for whom you may report`,
		`{"customer":"none","service":"web","title":"x"}`:  `\"none\" is no customer for whom you may report`,
	} {
		status, text = h.program("/api/v1/incidents", body)
		assert.Equal(t, 422, status)
		assert.Contains(t, text, want)
	}
	h.desk.refuse = web.RefusedError{Err: errors.New("say why")}
	status, text = h.program("/api/v1/incidents", `{"customer":"nord","service":"shop","title":"x"}`)
	assert.Equal(t, 422, status)
	assert.Contains(t, text, "say why")
	assert.Len(t, h.desk.acts, 2)
	assert.Len(t, h.desk.reports, 2)

	viewer := newHouse(t, func(o *access.Options) { o.Tokens[0].Grants[0].Role = models.RoleViewer })
	status, _ = viewer.program("/api/v1/incidents/nord-1/ack", `{}`)
	assert.Equal(t, 403, status)
	assert.Empty(t, viewer.desk.acts)
}

// Whoever asks without end is told to slow down, each for itself; who only guesses tokens sooner.
func TestAPIIsBounded(t *testing.T) {
	h := newHouse(t, nil)
	count := func(header ...string) (refused int) {
		for range 210 {
			status, text := h.program("/api/v1/actions", "", header...)
			if status == http.StatusTooManyRequests {
				refused++
				assert.Contains(t, text, "slow down")
			}
		}
		return refused
	}
	assert.Equal(t, 150, count("Authorization", "Bearer guess"))
	assert.Equal(t, 10, count())
	status, _ := h.get(h.signedIn("eva"), "/incidents")
	assert.Equal(t, 200, status, "pages are not the interface")
	h.mu.Lock()
	h.now = h.now.Add(time.Second)
	h.mu.Unlock()
	assert.Equal(t, 190, count(), "twenty more a second later")
}
