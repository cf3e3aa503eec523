package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"foresight/internal/web/access"
)

// Deed is what somebody did, or tried to, for the log.
type Deed struct {
	Who, Did, Of string // Who "": nobody signs in here
	Remote       string
	Refused      string // why it was not done; "": it was
}

type whoKey struct{}

// whoIn is who asks; outside of any request it is nobody.
func whoIn(ctx context.Context) access.Who {
	w, _ := ctx.Value(whoKey{}).(access.Who)
	return w
}

func who(r *http.Request) access.Who { return whoIn(r.Context()) }

// public are the pages for whom nobody needs to sign in; what they tell is little then.
var public = map[string]bool{"/livez": true, "/healthz": true, "/readyz": true, "/login": true, "/logout": true}

// admit finds out who asks, and sends who must say so to the place for it.
func (v *server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		someone, err := v.options.Gate.Who(r)
		if err != nil && !public[r.URL.Path] {
			v.internal(w, fmt.Errorf("finding out who asks: %w", err))
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), whoKey{}, someone))
		open := public[r.URL.Path] || strings.HasPrefix(r.URL.Path, "/calendar/") // a feed shows a secret of its own
		switch {
		case someone.Known() || open:
			next.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, apiRoot), r.URL.Path == "/metrics":
			w.Header().Set("WWW-Authenticate", "Bearer")
			v.apiError(w, http.StatusUnauthorized, "the bearer token is missing or is not known")
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			http.Redirect(w, r, "/login?"+url.Values{"to": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
		default:
			v.message(w, http.StatusUnauthorized, "You are not signed in", "Go back, copy what you wrote, sign in and send it again.")
		}
	})
}

// mostForm is the largest form, in bytes.
const mostForm = 64 << 10

// guard refuses what another site makes a browser send, and what is too large.
func (v *server) guard(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.audit(r, r.URL.Path, "another site's form")
		v.message(w, http.StatusForbidden, "This came from another site", "Open the page here and send it from there.")
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

// audit tells of what somebody did to something; refused says why it was not done.
func (v *server) audit(r *http.Request, of, refused string) {
	did := "post"
	if verb := r.PathValue("verb"); verb != "" {
		did = verb
	}
	v.options.Audit(Deed{Who: who(r).Name, Did: did, Of: of, Remote: access.Remote(r), Refused: refused})
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
		v.render(w, http.StatusOK, "login.gohtml", loginPage{frame: v.frame(r, "sign in", ""), To: r.URL.Query().Get("to")})
	})
	v.writes.HandleFunc("POST /login", v.login)
	v.writes.HandleFunc("POST /logout", v.logout)
}

// loginPage is what login.gohtml prints.
type loginPage struct {
	frame
	To, Name, Problem string
}

func (v *server) login(w http.ResponseWriter, r *http.Request) {
	name, to := r.PostFormValue("name"), r.PostFormValue("to")
	cookie, err := v.options.Gate.SignIn(r, name, r.PostFormValue("password"))
	deed := Deed{Who: name, Did: "sign in", Remote: access.Remote(r)}
	switch {
	case errors.Is(err, access.ErrWrong), errors.Is(err, access.ErrTooMany):
		deed.Refused = err.Error()
		v.options.Audit(deed)
		status := http.StatusUnauthorized
		if errors.Is(err, access.ErrTooMany) {
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", "60")
		}
		v.render(w, status, "login.gohtml", loginPage{frame: v.frame(r, "sign in", ""), To: to, Name: name, Problem: err.Error()})
	case err != nil:
		v.internal(w, fmt.Errorf("signing in: %w", err))
	default:
		v.options.Audit(deed)
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
	v.options.Audit(Deed{Who: who(r).Name, Did: "sign out", Remote: access.Remote(r)})
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
