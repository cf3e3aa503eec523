package configs

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"foresight/models"
)

type fileOIDC struct {
	Issuer      string           `yaml:"issuer" jsonschema:"required" jsonschema_description:"Address of the provider, as it writes it itself, such as https://login.example.com/realms/ops."`
	Name        string           `yaml:"name" jsonschema_description:"What people call it, on the sign-in page (default: the issuer's host)."`
	ClientID    string           `yaml:"client_id" jsonschema:"required" jsonschema_description:"As whom Foresight is registered there."`
	Secret      *secretSource    `yaml:"client_secret" jsonschema:"required" jsonschema_description:"The client's secret."`
	RedirectURL string           `yaml:"redirect_url" jsonschema:"required" jsonschema_description:"Where the provider sends people back to, as it is registered there: the pages' address and /login/oidc/callback."`
	Scopes      []string         `yaml:"scopes" jsonschema_description:"What is asked for beside openid (default profile and email); some providers tell groups only when asked for groups."`
	UserClaim   string           `yaml:"user_claim" jsonschema_description:"Claim by which a person is named here and in timelines; people must not be able to change it (default email, which must not be unverified)."`
	RolesClaim  string           `yaml:"roles_claim" jsonschema_description:"Claim with the person's groups; a dot goes into an object, such as realm_access.roles (default groups)."`
	CAFile      string           `yaml:"ca_file" jsonschema_description:"PEM file of the authority that signed the provider's certificate (default: the system's)."`
	Roles       []fileGroupGrant `yaml:"roles" jsonschema:"required,minItems=1" jsonschema_description:"What who is of a group may see and do; who is of none of them is not let in."`
	secret      Secret
}

type fileGroupGrant struct {
	Group    string `yaml:"group" jsonschema:"required" jsonschema_description:"A value of roles_claim, or \"*\" for everybody whom the provider signs in."`
	Customer string `yaml:"customer" jsonschema:"required" jsonschema_description:"Id of a customer, or \"*\" for all."`
	Role     string `yaml:"role" jsonschema:"required,enum=viewer,enum=operator,enum=admin" jsonschema_description:"As of users."`
}

// OIDC is the provider by which people sign in; without an Issuer there is none.
type OIDC struct {
	Issuer, Name          string
	ClientID              string
	Secret                Secret
	RedirectURL           string
	Scopes                []string
	UserClaim, RolesClaim string
	CAFile                string
	Grants                []models.GroupGrant
}

// Callback is the path to which a provider sends people back.
const Callback = "/login/oidc/callback"

// provider checks by whom people sign in.
func (v validator) provider(o *fileOIDC, known []string) {
	const key = "web.oidc"
	v.secure(key+".issuer", o.Issuer, "https://login.example.com/realms/ops")
	v.secure(key+".redirect_url", o.RedirectURL, "https://foresight.example.com"+Callback)
	if u, err := url.Parse(o.RedirectURL); err == nil && o.RedirectURL != "" && (u.Path != Callback || u.RawQuery != "" || u.Fragment != "") {
		v.fail(key+".redirect_url", "%q does not lead back here; write the pages' address and %s", o.RedirectURL, Callback)
	}
	if o.ClientID == "" {
		v.fail(key+".client_id", "it is missing; write as whom Foresight is registered with the provider")
	}
	if o.Secret == nil {
		v.fail(key+".client_secret", "the secret is missing; write client_secret: {env: NAME} or {file: path}")
	} else {
		o.secret = v.secret(key+".client_secret", o.Secret)
	}
	v.authority(key+".ca_file", o.CAFile)
	for i, s := range o.Scopes {
		if s == "" || strings.ContainsAny(s, " \t\n\"\\") {
			v.fail(fmt.Sprintf("%s.scopes[%d]", key, i), "%q is no scope; write one word each", s)
		}
	}
	if len(o.Roles) == 0 {
		v.fail(key+".roles", "nobody of the provider may do anything; write such as [{group: operations, customer: %s, role: operator}]", known[len(known)-1])
	}
	for i, g := range o.Roles {
		at := fmt.Sprintf("%s.roles[%d]", key, i)
		if strings.TrimSpace(g.Group) == "" {
			v.fail(at+".group", "the group is missing; write a value of the claim %s, or \"*\" for everybody", claimOr(o.RolesClaim, "groups"))
		}
		v.oneOf(at+".customer", g.Customer, known...)
		v.oneOf(at+".role", g.Role, string(models.RoleViewer), string(models.RoleOperator), string(models.RoleAdmin))
	}
}

// secure wants an address that nobody listens in on: https, or this machine's own.
func (v validator) secure(key, text, example string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http":
		v.fail(key, "%q is no address; write one such as %s", text, example)
	case u.Scheme == "http" && !ownMachine(u.Hostname()):
		v.fail(key, "%q can be listened in on; write https (http is for this machine itself alone, such as http://127.0.0.1:8080)", text)
	}
}

func ownMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func claimOr(claim, fallback string) string {
	if claim == "" {
		return fallback
	}
	return claim
}

func oidcOf(path string, f *fileOIDC) (o OIDC) {
	if f == nil {
		return o
	}
	o = OIDC{
		Issuer: f.Issuer, Name: f.Name, ClientID: f.ClientID, Secret: f.secret, RedirectURL: f.RedirectURL, Scopes: f.Scopes,
		UserClaim: claimOr(f.UserClaim, "email"), RolesClaim: claimOr(f.RolesClaim, "groups"), CAFile: resolve(path, f.CAFile),
	}
	if u, err := url.Parse(f.Issuer); err == nil && o.Name == "" {
		o.Name = u.Host
	}
	if len(o.Scopes) == 0 {
		o.Scopes = []string{"profile", "email"}
	}
	for _, g := range f.Roles {
		o.Grants = append(o.Grants, models.GroupGrant{Group: g.Group, Grant: models.Grant{Customer: g.Customer, Role: models.Role(g.Role)}})
	}
	return o
}
