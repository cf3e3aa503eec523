package incident

import (
	"fmt"
	"slices"
	"strings"

	"foresight/models"
)

// Report is one thing told to the process.
type Report = models.Report

// The sources of what Foresight finds by itself.
const (
	SourceEngine   = "engine"
	SourceRegister = "register"
)

// Outcome says what became of a report.
type Outcome = models.Outcome

// The outcomes.
const (
	Opened   = models.ReportOpened
	Joined   = models.ReportJoined
	Counted  = models.ReportCounted
	Reopened = models.ReportReopened
	Resolves = models.ReportResolves
	Eased    = models.ReportEased
	Taken    = models.ReportTaken
	Dropped  = models.ReportDropped
)

// Take brings a report into the process. cases are those of the customer that are not
// closed, in the order in which they were opened; newID names a case if one is opened.
// It returns the case as it is now, with its new entries.
func Take(r Report, cases []models.Incident, newID string, rules Rules) (models.Incident, []models.Entry, Outcome) {
	all := placed(r, cases)
	i, entries, outcome := take(all[0], cases, newID, rules)
	for _, r := range all[1:] {
		cases = slices.Clone(cases)
		if n := slices.IndexFunc(cases, func(c models.Incident) bool { return c.ID == i.ID }); n >= 0 {
			cases[n] = i
		}
		if now, more, next := take(r, cases, newID, rules); next != Dropped {
			i, entries, outcome = now, append(entries, more...), next
		}
	}
	return i, entries, outcome
}

// take is Take of a report that says which fact it is of.
func take(r Report, cases []models.Incident, newID string, rules Rules) (models.Incident, []models.Entry, Outcome) {
	if r.Paged != "" {
		return answered(r, cases, rules)
	}
	print, group := r.Fingerprint(), groupOf(rules.Groups, r.Service, r.Component)
	if group != nil {
		// What is redundant is one fact a group, whichever of its components fails how.
		print = models.Revision("fact", r.Customer, fingerprintOf(*group))
	}
	known := knows(cases, print, r, rules)
	switch {
	case r.Taken:
		return takenElsewhere(known, r, rules)
	case known != nil && r.Standing && !r.Cleared && stands(known, print, r.Component):
		return models.Incident{}, nil, Dropped // it is as it was
	case known != nil:
		return again(*known, r, print, group, rules)
	case r.Cleared:
		return models.Incident{}, nil, Dropped
	}
	if group == nil { // a group's case is its own: it would take the level of another with it
		if c := joins(cases, r); c != nil {
			return join(*c, r, print, rules)
		}
	}
	return open(r, print, group, newID, previous(cases, print), rules)
}

// knows finds the case of a fact that is open, or was resolved a moment ago. A prediction that is made
// again goes on in its case, whenever that was resolved.
func knows(cases []models.Incident, print string, r Report, rules Rules) *models.Incident {
	within := rules.ReopenWithin
	if within <= 0 {
		within = DefaultReopenWithin
	}
	for n := len(cases) - 1; n >= 0; n-- {
		i := &cases[n]
		if fact(i, print) == nil || i.State.Done() {
			continue
		}
		if i.State.Open() || r.At.Sub(i.Resolved) < within || r.Daily && !r.Cleared {
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

// placed gives the end of a fact the service and component that its beginning had: many sources
// name them once. The end that names no component is that of each of which the key fires in a case:
// the last open one that has any.
func placed(r Report, cases []models.Incident) []Report {
	if r.Key == "" || !r.Cleared && !r.Taken {
		return []Report{r}
	}
	var over []Report // of what is known and fires no more
	for n := len(cases) - 1; n >= 0; n-- {
		var fires []Report
		for _, a := range alarms(cases[n], r.Source) {
			one := r
			if one.Component == "" {
				one.Component = a.component
			}
			if one.Fingerprint() != a.print {
				continue
			}
			one.Service, one.Component = cases[n].Service, a.component
			if a.fires && cases[n].State.Open() {
				fires = append(fires, one)
			} else {
				over = append(over, one)
			}
		}
		if len(fires) > 0 {
			return fires
		}
	}
	return append(over, r)[:1]
}

// told is one alarm that a case knows.
type told struct {
	print, component string
	fires            bool
}

// alarms are what a source may have told of a case, of a redundant group what fires of its components.
func alarms(i models.Incident, source string) (all []told) {
	for _, f := range i.Facts {
		if f.Source == source {
			all = append(all, told{f.Fingerprint, f.Component, f.Firing})
		}
	}
	if i.Redundancy != nil {
		for _, a := range i.Redundancy.Alarms {
			all = append(all, told{a.Fingerprint, a.Component, true})
		}
	}
	return all
}

// stands reports whether the case knows already that the fact fires, of a redundant group that
// this component does.
func stands(c *models.Incident, print, component string) bool {
	if c.Redundancy != nil {
		return slices.Contains(c.Redundancy.Down, component)
	}
	return fact(c, print).Firing
}

// takenElsewhere acknowledges a case that nobody has taken here.
func takenElsewhere(c *models.Incident, r Report, rules Rules) (models.Incident, []models.Entry, Outcome) {
	if c == nil || c.State != models.IncidentNew {
		return models.Incident{}, nil, Dropped
	}
	done, entries, err := Do(*c, Acknowledge, Act{At: r.At, By: who(r), Text: "acknowledged in " + r.Source}, rules)
	if err != nil {
		return models.Incident{}, nil, Dropped // a new case can always be acknowledged
	}
	return done, entries, Taken
}

func who(r Report) string {
	if r.By == "" {
		return Foresight
	}
	return r.By
}

// named puts the component before a title that does not name it.
func named(r Report) string {
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
	w := &writer{at: r.HeardAt(), by: who(r), rules: rules}
	w.i = models.Incident{
		ID: id, Customer: r.Customer, Service: r.Service, Title: named(r), Detail: r.Detail, Level: level, State: models.IncidentNew,
		Impact: grade(r.Impact), Urgency: grade(r.Urgency), Priority: PriorityOf(r.Impact, r.Urgency), Opened: r.HeardAt(), Changed: r.HeardAt(),
		Kind: kindOf(r, g), Finding: r.Finding,
	}
	if book := rules.RunbookOf(w.i); book != nil {
		w.i.Runbook = book.ID
	}
	w.add(models.EntryOpened, "", fmt.Sprint(int(level)), r.Detail)
	w.begin(models.ClockAcknowledge)
	if level == models.LevelReactive {
		w.fails()
	}
	w.learn(r, print)
	if r.Prediction != nil {
		w.plan(*r.Prediction)
	}
	if before != "" {
		w.i.Related = append(w.i.Related, before)
		w.add(models.EntryRelated, "", before, rules.say().T("the same was reported before"))
	}
	if g != nil {
		w.member(*g, r, true)
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
func join(c models.Incident, r Report, print string, rules Rules) (models.Incident, []models.Entry, Outcome) {
	w, _ := change(c, Act{At: r.HeardAt(), By: who(r)}, rules)
	w.add(models.EntryOccurred, "", r.Source, named(r))
	w.learn(r, print)
	w.graver(r)
	w.silence(r.Component)
	done, entries := w.done()
	return done, entries, Joined
}

// again takes a fact that is known: it fires once more, or is over.
func again(c models.Incident, r Report, print string, g *models.RedundantGroup, rules Rules) (models.Incident, []models.Entry, Outcome) {
	w, _ := change(c, Act{At: r.HeardAt(), By: who(r)}, rules)
	f := fact(&w.i, print)
	if r.Cleared {
		return w.clear(r, f, g)
	}
	was := f.Firing
	if !r.Daily || r.At.After(f.Last) {
		f.Count++
		w.i.Occurrences++
	}
	f.Firing, f.Last = true, later(f.Last, r.At)
	outcome := Counted
	switch {
	case w.i.State == models.IncidentResolved:
		back := models.IncidentInProgress
		if w.i.Assignee == "" {
			back = models.IncidentNew // it was over before anybody had taken it
		}
		w.reopen(back, r)
		outcome = Reopened
	case !was:
		w.add(models.EntryOccurred, "", r.Source, rules.say().T("fires again: %s", named(r)))
	}
	if g != nil {
		w.member(*g, r, true)
	}
	if r.Prediction != nil {
		w.plan(*r.Prediction)
	}
	w.graver(r)
	w.silence(r.Component)
	done, entries := w.done()
	return done, entries, outcome
}

// reopen is the rules' doing, whoever reported it: nobody has taken it by that.
func (w *writer) reopen(to models.IncidentState, r models.Report) {
	who, words := w.by, w.rules.say().T("reported again: %s", named(r))
	if r.By != "" {
		words = w.rules.say().T("reported again by %s: %s", r.By, named(r))
	}
	w.by = Foresight
	w.enter(to, words)
	w.by = who
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
	w.rate(impact, urgency, w.rules.say().T("a graver report came"))
}

// clear takes a fact off; the case is resolved with the last one, unless a person has
// reported that something fails: then a person says that it does not. A window hides
// no end.
func (w *writer) clear(r Report, f *models.Fact, g *models.RedundantGroup) (models.Incident, []models.Entry, Outcome) {
	if g != nil {
		own := models.GroupAlarm{Fingerprint: r.Fingerprint(), Component: r.Component}
		if w.i.Redundancy == nil || !slices.Contains(w.i.Redundancy.Alarms, own) {
			return w.i, nil, Dropped // another's end is not the end of what fires
		}
		w.member(*g, r, false)
		f.Firing = len(w.i.Redundancy.Down) > 0
	} else {
		if !f.Firing {
			return w.i, nil, Dropped
		}
		f.Firing = false
		w.add(models.EntryCleared, r.Source, "", named(r))
	}
	f.Last = later(f.Last, r.At)
	if r.Daily && !r.Past { // a forecast that moves around a threshold does not open and close cases
		done, entries := w.done()
		return done, entries, Eased
	}
	outcome := Eased
	open := slices.ContainsFunc(w.i.Facts, func(f models.Fact) bool { return f.Firing || f.ByPerson })
	if !open && w.i.State.Open() {
		w.enter(models.IncidentResolved, w.rules.say().T("everything reported is over"))
		outcome = Resolves
	}
	done, entries := w.done()
	return done, entries, outcome
}

// quiet resolves the case of a prediction that the forecast has not made for long enough.
func (w *writer) quiet() {
	within := w.rules.QuietFor
	if within <= 0 {
		within = DefaultQuietFor
	}
	if w.i.Finding == "" || !w.i.State.Open() {
		return
	}
	for _, f := range w.i.Facts {
		if f.Firing || f.ByPerson || w.at.Sub(f.Last) < within {
			return
		}
	}
	w.enter(models.IncidentResolved, w.rules.say().T("the forecast has not said so for %s", w.rules.say().lasting(within)))
}
