package sso

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// Why a sign-in ended without a person. What is behind it is for the log.
var (
	// ErrAway says that the provider does not answer.
	ErrAway = errors.New("the sign-in service does not answer")
	// ErrTrip says that what came back is not what this browser was sent out with, or comes too late.
	ErrTrip = errors.New("this sign-in was begun elsewhere, or too long ago")
	// ErrToken says that what the provider wrote of the person does not hold.
	ErrToken = errors.New("what the sign-in service says cannot be trusted")
)

// RefusedError is the provider's own no.
type RefusedError struct{ Code, Text string }

// Error implements error.
func (e RefusedError) Error() string {
	return fmt.Sprintf("the sign-in service says %q: %q", e.Code, e.Text)
}

// Bounds of one sign-in.
const (
	tripLasts = 10 * time.Minute
	patience  = 10 * time.Second // of one request to the provider
)

// Options are what provider and client have agreed on.
type Options struct {
	Issuer                 string
	ClientID, ClientSecret string
	RedirectURL            string
	Scopes                 []string // beside openid
	UserClaim, RolesClaim  string
	CAFile                 string // PEM; "" for the system's roots
	Clock                  func() time.Time
}

// Provider is an OpenID Connect provider. It is asked for its addresses when the first person
// comes, and again as long as it has not answered: that it is away keeps nothing else.
type Provider struct {
	o      Options
	client *http.Client
	ask    singleflight.Group

	mu    sync.Mutex
	found *oidc.Provider
}

// New returns a provider that has not been asked yet; the error is of CAFile.
func New(o Options) (*Provider, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one by its documentation
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("reading web.oidc.ca_file: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("web.oidc.ca_file %s holds no certificate; give it as PEM", o.CAFile)
		}
		transport.TLSClientConfig.RootCAs = pool
	}
	return &Provider{o: o, client: &http.Client{Transport: transport, Timeout: patience}}, nil
}

// Trip is what a browser keeps while its person is with the provider.
type Trip struct {
	State, Nonce, Verifier string
	To                     string // where they wanted to go
	Until                  time.Time
}

// Identity is whom the provider vouches for.
type Identity struct {
	Name   string
	Groups []string
}

// Check asks the provider for its addresses.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.provider(ctx)
	return err
}

// Start returns what the browser keeps, and the provider's address to which it goes.
func (p *Provider) Start(ctx context.Context, to string) (Trip, string, error) {
	found, err := p.provider(ctx)
	if err != nil {
		return Trip{}, "", err
	}
	// A verifier is 32 random bytes in characters that an address may have: state and nonce are such too.
	t := Trip{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(), To: to, Until: p.o.Clock().Add(tripLasts)}
	return t, p.config(found).AuthCodeURL(t.State, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)), nil
}

// Finish takes what the provider has sent the browser back with.
func (p *Provider) Finish(ctx context.Context, t Trip, back url.Values) (Identity, error) {
	switch {
	case t.State == "" || !same(t.State, back.Get("state")):
		return Identity{}, fmt.Errorf("%w: the state is not the one that was sent", ErrTrip)
	case p.o.Clock().After(t.Until):
		return Identity{}, fmt.Errorf("%w: it ended %s", ErrTrip, t.Until.UTC().Format(time.RFC3339))
	case back.Has("iss") && back.Get("iss") != p.o.Issuer: // RFC 9207: another provider's answer
		return Identity{}, fmt.Errorf("%w: it is of the provider %q", ErrTrip, back.Get("iss"))
	case back.Get("error") != "":
		return Identity{}, RefusedError{back.Get("error"), back.Get("error_description")}
	case back.Get("code") == "":
		return Identity{}, fmt.Errorf("%w: there is no code", ErrTrip)
	}
	found, err := p.provider(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), 2*patience)
	defer cancel()
	token, err := p.config(found).Exchange(ctx, back.Get("code"), oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return Identity{}, exchanging(err)
	}
	return p.identity(ctx, found, t, token)
}

// exchanging sorts why no token came.
func exchanging(err error) error {
	var answer *oauth2.RetrieveError
	switch {
	case !errors.As(err, &answer) || answer.Response.StatusCode >= http.StatusInternalServerError:
		return fmt.Errorf("%w: %w", ErrAway, err)
	case answer.ErrorCode == "invalid_grant":
		return fmt.Errorf("%w: the code holds no longer: %w", ErrTrip, err)
	}
	return fmt.Errorf("%w: it gives no token; check web.oidc's client_id, client_secret and redirect_url: %w", ErrToken, err)
}

// provider returns the provider's addresses, and asks for them until it has answered once. Those who
// come together ask once.
func (p *Provider) provider(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	if found != nil {
		return found, nil
	}
	one, err, _ := p.ask.Do("", func() (any, error) {
		// Who asked first may leave; the others wait for the answer all the same.
		ctx, cancel := context.WithTimeout(oidc.ClientContext(context.WithoutCancel(ctx), p.client), patience)
		defer cancel()
		return oidc.NewProvider(ctx, p.o.Issuer)
	})
	if err != nil {
		return nil, fmt.Errorf("%w: asking %s for its addresses: %w", ErrAway, p.o.Issuer, err)
	}
	found, _ = one.(*oidc.Provider)
	p.mu.Lock()
	p.found = found
	p.mu.Unlock()
	return found, nil
}

func (p *Provider) config(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: p.o.RedirectURL, Scopes: append([]string{oidc.ScopeOpenID}, p.o.Scopes...),
	}
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
