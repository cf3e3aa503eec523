package app

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"foresight/internal/web"
	"foresight/internal/web/access"
)

// newGate knows who asks for a page, by the configuration.
func (w *works) newGate() (*access.Gate, error) {
	o := access.Options{Users: w.cfg.Web.Users, Sessions: w.store, Clock: w.app.Clock, Loopback: access.Loopback(w.cfg.Web.Addr)}
	for _, t := range w.cfg.Web.Tokens {
		o.Tokens = append(o.Tokens, access.Token{Name: t.Name, Secret: t.Secret.Value(), Grants: t.Grants})
	}
	g, err := access.New(o)
	return g, usage(err)
}

// audit logs what people did by the pages, and tried to.
func (w *works) audit(d web.Deed) {
	e := w.line.Log.Info()
	if d.Refused != "" {
		e = w.line.Log.Warn().Str("refused", d.Refused)
	}
	e.Str("who", d.Who).Str("did", d.Did).Str("of", d.Of).Str("remote", d.Remote).Msg("audit")
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
