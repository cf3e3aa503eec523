package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web"
	"foresight/internal/web/access"
	"foresight/internal/web/sso"
	"foresight/models"
)

// someone is a user of the provider, whose token may be written otherwise than it should be.
type someone struct {
	mockoidc.MockUser
	change func(*mockoidc.IDTokenClaims)
}

func (s *someone) Claims(scopes []string, c *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	if s.change != nil {
		s.change(c)
	}
	return s.MockUser.Claims(scopes, c)
}

// operator is of the group that works on Nord's cases.
func operator() *someone {
	return &someone{MockUser: mockoidc.MockUser{Subject: "sub-1", Email: "Kim@example.com", EmailVerified: true, PreferredUsername: "kim", Groups: []string{"staff", "operations"}}}
}

// abroad is a house whose people may also sign in by a provider on loopback.
type abroad struct {
	*house
	provider *mockoidc.MockOIDC
	tamper   func(token string) string // with each id token; nil: as it is
}

func newAbroad(t *testing.T, change func(*sso.Options)) *abroad {
	t.Helper()
	h := &abroad{}
	var err error
	h.provider, err = mockoidc.NewServer(nil)
	require.NoError(t, err)
	require.NoError(t, h.provider.AddMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if h.tamper == nil || !strings.HasSuffix(r.URL.Path, "/token") {
				next.ServeHTTP(w, r)
				return
			}
			kept := httptest.NewRecorder()
			next.ServeHTTP(kept, r)
			var all map[string]any
			if json.Unmarshal(kept.Body.Bytes(), &all) == nil && all["id_token"] != nil {
				all["id_token"] = h.tamper(all["id_token"].(string))
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(kept.Code)
			_ = json.NewEncoder(w).Encode(all)
		})
	}))
	l := httptest.NewUnstartedServer(nil).Listener
	require.NoError(t, h.provider.Start(l, nil))
	t.Cleanup(func() { _ = h.provider.Shutdown() })
	mockoidc.NowFunc = func() time.Time { return asOf }
	t.Cleanup(func() { mockoidc.NowFunc = time.Now })

	grants := []models.GroupGrant{{Group: "operations", Grant: models.Grant{Customer: "nord", Role: models.RoleOperator}}, {Group: "board", Grant: models.Grant{Customer: "*", Role: models.RoleViewer}}}
	h.house = newHouseWith(t, func(o *access.Options) {
		o.Provider = access.Provider{Issuer: h.provider.Issuer(), Client: h.provider.ClientID, Grants: grants}
	}, func(o *web.Options, site string) {
		client := sso.Options{Issuer: h.provider.Issuer(), ClientID: h.provider.ClientID, ClientSecret: h.provider.ClientSecret, RedirectURL: site + "/login/oidc/callback",
			Scopes: []string{"profile", "email", "groups"}, UserClaim: "email", RolesClaim: "groups", Clock: o.Clock}
		if change != nil {
			change(&client)
		}
		p, err := sso.New(client)
		require.NoError(t, err)
		o.SignOn, o.SignOnName = p, "Contoso <login>"
	})
	return h
}

// hop asks an address, which may be the provider's, and returns where it sends the browser.
func (h *abroad) hop(c *http.Client, address string) (status int, text, to string) {
	h.t.Helper()
	r, err := c.Get(address)
	require.NoError(h.t, err)
	defer r.Body.Close() //nolint:errcheck // only read
	var b bytes.Buffer
	_, err = b.ReadFrom(r.Body)
	require.NoError(h.t, err)
	return r.StatusCode, b.String(), r.Header.Get("Location")
}

// sent is where the provider sends a browser back to whose person has signed in there.
func (h *abroad) sent(c *http.Client, who mockoidc.User, to string) string {
	h.t.Helper()
	h.provider.QueueUser(who)
	status, text, there := h.hop(c, h.site+"/login/oidc?"+url.Values{"to": {to}}.Encode())
	require.Equal(h.t, 303, status, text)
	require.True(h.t, strings.HasPrefix(there, h.provider.Issuer()), there)
	asked := must(url.Parse(there)).Query()
	assert.Equal(h.t, "S256", asked.Get("code_challenge_method"))
	assert.NotEmpty(h.t, asked.Get("code_challenge"))
	status, text, back := h.hop(c, there)
	require.Equal(h.t, 302, status, text)
	return back
}

func TestPeopleSignInByTheProvider(t *testing.T) {
	h := newAbroad(t, nil)
	c := h.visitor()
	_, text := h.get(c, "/login?to=/incidents")
	assert.Contains(t, text, `<a class="button" href="/login/oidc?to=%2Fincidents"`)
	assert.Contains(t, text, "Sign in by Contoso &lt;login&gt;")
	assert.Contains(t, text, "Or with a password")
	status, text, to := h.hop(c, h.sent(c, operator(), "/incidents?level=1"))
	require.Equal(t, 303, status, text)
	assert.Equal(t, "/incidents?level=1", to)
	status, text = h.get(c, "/incidents")
	assert.Equal(t, 200, status)
	assert.Contains(t, text, "Sign out Kim@example.com")
	assert.NotContains(t, text, "Secret of Syd")
	status, _ = h.post(c, "/incidents/nord-1/ack", map[string]string{"seen": "3", "by": "somebody else"})
	assert.Equal(t, 303, status)
	assert.Equal(t, "Kim@example.com", h.desk.acts[0].By)
	status, _ = h.get(c, "/report/syd")
	assert.Equal(t, 404, status)
	require.Len(t, h.kept.kept, 1)
	for _, s := range h.kept.kept {
		assert.Equal(t, []string{"operations"}, s.Groups, "what has no role is not kept")
	}
	status, _ = h.post(c, "/logout", nil)
	assert.Equal(t, 303, status)
	status, _ = h.get(c, "/incidents")
	assert.Equal(t, 303, status)
	assert.Equal(t, "sign in", h.deeds[0].Did)
	assert.Equal(t, "Kim@example.com", h.deeds[0].Who)
}

// What the provider or somebody between sends is refused when one thing of it is wrong, and opens no session.
func TestTokensThatDoNotHold(t *testing.T) {
	claims := func(change func(*mockoidc.IDTokenClaims)) *someone {
		s := operator()
		s.change = change
		return s
	}
	nameless := operator()
	nameless.Email = ""
	long := operator()
	long.Email = strings.Repeat("x", 101)
	for name, who := range map[string]*someone{
		"nonce":     claims(func(c *mockoidc.IDTokenClaims) { c.Nonce = "another" }),
		"no nonce":  claims(func(c *mockoidc.IDTokenClaims) { c.Nonce = "" }),
		"expired":   claims(func(c *mockoidc.IDTokenClaims) { c.ExpiresAt = jwt.NewNumericDate(asOf.Add(-time.Second)) }),
		"audience":  claims(func(c *mockoidc.IDTokenClaims) { c.Audience = jwt.ClaimStrings{"another"} }),
		"issuer":    claims(func(c *mockoidc.IDTokenClaims) { c.Issuer = "https://evil.example" }),
		"nameless":  nameless,
		"long":      long,
		"signature": nil,
		"unsigned":  nil,
		"none":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			h := newAbroad(t, nil)
			if who == nil {
				who = operator()
			}
			switch name {
			case "signature": // who would be an administrator writes so into the token
				h.tamper = func(token string) string {
					parts := strings.Split(token, ".")
					return parts[0] + "." + strings.Replace(parts[1], parts[1][10:12], "AA", 1) + "." + parts[2]
				}
			case "unsigned":
				h.tamper = func(token string) string {
					return "eyJhbGciOiJub25lIn0." + strings.Split(token, ".")[1] + "."
				}
			case "none":
				h.tamper = func(string) string { return "" }
			}
			c := h.visitor()
			status, text, _ := h.hop(c, h.sent(c, who, "/"))
			assert.Equal(t, 403, status)
			assert.Contains(t, text, "cannot be trusted")
			assert.Contains(t, text, "/login/oidc", "the way to begin again")
			assert.Empty(t, h.kept.kept)
			require.Len(t, h.deeds, 1)
			assert.Contains(t, h.deeds[0].Refused, "cannot be trusted: ", "the log says why")
		})
	}
}

// What comes back must be what this browser was sent out with: once, and in time.
func TestSignInsThatWereNotBegunHere(t *testing.T) {
	h := newAbroad(t, nil)
	c := h.visitor()
	back := h.sent(c, operator(), "/")
	with := func(change func(url.Values)) string {
		u := must(url.Parse(back))
		q := u.Query()
		change(q)
		u.RawQuery = q.Encode()
		return u.String()
	}
	refused := func(c *http.Client, address, why string) {
		t.Helper()
		status, text, _ := h.hop(c, address)
		assert.Equal(t, 400, status, why)
		assert.Contains(t, text, "begun in another window", why)
		assert.Empty(t, h.kept.kept, why)
	}
	refused(h.visitor(), back, "another browser: whoever is sent this address is not signed in as somebody else")
	refused(c, with(func(q url.Values) { q.Set("state", "another") }), "state")
	refused(c, back, "the state was for once, whatever came of it")
	again := func() string { c = h.visitor(); back = h.sent(c, operator(), "/"); return back }
	again()
	refused(c, with(func(q url.Values) { q.Del("state") }), "no state")
	again()
	refused(c, with(func(q url.Values) { q.Set("iss", "https://evil.example") }), "another provider's answer")
	again()
	refused(c, with(func(q url.Values) { q.Del("code") }), "no code")
	again()
	h.mu.Lock()
	h.now = h.now.Add(10*time.Minute + time.Second)
	h.mu.Unlock()
	refused(c, back, "too late")
	h.mu.Lock()
	h.now = asOf
	h.mu.Unlock()

	// PKCE: a code that somebody has got hold of opens nothing without the verifier of the browser that began.
	back = again()
	thief := h.visitor()
	stolen := must(url.Parse(back)).Query().Get("code")
	there := h.sent(thief, operator(), "/")
	u := must(url.Parse(there))
	q := u.Query()
	q.Set("code", stolen)
	u.RawQuery = q.Encode()
	status, _, _ := h.hop(thief, u.String())
	assert.Contains(t, []int{400, 403}, status)
	assert.Empty(t, h.kept.kept)

}

func TestWhoHasNoRoleHereIsToldSo(t *testing.T) {
	h := newAbroad(t, nil)
	guest := operator()
	guest.Email, guest.Groups = "<b>guest</b>@example.com", []string{"guests"}
	c := h.visitor()
	status, text, _ := h.hop(c, h.sent(c, guest, "/"))
	assert.Equal(t, 403, status)
	assert.Contains(t, text, "You are &lt;b&gt;guest&lt;/b&gt;@example.com, and nothing here is open to you")
	assert.Empty(t, h.kept.kept)

	// A name of the provider's that is a local user's would stand in timelines as theirs.
	for _, name := range []string{"all", "robot", "foresight"} {
		twin := operator()
		twin.Email = name
		c = h.visitor()
		status, text, _ = h.hop(c, h.sent(c, twin, "/"))
		assert.Equal(t, 403, status)
		assert.Contains(t, text, "belongs to a local user or a program")
	}
	assert.Empty(t, h.kept.kept)

}

// The provider's no is told as that, in its own short word only.
func TestTheProvidersNo(t *testing.T) {
	h := newAbroad(t, nil)
	for code, want := range map[string]string{"access_denied": "has not let you in.", "<i>odd": "has not let you in: &lt;i&gt;odd"} {
		c := h.visitor()
		state := must(url.Parse(h.sent(c, operator(), "/"))).Query().Get("state")
		status, text := h.get(c, "/login/oidc/callback?"+url.Values{"state": {state}, "error": {code}, "error_description": {"<script>"}}.Encode())
		assert.Equal(t, 403, status)
		assert.Contains(t, text, want)
		assert.NotContains(t, text, "<script>")
	}
}

// The provider is away: that is said, local users sign in, and when it is back so do its people.
func TestTheProviderIsAway(t *testing.T) {
	h := newAbroad(t, nil)
	where := h.provider.Server.Addr
	require.NoError(t, h.provider.Shutdown())
	c := h.visitor()
	status, text := h.get(c, "/login/oidc?to=/actions")
	assert.Equal(t, 503, status)
	assert.Contains(t, text, "does not answer")
	assert.Contains(t, text, "who has a password here can sign in with it")
	assert.Contains(t, text, `name="to" value="/actions"`)
	h.signedIn("eva")

	next, err := mockoidc.NewServer(nil)
	require.NoError(t, err)
	next.ClientID, next.ClientSecret = h.provider.ClientID, h.provider.ClientSecret
	l, err := listenAt(where)
	require.NoError(t, err)
	require.NoError(t, next.Start(l, nil))
	t.Cleanup(func() { _ = next.Shutdown() })
	h.provider = next
	status, text, _ = h.hop(c, h.sent(c, operator(), "/"))
	assert.Equal(t, 303, status, text)
}
