package cloudservices

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Many searches at once share one token; run under the race detector too, since the
// SDK's own renewal is unsynchronised.
func TestATokenIsAskedForOnce(t *testing.T) {
	s := newStub(1)
	c := client(t, s)
	all := func() {
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				_, err := c.Search(t.Context(), anySearch)
				assert.NoError(t, err)
			})
		}
		wait.Wait()
	}
	all()
	assert.Equal(t, 1, s.count("/token"))

	var mu sync.Mutex
	good := "Bearer token-2"
	status := s.status
	s.status = func(r *http.Request, body string) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		if r.Header.Get("Authorization") != good {
			return says(401, ""), nil
		}
		return status(r, body)
	}
	all()
	assert.Equal(t, 2, s.count("/token"), "a token that was revoked is renewed once for all")
}

// A token is renewed before its end, and one that lives a minute is not asked for with
// every request.
func TestTokensEnd(t *testing.T) {
	for _, tt := range []struct {
		life, after time.Duration
		tokens      int
	}{
		{time.Hour, 58 * time.Minute, 1},
		{time.Hour, 59*time.Minute + time.Second, 2},
		{time.Minute, 50 * time.Second, 1},
		{time.Minute, 55 * time.Second, 2},
		{0, 100 * time.Hour, 1}, // its end was not said
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStub(1)
			s.login = always(200, fmt.Sprintf(`{"access_token":"one","expires_in":%d}`, int(tt.life.Seconds())))
			c := client(t, s)
			for range 3 {
				_, err := c.Search(t.Context(), anySearch)
				require.NoError(t, err)
			}
			assert.Equal(t, 1, s.count("/token"), tt.life)
			time.Sleep(tt.after) //nolint:forbidigo // the bubble's clock
			_, err := c.Search(t.Context(), anySearch)
			require.NoError(t, err)
			assert.Equal(t, tt.tokens, s.count("/token"), "a token of %s after %s", tt.life, tt.after)
		})
	}
}

func TestSecretsStayHidden(t *testing.T) {
	s := newStub(5)
	s.create = always(500, "you said "+clientSecret+" and "+url.QueryEscape(clientSecret)+" and token-1")
	synctest.Test(t, func(t *testing.T) {
		tenant := tenantOf(t, s)
		search, events := tenant.Searches(SearchConfig{}), tenant.Events(SenderConfig{})
		_, err := search.Search(t.Context(), anySearch)
		require.Error(t, err)
		s.login = always(401, "no "+clientSecret)
		_, err2 := tenantOf(t, s).Searches(SearchConfig{}).Search(t.Context(), anySearch)
		require.Error(t, err2)
		for _, text := range []string{err.Error(), err2.Error(), fmt.Sprintf("%+v", tenant), fmt.Sprintf("%v", search), fmt.Sprintf("%v", events), fmt.Sprintf("%#v", tenant.config)} {
			for _, secret := range []string{clientSecret, url.QueryEscape(clientSecret), "token-1"} {
				assert.NotContains(t, text, secret)
			}
		}
	})
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	good := Config{Tenant: "t", ClientID: "c", ClientSecret: "s"}
	for want, change := range map[string]func(*Config){
		"no name of a tenant":         func(c *Config) { c.Tenant = "" },
		`"a/b" is no name`:            func(c *Config) { c.Tenant = "a/b" },
		"client secret is missing":    func(c *Config) { c.ClientSecret = "" },
		"host: url":                   func(c *Config) { c.Host = "api.scp.splunk.com" },
		"idp_host: url":               func(c *Config) { c.IDPHost = "ftp://x" },
		"no certificate in PEM":       func(c *Config) { c.CAFile = "tenant_test.go" },
		"holds a user name":           func(c *Config) { c.Host = "https://u:p@x" },
		"client id or client secret ": func(c *Config) { c.ClientID = "" },
	} {
		c := good
		change(&c)
		_, err := New(c)
		require.ErrorContains(t, err, want)
		assert.False(t, strings.Contains(err.Error(), "u:p@"))
	}
	tenant, err := New(good)
	require.NoError(t, err)
	assert.Equal(t, DefaultHost, "https://"+tenant.conn.Host())
}
