package enterprise

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"

	"foresight/splunk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSessionIsRenewedOnce(t *testing.T) {
	s := newStub(5)
	keys := []string{"key-one", "key-two"}
	s.login = func(*http.Request, url.Values) (*http.Response, error) {
		key := keys[0]
		keys = keys[1:]
		return saysJSON(200, map[string]string{"sessionKey": key}), nil
	}
	status := s.status
	s.status = func(r *http.Request, f url.Values) (*http.Response, error) {
		if r.Header.Get("Authorization") != "Splunk key-two" {
			return says(401, words("WARN", "call not properly authenticated")), nil
		}
		return status(r, f)
	}
	_, err := client(t, s).Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Equal(t, 2, s.count("/auth/login 200"))

	s = newStub(5)
	s.status = always(401, words("WARN", "call not properly authenticated"))
	_, err = client(t, s).Search(t.Context(), anySearch)
	assert.Equal(t, splunk.ReasonUnauthorized, splunk.ReasonOf(err))
	assert.LessOrEqual(t, s.count("/auth/login"), 3, "no hot loop")
}

func TestTokenIsSentAsBearer(t *testing.T) {
	s := newStub(5)
	c := client(t, s, func(c *SearchConfig) { c.Token, c.Username, c.Password = token, "", "" })
	_, err := c.Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Equal(t, "Bearer "+token, s.auth[0])
	assert.Equal(t, 0, s.count("/auth/login"))

	s.create = always(401, words("WARN", "call not properly authenticated: "+token))
	_, err = c.Search(t.Context(), anySearch)
	assert.Equal(t, splunk.ReasonUnauthorized, splunk.ReasonOf(err))
	assert.ErrorContains(t, err, "call not properly authenticated: <secret>")
	assert.NotContains(t, err.Error(), token)
}

func TestSecretsStayHidden(t *testing.T) {
	s := newStub(5)
	s.create = always(500, "you said "+password+" and "+url.QueryEscape(password)+" and key-one")
	s.login = always(200, `{"sessionKey":"key-one"}`)
	c := client(t, s)
	synctest.Test(t, func(t *testing.T) {
		_, err := client(t, s).Search(t.Context(), anySearch)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), password)
		assert.NotContains(t, err.Error(), "key-one")
		assert.NotContains(t, err.Error(), "correct+horse")
	})
	var e *splunk.Error
	_, err := c.auth.login(t.Context())
	assert.False(t, errors.As(err, &e))
	for _, text := range []string{fmt.Sprintf("%+v", c), fmt.Sprintf("%v", sender(t, newCollector())), c.config.String(), c.config.GoString(), HECConfig{Token: token}.String(), HECConfig{Token: token}.GoString()} {
		assert.NotContains(t, text, password)
		assert.NotContains(t, text, token)
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	for _, tt := range []struct {
		want   string
		config SearchConfig
	}{
		{"neither a token", SearchConfig{URL: "https://a"}},
		{"neither a token", SearchConfig{URL: "https://a", Username: "u"}},
		{"write it as https", SearchConfig{Token: "t"}},
		{"write it as https", SearchConfig{Token: "t", URL: "splunk:8089"}},
		{"write it as https", SearchConfig{Token: "t", URL: "ftp://a"}},
		{"write it as https", SearchConfig{Token: "t", URL: "https://a\x00b"}},
		{"settings of their own", SearchConfig{Token: "t", URL: "https://u:p@a"}},
		{"what follows the path", SearchConfig{Token: "t", URL: "https://a?x=1"}},
		{"ca_file", SearchConfig{Token: "t", URL: "https://a", CAFile: "/nonexistent"}},
		{"no certificate in PEM", SearchConfig{Token: "t", URL: "https://a", CAFile: "search_test.go"}},
	} {
		_, err := NewSearch(tt.config)
		assert.ErrorContains(t, err, tt.want)
		if tt.config.URL != "" {
			assert.NotContains(t, err.Error(), "u:p@")
		}
	}
	_, err := NewHEC(HECConfig{URL: "https://a"})
	assert.ErrorContains(t, err, "no token")
}

// A token that was replaced is sent with the next request; one that is replaced while a request
// is under way, once more after its refusal.
func TestTokensChangeWithoutARestart(t *testing.T) {
	now, valid := "token-one", "token-one"
	s := newStub(5)
	status := s.status
	s.status = func(r *http.Request, f url.Values) (*http.Response, error) {
		if r.Header.Get("Authorization") != "Bearer "+valid {
			now = valid // whoever revokes one writes the next
			return says(401, words("WARN", "call not properly authenticated: "+r.Header.Get("Authorization"))), nil
		}
		return status(r, f)
	}
	c := client(t, s, func(c *SearchConfig) {
		c.Token, c.Username, c.Password, c.Fresh = "token-one", "", "", func() string { return now }
	})
	for _, valid = range []string{"token-one", "token-two", "token-six"} {
		_, err := c.Search(t.Context(), anySearch)
		require.NoError(t, err, valid)
	}
	assert.Equal(t, 2, s.count(" 401"))

	s.status = always(401, words("WARN", "not token-two, nor token-six"))
	_, err := c.Search(t.Context(), anySearch)
	assert.Equal(t, splunk.ReasonUnauthorized, splunk.ReasonOf(err))
	assert.NotContains(t, err.Error(), "token-", "no token is told, new or old")
	assert.Equal(t, 3, s.count(" 401"), "the same token is not sent again")
}

func TestPasswordsChangeWithoutARestart(t *testing.T) {
	s := newStub(5)
	var logins []string
	s.login = func(_ *http.Request, f url.Values) (*http.Response, error) {
		logins = append(logins, f.Get("password"))
		return says(200, fmt.Sprintf(`<response><sessionKey>key-%d</sessionKey></response>`, len(logins))), nil
	}
	status, now := s.status, "password-one"
	s.status = first(1, func(*http.Request, url.Values) (*http.Response, error) {
		now = "password-two"
		return says(401, words("WARN", "call not properly authenticated")), nil
	}, status)
	_, err := client(t, s, func(c *SearchConfig) { c.Fresh = func() string { return now } }).Search(t.Context(), anySearch)
	require.NoError(t, err)
	assert.Equal(t, []string{"password-one", "password-two"}, logins)
}
