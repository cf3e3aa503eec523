package enterprise

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// auth adds credentials to requests, and renews the session when it has ended.
type auth struct {
	conn     *wire.Conn
	username string // "" with a token
	fresh    func() string

	turn chan struct{} // holds the right to read or renew key
	key  string        // session key, "" before the first login
}

func newAuth(c *wire.Conn, s SearchConfig) *auth {
	given := s.Token
	if given == "" {
		given = s.Password
	} else {
		s.Username = ""
	}
	return &auth{conn: c, username: s.Username, fresh: kept(c, given, s.Fresh), turn: make(chan struct{}, 1)}
}

// kept returns the secret as it is now, and keeps each out of what is told.
func kept(c *wire.Conn, given string, now func() string) func() string {
	c.Hide.Add(given)
	return func() string {
		if now == nil {
			return given
		}
		secret := now()
		c.Hide.Add(secret)
		return secret
	}
}

// do makes an exchange with credentials. A session that the server no longer knows is
// renewed once; of a token that it no longer knows a newer one is tried, if there is one.
func (a *auth) do(ctx context.Context, r wire.Request) (wire.Reply, error) {
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	r.Header = header
	if a.username == "" {
		token := a.fresh()
		header.Set("Authorization", "Bearer "+token)
		rep, err := a.conn.Do(ctx, r)
		if newer := a.fresh(); err == nil && rep.Status == http.StatusUnauthorized && newer != token {
			header.Set("Authorization", "Bearer "+newer)
			return a.conn.Do(ctx, r)
		}
		return rep, err
	}
	key, err := a.session(ctx, "")
	if err != nil {
		return wire.Reply{}, err
	}
	header.Set("Authorization", "Splunk "+key)
	rep, err := a.conn.Do(ctx, r)
	if err != nil || rep.Status != http.StatusUnauthorized {
		return rep, err
	}
	if key, err = a.session(ctx, key); err != nil {
		return wire.Reply{}, err
	}
	header.Set("Authorization", "Splunk "+key)
	return a.conn.Do(ctx, r)
}

// session returns a key other than the stale one, logging in when there is none.
// Callers take turns, so that many of them log in once.
func (a *auth) session(ctx context.Context, stale string) (string, error) {
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return "", a.conn.Broken(ctx, "waiting for the login", ctx.Err())
	}
	defer func() { <-a.turn }()
	if a.key != "" && a.key != stale {
		return a.key, nil
	}
	a.key = ""
	key, err := a.login(ctx)
	if err != nil {
		return "", err
	}
	a.conn.Hide.Add(key)
	a.key = key
	return key, nil
}

func (a *auth) login(ctx context.Context) (string, error) {
	const op = "logging in"
	body := url.Values{"username": {a.username}, "password": {a.fresh()}, "output_mode": {"json"}}.Encode()
	rep, err := a.conn.Do(ctx, wire.Request{Op: op, Method: http.MethodPost, Path: "/services/auth/login", Body: []byte(body), Header: form()})
	if err != nil {
		return "", err
	}
	if rep.Status != http.StatusOK {
		e := a.conn.Fail(op, rep)
		if e.Why == splunk.ReasonUnauthorized || e.Why == splunk.ReasonBadRequest {
			e.Why, e.Mend = splunk.ReasonUnauthorized, "check user name and password"
		}
		return "", e
	}
	key := sessionKey(rep.Body)
	if key == "" {
		e := a.conn.Unclear(op, rep, errors.New("the answer holds no session key"))
		e.Reply = "" // it may hold one after all
		return "", e
	}
	return key, nil
}

// sessionKey reads {"sessionKey":…} or <response><sessionKey>; "" when neither is there.
func sessionKey(body []byte) string {
	var j struct {
		Key string `json:"sessionKey"`
	}
	if json.Unmarshal(body, &j) == nil {
		return usable(j.Key)
	}
	var x struct {
		Key string `xml:"sessionKey"`
	}
	if xml.Unmarshal(body, &x) == nil {
		return usable(strings.TrimSpace(x.Key))
	}
	return ""
}

// usable refuses a key that could not stand in a header.
func usable(key string) string {
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return key
}
