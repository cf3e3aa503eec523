package sso

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
	"github.com/stretchr/testify/require"
)

// thin is a user whose token says no groups: who wants them asks for the user's information.
type thin struct {
	mockoidc.MockUser
	subject string // of the information
	more    map[string]any
}

func (u *thin) Claims(scopes []string, c *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	var asked []string
	for _, s := range scopes {
		if s != "groups" {
			asked = append(asked, s)
		}
	}
	return u.MockUser.Claims(asked, c)
}

func (u *thin) Userinfo([]string) ([]byte, error) {
	all := map[string]any{"sub": u.subject, "email": "evil@example.com", "groups": u.Groups}
	for name, value := range u.more {
		all[name] = value
	}
	return json.Marshal(all)
}

// signIn goes the whole way with a provider on loopback.
func signIn(t *testing.T, who mockoidc.User, change func(*Options)) (Identity, error) {
	t.Helper()
	m, err := mockoidc.Run()
	require.NoError(t, err)
	t.Cleanup(func() { _ = m.Shutdown() })
	o := Options{Issuer: m.Issuer(), ClientID: m.ClientID, ClientSecret: m.ClientSecret, RedirectURL: "http://127.0.0.1:1/login/oidc/callback",
		Scopes: []string{"profile", "email", "groups"}, UserClaim: "email", RolesClaim: "groups", Clock: time.Now}
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	require.NoError(t, err)
	m.QueueUser(who)
	trip, to, err := p.Start(t.Context(), "/")
	require.NoError(t, err)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(to)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	back, err := url.Parse(answer.Header.Get("Location"))
	require.NoError(t, err)
	return p.Finish(t.Context(), trip, back.Query())
}

func TestGroupsThatAreToldWhenAskedFor(t *testing.T) {
	user := func() *thin {
		return &thin{MockUser: mockoidc.MockUser{Subject: "s", Email: "eva@example.com", EmailVerified: true, PreferredUsername: "eva", Groups: []string{"a", "b"}}, subject: "s"}
	}
	who, err := signIn(t, user(), nil)
	require.NoError(t, err)
	require.Equal(t, Identity{"eva@example.com", []string{"a", "b"}}, who, "what is signed counts, not what is told beside")
	other := user()
	other.subject = "another"
	_, err = signIn(t, other, nil)
	require.ErrorIs(t, err, ErrToken)
	nested := user()
	nested.more = map[string]any{"realm_access": map[string]any{"roles": []any{"x", 7}}}
	who, err = signIn(t, nested, func(o *Options) { o.RolesClaim, o.UserClaim = "realm_access.roles", "preferred_username" })
	require.NoError(t, err)
	require.Equal(t, Identity{"eva", []string{"x"}}, who)
}

func TestAWrongSecretIsNotThePersonsFault(t *testing.T) {
	_, err := signIn(t, mockoidc.DefaultUser(), func(o *Options) { o.ClientSecret = "wrong" })
	require.ErrorIs(t, err, ErrToken)
	require.ErrorContains(t, err, "client_secret")
}

func TestClaims(t *testing.T) {
	c := claims{"a.b": []any{"exact"}, "a": map[string]any{"b": "deep", "c": map[string]any{"d": []any{"x", 1, "y"}}}, "n": 7,
		"_claim_names": map[string]any{"groups": "src1"}}
	require.Equal(t, []string{"exact"}, texts(c.at("a.b")))
	require.Equal(t, []string{"x", "y"}, texts(c.at("a.c.d")))
	for _, none := range []string{"n", "a", "a.x", "n.x", "", "groups"} {
		require.Empty(t, texts(c.at(none)), none)
	}
	require.True(t, c.left("groups"), "too many to be told")
	require.False(t, c.left("a"))
	for _, name := range []any{nil, "", "  ", 7, "a\nb", "a\u202eb"} {
		_, err := claims{"email": name}.name("email")
		require.ErrorIs(t, err, ErrToken, name)
	}
	_, err := claims{"email": "a@b", "email_verified": "false"}.name("email")
	require.ErrorIs(t, err, ErrToken)
	for _, verified := range []claims{{"email": " a@b "}, {"email": "a@b", "email_verified": true}, {"email": "a@b", "email_verified": "true"}} {
		name, err := verified.name("email")
		require.NoError(t, err)
		require.Equal(t, "a@b", name)
	}
}

func TestACertificateThatIsNone(t *testing.T) {
	_, err := New(Options{CAFile: t.TempDir() + "/none.pem"})
	require.ErrorContains(t, err, "web.oidc.ca_file")
	_, err = New(Options{CAFile: "sso_test.go"})
	require.ErrorContains(t, err, "holds no certificate")
}

// free is a user whose token says whatever a test wants.
type free struct {
	mockoidc.MockUser
	says map[string]any
}

func (u *free) Claims(scopes []string, c *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	usual, err := u.MockUser.Claims(scopes, c)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(usual)
	if err != nil {
		return nil, err
	}
	all := jwt.MapClaims{}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	for name, value := range u.says {
		all[name] = value
	}
	return all, nil
}

// What only some providers write holds too, or is refused.
func TestRarerClaims(t *testing.T) {
	try := func(says map[string]any) (Identity, error) {
		who := &free{MockUser: mockoidc.MockUser{Subject: "s", Email: "eva@example.com", EmailVerified: true, Groups: []string{"a"}}, says: says}
		return signIn(t, who, func(o *Options) {
			if says["azp"] == "ours" {
				says["azp"] = o.ClientID
			}
			if list, is := says["aud"].([]string); is {
				says["aud"] = append(list, o.ClientID)
			}
		})
	}
	for name, says := range map[string]map[string]any{
		"issued to another client":       {"azp": "another"},
		"of several, issued to another":  {"aud": []string{"another"}, "azp": "another"},
		"another access token":           {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
		"an address that is not theirs":  {"email_verified": false},
		"too many groups to be told":     {"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/groups"}}},
		"a name that is no text":         {"email": []string{"eva@example.com"}},
		"not yet":                        {"nbf": time.Now().Add(time.Hour).Unix()},
		"a subject that is no one's":     {"email": "\u0000"},
		"a name with a line break in it": {"email": "eva\nadmin"},
	} {
		_, err := try(says)
		require.ErrorIs(t, err, ErrToken, name)
	}
	_, err := try(map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/groups"}}})
	require.ErrorContains(t, err, "too many groups", "and the log says what mends it")
	who, err := try(map[string]any{"aud": []string{"another"}, "azp": "ours"})
	require.NoError(t, err)
	require.Equal(t, Identity{"eva@example.com", []string{"a"}}, who)
}
