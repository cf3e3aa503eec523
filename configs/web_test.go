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
