package configs

import (
	"encoding/json"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"text/template"
	"time"

	"foresight/models"
)

// fileChannel is a way to tell people; which keys it takes is its kind's affair.
type fileChannel struct {
	ID       string        `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the file."`
	Kind     string        `yaml:"kind" jsonschema:"required,enum=email,enum=webhook,enum=pagerduty,enum=jsm,enum=opsgenie,enum=servicenow,enum=teams,enum=slack" jsonschema_description:"What it speaks: email is SMTP, webhook a signed POST, pagerduty Events v2, jsm Jira Service Management, opsgenie Opsgenie, servicenow event management, teams a workflow's webhook, slack an incoming webhook."`
	Secret   *secretSource `yaml:"secret" jsonschema_description:"email: the password of username; webhook: the key that requests are signed with; pagerduty: the integration's routing key; jsm and opsgenie: the API key; servicenow: the password of username; teams and slack: the webhook's whole address."`
	URL      string        `yaml:"url" jsonschema_description:"webhook: where to; servicenow: the instance, such as https://example.service-now.com; pagerduty, jsm and opsgenie: another service than the maker's."`
	Server   string        `yaml:"server" jsonschema_description:"email: host:port of the SMTP server, such as smtp.example.com:587."`
	From     string        `yaml:"from" jsonschema_description:"email: the sender's address."`
	Username string        `yaml:"username" jsonschema_description:"email, servicenow: whom to log in as, with secret."`
	TLS      string        `yaml:"tls" jsonschema:"enum=starttls,enum=implicit,enum=none" jsonschema_description:"email: starttls refuses a server that does not offer it; implicit is TLS from the first byte (port 465); none is for a server on this machine (default starttls)."`
	CAFile   string        `yaml:"ca_file" jsonschema_description:"PEM file of the authority that signed the server's certificate (default: the system's)."`
	Template string        `yaml:"template" jsonschema_description:"webhook: the body, a Go text/template in which {{json .Title}} is a field as JSON (default: the notice itself)."`
	Timeout  duration      `yaml:"timeout" jsonschema_description:"Longest wait for one message (default 20s)."`
	secret   Secret
}

// Channel is a way to tell people.
type Channel struct {
	ID       string
	Kind     models.ChannelKind
	Secret   Secret
	URL      string
	Server   string
	From     string
	Username string
	TLS      string // starttls, implicit, none
	CAFile   string
	Template string
	Timeout  time.Duration
}

var channelKinds = []string{"email", "webhook", "pagerduty", "jsm", "opsgenie", "servicenow", "teams", "slack"}

// takes are the keys of a channel beside those that all have, by its kind: wanted with a !.
var takes = map[string][]string{
	"email":      {"server!", "from!", "username", "secret", "tls", "ca_file"},
	"webhook":    {"url!", "secret!", "template", "ca_file"},
	"pagerduty":  {"secret!", "url", "ca_file"},
	"jsm":        {"secret!", "url", "ca_file"},
	"opsgenie":   {"secret!", "url", "ca_file"},
	"servicenow": {"url!", "username!", "secret!", "ca_file"},
	"teams":      {"secret!", "ca_file"},
	"slack":      {"secret!", "ca_file"},
}

// channels checks the channels that all customers may use and those of each, whose ids differ.
func (v validator) channels(f *file) {
	ids := v.unique()
	check := func(key string, all []fileChannel) {
		for i := range all {
			at := fmt.Sprintf("%s[%d]", key, i)
			ids(at, all[i].ID)
			if v.oneOf(at+".kind", all[i].Kind, channelKinds...) {
				v.channel(at, &all[i])
			}
		}
	}
	check("channels", f.Channels)
	for i := range f.Customers {
		check(fmt.Sprintf("customers[%d].channels", i), f.Customers[i].Channels)
	}
}

func (v validator) channel(key string, c *fileChannel) {
	have := takes[c.Kind]
	for _, k := range []string{"secret", "url", "server", "from", "username", "tls", "ca_file", "template"} {
		given := v.given(key + "." + k)
		switch {
		case given && !slices.Contains(have, k) && !slices.Contains(have, k+"!"):
			v.fail(key+"."+k, "a channel of kind %s has no %s; take it out", c.Kind, k)
		case !given && slices.Contains(have, k+"!"):
			v.fail(key+"."+k, "a channel of kind %s needs it; see docs/configuration.md", c.Kind)
		}
	}
	if c.Secret != nil {
		c.secret = v.secret(key+".secret", c.Secret)
	}
	v.authority(key+".ca_file", c.CAFile)
	if c.URL != "" {
		v.hook(key+".url", c.URL)
	}
	switch models.ChannelKind(c.Kind) {
	case models.ChannelEmail:
		v.mail(key, c)
	case models.ChannelTeams, models.ChannelSlack:
		if u, err := url.Parse(c.secret.Value()); c.secret.IsSet() && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
			v.fail(key+".secret", "it is not an address; put the webhook's whole address there, beginning with https://") // it is not repeated: it is the secret
		}
	case models.ChannelWebhook:
		if _, err := template.New("").Funcs(template.FuncMap{"json": json.Marshal}).Parse(c.Template); err != nil {
			v.fail(key+".template", "%v; mend the template", err)
		}
	}
}

// hook wants an absolute http(s) address, which may have a path and a query.
func (v validator) hook(key, text string) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		v.fail(key, "%q is not an address; write one that begins with https://", shown(text))
	} else if u.User != nil {
		v.fail(key, "the address holds a user or password; take it out")
	}
}

func (v validator) mail(key string, c *fileChannel) {
	if _, _, err := net.SplitHostPort(c.Server); c.Server != "" && err != nil {
		v.fail(key+".server", "%q is not host:port; write one such as smtp.example.com:587", c.Server)
	}
	if _, err := mail.ParseAddress(c.From); c.From != "" && err != nil {
		v.fail(key+".from", "%q is not an address; write one such as foresight@example.com", c.From)
	}
	if (c.Username == "") != (c.Secret == nil) {
		v.fail(key+".username", "username and secret go together; write both, or neither for a server that asks for none")
	}
	if c.TLS != "" {
		v.oneOf(key+".tls", c.TLS, "starttls", "implicit", "none")
	}
	if host, _, err := net.SplitHostPort(c.Server); c.TLS == "none" && err == nil && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		v.fail(key+".tls", "without TLS the letters and the password are open to all on the way to %s; use starttls or implicit", host)
	}
}

// kinds are the channels that a customer may use, by id: all customers' and its own.
func kinds(all ...[]fileChannel) map[string]models.ChannelKind {
	by := map[string]models.ChannelKind{}
	for _, some := range all {
		for _, c := range some {
			by[c.ID] = models.ChannelKind(c.Kind)
		}
	}
	return by
}

func channelsOf(path string, all []fileChannel) []Channel {
	var out []Channel
	for _, c := range all {
		out = append(out, Channel{
			ID: c.ID, Kind: models.ChannelKind(c.Kind), Secret: c.secret, URL: c.URL, Server: c.Server, From: c.From, Username: c.Username,
			TLS: c.TLS, CAFile: resolve(path, c.CAFile), Template: c.Template, Timeout: time.Duration(c.Timeout),
		})
	}
	return out
}
