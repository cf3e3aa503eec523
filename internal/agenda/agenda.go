// Package agenda is a customer's coming days as a calendar feed: maintenance windows,
// freezes, the peaks that are foreseen and the work that they ask for.
package agenda

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"foresight/internal/wording"
	"foresight/models"
)

// How far the feed looks back and ahead.
const (
	Back  = 60 * 24 * time.Hour
	Ahead = 400 * 24 * time.Hour
)

// Of are a customer's appointments around a moment, the first first: said is what was last
// said of its signals, cases are those that are open.
func Of(c models.Customer, said map[string]models.Said, cases []models.Incident, at time.Time) []models.Appointment {
	a := &agenda{customer: c, say: wording.In(c.Language), from: at.Add(-Back), to: at.Add(Ahead)}
	for _, w := range c.Process.Windows {
		a.add("window", w.ID, w.Name, a.say.T("What is reported then wakes nobody."), w.From, w.To, false)
	}
	for _, f := range c.Freezes {
		a.add("freeze", f.Name+"/"+f.From.Format("2006"), a.say.T("Freeze: %s", f.Name), a.say.T("No change may be made."), f.From, f.To.AddDate(0, 0, 1), true)
	}
	planned := map[string]bool{} // findings and actions whose work is in a case's plan
	for _, i := range cases {
		for _, t := range i.Plan {
			if t.State.Over() {
				continue
			}
			planned[i.Finding] = true
			owner := ""
			if t.Owner != "" {
				owner = " (" + t.Owner + ")"
			}
			a.work(i.ID+"/"+t.ID, t.Title+owner, a.say.T("Of case %s: %s", i.ID, i.Title), t.LatestStart, t.NeedBy)
		}
	}
	for id, s := range said {
		switch {
		case s.Finding != nil && s.Finding.Peak != nil && s.State != models.StateWithdrawn:
			day := s.Finding.Peak.Date.In(zoneOf(c))
			a.add("peak", id, a.say.T("Peak: %s", s.Finding.Title), s.Finding.Detail, day, day.AddDate(0, 0, 1), true)
		case s.Action != nil && s.State == models.StateOpen && !s.Action.Work.Over() && !planned[s.Action.Finding]:
			a.work(id, s.Action.Title, s.Action.Reason, s.Action.LatestStart, s.Action.NeedBy)
		}
	}
	slices.SortFunc(a.all, func(x, y models.Appointment) int {
		return cmp.Or(x.From.Compare(y.From), cmp.Compare(x.UID, y.UID))
	})
	return a.all
}

func zoneOf(c models.Customer) *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

type agenda struct {
	customer models.Customer
	say      wording.Voice
	from, to time.Time
	all      []models.Appointment
}

// work is two days: the last to start, and the one on which it must be finished.
func (a *agenda) work(id, title, detail string, start, need time.Time) {
	zone := zoneOf(a.customer)
	if !start.IsZero() {
		day := start.In(zone)
		a.add("start", id, a.say.T("Start now at the latest: %s", title), detail, day, day.AddDate(0, 0, 1), true)
	}
	if !need.IsZero() {
		day := need.In(zone)
		a.add("need", id, a.say.T("Must be done: %s", title), detail, day, day.AddDate(0, 0, 1), true)
	}
}

func (a *agenda) add(kind, id, title, detail string, from, to time.Time, days bool) {
	if !to.After(a.from) || from.After(a.to) {
		return
	}
	a.all = append(a.all, models.Appointment{
		UID: fmt.Sprintf("%s@%s.foresight", models.Revision("appointment", a.customer.ID, kind, id), a.customer.ID), Kind: kind,
		Title: title, Detail: detail, From: from, To: to, Days: days,
	})
}
