package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"foresight/models"
)

// Cookie is the name of the session's cookie.
const Cookie = "foresight_session"

// lasts is how long somebody stays signed in.
const lasts = 12 * time.Hour

// Sessions are kept where every process finds them.
type Sessions interface {
	KeepSession(ctx context.Context, s models.Session, now time.Time) error
	// Session finds one by its hash that has not ended by now; false when there is none.
	Session(ctx context.Context, hash string, now time.Time) (models.Session, bool, error)
	EndSession(ctx context.Context, hash string) error
}

// Token lets a program in.
type Token struct {
	Name, Secret string
	Grants       []models.Grant
}

// Options are the choices of a gate.
type Options struct {
	Users    []models.User
	Tokens   []Token
	Provider Provider
	Sessions Sessions
	Clock    func() time.Time
	Loopback bool // only this machine can reach the pages: without users whoever does may write
}

// Gate knows who asks.
type Gate struct {
	Options
	users  map[string]user
	tokens []token
	tries  *limiter
	slots  chan struct{} // for the memory of a hash
	nobody hash          // is tried for names that are not there, so that the time does not tell
}

type user struct {
	models.User
	hash hash
}

type token struct {
	Token
	sum [sha256.Size]byte
}

// hashesAtOnce bounds the memory that sign-ins take.
const hashesAtOnce = 2

// New returns a gate; the error names the user whose hash is none.
func New(o Options) (*Gate, error) {
	g := &Gate{Options: o, users: map[string]user{}, tries: newLimiter(), slots: make(chan struct{}, hashesAtOnce)}
	g.nobody = hash{memory: memory, passes: passes, lanes: lanes}
	for _, u := range o.Users {
		h, err := parse(u.Hash)
		if err != nil {
			return nil, fmt.Errorf("the password_hash of user %s: %w", u.Name, err)
		}
		g.users[u.Name] = user{u, h}
		g.nobody = h // costs what a user costs
	}
	g.nobody.salt, g.nobody.key = make([]byte, saltSize), make([]byte, keySize)
	for _, t := range o.Tokens {
		g.tokens = append(g.tokens, token{t, sha256.Sum256([]byte(t.Secret))})
	}
	return g, nil
}

// Locked reports whether who asks must say who they are.
func (g *Gate) Locked() bool { return len(g.Users)+len(g.Tokens) > 0 || g.Provider.Issuer != "" }

// Who is somebody who asks. The zero Who is nobody, and may nothing.
type Who struct {
	Name   string // "" where nobody signs in
	Person bool   // signed in, and can sign out
	grants []models.Grant
}

// Known reports whether they may see anything.
func (w Who) Known() bool { return len(w.grants) > 0 }

func (w Who) role(customer string) (rank int) {
	for _, g := range w.grants {
		if g.Customer == customer || g.Customer == models.EveryCustomer {
			rank = max(rank, ranks[g.Role])
		}
	}
	return rank
}

// Sees reports whether they may see a customer.
func (w Who) Sees(customer string) bool { return w.May(See, customer) }

// SeesAll reports whether they may see every customer.
func (w Who) SeesAll() bool { return w.Sees(models.EveryCustomer) }

// Works reports whether they may change a customer's cases.
func (w Who) Works(customer string) bool { return w.May(Work, customer) }

// Who says who asks. The error is the sessions'.
func (g *Gate) Who(r *http.Request) (Who, error) {
	if !g.Locked() {
		role := models.RoleViewer
		if g.Loopback && here(r) {
			role = models.RoleOperator
		}
		return Who{grants: []models.Grant{{Customer: models.EveryCustomer, Role: role}}}, nil
	}
	if scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return g.program(strings.TrimSpace(secret)), nil
	}
	c, err := r.Cookie(Cookie)
	if err != nil {
		return Who{}, nil //nolint:nilerr // without a cookie it is nobody, which is no failure
	}
	s, found, err := g.Sessions.Session(r.Context(), sum(c.Value), g.Clock())
	if err != nil || !found {
		return Who{}, err
	}
	if s.Provider != "" {
		return g.vouched(s), nil
	}
	u, known := g.users[s.User]
	if !known || s.Proof != proof(u) {
		return Who{}, nil
	}
	return Who{Name: u.Name, Person: true, grants: u.Grants}, nil
}

// program finds whose token it is, in constant time each.
func (g *Gate) program(secret string) (w Who) {
	shown := sha256.Sum256([]byte(secret))
	for _, t := range g.tokens {
		if subtle.ConstantTimeCompare(shown[:], t.sum[:]) == 1 && t.Secret != "" {
			w = Who{Name: t.Name, grants: t.Grants}
		}
	}
	return w
}

// here reports whether the request comes from this machine and was meant for it: a page elsewhere
// whose name has been made to lead here asks under that name, and a proxy says for whom it asks.
func here(r *http.Request) bool {
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	return Loopback(r.Host) && Loopback(r.RemoteAddr)
}

// Loopback reports whether an address, with or without a port, is this machine's own.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// ErrWrong says that name and password do not belong together.
var ErrWrong = errors.New("the name or the password is wrong")

// ErrTooMany says that too many passwords were tried.
var ErrTooMany = errors.New("too many sign-ins were tried; wait a minute, then try again")

// SignIn opens a session for who knows a password, and returns its cookie. Errors: ErrWrong,
// ErrTooMany.
func (g *Gate) SignIn(r *http.Request, name, password string) (*http.Cookie, error) {
	if !g.tries.takes(name, Remote(r), g.Clock()) {
		return nil, ErrTooMany
	}
	u, known := g.users[name]
	h := u.hash
	if !known {
		h = g.nobody
	}
	select {
	case g.slots <- struct{}{}:
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
	opens := h.opens(password)
	<-g.slots
	if !known || !opens {
		return nil, ErrWrong
	}
	return g.admit(r, models.Session{User: u.Name, Proof: proof(u)})
}

// admit opens a session under an id that nobody has seen before, and ends the one that the browser
// had: an id that somebody planted there opens nothing.
func (g *Gate) admit(r *http.Request, s models.Session) (*http.Cookie, error) {
	if c, err := r.Cookie(Cookie); err == nil {
		if err := g.Sessions.EndSession(r.Context(), sum(c.Value)); err != nil {
			return nil, err
		}
	}
	id, now := rand.Text(), g.Clock()
	s.Hash, s.Until = sum(id), now.Add(lasts)
	if err := g.Sessions.KeepSession(r.Context(), s, now); err != nil {
		return nil, err
	}
	return cookie(r, id, int(lasts/time.Second)), nil
}

// SignOut ends the session of a request, and returns the cookie that takes its place.
func (g *Gate) SignOut(r *http.Request) (*http.Cookie, error) {
	gone := cookie(r, "", -1)
	c, err := r.Cookie(Cookie)
	if err != nil {
		return gone, nil //nolint:nilerr // nobody was signed in
	}
	return gone, g.Sessions.EndSession(r.Context(), sum(c.Value))
}

func cookie(r *http.Request, id string, seconds int) *http.Cookie {
	return &http.Cookie{Name: Cookie, Value: id, Path: "/", MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: Secure(r)} //nolint:gosec // G124: Secure wherever the browser came by https
}

// Secure reports whether the browser came by https, to this process or to the proxy before it.
func Secure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// Remote is the address that a request came from, without the port.
func Remote(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

func sum(id string) string {
	all := sha256.Sum256([]byte(id))
	return hex.EncodeToString(all[:])
}

// proof is the same as long as the user's password is.
func proof(u user) string { return sum(u.Hash)[:16] }
