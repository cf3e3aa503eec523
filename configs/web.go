package configs

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"foresight/models"
)

type fileWeb struct {
	Addr        string      `yaml:"addr" jsonschema_description:"Address to listen on (default 127.0.0.1:8080)."`
	MetricsAddr string      `yaml:"metrics_addr" jsonschema_description:"Address on which serve answers Prometheus at /metrics, where the pages' address may not (default: addr answers it)."`
	URL         string      `yaml:"url" jsonschema_description:"The pages' address as people reach it, such as https://foresight.example.com: letters and messages link to cases (default: that of oidc.redirect_url; without either they have no links)."`
	Users       []fileUser  `yaml:"users" jsonschema_description:"People who sign in. Without any, whoever reaches the pages reads all of them, and cases are worked on from a loopback address only."`
	OIDC        *fileOIDC   `yaml:"oidc" jsonschema_description:"A provider of OpenID Connect by which people sign in, beside users or instead of them."`
	Tokens      []fileToken `yaml:"tokens" jsonschema_description:"Programs that use the interface under /api/v1."`
}

type fileUser struct {
	Name  string      `yaml:"name" jsonschema:"required" jsonschema_description:"As it is typed in, and stands in timelines."`
	Hash  string      `yaml:"password_hash" jsonschema:"required" jsonschema_description:"What foresight web hash prints of the password (argon2id)."`
	Roles []fileGrant `yaml:"roles" jsonschema:"required,minItems=1" jsonschema_description:"What the user may see and do."`
}

type fileToken struct {
	Name   string        `yaml:"name" jsonschema:"required" jsonschema_description:"As it stands in timelines."`
	Secret *secretSource `yaml:"secret" jsonschema:"required" jsonschema_description:"The bearer token, 16 characters or more."`
	Roles  []fileGrant   `yaml:"roles" jsonschema:"required,minItems=1" jsonschema_description:"What the program may see and do."`
	secret Secret
}

type fileGrant struct {
	Customer string `yaml:"customer" jsonschema:"required" jsonschema_description:"Id of a customer, or \"*\" for all."`
	Role     string `yaml:"role" jsonschema:"required,enum=viewer,enum=operator,enum=admin" jsonschema_description:"viewer reads; operator reports and works on cases; admin also sees who has access and who did what, and mends the outbox."`
}

// hashForm is a PHC string of argon2id.
var hashForm = regexp.MustCompile(`^\$argon2id\$v=19\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$`)

func (v validator) web(w *fileWeb, customers []fileCustomer) {
	const mend = "%q is not host:port; write one such as 127.0.0.1:%d"
	if _, _, err := net.SplitHostPort(w.Addr); err != nil {
		v.fail("web.addr", mend, w.Addr, 8080)
	}
	if w.MetricsAddr != "" {
		if _, port, err := net.SplitHostPort(w.MetricsAddr); err != nil {
			v.fail("web.metrics_addr", mend, w.MetricsAddr, 9090)
		} else if w.MetricsAddr == w.Addr && port != "0" {
			v.fail("web.metrics_addr", "%q is the address of the pages; leave it out, and /metrics is answered there", w.MetricsAddr)
		}
	}
	if w.URL != "" {
		v.pages("web.url", w.URL)
	}
	known := []string{models.EveryCustomer}
	for _, c := range customers {
		known = append(known, c.ID)
	}
	v.people(w, known)
	if w.OIDC != nil {
		v.provider(w.OIDC, known)
	}
	if len(w.Tokens) > 0 && len(w.Users) == 0 && w.OIDC == nil {
		v.fail("web.tokens", "with tokens the pages ask who one is, and there are no users who could say so; add web.users or web.oidc")
	}
}

// pages checks the address by which people reach the pages.
func (v validator) pages(key, text string) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		v.fail(key, "%q is not the address of the pages; write one such as https://foresight.example.com, without a path", text)
	}
}

// people checks who may come in, and reads the tokens' secrets.
func (v validator) people(w *fileWeb, known []string) {
	names, secrets := map[string]string{}, map[string]string{}
	name := func(key, name string) {
		switch other, twice := names[name]; {
		case strings.TrimSpace(name) != name || name == "" || len(name) > 100:
			v.fail(key+".name", "%q is no name; write one without spaces at its ends, of 100 characters at most", name)
		case name == "foresight":
			v.fail(key+".name", "in timelines this is the program itself; choose another name")
		case twice:
			v.fail(key+".name", "%q is the name of %s too; give each its own", name, other)
		}
		names[name] = key
	}
	for i, u := range w.Users {
		key := fmt.Sprintf("web.users[%d]", i)
		name(key, u.Name)
		if !hashForm.MatchString(u.Hash) { // it may be the password itself, so it is not repeated
			v.fail(key+".password_hash", "it is no argon2id hash; write what foresight web hash prints")
		}
		v.grants(key, u.Roles, known)
	}
	for i := range w.Tokens {
		t, key := &w.Tokens[i], fmt.Sprintf("web.tokens[%d]", i)
		name(key, t.Name)
		v.grants(key, t.Roles, known)
		if t.Secret == nil {
			v.fail(key+".secret", "the secret is missing; write secret: {env: NAME} or {file: path}")
			continue
		}
		t.secret = v.secret(key+".secret", t.Secret)
		switch value := t.secret.Value(); {
		case value == "": // said already
		case len(value) < leastSecret:
			v.fail(key+".secret", "the secret has fewer than %d characters and can be guessed; make one with openssl rand -hex 16", leastSecret)
		case secrets[value] != "":
			v.fail(key+".secret", "it is the same as that of %s; give each token its own", secrets[value])
		default:
			secrets[value] = key
		}
	}
}

func (v validator) grants(key string, all []fileGrant, known []string) {
	if len(all) == 0 {
		v.fail(key+".roles", "no role is given; write such as [{customer: %s, role: viewer}]", known[len(known)-1])
	}
	for i, g := range all {
		at := fmt.Sprintf("%s.roles[%d]", key, i)
		v.oneOf(at+".customer", g.Customer, known...)
		v.oneOf(at+".role", g.Role, string(models.RoleViewer), string(models.RoleOperator), string(models.RoleAdmin))
	}
}

func webOf(path string, f fileWeb) Web {
	w := Web{Addr: f.Addr, MetricsAddr: f.MetricsAddr, OIDC: oidcOf(path, f.OIDC), URL: strings.TrimRight(f.URL, "/")}
	if w.URL == "" {
		w.URL = strings.TrimSuffix(w.OIDC.RedirectURL, Callback)
	}
	for _, u := range f.Users {
		w.Users = append(w.Users, models.User{Name: u.Name, Hash: u.Hash, Grants: grantsOf(u.Roles)})
	}
	for _, t := range f.Tokens {
		w.Tokens = append(w.Tokens, WebToken{Name: t.Name, Secret: t.secret, Grants: grantsOf(t.Roles)})
	}
	return w
}

func grantsOf(all []fileGrant) (built []models.Grant) {
	for _, g := range all {
		built = append(built, models.Grant{Customer: g.Customer, Role: models.Role(g.Role)})
	}
	return built
}
