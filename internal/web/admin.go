package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"foresight/internal/web/access"
	"foresight/models"
)

// Admin is what administrators see and do beside the process.
type Admin interface {
	// Deeds returns what people did, the newest first.
	Deeds(ctx context.Context, f models.DeedFilter) ([]models.Deed, error)
	// Sessions are those of who is signed in.
	Sessions(ctx context.Context) ([]models.Session, error)
	// EndSessionsOf ends all of somebody's, and says how many there were.
	EndSessionsOf(ctx context.Context, user, provider string) (int, error)
	// Refused returns the events that Splunk will not take.
	Refused(ctx context.Context) ([]models.Refused, error)
	// Resend puts one of them in line once more, and Drop takes it out for good. Error: RefusedError.
	Resend(ctx context.Context, id string) error
	Drop(ctx context.Context, id string) error
}

// adminPages are those of who administers a customer.
func (v *server) adminPages(mux *http.ServeMux) {
	mux.HandleFunc("/admin/access", v.to(forAdmins((*server).accessPage)))
	mux.HandleFunc("/admin/audit", v.to(forAdmins((*server).auditPage)))
	mux.HandleFunc("/admin/outbox", v.to(forAdmins((*server).outboxPage)))
	v.writes.HandleFunc("POST /admin/sessions/end", v.to(forAdmins((*server).endSessions)))
	v.writes.HandleFunc("POST /admin/outbox/{id}/{verb}", v.to(forAdmins((*server).mendOutbox)))
}

// forAdmins lets only those in who administer some customer; of which, each page asks for itself.
func forAdmins(next func(*server, http.ResponseWriter, *http.Request)) func(*server, http.ResponseWriter, *http.Request) {
	return func(v *server, w http.ResponseWriter, r *http.Request) {
		if who(r).Administers() {
			next(v, w, r)
			return
		}
		v.did(r, "administer", "", r.URL.Path, "may not")
		v.message(w, http.StatusForbidden, "This is for administrators", "Who is one is in the configuration: the role admin, in web.users or web.oidc.")
	}
}

// mostDeeds bounds a page of the audit log.
const mostDeeds = 200

// deedsPage is what audit.gohtml prints.
type deedsPage struct {
	frame
	Deeds   []deedRow
	Who     string
	Refused bool
	Older   string // where the older ones are; "": there are none
}

type deedRow struct{ At, Who, Did, Of, Remote, Refused string }

// auditPage says who did what, from where. What is of no customer, such as sign-ins, is for those who administer all.
func (v *server) auditPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f := models.DeedFilter{Who: strings.TrimSpace(q.Get("who")), Refused: q.Get("refused") != "", Most: mostDeeds + 1}
	if !who(r).May(access.Audit, models.EveryCustomer) {
		f.Customers = []string{}
		for _, c := range v.options.Process.Customers() {
			if who(r).May(access.Audit, c.ID) {
				f.Customers = append(f.Customers, c.ID)
			}
		}
	}
	before, err := cursorOf(q.Get("before"))
	if err != nil {
		v.message(w, http.StatusBadRequest, "There is no such page", err.Error())
		return
	}
	f.Before = before
	found, err := v.options.Admin.Deeds(r.Context(), f)
	if err != nil {
		v.internal(w, fmt.Errorf("reading the audit log: %w", err))
		return
	}
	p := deedsPage{frame: v.frame(r, v.say.T("Audit log"), "admin"), Who: f.Who, Refused: f.Refused}
	if len(found) > mostDeeds {
		found = found[:mostDeeds]
		q.Set("before", cursor(found[mostDeeds-1]))
		p.Older = "/admin/audit?" + q.Encode()
	}
	for _, d := range found {
		p.Deeds = append(p.Deeds, deedRow{d.At.UTC().Format("2006-01-02 15:04:05"), d.Who, d.Did, d.Of, d.Remote, d.Refused})
	}
	v.render(w, http.StatusOK, "audit.gohtml", p)
}

// refusedPage is what outbox.gohtml prints.
type refusedPage struct {
	frame
	Problem string
	Events  []refusedRow
}

type refusedRow struct{ ID, Customer, At, Kind, Subject, Reply, Action string }

// outboxPage lists the events that Splunk refused.
func (v *server) outboxPage(w http.ResponseWriter, r *http.Request) {
	v.showOutbox(w, r, http.StatusOK, "")
}

func (v *server) showOutbox(w http.ResponseWriter, r *http.Request, status int, problem string) {
	all, err := v.options.Admin.Refused(r.Context())
	if err != nil {
		v.internal(w, fmt.Errorf("reading the refused events: %w", err))
		return
	}
	p := refusedPage{frame: v.frame(r, v.say.T("Refused events"), "admin"), Problem: problem}
	for _, e := range all {
		if who(r).May(access.Outbox, e.Customer) {
			p.Events = append(p.Events, refusedRow{e.Event.EventID, nameOf(v.customer(e.Customer)), e.Refused.UTC().Format("2006-01-02 15:04:05"), e.Event.Sourcetype, e.Event.Subject,
				fmt.Sprintf("code %d: %s", e.Code, e.Text), "/admin/outbox/" + e.Event.EventID})
		}
	}
	v.render(w, status, "outbox.gohtml", p)
}

// mendOutbox sends an event once more, or drops it. One of another's customer is not there.
func (v *server) mendOutbox(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	all, err := v.options.Admin.Refused(r.Context())
	if err != nil {
		v.internal(w, fmt.Errorf("reading the refused events: %w", err))
		return
	}
	n := slices.IndexFunc(all, func(e models.Refused) bool { return e.Event.EventID == id && who(r).May(access.Outbox, e.Customer) })
	mend := map[string]func(context.Context, string) error{"resend": v.options.Admin.Resend, "drop": v.options.Admin.Drop}[r.PathValue("verb")]
	if mend == nil || n < 0 {
		v.showOutbox(w, r, http.StatusNotFound, v.say.T("There is no such event any more."))
		return
	}
	err = mend(r.Context(), id)
	var refused RefusedError
	switch {
	case errors.As(err, &refused):
		v.audit(r, all[n].Customer, id, err.Error())
		v.showOutbox(w, r, http.StatusConflict, v.say.T("Nothing was done: %s.", v.say.Why(err)))
	case err != nil:
		v.internal(w, fmt.Errorf("mending the outbox: %w", err))
	default:
		v.audit(r, all[n].Customer, id, "")
		http.Redirect(w, r, "/admin/outbox", http.StatusSeeOther)
	}
}
