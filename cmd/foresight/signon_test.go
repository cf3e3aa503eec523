package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// People come in by a provider on loopback, with the roles of their groups; a role that is taken out of the file
// ends with the reload, and so does what they could do.
func TestPeopleComeInByAProvider(t *testing.T) {
	provider, err := mockoidc.Run()
	require.NoError(t, err)
	t.Cleanup(func() { _ = provider.Shutdown() })
	// The provider must know where to send people back to before serve listens there.
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())

	w := recent(t)
	w.env["OIDC_SECRET"] = provider.ClientSecret
	const roles = `roles: [{group: design, customer: shop, role: operator}]`
	edits := []string{"level: warn", "level: info", `web: {addr: "127.0.0.1:0"}`, fmt.Sprintf(`web:
  addr: %q
  oidc: {issuer: %q, name: Example, client_id: %q, client_secret: {env: OIDC_SECRET}, redirect_url: "http://%s/login/oidc/callback", scopes: [profile, email, groups], user_claim: preferred_username, %s}`,
		addr, provider.Issuer(), provider.ClientID, addr, roles)}
	w.configure(shop, edits...)
	check := w.foresight("check", "-c", w.config())
	assert.Contains(t, check.out, "ok    sign-in by "+provider.Issuer()+": it answers")
	p := start(t, w.dir, w.env, "serve", "-c", w.config())
	site := "http://" + addressOf(t, p)

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	c := &http.Client{Jar: jar}
	ask := func(path string) (int, string) {
		r, err := http.NewRequest(http.MethodGet, site+path, nil)
		require.NoError(t, err)
		return answered(t, c, r)
	}
	status, text := ask("/incidents")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "Sign in by Example")
	provider.QueueUser(&mockoidc.MockUser{Subject: "s", PreferredUsername: "jon.snow", Groups: []string{"engineering", "design"}})
	status, text = ask("/login/oidc?to=/incidents")
	require.Equal(t, http.StatusOK, status, text)
	assert.Contains(t, text, "Sign out jon.snow", "there and back")
	_, text = posts(t, c, site, "/incidents", url.Values{"service": {"shop web"}, "title": {"Customers cannot pay"}})
	assert.Contains(t, text, "Customers cannot pay")
	assert.Contains(t, w.incident("list").out, "Customers cannot pay")

	w.configure(shop, append(edits, "group: design", "group: nobody")...)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP))
	eventually(t, "the role to end", 30*time.Second, func() bool {
		_, text = ask("/incidents")
		return !strings.Contains(text, "Sign out jon.snow")
	})
	assert.Contains(t, text, "Sign in by Example")
	o := p.signal(syscall.SIGTERM)
	assert.Equal(t, app.ExitFine, o.code, o)
	assert.Contains(t, o.err, `"who":"jon.snow","did":"sign in","of":"by Example"`)
}
