package web

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"foresight/models"
)

// shownActions is how many actions of a customer the index lists.
const shownActions = 5

// indexPage is what index.gohtml prints.
type indexPage struct {
	Style     template.CSS
	Version   string
	Customers []customerView
	Nav       nav
}

// customerView is one customer on the index.
type customerView struct {
	Name, Link, AsOf        string // Link and AsOf "" without a report
	State, StateText, Ended string // State: ok, failed, none
	Actions                 []actionView
	More                    int
	Overloads, Further      int
	Unknown                 int
}

// actionView is one line of what needs doing.
type actionView struct {
	Start, In, Title string
	Case, Link       string // whose plan it is of
	Late, Begun      bool
}

// index lists the customers.
func (v *server) index(w http.ResponseWriter, r *http.Request) {
	all, err := v.source.Customers(r.Context())
	if err != nil {
		v.internal(w, fmt.Errorf("reading the standing of the customers: %w", err))
		return
	}
	p := indexPage{Style: v.style, Version: v.options.Version, Nav: v.frame(r, "", "").Nav}
	for _, s := range all {
		if !who(r).Sees(s.ID) {
			continue
		}
		c := v.view(s)
		if v.options.Clock != nil && !s.Run.Ended.IsZero() {
			c.Ended += ", " + v.ago(v.options.Clock().Sub(s.Run.Ended))
		}
		p.Customers = append(p.Customers, c)
	}
	v.render(w, http.StatusOK, "index.gohtml", p)
}

// ago says how long something is past, in its largest unit.
func (v *server) ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return v.say.T("just now")
	case d < time.Hour:
		return v.say.N(int(d.Minutes()), "1 minute ago", "%d minutes ago")
	case d < 24*time.Hour:
		return v.say.N(int(d.Hours()), "1 hour ago", "%d hours ago")
	}
	return v.say.N(int(d.Hours()/24), "1 day ago", "%d days ago")
}

// inDays says how far a day lies from the report's.
func (v *server) inDays(asOf, t time.Time) string {
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	n := int(midnight(t).Sub(midnight(asOf)).Hours() / 24)
	switch {
	case n == 0:
		return v.say.T("today")
	case n < 0:
		return v.say.N(-n, "1 day ago", "%d days ago")
	}
	return v.say.N(n, "in 1 day", "in %d days")
}

// view puts a customer's standing in words.
func (v *server) view(s Standing) customerView {
	loc := s.Zone
	if loc == nil {
		loc = time.UTC
	}
	c := customerView{Name: s.Name, Overloads: s.Overloads, Further: s.Further, Unknown: s.Unknown}
	if c.Name == "" {
		c.Name = s.ID
	}
	switch {
	case s.Run.Ended.IsZero():
		c.State, c.StateText = "none", v.say.T("no run has ended yet")
	case s.Run.Error != "":
		c.State, c.StateText = "failed", s.Run.Error
	default:
		c.State = "ok"
	}
	if !s.Run.Ended.IsZero() {
		c.Ended = v.say.Date(s.Run.Ended.In(loc), dayForm+", 15:04 -07:00")
	}
	if s.AsOf.IsZero() {
		return c
	}
	c.Link, c.AsOf = "/report/"+url.PathEscape(s.ID), v.say.Date(s.AsOf.In(loc), dayForm)
	left := models.ToDo(s.Actions, s.Plans)
	for i, p := range left {
		if i == shownActions {
			c.More = len(left) - shownActions
			break
		}
		row := actionView{Start: v.say.T("unknown"), Title: p.Title, Late: p.Late, Begun: p.State == models.TaskStarted}
		if !p.LatestStart.IsZero() {
			row.Start = v.say.Date(p.LatestStart.In(loc), dayForm)
			row.In = v.inDays(s.AsOf.In(loc), p.LatestStart.In(loc))
		}
		if p.Incident != "" && v.options.Process != nil {
			row.Case, row.Link = p.Incident, "/incidents/"+url.PathEscape(p.Incident)
		}
		c.Actions = append(c.Actions, row)
	}
	return c
}
