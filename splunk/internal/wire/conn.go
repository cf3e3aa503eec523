package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"time"

	"foresight/splunk"
)

// Conn is one server: where it is, how it is trusted, and the bounds of an exchange.
type Conn struct {
	Hide *Redactor // of the secrets that the server may repeat

	base    *url.URL
	http    *http.Client
	timeout time.Duration
	maxBody int64
	agent   string
	clock   func() time.Time
}

// Config says how a server is reached.
type Config struct {
	URL       string // http or https, a host, and perhaps a path before a reverse proxy
	CAFile    string // PEM; trusted besides the system's authorities
	Way       Way
	UserAgent string
	Timeout   time.Duration // of one exchange
	MaxBody   int64         // bytes of one answer
	Clock     func() time.Time
	Transport http.RoundTripper // for tests; nil verifies TLS
	Hide      *Redactor         // shared with another connection; nil for one of its own
}

// New checks a configuration; it does not connect.
func New(c Config) (*Conn, error) {
	base, err := parseURL(c.URL)
	if err != nil {
		return nil, err
	}
	transport := c.Transport
	if transport == nil {
		if transport, err = newTransport(c.CAFile, c.Way); err != nil {
			return nil, err
		}
	}
	// Cookies keep a load balancer on the server that knows our job or channel.
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("making a cookie jar: %w", err)
	}
	client := &http.Client{
		Transport: transport, Jar: jar,
		// A redirect could carry credentials elsewhere; a Splunk API sends none.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	hide := c.Hide
	if hide == nil {
		hide = &Redactor{}
	}
	hide.Add(c.Way.ProxyPassword)
	return &Conn{Hide: hide, base: base, http: client, timeout: c.Timeout, maxBody: c.MaxBody, agent: c.UserAgent, clock: c.Clock}, nil
}

// Host is the host and port of the address.
func (c *Conn) Host() string { return c.base.Host }

// Scheme is http or https.
func (c *Conn) Scheme() string { return c.base.Scheme }

// parseURL accepts http and https with a host, and a path before a reverse proxy.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("url cannot be parsed: write it as https://splunk.example.com:8089") // err would repeat a password in it
	case u.User != nil:
		return nil, fmt.Errorf("url holds a user name or password: give these in settings of their own")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return nil, fmt.Errorf("url %q: write it as https://splunk.example.com:8089", text)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("url %q: leave out what follows the path", text)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

// Request is one exchange to make.
type Request struct {
	Op     string // "creating the search job", for errors
	Method string
	Path   string
	Query  url.Values
	Body   []byte
	Header http.Header
}

// Reply is an answer, of whatever status.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	TLS    *tls.ConnectionState // nil without TLS
}

// Do makes one exchange within the timeout. An answer of any status is no error.
func (c *Conn) Do(ctx context.Context, r Request) (Reply, error) {
	ctx1, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	u := *c.base
	u.Path += r.Path
	u.RawQuery = r.Query.Encode()
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx1, r.Method, u.String(), body)
	if err != nil {
		return Reply{}, &splunk.Error{Op: r.Op, Host: c.base.Host, Code: -1, Why: splunk.ReasonOther, Err: errors.New("making the request failed")}
	}
	for k, v := range r.Header {
		req.Header[k] = v
	}
	req.Header.Set("User-Agent", c.agent)
	resp, err := c.http.Do(req)
	if err != nil {
		return Reply{}, c.Broken(ctx, r.Op, err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	data, err := io.ReadAll(io.LimitReader(resp.Body, c.maxBody+1))
	if err != nil {
		return Reply{}, c.Broken(ctx, r.Op, err)
	}
	if int64(len(data)) > c.maxBody {
		return Reply{}, &splunk.Error{Op: r.Op, Host: c.base.Host, Status: resp.StatusCode, Code: -1, Why: splunk.ReasonTooLarge,
			Err: fmt.Errorf("the answer is longer than %d bytes", c.maxBody)}
	}
	return Reply{Status: resp.StatusCode, Header: resp.Header, Body: data, TLS: resp.TLS}, nil
}

// Broken explains an exchange without an answer.
func (c *Conn) Broken(ctx context.Context, op string, err error) *splunk.Error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // the address is said by Host
	}
	e := &splunk.Error{Op: op, Host: c.base.Host, Code: -1, Err: err}
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var proxy proxyError
	var dial *net.OpError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		e.Why, e.Err = splunk.ReasonCancelled, context.Canceled
	case ctx.Err() != nil:
		e.Why, e.Err = splunk.ReasonTimeout, fmt.Errorf("the deadline passed: %w", context.DeadlineExceeded)
	case errors.Is(err, context.DeadlineExceeded):
		e.Why, e.Err = splunk.ReasonTimeout, fmt.Errorf("no answer within %s: %w", c.timeout, context.DeadlineExceeded)
		e.Mend = "see whether the server is overloaded or something on the way holds packets back, or raise timeout"
	case errors.As(err, &verify):
		e.Why, e.Mend = splunk.ReasonTLS, mendCertificate(err, verify.UnverifiedCertificates)
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		e.Why, e.Mend = splunk.ReasonTLS, "the server does not speak TLS on this port: check the port, or write http:// if that is meant"
	case strings.Contains(err.Error(), "tls: certificate required"), strings.Contains(err.Error(), "tls: bad certificate"),
		strings.Contains(err.Error(), "tls: unknown certificate"):
		e.Why, e.Mend = splunk.ReasonTLS, "the server wants a certificate of ours that it trusts: give cert_file and key_file"
	case strings.Contains(err.Error(), "tls: "):
		e.Why = splunk.ReasonTLS
	case errors.As(err, &proxy), errors.As(err, &dial) && dial.Op == "proxyconnect":
		e.Why, e.Mend = splunk.ReasonNetwork, "check the proxy: its address, user and password, and that it lets us through to this host and port"
	default:
		e.Why, e.Mend = splunk.ReasonNetwork, "check host and port, and that the server can be reached from here"
	}
	return e
}

// mendCertificate says what a certificate that was not trusted holds against what was asked for.
func mendCertificate(err error, shown []*x509.Certificate) string {
	mend := "name the authority that signed the server's certificate in ca_file, and the host as the certificate does"
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		mend = "renew the server's certificate, or an authority's that signed it, and see that this machine's clock is right"
	}
	if len(shown) == 0 {
		return mend
	}
	c := shown[0]
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		names = []string{"no host"}
	}
	return fmt.Sprintf("%s (it shows one for %s, signed by %s, valid from %s to %s)", mend, Shorten(strings.Join(names, ", ")), Shorten(c.Issuer.String()),
		c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly))
}

// Fail explains an answer whose status says no.
func (c *Conn) Fail(op string, r Reply) *splunk.Error {
	e := &splunk.Error{Op: op, Host: c.base.Host, Status: r.Status, Code: -1, Reply: c.Words(r.Body), RetryAfter: retryAfter(r.Header, c.clock())}
	switch s := r.Status; {
	case s >= 300 && s < 400:
		e.Why, e.Reply = splunk.ReasonRedirect, ""
		e.Err = fmt.Errorf("the server redirects to %q, which is not followed", Shorten(c.Hide.Clean(r.Header.Get("Location"))))
		e.Mend = "write the final address in url"
	case s == http.StatusUnauthorized:
		e.Why, e.Mend = splunk.ReasonUnauthorized, "check that the token or password is right and has not expired"
	case s == http.StatusProxyAuthRequired:
		e.Why, e.Mend = splunk.ReasonUnauthorized, "check user and password of the proxy"
	case s == http.StatusForbidden:
		e.Why, e.Mend = splunk.ReasonUnauthorized, "check the rights of the token or user"
	case s == http.StatusNotFound:
		e.Why, e.Mend = splunk.ReasonNotFound, "check port and path of url, app and owner; Splunk 9.0.2 or later is needed"
	case s == http.StatusRequestEntityTooLarge:
		e.Why = splunk.ReasonTooLarge
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable:
		e.Why = splunk.ReasonBusy
		if strings.Contains(strings.ToLower(e.Reply), "disk usage quota") {
			e.Why = splunk.ReasonQuota
		}
	case s >= 500:
		e.Why = splunk.ReasonServer
	case s >= 400:
		e.Why = splunk.ReasonBadRequest
		if c.base.Scheme == "http" && strings.Contains(e.Reply, "HTTPS") {
			e.Mend = "the server speaks TLS on this port: write https:// in url"
		}
	default:
		e.Why = splunk.ReasonBadReply
	}
	return e
}

// Unclear explains an answer that cannot be understood.
func (c *Conn) Unclear(op string, r Reply, err error) *splunk.Error {
	return &splunk.Error{Op: op, Host: c.base.Host, Status: r.Status, Code: -1, Why: splunk.ReasonBadReply, Reply: c.Words(r.Body), Err: err,
		Mend: "check that url is Splunk's and no proxy's or web page's"}
}

// Words returns the server's own words, without secrets, on one short line.
func (c *Conn) Words(body []byte) string { return c.Short(Saying(body)) }

// Short makes a text fit for an error: without secrets, on one line.
func (c *Conn) Short(text string) string { return Shorten(c.Hide.Clean(text)) }
