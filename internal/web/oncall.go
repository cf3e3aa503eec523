package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"foresight/internal/web/access"
	"foresight/models"
)

// Roster is who is on call, as the pages show and change it.
type Roster interface {
	// OnCall returns a customer's schedules, and who is on call by them in [from, to).
	OnCall(ctx context.Context, customer string, from, to time.Time) ([]Rota, error)
	// Next is what the paging of a case does next; nil when nothing more is due.
	Next(ctx context.Context, i models.Incident) (*models.NextStep, error)
	// Cover puts somebody into a schedule. Error: RefusedError.
	Cover(ctx context.Context, s models.StandIn) error
	// Uncover takes that back. Error: RefusedError.
	Uncover(ctx context.Context, customer, id string) error
}

// Rota is a schedule and who is on call by it.
type Rota struct {
	models.Rota                  // as it is configured
	Duties      []models.Duty    // without gaps; nobody's have no Contact
	StandIns    []models.StandIn // made by hand, that are not over
	Able        []string         // the contacts, by id, who can be told by it, and so may stand in
}

// onCallAhead is how far the page looks, and a program unless it asks for another.
const onCallAhead = 14 * 24 * time.Hour

// onCallPage is what oncall.gohtml prints.
type onCallPage struct {
	frame
	Customers []rosterView
	Problem   string
}

// rosterView is a customer's people.
type rosterView struct {
	Name  string
	Rotas []rotaView
	Next  []nextView
	None  bool // it has no schedule
}

type rotaView struct {
	ID, Name, Zone string
	Now, Until     string // Now "": nobody
	Then, ThenFrom string
	Gaps           []string
	Duties         []dutyRow
	StandIns       []standInRow
	Fixed          []standInRow // of the configuration
	May            bool
	Action         string // where the form goes
	People         []choice
	From, To       string
	Reason         string
}

type dutyRow struct{ From, To, Who string }

type standInRow struct{ From, To, Who, By, Reason, Undo string }

// nextView is an open case for which somebody is told next.
type nextView struct {
	Link, ID, Title, At, In, To, Missing, Quiet string

	at time.Time
}

// onCall shows who is on call, by customer.
func (v *server) onCall(w http.ResponseWriter, r *http.Request) {
	v.showOnCall(w, r, http.StatusOK, "", standInForm{})
}

// standInForm is what somebody wrote that was not taken.
type standInForm struct{ customer, rota, contact, from, to, reason string }

func (v *server) showOnCall(w http.ResponseWriter, r *http.Request, status int, problem string, wrote standInForm) {
	p := onCallPage{frame: v.frame(r, v.say.T("On call"), "oncall"), Problem: problem}
	for _, c := range v.customersOf(r.Context()) {
		view, err := v.roster(r, c, wrote)
		if err != nil {
			v.internal(w, fmt.Errorf("reading who is on call for customer %s: %w", c.ID, err))
			return
		}
		p.Customers = append(p.Customers, view)
	}
	v.render(w, status, "oncall.gohtml", p)
}

func (v *server) roster(r *http.Request, c models.Customer, wrote standInForm) (rosterView, error) {
	now := v.now()
	view := rosterView{Name: nameOf(c), None: len(c.Process.Rotas) == 0}
	rotas, err := v.options.Roster.OnCall(r.Context(), c.ID, now, now.Add(onCallAhead))
	if err != nil {
		return view, err
	}
	for _, one := range rotas {
		row := v.rota(c, one, who(r).May(access.Cover, c.ID))
		row.Action = "/oncall/" + c.ID + "/" + one.ID
		chosen := ""
		if wrote.customer == c.ID && wrote.rota == one.ID {
			chosen, row.From, row.To, row.Reason = wrote.contact, wrote.from, wrote.to, wrote.reason
		}
		for _, id := range one.Able {
			row.People = append(row.People, choice{id, contactName(c, id), id == chosen})
		}
		view.Rotas = append(view.Rotas, row)
	}
	cases, err := v.options.Process.Incidents(r.Context(), models.IncidentFilter{Customer: c.ID, States: openStates, Most: mostCases})
	if err != nil {
		return view, err
	}
	for _, i := range cases {
		next, err := v.options.Roster.Next(r.Context(), i)
		if err != nil {
			return view, err
		}
		if next != nil {
			view.Next = append(view.Next, v.next(i, *next, zoneOf(c)))
		}
	}
	slices.SortStableFunc(view.Next, func(a, b nextView) int { return a.at.Compare(b.at) })
	return view, nil
}

// rota says who is on call by a schedule, in its zone.
func (v *server) rota(c models.Customer, one Rota, may bool) rotaView {
	zone := one.Zone
	if zone == nil {
		zone = zoneOf(c)
	}
	at := func(t time.Time) string { return v.shown(t, zone, weekForm) }
	row := rotaView{ID: one.ID, Name: one.Name, Zone: zone.String(), From: v.now().In(zone).Format(inputForm), May: may}
	if row.Name == "" {
		row.Name = one.ID
	}
	for n, d := range one.Duties {
		name := contactName(c, d.Contact)
		switch n {
		case 0:
			row.Now, row.Until = name, at(d.To)
		case 1:
			row.Then, row.ThenFrom = name, at(d.From)
		}
		if d.Contact == "" {
			row.Gaps = append(row.Gaps, at(d.From)+" – "+at(d.To))
		}
		row.Duties = append(row.Duties, dutyRow{at(d.From), at(d.To), name})
	}
	if len(one.Duties) == 1 {
		row.Until = "" // for as far as the page looks
	}
	for _, s := range one.StandIns {
		made := standInRow{From: at(s.From), To: at(s.To), Who: contactName(c, s.Contact), By: s.By, Reason: s.Reason}
		if may {
			made.Undo = "/oncall/" + c.ID + "/" + one.ID + "/" + s.ID + "/uncover"
		}
		row.StandIns = append(row.StandIns, made)
	}
	for _, f := range one.Covers {
		if f.To.After(v.now()) {
			row.Fixed = append(row.Fixed, standInRow{From: at(f.From), To: at(f.To), Who: contactName(c, f.Contact)})
		}
	}
	return row
}

func (v *server) next(i models.Incident, n models.NextStep, zone *time.Location) nextView {
	return nextView{
		Link: v.row(i, models.Customer{}).Link, ID: i.ID, Title: i.Title, At: v.shown(n.At, zone, weekForm), In: v.due(n.At, v.now()),
		To: strings.Join(n.To, ", "), Missing: strings.Join(n.Missing, "; "), Quiet: n.Quiet, at: n.At,
	}
}

// contactName is a contact's name for people; of nobody "".
func contactName(c models.Customer, id string) string {
	for _, k := range c.Process.Contacts {
		if k.ID == id && k.Name != "" {
			return k.Name
		}
	}
	return id
}

// covering finds the customer and schedule of a form, and answers who may not change it. Another's customer is
// not told from one that is not there.
func (v *server) covering(w http.ResponseWriter, r *http.Request) (c models.Customer, rota models.Rota, ok bool) {
	for _, c := range v.customersOf(r.Context()) {
		if c.ID != r.PathValue("customer") {
			continue
		}
		for _, one := range c.Process.Rotas {
			if one.ID != r.PathValue("rota") {
				continue
			}
			if !who(r).May(access.Cover, c.ID) {
				v.mayNot(w, r, c.ID)
				return c, one, false
			}
			if one.Zone == nil {
				one.Zone = zoneOf(c)
			}
			return c, one, true
		}
	}
	v.message(w, http.StatusNotFound, "There is no such schedule", "The page of who is on call has those there are.")
	return c, rota, false
}

// cover puts somebody into a schedule for a while.
func (v *server) cover(w http.ResponseWriter, r *http.Request) {
	c, rota, ok := v.covering(w, r)
	if !ok {
		return
	}
	wrote := standInForm{c.ID, rota.ID, r.PostFormValue("contact"), r.PostFormValue("from"), r.PostFormValue("to"), strings.TrimSpace(r.PostFormValue("reason"))}
	s := models.StandIn{Customer: c.ID, Rota: rota.ID, By: by(r), Reason: wrote.reason, Cover: models.Cover{Contact: wrote.contact}}
	var errFrom, errTo error
	s.From, errFrom = time.ParseInLocation(inputForm, wrote.from, rota.Zone)
	s.To, errTo = time.ParseInLocation(inputForm, wrote.to, rota.Zone)
	problem := ""
	switch {
	case errFrom != nil || errTo != nil:
		problem = v.say.T("Write both times as 2026-12-24T18:00.")
	case len(s.Reason) > mostTitle:
		problem = v.say.T("That is too long: a reason has %d characters at most.", mostTitle)
	}
	if problem != "" {
		v.showOnCall(w, r, http.StatusUnprocessableEntity, problem, wrote)
		return
	}
	v.covered(w, r, deedOf{"cover", c.ID, fmt.Sprintf("%s/%s: %q from %s to %s", c.ID, rota.ID, s.Contact, wrote.from, wrote.to)}, v.options.Roster.Cover(r.Context(), s), wrote)
}

// uncover takes back what cover did.
func (v *server) uncover(w http.ResponseWriter, r *http.Request) {
	c, rota, ok := v.covering(w, r)
	if ok {
		v.covered(w, r, deedOf{"uncover", c.ID, c.ID + "/" + rota.ID + ": " + r.PathValue("id")}, v.options.Roster.Uncover(r.Context(), c.ID, r.PathValue("id")), standInForm{})
	}
}

// deedOf is what a form does, for the log.
type deedOf struct{ did, customer, of string }

// covered answers by what came of a form.
func (v *server) covered(w http.ResponseWriter, r *http.Request, d deedOf, err error, wrote standInForm) {
	var refused RefusedError
	switch {
	case errors.As(err, &refused):
		v.did(r, d.did, d.customer, d.of, err.Error())
		v.showOnCall(w, r, http.StatusUnprocessableEntity, v.say.T("Nothing was changed: %s.", v.say.Why(err)), wrote)
	case err != nil:
		v.internal(w, fmt.Errorf("changing schedule %s: %w", d.of, err))
	default:
		v.did(r, d.did, d.customer, d.of, "")
		http.Redirect(w, r, "/oncall", http.StatusSeeOther)
	}
}

// apiOnCall says for programs who is on call.
func (v *server) apiOnCall(w http.ResponseWriter, r *http.Request) {
	type duty struct {
		Customer string    `json:"customer"`
		Schedule string    `json:"schedule"`
		Contact  string    `json:"contact"` // "": nobody is
		Name     string    `json:"name"`
		From     time.Time `json:"from"`
		To       time.Time `json:"to"`
	}
	all := []duty{}
	for _, c := range v.customersOf(r.Context()) {
		rotas, err := v.options.Roster.OnCall(r.Context(), c.ID, v.now(), v.now().Add(onCallAhead))
		if err != nil {
			v.apiFailed(w, fmt.Errorf("reading who is on call for customer %s: %w", c.ID, err))
			return
		}
		for _, one := range rotas {
			for _, d := range one.Duties {
				all = append(all, duty{c.ID, one.ID, d.Contact, contactName(c, d.Contact), d.From.UTC(), d.To.UTC()})
			}
		}
	}
	v.answer(w, http.StatusOK, struct {
		Duties []duty `json:"duties"`
	}{all})
}
