package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"foresight/internal/web/access"
	"foresight/models"
)

// Deed is what somebody did, or tried to, for the log.
type Deed = models.Deed

type whoKey struct{}

// whoIn is who asks; outside of any request it is nobody.
func whoIn(ctx context.Context) access.Who {
	w, _ := ctx.Value(whoKey{}).(access.Who)
	return w
}

func who(r *http.Request) access.Who { return whoIn(r.Context()) }

// public are the pages for whom nobody needs to sign in; what they tell is little then.
var public = map[string]bool{"/livez": true, "/healthz": true, "/readyz": true, "/login": true, "/logout": true, signOnPath: true, callbackPath: true}

// admit finds out who asks, and sends who must say so to the place for it.
func (v *server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		someone, err := v.options.Gate.Who(r)
		if err != nil && !public[r.URL.Path] {
			v.speaking(r).internal(w, fmt.Errorf("finding out who asks: %w", err))
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), whoKey{}, someone))
		open := public[r.URL.Path] || strings.HasPrefix(r.URL.Path, "/calendar/") // a feed shows a secret of its own
		switch {
		case v.hasty(w, r, someone):
		case someone.Known() || open:
			next.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, apiRoot), r.URL.Path == "/metrics":
			w.Header().Set("WWW-Authenticate", "Bearer")
			v.apiError(w, http.StatusUnauthorized, "the bearer token is missing or is not known")
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			http.Redirect(w, r, "/login?"+url.Values{"to": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
		default:
			v.speaking(r).message(w, http.StatusUnauthorized, "You are not signed in", "Go back, copy what you wrote, sign in and send it again.")
		}
	})
}

// How often programs may ask, each by its name, and how often who is not known, by address: bearer tokens are
// not to be guessed, and a provider is not to be asked without end.
const (
	programsPerSecond, programsAtOnce   = 20, 200
	strangersPerSecond, strangersAtOnce = 2, 60
)

// hasty refuses who asks too often of what programs ask, or to sign in by the provider.
func (v *server) hasty(w http.ResponseWriter, r *http.Request, someone access.Who) bool {
	api := strings.HasPrefix(r.URL.Path, apiRoot)
	switch {
	case v.options.Clock == nil || !api && !strings.HasPrefix(r.URL.Path, signOnPath):
		return false
	case api && someone.Known() && v.programs.Takes(someone.Name+"\x1f"+access.Remote(r), v.now()):
		return false
	case (!api || !someone.Known()) && v.strangers.Takes(access.Remote(r), v.now()):
		return false
	}
	w.Header().Set("Retry-After", "2")
	if api {
		v.apiError(w, http.StatusTooManyRequests, "too many requests; slow down")
		return true
	}
	v.speaking(r).message(w, http.StatusTooManyRequests, "Too many sign-ins at once", "Wait a few seconds, then try again.")
	return true
}

// mostForm is the largest form, in bytes.
const mostForm = 64 << 10

// guard refuses what another site makes a browser send, and what is too large.
func (v *server) guard(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.audit(r, "", r.URL.Path, "another site's form")
		v.speaking(r).message(w, http.StatusForbidden, "This came from another site", "Open the page here and send it from there.")
	}))
	return p.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(mostForm)
		if r.URL.Path == forecastPath {
			most = mostSeries
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	}))
}

// audit tells of what somebody did to something of a customer's; refused says why it was not done.
func (v *server) audit(r *http.Request, customer, of, refused string) {
	did := "post"
	if verb := r.PathValue("verb"); verb != "" {
		did = verb
	}
	v.did(r, did, customer, of, refused)
}

func (v *server) did(r *http.Request, did, customer, of, refused string) {
	v.tell(r, Deed{At: v.now(), Who: who(r).Name, Did: did, Of: of, Customer: customer, Remote: access.Remote(r), Refused: refused})
}

// tell hands a deed on: also that of somebody who has left before it was kept.
func (v *server) tell(r *http.Request, d Deed) {
	v.options.Audit(context.WithoutCancel(r.Context()), d)
}

// forAll lets only those in who see every customer.
func (v *server) forAll(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !who(r).SeesAll() {
			v.apiError(w, http.StatusForbidden, "this is of all customers, and not all are yours")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// signing are the pages by which people come and go, where there are users.
func (v *server) signing(mux *http.ServeMux) {
	if !v.options.Gate.Locked() {
		return
	}
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		v.speaking(r).loginPage(w, r, http.StatusOK, loginPage{To: r.URL.Query().Get("to")})
	})
	if v.options.SignOn != nil {
		mux.HandleFunc(signOnPath, v.to((*server).signOn))
		mux.HandleFunc(callbackPath, v.to((*server).signedOn))
	}
	v.writes.HandleFunc("POST /login", v.to((*server).login))
	v.writes.HandleFunc("POST /logout", v.to((*server).logout))
}

// tried says why a password let nobody in.
var tried = map[int]string{
	http.StatusUnauthorized:    "The name or the password is wrong",
	http.StatusTooManyRequests: "Too many sign-ins were tried; wait a minute, then try again",
}

// loginPage is what login.gohtml prints.
type loginPage struct {
	frame
	To, Name, Problem string
	SignOn, Provider  string // where to sign in by the provider, and its name; "": there is none
	Local             bool   // there are users with passwords
}

func (v *server) loginPage(w http.ResponseWriter, r *http.Request, status int, p loginPage) {
	p.frame, p.Local = v.frame(r, v.say.T("Sign in"), ""), len(v.options.Gate.Users) > 0
	if v.options.SignOn != nil {
		p.SignOn, p.Provider = signOnPath, v.options.SignOnName
		if p.To != "" {
			p.SignOn += "?" + url.Values{"to": {p.To}}.Encode()
		}
	}
	v.render(w, status, "login.gohtml", p)
}

func (v *server) login(w http.ResponseWriter, r *http.Request) {
	name, to := r.PostFormValue("name"), r.PostFormValue("to")
	cookie, err := v.options.Gate.SignIn(r, name, r.PostFormValue("password"))
	deed := Deed{At: v.now(), Who: name[:min(len(name), mostTitle)], Did: "sign in", Remote: access.Remote(r)}
	switch {
	case errors.Is(err, access.ErrWrong), errors.Is(err, access.ErrTooMany):
		deed.Refused = err.Error()
		v.tell(r, deed)
		status := http.StatusUnauthorized
		if errors.Is(err, access.ErrTooMany) {
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", "60")
		}
		v.loginPage(w, r, status, loginPage{To: to, Name: name, Problem: v.say.T(tried[status])})
	case err != nil:
		v.internal(w, fmt.Errorf("signing in: %w", err))
	default:
		v.tell(r, deed)
		http.SetCookie(w, cookie)
		http.Redirect(w, r, ours(to), http.StatusSeeOther) //nolint:gosec // G710: ours takes no other site
	}
}

func (v *server) logout(w http.ResponseWriter, r *http.Request) {
	cookie, err := v.options.Gate.SignOut(r)
	if err != nil {
		v.internal(w, fmt.Errorf("signing out: %w", err))
		return
	}
	v.did(r, "sign out", "", "", "")
	http.SetCookie(w, cookie)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// ours is a place to go to if it is of these pages, else the first of them: what follows the sign-in is in the
// address, and anybody may write an address.
func ours(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}
