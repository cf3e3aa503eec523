package configs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
)

const someHash = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g"

func withWeb(web string) (*configs.Config, error) {
	text := fmt.Sprintf(`splunk:
  search: {url: "https://s:8089", token: {env: A}}
  hec: {url: "https://s:8088", token: {env: A}}
web:
%s
customers:
  - id: shop
    zone: Europe/Stockholm
    services: [{id: web, queries: [{id: orders, search: index=web}]}]
`, web)
	return configs.Parse("f.yml", []byte(text), func(name string) (string, bool) {
		return map[string]string{"A": "0123456789abcdef", "B": "0123456789abcdeg", "SHORT": "x"}[name], name != "NONE"
	})
}

func TestWebUsers(t *testing.T) {
	c, err := withWeb(`  users:
    - {name: eva, password_hash: "` + someHash + `", roles: [{customer: shop, role: operator}]}
  tokens:
    - {name: robot, secret: {env: B}, roles: [{customer: "*", role: viewer}]}`)
	require.NoError(t, err)
	require.Equal(t, []models.User{{Name: "eva", Hash: someHash, Grants: []models.Grant{{Customer: "shop", Role: models.RoleOperator}}}}, c.Web.Users)
	require.Equal(t, "0123456789abcdeg", c.Web.Tokens[0].Secret.Value())
	require.NotContains(t, fmt.Sprintf("%+v", c.Web), "0123456789abcdeg")
	require.Equal(t, []models.Grant{{Customer: models.EveryCustomer, Role: models.RoleViewer}}, c.Web.Tokens[0].Grants)
}

func TestWebUsersRefused(t *testing.T) {
	user := `  users: [{name: eva, password_hash: "` + someHash + `", roles: [{customer: shop, role: viewer}]}]`
	for web, want := range map[string]string{
		strings.Replace(user, someHash, "swordfish", 1):                                                 "users[0].password_hash: it is no argon2id hash",
		strings.Replace(user, "eva", "foresight", 1):                                                    "this is the program itself",
		strings.Replace(user, "eva", "", 1):                                                             "is no name",
		strings.Replace(user, "customer: shop", "customer: shp", 1):                                     `did you mean "shop"?`,
		strings.Replace(user, "viewer", "root", 1):                                                      `"root" is not known`,
		strings.Replace(user, "[{customer: shop, role: viewer}]", "[]", 1):                              "no role is given",
		user + "\n  tokens: [{name: eva, secret: {env: B}, roles: [{customer: shop, role: viewer}]}]":   "the name of web.users[0] too",
		user + "\n  tokens: [{name: a, secret: {env: SHORT}, roles: [{customer: shop, role: viewer}]}]": "can be guessed",
		user + "\n  tokens: [{name: a, roles: [{customer: shop, role: viewer}]}]":                       "the secret is missing",
		`  tokens: [{name: a, secret: {env: B}, roles: [{customer: shop, role: viewer}]}]`:              "add web.users",
		user + "\n  tokens: [{name: a, secret: {env: B}, roles: [{customer: shop, role: viewer}]}, {name: b, secret: {env: B}, roles: [{customer: shop, role: viewer}]}]": "the same as that of web.tokens[0]",
	} {
		_, err := withWeb(web)
		require.ErrorContains(t, err, want, web)
		require.NotContains(t, err.Error(), "swordfish")
	}
}

const provider = `  oidc:
    issuer: https://login.example.com/realms/ops
    client_id: foresight
    client_secret: {env: B}
    redirect_url: https://foresight.example.com/login/oidc/callback
    roles: [{group: operations, customer: shop, role: operator}, {group: "*", customer: "*", role: viewer}]`

func TestWebProvider(t *testing.T) {
	c, err := withWeb(provider + "\n  tokens: [{name: robot, secret: {env: A}, roles: [{customer: shop, role: viewer}]}]")
	require.NoError(t, err)
	o := c.Web.OIDC
	require.Equal(t, "0123456789abcdeg", o.Secret.Value())
	require.NotContains(t, fmt.Sprintf("%+v", c.Web), "0123456789abcdeg")
	o.Secret = configs.Secret{}
	require.Equal(t, configs.OIDC{
		Issuer: "https://login.example.com/realms/ops", Name: "login.example.com", ClientID: "foresight", RedirectURL: "https://foresight.example.com/login/oidc/callback",
		Scopes: []string{"profile", "email"}, UserClaim: "email", RolesClaim: "groups",
		Grants: []models.GroupGrant{{Group: "operations", Grant: models.Grant{Customer: "shop", Role: models.RoleOperator}}, {Group: "*", Grant: models.Grant{Customer: "*", Role: models.RoleViewer}}},
	}, o)
	c, err = withWeb(strings.ReplaceAll(provider, "https://foresight.example.com", "http://127.0.0.1:8080") + "\n    scopes: [groups]\n    user_claim: upn\n    roles_claim: roles\n    name: Contoso")
	require.NoError(t, err)
	require.Equal(t, []string{"groups"}, c.Web.OIDC.Scopes)
	require.Equal(t, "upn roles Contoso", c.Web.OIDC.UserClaim+" "+c.Web.OIDC.RolesClaim+" "+c.Web.OIDC.Name)
	c, err = withWeb("  addr: 127.0.0.1:8080")
	require.NoError(t, err)
	require.Zero(t, c.Web.OIDC)
}

// Letters link to the pages where people reach them: as it is written, else as the provider sends them back.
func TestWhereThePagesAre(t *testing.T) {
	for web, want := range map[string]string{
		"  addr: 127.0.0.1:8080":                        "",
		"  url: https://foresight.example.com/":         "https://foresight.example.com",
		"  url: http://ops.intern:8080":                 "http://ops.intern:8080",
		provider:                                        "https://foresight.example.com",
		"  url: https://pages.example.com\n" + provider: "https://pages.example.com",
	} {
		c, err := withWeb(web)
		require.NoError(t, err)
		require.Equal(t, want, c.Web.URL)
	}
	for _, wrong := range []string{"foresight.example.com", "https://foresight.example.com/login", "https://a:b@foresight.example.com", "ftp://foresight.example.com", "https://foresight.example.com?x=1"} {
		_, err := withWeb("  url: " + wrong)
		require.ErrorContains(t, err, "is not the address of the pages; write one such as", wrong)
	}
}

func TestWebProviderRefused(t *testing.T) {
	for change, want := range map[[2]string]string{
		{"https://login", "http://login"}:                 "oidc.issuer: \"http://login.example.com/realms/ops\" can be listened in on",
		{"https://foresight", "http://foresight"}:         "oidc.redirect_url: \"http://foresight.example.com/login/oidc/callback\" can be listened in on",
		{"https://login.example.com/realms/ops", "login"}: `oidc.issuer: "login" is no address`,
		{"/login/oidc/callback", "/callback"}:             "does not lead back here",
		{"client_id: foresight", `client_id: ""`}:         "oidc.client_id: it is missing",
		{"    client_secret: {env: B}\n", ""}:             "oidc.client_secret: the secret is missing",
		{"{env: B}", "{env: NONE}"}:                       "NONE is not set",
		{"group: operations", `group: ""`}:                "a value of the claim groups",
		{"customer: shop", "customer: shp"}:               `did you mean "shop"?`,
		{"role: operator", "role: root"}:                  `"root" is not known`,
		{"roles: [", "scopes: [\"a b\"]\n    roles: ["}:   `"a b" is no scope`,
		{"roles: [", "ca_file: none.pem\n    roles: ["}:   "oidc.ca_file",
		{`[{group: operations, customer: shop, role: operator}, {group: "*", customer: "*", role: viewer}]`, "[]"}: "nobody of the provider may do anything",
	} {
		require.Contains(t, provider, change[0])
		_, err := withWeb(strings.Replace(provider, change[0], change[1], 1))
		require.ErrorContains(t, err, want, change[1])
	}
}
