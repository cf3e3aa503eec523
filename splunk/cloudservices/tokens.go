package cloudservices

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/splunk/splunk-cloud-sdk-go/idp"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// tokens gets access tokens by OAuth's client credentials flow and keeps the last one.
// The request is the one that the SDK's ClientFlow makes, which knows no deadline, no
// proxy and no authority of one's own, and is repeated by everybody who waits for it.
type tokens struct {
	conn      *wire.Conn // to the identity provider
	id, scope string
	secret    func() string // as it is now
	clock     func() time.Time

	turn  chan struct{} // holds the right to read or renew what follows
	token string        // "" before the first
	until time.Time     // when it ends; zero if that was not said
}

func newTokens(c *wire.Conn, o Config) *tokens {
	secret := o.Fresh
	if secret == nil {
		secret = func() string { return o.ClientSecret }
	}
	return &tokens{conn: c, id: o.ClientID, secret: secret, scope: o.Scope, clock: o.Clock, turn: make(chan struct{}, 1)}
}

// margin is how long before its end a token is replaced, at most: one that lives but a
// minute would otherwise be asked for with every request.
const margin = time.Minute

// get returns a token other than the stale one, asking for it when there is none or its
// end is near. Callers take turns, so that many of them ask once.
func (t *tokens) get(ctx context.Context, stale string) (string, error) {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", t.conn.Broken(ctx, "waiting for a token", ctx.Err())
	}
	defer func() { <-t.turn }()
	now := t.clock()
	if t.token != "" && t.token != stale && (t.until.IsZero() || now.Before(t.until)) {
		return t.token, nil
	}
	t.token = ""
	got, err := t.ask(ctx)
	if err != nil {
		return "", err
	}
	t.conn.Hide.Add(got.AccessToken)
	t.token, t.until = got.AccessToken, time.Time{}
	if life := time.Duration(got.ExpiresIn) * time.Second; life > 0 {
		t.until = now.Add(life - min(margin, life/10))
	}
	return t.token, nil
}

// ask makes the request.
func (t *tokens) ask(ctx context.Context) (idp.Context, error) {
	const op = "asking for a token"
	secret := t.secret()
	t.conn.Hide.Add(secret)
	body := url.Values{"grant_type": {"client_credentials"}, "scope": {t.scope}}.Encode()
	rep, err := t.conn.Do(ctx, wire.Request{Op: op, Method: http.MethodPost, Path: "/token", Body: []byte(body), Header: http.Header{
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(t.id+":"+secret))},
		"Content-Type":  {"application/x-www-form-urlencoded"}, "Accept": {"application/json"},
	}})
	if err != nil {
		return idp.Context{}, err
	}
	if rep.Status != http.StatusOK {
		e := t.conn.Fail(op, rep)
		switch e.Why {
		case splunk.ReasonUnauthorized, splunk.ReasonBadRequest: // RFC 6749 has 400 for most of what is refused
			e.Why, e.Mend = splunk.ReasonUnauthorized, "check client_id and client_secret"
		case splunk.ReasonNotFound:
			e.Mend = "check idp_host"
		}
		return idp.Context{}, e
	}
	var got idp.Context
	if err := json.Unmarshal(rep.Body, &got); err != nil || !usable(got.AccessToken) {
		e := t.conn.Unclear(op, rep, errors.New("the answer holds no access token"))
		e.Reply, e.Mend = "", "check that idp_host is the identity provider" // the answer may hold a token after all
		return idp.Context{}, e
	}
	return got, nil
}

// usable tells whether a token can stand in a header.
func usable(token string) bool {
	return token != "" && !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
}
