package cloudservices

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"foresight/splunk/internal/wire"
)

// Where Splunk's own tenants are.
const (
	DefaultHost    = "https://api.scp.splunk.com"
	DefaultIDPHost = "https://auth.scp.splunk.com"
)

// Config says which tenant, and how to get in: by client credentials.
type Config struct {
	Tenant       string
	Host         string // of the API; default DefaultHost
	IDPHost      string // of the identity provider; default DefaultIDPHost
	ClientID     string
	ClientSecret string
	Fresh        func() string // the client's secret as it is now; nil: as given
	Scope        string        // asked for with a token; may be ""
	CAFile       string        // PEM; trusted besides the system's authorities
	Way          Way

	Timeout   time.Duration // of one request; default 30 s
	MaxBody   int64         // bytes of one answer; default 64 MiB
	UserAgent string        // default "foresight"

	Clock     func() time.Time  // default time.Now
	Transport http.RoundTripper // for tests; default verifies TLS
}

// Way is how the servers are reached: a certificate of our own, a proxy.
type Way = wire.Way

// String hides the secret.
func (c Config) String() string {
	return fmt.Sprintf("tenant %s of Splunk Cloud Services at %s by client %q", c.Tenant, c.Host, c.ClientID)
}

// GoString hides the secret.
func (c Config) GoString() string { return c.String() }

func (c Config) withDefaults() Config {
	if c.Host == "" {
		c.Host = DefaultHost
	}
	if c.IDPHost == "" {
		c.IDPHost = DefaultIDPHost
	}
	if c.UserAgent == "" {
		c.UserAgent = "foresight"
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	c.Timeout = wire.OrDefault(c.Timeout, 30*time.Second)
	c.MaxBody = wire.OrDefault(c.MaxBody, 64<<20)
	return c
}

// Tenant is a tenant as its clients reach it; they share its token. It is safe for use
// by several goroutines.
type Tenant struct {
	config Config
	conn   *wire.Conn
	tokens *tokens
}

// tenantName is what can stand in a path.
var tenantName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// New checks a configuration; it does not connect.
func New(c Config) (*Tenant, error) {
	c = c.withDefaults()
	switch {
	case !tenantName.MatchString(c.Tenant):
		return nil, fmt.Errorf("making the clients of Splunk Cloud Services: %q is no name of a tenant", c.Tenant)
	case c.ClientID == "" || c.ClientSecret == "":
		return nil, errors.New("making the clients of Splunk Cloud Services: client id or client secret is missing")
	}
	w := wire.Config{URL: c.Host, CAFile: c.CAFile, Way: c.Way, UserAgent: c.UserAgent, Timeout: c.Timeout, MaxBody: c.MaxBody, Clock: c.Clock, Transport: c.Transport, Hide: &wire.Redactor{}}
	w.Hide.Add(c.ClientSecret)
	api, err := wire.New(w)
	if err != nil {
		return nil, fmt.Errorf("making the clients of Splunk Cloud Services: host: %w", err)
	}
	w.URL = c.IDPHost
	idp, err := wire.New(w)
	if err != nil {
		return nil, fmt.Errorf("making the clients of Splunk Cloud Services: idp_host: %w", err)
	}
	return &Tenant{config: c, conn: api, tokens: newTokens(idp, c)}, nil
}

// do makes an exchange with a token, which is renewed once if it is not taken.
func (t *Tenant) do(ctx context.Context, r wire.Request) (wire.Reply, error) {
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	r.Header = header
	token, err := t.tokens.get(ctx, "")
	if err != nil {
		return wire.Reply{}, err
	}
	header.Set("Authorization", "Bearer "+token)
	rep, err := t.conn.Do(ctx, r)
	if err != nil || rep.Status != http.StatusUnauthorized {
		return rep, err
	}
	if token, err = t.tokens.get(ctx, token); err != nil {
		return wire.Reply{}, err
	}
	header.Set("Authorization", "Bearer "+token)
	return t.conn.Do(ctx, r)
}

// String hides the secret.
func (t *Tenant) String() string { return t.config.String() }
