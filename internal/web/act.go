package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"foresight/models"
)

// The bounds of what people write.
const (
	mostTitle = 200
	mostText  = 20_000
)

// faultPage is what fault.gohtml prints.
type faultPage struct {
	frame
	Services        []choice // "customer service"
	Impact, Urgency []choice
	Fault           models.Report
	Problem         string
}

// faultForm is where people report.
func (v *server) faultForm(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	v.showFault(w, r, http.StatusOK, models.Report{Customer: q.Get("customer"), Service: q.Get("service")}, "")
}

func (v *server) showFault(w http.ResponseWriter, r *http.Request, status int, f models.Report, problem string) {
	p := faultPage{frame: v.frame(r, v.say.T("Report a fault"), "report"), Fault: f, Problem: problem, Impact: v.grades(graded(f.Impact)), Urgency: v.grades(graded(f.Urgency))}
	for _, c := range v.customersOf(r.Context()) {
		for _, s := range c.Services {
			if v.may(r, c.ID) {
				p.Services = append(p.Services, choice{c.ID + " " + s.ID, nameOf(c) + ": " + serviceName(c, s.ID), f.Customer == c.ID && f.Service == s.ID})
			}
		}
	}
	if len(p.Services) == 0 {
		v.mayNot(w, r, "")
		return
	}
	v.render(w, status, "fault.gohtml", p)
}

func graded(g models.Grade) models.Grade {
	if g == 0 {
		return models.GradeMedium
	}
	return g
}

// mayNot says why something cannot be changed, and what would let it.
func (v *server) mayNot(w http.ResponseWriter, r *http.Request, customer string) {
	v.audit(r, customer, r.URL.Path, "may not")
	if v.options.Gate.Locked() {
		v.message(w, http.StatusForbidden, "You may only look here", "Who may change what is in the configuration: web.users, each with roles; an operator works on cases.")
		return
	}
	v.message(w, http.StatusForbidden, "Nobody can change anything here",
		"Without users, cases are worked on from the machine itself, at a loopback address. Write web.users into the configuration (foresight web hash makes a password_hash), and people sign in from anywhere.")
}

// by is who sends a form: who is signed in, else who says so.
func by(r *http.Request) string {
	return named(r, r.FormValue("by"))
}

func named(r *http.Request, said string) string {
	if name := who(r).Name; name != "" {
		return name
	}
	if name := strings.TrimSpace(said); name != "" && len(name) <= mostTitle {
		return name
	}
	return "somebody"
}

// fault brings a person's report in.
func (v *server) fault(w http.ResponseWriter, r *http.Request) {
	customer, service, _ := strings.Cut(r.FormValue("service"), " ")
	f := models.Report{
		Customer: customer, Service: service, Component: strings.TrimSpace(r.FormValue("component")), Title: strings.TrimSpace(r.FormValue("title")), Detail: strings.TrimSpace(r.FormValue("detail")),
		Impact: models.Grade(number(r, "impact")), Urgency: models.Grade(number(r, "urgency")), Source: "user", By: by(r),
	}
	if problem := v.unfit(r, f); problem != "" {
		v.showFault(w, r, http.StatusUnprocessableEntity, f, problem)
		return
	}
	i, outcome, err := v.options.Process.Report(r.Context(), f)
	var refused RefusedError
	switch {
	case errors.As(err, &refused):
		v.audit(r, customer, customer, err.Error())
		v.showFault(w, r, http.StatusUnprocessableEntity, f, v.say.Why(err))
	case err != nil:
		v.internal(w, fmt.Errorf("reporting a fault: %w", err))
	default:
		v.audit(r, i.Customer, i.ID+" "+string(outcome), "")
		http.Redirect(w, r, "/incidents/"+url.PathEscape(i.ID), http.StatusSeeOther)
	}
}

// unfit says what is wrong with a report; of a customer that is not the reader's it says no more than
// of one that is not there.
func (v *server) unfit(r *http.Request, f models.Report) string {
	switch {
	case !v.may(r, f.Customer):
		return v.say.T("Choose the service that fails.")
	case f.Title == "":
		return v.say.T("Say in a few words what fails.")
	case len(f.Title) > mostTitle || len(f.Component) > mostTitle || len(f.Detail) > mostText:
		return v.say.T("That is too long: a title has %d characters at most, the rest %d.", mostTitle, mostText)
	}
	for _, g := range []models.Grade{f.Impact, f.Urgency} {
		if g < 0 || g > 3 {
			return v.say.T("Impact and urgency are 1, 2 or 3.")
		}
	}
	return ""
}

func number(r *http.Request, name string) int {
	n, _ := strconv.Atoi(r.FormValue(name)) // what is no number is 0, which no choice is
	return n
}

// act does to a case, or to a task of its plan, what a form says.
func (v *server) act(w http.ResponseWriter, r *http.Request) {
	i, _, err := v.seen(r)
	switch {
	case errors.Is(err, ErrUnknown):
		v.unknownCase(w)
		return
	case err != nil:
		v.internal(w, fmt.Errorf("reading case %s: %w", r.PathValue("id"), err))
		return
	case !v.may(r, i.Customer):
		v.mayNot(w, r, i.Customer)
		return
	}
	a := Act{
		Incident: i.ID, Task: r.PathValue("task"), Verb: r.PathValue("verb"), By: by(r), Seen: number(r, "seen"), Text: strings.TrimSpace(r.FormValue("text")), To: strings.TrimSpace(r.FormValue("to")),
		Level: models.Level(number(r, "level")), Impact: models.Grade(number(r, "impact")), Urgency: models.Grade(number(r, "urgency")),
	}
	d := draft{Verb: a.Verb, Text: a.Text, To: a.To}
	problem := v.unfitAct(a)
	if a.Seen <= 0 {
		problem = v.say.T("The form does not say which version of the case was seen. Nothing was changed.")
	}
	if problem != "" {
		v.showCase(w, r, http.StatusUnprocessableEntity, problem, d, -1)
		return
	}
	_, err = v.options.Process.Act(r.Context(), a)
	v.acted(w, r, i.Customer, a, d, err)
}

// unfit says what is wrong with a form.
func (v *server) unfitAct(a Act) string {
	switch {
	case len(a.Text) > mostText || len(a.To) > mostTitle:
		return v.say.T("That is too long: a text has %d characters at most, a name %d.", mostText, mostTitle)
	case a.Verb == "rate" && (a.Impact < 1 || a.Impact > 3 || a.Urgency < 1 || a.Urgency > 3):
		return v.say.T("Impact and urgency are 1, 2 or 3.")
	}
	return ""
}

// acted answers a form by what came of it.
func (v *server) acted(w http.ResponseWriter, r *http.Request, customer string, a Act, d draft, err error) {
	of := a.Incident
	if a.Task != "" {
		of += "/" + a.Task
	}
	var refused RefusedError
	switch {
	case errors.Is(err, ErrUnknown):
		v.unknownCase(w)
	case errors.Is(err, ErrChanged):
		v.audit(r, customer, of, "changed meanwhile")
		v.showCase(w, r, http.StatusConflict, v.say.T("Nothing was done: the case has changed since you looked at it. What is new is marked in the timeline. If what you wanted still holds, send it again."), d, number(r, "read"))
	case errors.As(err, &refused):
		v.audit(r, customer, of, err.Error())
		v.showCase(w, r, http.StatusUnprocessableEntity, v.say.T("Nothing was done: %s.", v.say.Why(err)), d, -1)
	case err != nil:
		v.internal(w, fmt.Errorf("changing case %s: %w", a.Incident, err))
	default:
		v.audit(r, customer, of, "")
		to := "/incidents/" + url.PathEscape(a.Incident)
		if r.FormValue("back") == "actions" {
			to = "/actions"
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}
