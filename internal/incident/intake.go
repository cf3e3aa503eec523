package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// Report is one thing told to the process: a fault that a person reports, an alarm that
// fires or clears, a finding of the engine.
type Report struct {
	Customer, Service string
	Component         string
	Key               string // of the fact in its source; "" makes one of source, service and title
	Source            string
	Title, Detail     string
	Level             models.Level // of a case that it opens; 0 is 1
	Impact, Urgency   models.Grade // of a case that it opens
	At                time.Time
	By                string // person; "" for a machine
	Cleared           bool   // the fact is no more
	Alone             bool   // makes a case of its own: it does not join another of the service
	Finding           string // subject id of the prediction
	Runbook           string
}

// Fingerprint is the same for the same fact, however often and with whatever text it is told.
func (r Report) Fingerprint() string {
	key := r.Key
	if key == "" {
		key = r.Component + "\x1f" + strings.ToLower(strings.Join(strings.Fields(r.Title), " "))
	}
	return models.Revision("fact", r.Customer, r.Service, r.Source, key)
}

// Outcome says what became of a report.
type Outcome string

// The outcomes.
const (
	Opened   Outcome = "opened"   // a new case
	Joined   Outcome = "joined"   // another fact of a case that is open
	Counted  Outcome = "counted"  // an occurrence of a fact that is known
	Reopened Outcome = "reopened" // of a case that had just been resolved
	Resolves Outcome = "resolved" // the last fact is over
	Eased    Outcome = "eased"    // a fact is over, and others are not
	Dropped  Outcome = "dropped"  // it clears what nobody knows of
)

// Take brings a report into the process. cases are those of the customer that are not
// closed, in the order in which they were opened; newID names a case if one is opened.
// It returns the case as it is now, with its new entries.
func Take(r Report, cases []models.Incident, newID string, rules Rules) (models.Incident, []models.Entry, Outcome) {
	print, group := r.Fingerprint(), groupOf(rules.Groups, r.Service, r.Component)
	if group != nil {
		// What is redundant is one fact a group, whichever of its components fails how.
		print = models.Revision("fact", r.Customer, fingerprintOf(*group))
	}
	if c := knows(cases, print, r.At, rules); c != nil {
		return again(*c, r, print, group, rules)
	}
	if r.Cleared {
		return models.Incident{}, nil, Dropped
	}
	if c := joins(cases, r); c != nil {
		return join(*c, r, print, group, rules)
	}
	return open(r, print, group, newID, previous(cases, print), rules)
}

// knows finds the case of a fact that is open, or was resolved a moment ago.
func knows(cases []models.Incident, print string, at time.Time, rules Rules) *models.Incident {
	within := rules.ReopenWithin
	if within <= 0 {
		within = DefaultReopenWithin
	}
	for n := len(cases) - 1; n >= 0; n-- {
		i := &cases[n]
		if fact(i, print) == nil || i.State.Done() {
			continue
		}
		if i.State.Open() || at.Sub(i.Resolved) < within {
			return i
		}
	}
	return nil
}

// previous is an earlier case of the same fact.
func previous(cases []models.Incident, print string) string {
	for n := len(cases) - 1; n >= 0; n-- {
		if fact(&cases[n], print) != nil {
			return cases[n].ID
		}
	}
	return ""
}

// joins finds the open case of the service that an alarm or a fault belongs to: the
// oldest of level 1, since what fails at once mostly fails for one reason.
func joins(cases []models.Incident, r Report) *models.Incident {
	if r.Alone || max(r.Level, models.LevelReactive) != models.LevelReactive {
		return nil
	}
	for n := range cases {
		i := &cases[n]
		if i.State.Open() && i.Level == models.LevelReactive && i.Service == r.Service && i.Redundancy == nil {
			return i
		}
	}
	return nil
}

func fact(i *models.Incident, print string) *models.Fact {
	for n := range i.Facts {
		if i.Facts[n].Fingerprint == print {
			return &i.Facts[n]
		}
	}
	return nil
}

func (r Report) by() string {
	if r.By == "" {
		return Foresight
	}
	return r.By
}

// named puts the component before a title that does not name it.
func (r Report) named() string {
	if r.Component == "" || strings.Contains(r.Title, r.Component) {
		return r.Title
	}
	return r.Component + ": " + r.Title
}

// open makes a case.
func open(r Report, print string, g *models.RedundantGroup, id, before string, rules Rules) (models.Incident, []models.Entry, Outcome) {
	level := max(r.Level, models.LevelReactive)
	if g != nil {
		level = models.LevelProactive // until fewer are up than are needed
	}
	w := &writer{at: r.At, by: r.by(), rules: rules}
	w.i = models.Incident{
		ID: id, Customer: r.Customer, Service: r.Service, Title: r.named(), Detail: r.Detail, Level: level, State: models.IncidentNew,
		Impact: grade(r.Impact), Urgency: grade(r.Urgency), Priority: PriorityOf(r.Impact, r.Urgency), Opened: r.At, Changed: r.At,
		Runbook: r.Runbook, Finding: r.Finding,
	}
	w.add(models.EntryOpened, "", fmt.Sprint(int(level)), r.Detail)
	for _, k := range []models.ClockKind{models.ClockAcknowledge, models.ClockUpdate, models.ClockResolve} {
		w.begin(k)
	}
	w.learn(r, print)
	if before != "" {
		w.i.Related = append(w.i.Related, before)
		w.add(models.EntryRelated, "", before, "the same was reported before")
	}
	if g != nil {
		w.member(*g, r.Component, true)
	}
	w.silence(r.Component)
	done, entries := w.done()
	return done, entries, Opened
}

// learn adds a fact to the case.
func (w *writer) learn(r Report, print string) {
	w.i.Facts = append(w.i.Facts, models.Fact{Fingerprint: print, Source: r.Source, Component: r.Component, Title: r.Title,
		Firing: true, ByPerson: r.By != "", First: r.At, Last: r.At, Count: 1})
	w.i.Occurrences++
}

// join adds another fact to an open case.
func join(c models.Incident, r Report, print string, g *models.RedundantGroup, rules Rules) (models.Incident, []models.Entry, Outcome) {
	w, _ := change(c, Act{At: r.At, By: r.by()}, rules)
	w.add(models.EntryOccurred, "", r.Source, r.named())
	w.learn(r, print)
	if g != nil {
		w.member(*g, r.Component, true)
	}
	w.graver(r)
	w.silence(r.Component)
	done, entries := w.done()
	return done, entries, Joined
}

// again takes a fact that is known: it fires once more, or is over.
func again(c models.Incident, r Report, print string, g *models.RedundantGroup, rules Rules) (models.Incident, []models.Entry, Outcome) {
	w, _ := change(c, Act{At: r.At, By: r.by()}, rules)
	f := fact(&w.i, print)
	if r.Cleared {
		return w.clear(r, f, g)
	}
	was := f.Firing
	f.Firing, f.Last, f.Count = true, later(f.Last, r.At), f.Count+1
	w.i.Occurrences++
	outcome := Counted
	switch {
	case w.i.State == models.IncidentResolved:
		back := models.IncidentInProgress
		if w.i.Assignee == "" {
			back = models.IncidentNew // it was over before anybody had taken it
		}
		w.enter(back, "reported again: "+r.named())
		outcome = Reopened
	case !was:
		w.add(models.EntryOccurred, "", r.Source, "fires again: "+r.named())
	}
	if g != nil {
		w.member(*g, r.Component, true)
	}
	w.graver(r)
	w.silence(r.Component)
	done, entries := w.done()
	return done, entries, outcome
}

// graver raises impact and urgency to those of a report; a milder one changes nothing that
// a person may have set.
func (w *writer) graver(r Report) {
	impact, urgency := w.i.Impact, w.i.Urgency
	if r.Impact != 0 {
		impact = min(impact, grade(r.Impact))
	}
	if r.Urgency != 0 {
		urgency = min(urgency, grade(r.Urgency))
	}
	w.rate(impact, urgency, "a graver report came")
}

// clear takes a fact off; the case is resolved with the last one, unless a person has
// reported that something fails: then a person says that it does not. A window hides
// no end.
func (w *writer) clear(r Report, f *models.Fact, g *models.RedundantGroup) (models.Incident, []models.Entry, Outcome) {
	if g != nil {
		if w.i.Redundancy == nil || !slices.Contains(w.i.Redundancy.Down, r.Component) {
			return w.i, nil, Dropped
		}
		w.member(*g, r.Component, false)
		f.Firing = len(w.i.Redundancy.Down) > 0
	} else {
		if !f.Firing {
			return w.i, nil, Dropped
		}
		f.Firing = false
		w.add(models.EntryCleared, r.Source, "", r.named())
	}
	f.Last = later(f.Last, r.At)
	outcome := Eased
	open := slices.ContainsFunc(w.i.Facts, func(f models.Fact) bool { return f.Firing || f.ByPerson })
	if !open && w.i.State.Open() {
		w.enter(models.IncidentResolved, "everything reported is over")
		outcome = Resolves
	}
	done, entries := w.done()
	return done, entries, outcome
}
