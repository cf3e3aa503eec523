// Package web shows the reports of the last runs over HTTP: an index of customers
// with what needs doing, a page each, and health for those who watch Foresight
// itself. Pages read; nothing can be changed through them. They load nothing from
// elsewhere and run no script, and the headers hold them to it. Where there is a Process
// its cases are shown and worked on; who may see and do what, the Gate says.
package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"foresight/internal/web/access"
	"foresight/internal/wording"
	"foresight/models"
)

//go:embed *.gohtml
var files embed.FS

//go:embed style.css
var style string

// Source is what the pages are made of. Board is one.
type Source interface {
	// Customers returns every customer's standing, in the order of the index.
	Customers(ctx context.Context) ([]Standing, error)
	// Report returns a customer's latest page; false when there is none.
	Report(ctx context.Context, customer string) (Page, bool, error)
}

// Standing is where a customer stands after its last run.
type Standing struct {
	ID, Name  string
	Zone      *time.Location // of the dates shown; nil is UTC
	Run       Run
	AsOf      time.Time         // of the latest page; zero when there is none
	Actions   []models.Action   // open ones of that page
	Plans     []models.Incident // open cases that have one
	Overloads int               // open overload findings of that page
	Further   int               // open findings of crossings beyond the time for which work is dated
	Unknown   int               // signals of that page without a forecast
	Findings  map[string]int    // open findings of that page, by kind
	Pending   int               // queries that have had no pass yet
	Complete  time.Time         // when the passes of all queries had last succeeded; zero: not yet
}

// Run is how the last run went.
type Run struct {
	Ended time.Time // zero: none has ended yet
	Error string    // why it failed; "" when it did not
}

// Page is one rendered report.
type Page struct {
	HTML     []byte
	IssuedAt time.Time
}

// Options are the choices of a handler.
type Options struct {
	Version string           // shown at the foot; "" leaves it out
	Clock   func() time.Time // for how long ago a run ended; nil leaves that out
	OnError func(error)      // is told what the reader only sees as an internal error; nil drops it
	Metrics http.Handler     // answers /metrics; nil: there is no such page
	Intake  http.Handler     // takes what systems report, beside the pages; nil: nobody may

	// Process is what the pages of the incident process show; nil: there are none.
	Process Process
	// Forecasts are what programs may ask for; nil: nothing.
	Forecasts Forecaster
	// Roster is who is on call; nil, or without a Process: there is no such page.
	Roster Roster
	// Admin is what administrators see and do beside; nil: there are no such pages.
	Admin Admin
	// Gate knows who asks; nil: everybody may read, and nobody write.
	Gate *access.Gate
	// SignOn lets people in beside the gate's users, and SignOnName is what they call it; nil: nobody does.
	SignOn     SignOn
	SignOnName string
	// Audit is told of what people did, and tried to; nil: nobody.
	Audit func(ctx context.Context, d Deed)

	// Database asks whether the state can be read; nil: it always can.
	Database func(ctx context.Context) error
	// Delivery says why events do not reach Splunk, a line a reason; nil: nobody knows.
	Delivery func(ctx context.Context) ([]string, error)
	// Calendar returns a customer's feed to whoever has its secret, false to all others; nil:
	// there are no feeds.
	Calendar func(ctx context.Context, customer, secret string) ([]byte, bool, error)
}

// server is the handler's state.
type server struct {
	source  Source
	options Options
	pages   map[string]*template.Template // by language
	say     wording.Voice                 // of the reader, where there is one
	style   template.CSS
	writes  *http.ServeMux // what may be posted
	queue   *queue         // of forecasts

	programs, strangers *access.Pace // of who asks often
}

// New returns the handler of all pages:
//
//	GET /                   the customers, what needs doing, how the last run went
//	GET /report/{customer}  the latest report
//	GET /livez              200 while the process serves
//	GET /healthz            200 while it serves and its database answers, else 503
//	GET /readyz             200 when every customer's last run succeeded and its events
//	                        reach Splunk, else 503 and why
//	GET /metrics            for Prometheus, where Options has them
//	GET /incidents, /incidents/{id}, /actions, /services
//	                        the incident process, where Options has it; POST changes it
//	GET /oncall             who is on call, where Options has it; POST puts others in
//	GET /admin/access, /admin/audit, /admin/outbox  for administrators, where Options has them
//	GET /calendar/{customer}/{secret}.ics  the coming days, where Options has them
//	GET, POST /login        where there are users; POST /logout
//	GET /login/oidc, /login/oidc/callback  by a provider, where Options has one
//	/api/v1/incidents, /api/v1/actions, /api/v1/oncall  the process as JSON
//	POST /api/v1/forecast   forecasts of the series that it brings, where Options has them
//	/api/v1/…, /v2/enqueue  for systems that report, where Options has them
//
// HEAD works wherever GET does; other methods of pages get 405, other paths 404.
func New(s Source, o Options) http.Handler {
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	if o.Audit == nil {
		o.Audit = func(context.Context, Deed) {}
	}
	if o.Gate == nil {
		o.Gate, _ = access.New(access.Options{}) // without users nothing can be wrong with one
	}
	v := &server{source: s, options: o, style: template.CSS(style), //nolint:gosec // G203: our own embedded file
		pages:    templates(),
		programs: access.NewPace(programsPerSecond, programsAtOnce), strangers: access.NewPace(strangersPerSecond, strangersAtOnce)}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", v.to((*server).index))
	mux.HandleFunc("/report/{customer}", v.to((*server).report))
	mux.HandleFunc("/livez", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") })
	mux.HandleFunc("/healthz", v.to((*server).healthy))
	mux.HandleFunc("/readyz", v.to((*server).ready))
	if o.Metrics != nil {
		mux.Handle("/metrics", v.forAll(o.Metrics))
	}
	v.writes = http.NewServeMux()
	v.signing(mux)
	if o.Admin != nil && o.Process != nil && o.Gate.Locked() {
		v.adminPages(mux)
	}
	if o.Process != nil {
		v.processPages(mux)
	}
	if o.Forecasts != nil {
		v.forecasts(mux)
	}
	if o.Calendar != nil {
		mux.HandleFunc("/calendar/{customer}/{file}", v.to((*server).calendar))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		v.speaking(r).message(w, http.StatusNotFound, "There is no such page", "The list of customers may have what you look for.")
	})
	return beside(secure(v.admit(v.methods(mux))), o.Intake)
}

// NewMetrics returns the handler of an address that only Prometheus asks: /metrics and
// nothing else.
func NewMetrics(metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	return secure(mux)
}

// secure sets the headers that keep a page from loading, running or being framed
// by anything else.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin") // without any, a form would not say that it is of these pages
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if access.Secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000") // of this host alone: others may not be ours
		}
		h.Set("Cache-Control", "no-cache") // ask again each time; the ETag makes that cheap
		next.ServeHTTP(w, r)
	})
}

// methods hands what is posted to those who take it, and refuses all but that, GET and HEAD.
func (v *server) methods(next http.Handler) http.Handler {
	writes := v.guard(v.writes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, taken := v.writes.Handler(r); taken != "" && r.Method == http.MethodPost {
			writes.ServeHTTP(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			v.speaking(r).message(w, http.StatusMethodNotAllowed, "These pages can only be read", "Use GET or HEAD.")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// report serves a customer's latest page, with an ETag so that an unchanged one
// travels once.
func (v *server) report(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("customer")
	if !who(r).Sees(id) {
		v.noReport(w)
		return
	}
	page, ok, err := v.source.Report(r.Context(), id)
	if err != nil {
		v.internal(w, fmt.Errorf("reading the report of customer %q: %w", id, err))
		return
	}
	if !ok {
		v.noReport(w)
		return
	}
	sum := sha256.Sum256(page.HTML)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	http.ServeContent(w, r, "", page.IssuedAt, bytes.NewReader(page.HTML))
}

func (v *server) noReport(w http.ResponseWriter) {
	v.message(w, http.StatusNotFound, "There is no report of this customer",
		"Either no run has ended yet, or no customer of that name is configured.")
}

// internal answers 500 and tells the operator, not the reader, why.
func (v *server) internal(w http.ResponseWriter, err error) {
	v.options.OnError(err)
	v.message(w, http.StatusInternalServerError, "Something went wrong here", "The log says what; trying again later may help.")
}

// messagePage is what message.gohtml prints.
type messagePage struct {
	Style       template.CSS
	Code        int
	Title, Text string
}

// message answers with a short page.
func (v *server) message(w http.ResponseWriter, code int, title, text string) {
	v.render(w, code, "message.gohtml", messagePage{v.style, code, v.say.T(title), v.say.T(text)})
}

// render writes a page whole or, when its template fails, a bare 500.
func (v *server) render(w http.ResponseWriter, code int, name string, data any) {
	var b bytes.Buffer
	if err := v.pages[v.say.Lang()].ExecuteTemplate(&b, name, data); err != nil {
		v.options.OnError(fmt.Errorf("rendering %s: %w", name, err))
		plain(w, http.StatusInternalServerError, "internal error")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // the reader has gone: nobody to tell
}
