package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"foresight/configs"
	"foresight/internal/web"
	"foresight/internal/web/access"
	"foresight/internal/web/sso"
)

// newGate knows who asks for a page, by the configuration.
func (w *works) newGate() (*access.Gate, error) {
	o := access.Options{Users: w.cfg.Web.Users, Sessions: w.store, Clock: w.app.Clock, Loopback: access.Loopback(w.cfg.Web.Addr)}
	o.Provider = access.Provider{Issuer: w.cfg.Web.OIDC.Issuer, Client: w.cfg.Web.OIDC.ClientID, Grants: w.cfg.Web.OIDC.Grants}
	for _, t := range w.cfg.Web.Tokens {
		o.Tokens = append(o.Tokens, access.Token{Name: t.Name, Secret: t.Secret.Value(), Grants: t.Grants})
	}
	g, err := access.New(o)
	return g, usage(err)
}

// newSignOn is the provider by whom people sign in; nil where none is configured.
func (a *App) newSignOn(o configs.OIDC) (*sso.Provider, error) {
	if o.Issuer == "" {
		return nil, nil //nolint:nilnil // no provider is no failure
	}
	p, err := sso.New(sso.Options{
		Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.Secret.Value(), RedirectURL: o.RedirectURL, Scopes: o.Scopes,
		UserClaim: o.UserClaim, RolesClaim: o.RolesClaim, CAFile: o.CAFile, Clock: a.Clock,
	})
	return p, usage(err)
}

// audit logs and keeps what people did by the pages, and tried to. That it cannot be kept is logged too: what was
// done is done.
func (w *works) audit(ctx context.Context, d web.Deed) {
	e := w.line.Log.Info()
	if d.Refused != "" {
		e = w.line.Log.Warn().Str("refused", d.Refused)
	}
	e.Str("who", d.Who).Str("did", d.Did).Str("of", d.Of).Str("remote", d.Remote).Msg("audit")
	if !w.lasting(d) {
		return
	}
	d.ID = rand.Text()
	if err := w.store.KeepDeed(ctx, d); err != nil {
		w.line.Log.Error().Err(err).Msg("the deed is in this log only")
	}
}

// lasting reports whether a deed is worth a row: what strangers try without end must not fill the disk. A sign-in is
// bounded until there were too many.
func (w *works) lasting(d web.Deed) bool {
	if !w.gate.Locked() || d.Refused == access.ErrTooMany.Error() {
		return false
	}
	return d.Who != ""
}

// WebHash prints what a password's user has in the configuration.
func (a *App) WebHash() error {
	password, err := a.password()
	if err != nil {
		return err
	}
	hash, err := access.Hash(password)
	if err != nil {
		return usage(err)
	}
	return a.say("%s", hash)
}

// password is the first line of the input; at a terminal it is asked for, and not shown.
func (a *App) password() (string, error) {
	if f, ok := a.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(a.Err, "Password: ")
		typed, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.Err)
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		return string(typed), nil
	}
	line, err := bufio.NewReader(a.In).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
