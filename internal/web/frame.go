package web

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"time"

	"foresight/models"
)

// frame is what every page has around its content.
type frame struct {
	Style   template.CSS
	Program string // the version that serves
	Head    string
	Nav     nav
}

// nav is the line of links at the top.
type nav struct {
	Here    string // incidents, actions, services, oncall, report, admin; "" elsewhere
	Process bool   // there are pages of the incident process
	OnCall  bool   // there is a page of who is on call
	Admin   bool   // the reader administers some customer
	Report  bool   // the reader may report a fault
	Who     string // who is signed in
	Hint    bool   // nobody can write: say what to configure
}

func (v *server) frame(r *http.Request, title, here string) frame {
	n := nav{Here: here, Process: v.options.Process != nil, OnCall: v.options.Process != nil && v.options.Roster != nil}
	reader := who(r)
	if !reader.Known() {
		return frame{Style: v.style, Program: v.options.Version, Head: title} // nothing is open to them yet
	}
	if reader.Person {
		n.Who = reader.Name
	}
	n.Admin = v.options.Admin != nil && v.options.Gate.Locked() && reader.Administers()
	if n.Process {
		n.Report = slices.ContainsFunc(v.customersOf(r.Context()), func(c models.Customer) bool { return v.may(r, c.ID) })
		n.Hint = !n.Report && !v.options.Gate.Locked()
	}
	return frame{Style: v.style, Program: v.options.Version, Head: title, Nav: n}
}

// now is the moment at which a page is made.
func (v *server) now() time.Time {
	if v.options.Clock == nil {
		return time.Time{}
	}
	return v.options.Clock()
}

// customersOf are the customers that the reader may see.
func (v *server) customersOf(ctx context.Context) []models.Customer {
	var seen []models.Customer
	for _, c := range v.options.Process.Customers() {
		if whoIn(ctx).Sees(c.ID) {
			seen = append(seen, c)
		}
	}
	return seen
}

// customer is the configuration's; of one that is not there any more only the id is known.
func (v *server) customer(id string) models.Customer {
	for _, c := range v.options.Process.Customers() {
		if c.ID == id {
			return c
		}
	}
	return models.Customer{ID: id}
}
