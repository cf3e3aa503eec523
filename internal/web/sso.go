package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"foresight/internal/web/access"
	"foresight/internal/web/sso"
)

// SignOn is the provider by which people sign in, as the pages ask it.
type SignOn interface {
	// Start returns what the browser keeps meanwhile, and where it goes. Error: sso.ErrAway.
	Start(ctx context.Context, to string) (sso.Trip, string, error)
	// Finish says who came back. Errors: those of sso.
	Finish(ctx context.Context, t sso.Trip, back url.Values) (sso.Identity, error)
}

// The addresses of a sign-in by a provider, and the cookie that only they are sent.
const (
	signOnPath   = "/login/oidc"
	callbackPath = signOnPath + "/callback"
	tripCookie   = "foresight_signin"
	longestTo    = 1000 // of an address to go to afterwards, in a cookie
)

// signOn sends a browser to the provider. What must come back is in a cookie of its own, so that nobody who
// only asks makes us keep anything.
func (v *server) signOn(w http.ResponseWriter, r *http.Request) {
	to := ours(r.URL.Query().Get("to"))
	if len(to) > longestTo {
		to = "/"
	}
	trip, where, err := v.options.SignOn.Start(r.Context(), to)
	if err != nil {
		v.notSignedOn(w, r, "", to, err)
		return
	}
	kept, err := json.Marshal(trip)
	if err != nil {
		v.internal(w, fmt.Errorf("writing what a sign-in keeps: %w", err))
		return
	}
	http.SetCookie(w, trips(r, base64.RawURLEncoding.EncodeToString(kept), int(trip.Until.Sub(v.now()).Seconds())))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, where, http.StatusSeeOther) //nolint:gosec // G710: the provider's address, of the configuration
}

// trips is the cookie of a sign-in under way: it comes back from the provider's site, which Lax permits.
func trips(r *http.Request, value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: tripCookie, Value: value, Path: signOnPath, MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: access.Secure(r)} //nolint:gosec // G124: Secure wherever the browser came by https
}

// signedOn takes who comes back from the provider.
func (v *server) signedOn(w http.ResponseWriter, r *http.Request) {
	trip := tripOf(r)
	http.SetCookie(w, trips(r, "", -1)) // whatever comes of it, it was for once
	w.Header().Set("Cache-Control", "no-store")
	someone, err := v.options.SignOn.Finish(r.Context(), trip, r.URL.Query())
	if err != nil {
		v.notSignedOn(w, r, "", trip.To, err)
		return
	}
	cookie, err := v.options.Gate.Vouch(r, someone.Name, someone.Groups)
	if err != nil {
		v.notSignedOn(w, r, someone.Name, trip.To, err)
		return
	}
	v.tell(r, Deed{At: v.now(), Who: someone.Name, Did: "sign in", Of: "by " + v.options.SignOnName, Remote: access.Remote(r)})
	http.SetCookie(w, cookie)
	http.Redirect(w, r, ours(trip.To), http.StatusSeeOther)
}

// tripOf is what the browser kept; the zero Trip, which nothing fits, where it kept none.
func tripOf(r *http.Request) (t sso.Trip) {
	c, err := r.Cookie(tripCookie)
	if err != nil {
		return sso.Trip{}
	}
	kept, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(kept, &t) != nil {
		return sso.Trip{}
	}
	return t
}

// notSignedOn says on the sign-in page why nobody was let in; the details are for the log.
func (v *server) notSignedOn(w http.ResponseWriter, r *http.Request, name, to string, err error) {
	var refused sso.RefusedError
	status := http.StatusForbidden
	var words string
	switch {
	case errors.Is(err, sso.ErrAway):
		status, words = http.StatusServiceUnavailable, v.say.T("The sign-in service does not answer. Try again in a while")
		if len(v.options.Gate.Users) > 0 {
			words += v.say.T("; who has a password here can sign in with it")
		}
	case errors.Is(err, sso.ErrTrip):
		status, words = http.StatusBadRequest, v.say.T("This sign-in was begun in another window or too long ago. Begin again")
	case errors.Is(err, sso.ErrToken):
		words = v.say.T("What the sign-in service says cannot be trusted, so nobody was signed in. Whoever runs Foresight finds the reason in its log")
	case errors.Is(err, access.ErrNoRole):
		words = v.say.T("You are %s, and nothing here is open to you: none of your groups has a role. Ask whoever runs Foresight to give one of them a role (web.oidc.roles)", name)
	case errors.Is(err, access.ErrTaken):
		words = v.say.T("The name %s belongs to a local user or a program here. Sign in with its password", name)
	case errors.As(err, &refused):
		words = v.say.T("The sign-in service has not let you in")
		if refused.Code != "access_denied" {
			words += ": " + refused.Code
		}
	default:
		v.internal(w, fmt.Errorf("signing %q in: %w", name, err))
		return
	}
	v.tell(r, Deed{At: v.now(), Who: name, Did: "sign in", Of: "by " + v.options.SignOnName, Remote: access.Remote(r), Refused: strings.ToValidUTF8(err.Error(), "")})
	v.loginPage(w, r, status, loginPage{To: to, Problem: words})
}
