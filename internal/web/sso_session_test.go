package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web/access"
	"foresight/models"
)

// A role that is taken away, another client, or no provider any more: the session opens nothing at the next request.
func TestProvidersSessionsEndWithWhatTheyStandOn(t *testing.T) {
	h := newAbroad(t, nil)
	c := h.visitor()
	status, text, _ := h.hop(c, h.sent(c, operator(), "/"))
	require.Equal(t, 303, status, text)
	for name, change := range map[string]func(*access.Options){
		"role":     func(o *access.Options) { o.Provider.Grants = o.Provider.Grants[1:] },
		"client":   func(o *access.Options) { o.Provider.Client = "another" },
		"provider": func(o *access.Options) { o.Provider = access.Provider{} },
		"issuer":   func(o *access.Options) { o.Provider.Issuer += "x" },
		"name": func(o *access.Options) {
			o.Users = append(o.Users, models.User{Name: "Kim@example.com", Hash: hashed(), Grants: []models.Grant{{Customer: "nord", Role: models.RoleAdmin}}})
		},
	} {
		next := newHouse(t, func(o *access.Options) { *o = h.open; change(o) })
		moved := next.visitor()
		moved.Jar.SetCookies(must(url.Parse(next.site)), c.Jar.Cookies(must(url.Parse(h.site))))
		status, _ = next.get(moved, "/incidents")
		assert.Equal(t, 303, status, name)
	}
	status, _ = h.get(c, "/incidents")
	assert.Equal(t, 200, status)
	h.mu.Lock()
	h.now = h.now.Add(12 * time.Hour)
	h.mu.Unlock()
	status, _ = h.get(c, "/incidents")
	assert.Equal(t, 303, status, "twelve hours are over")
}

// An id that somebody has planted in a browser is not the one that its person gets, and what the browser had ends.
func TestSessionsBeginAnew(t *testing.T) {
	h := newAbroad(t, nil)
	site := must(url.Parse(h.site))
	for _, how := range []func(c *http.Client){
		func(c *http.Client) { h.hop(c, h.sent(c, operator(), "/")) },
		func(c *http.Client) { h.post(c, "/login", map[string]string{"name": "vic", "password": password}) },
	} {
		attacker := h.signedIn("eva")
		planted := attacker.Jar.Cookies(site)[0]
		victim := h.visitor()
		victim.Jar.SetCookies(site, []*http.Cookie{planted})
		how(victim)
		var own string
		for _, k := range victim.Jar.Cookies(site) {
			if k.Name == access.Cookie {
				own = k.Value
			}
		}
		assert.NotEmpty(t, own)
		assert.NotEqual(t, planted.Value, own)
		status, _ := h.get(attacker, "/incidents")
		assert.Equal(t, 303, status, "what was planted opens nothing any more")
		status, _ = h.get(victim, "/incidents")
		assert.Equal(t, 200, status)
	}
}

func TestCookiesOfSignIns(t *testing.T) {
	h := newAbroad(t, nil)
	r, err := http.NewRequest(http.MethodGet, h.site+"/login/oidc", nil)
	require.NoError(t, err)
	for _, https := range []bool{false, true} {
		if https {
			r.Header.Set("X-Forwarded-Proto", "https")
		}
		answer, err := h.visitor().Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Len(t, answer.Cookies(), 1)
		k := answer.Cookies()[0]
		assert.True(t, k.HttpOnly)
		assert.Equal(t, https, k.Secure)
		assert.Equal(t, http.SameSiteLaxMode, k.SameSite)
		assert.Equal(t, "/login/oidc", k.Path)
		assert.Equal(t, 600, k.MaxAge)
		assert.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
	}
}

func TestSignInsByTheProviderAreBounded(t *testing.T) {
	h := newAbroad(t, nil)
	c := h.visitor()
	refused := 0
	for range 70 {
		if status, _ := h.get(c, "/login/oidc"); status == http.StatusTooManyRequests {
			refused++
		}
	}
	assert.Equal(t, 10, refused)
	h.signedIn("eva")
}
