package incident

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"foresight/models"
)

// Defaults of escalation.
const (
	DefaultRepeatAfter = 15 * time.Minute
	// Tolerance is how late a step or a notice may be without being called late: the clocks
	// are looked at every minute, and a channel has its hiccups.
	Tolerance = 3 * time.Minute
)

// PolicyOf is the policy that a case goes by; nil when nobody is to be told of it.
func PolicyOf(i models.Incident, all []models.Policy) *models.Policy {
	for n := range all {
		if fits(all[n], i.Service, i.Level, i.Priority) {
			return &all[n]
		}
	}
	return nil
}

func fits(p models.Policy, service string, l models.Level, priority models.Priority) bool {
	levels := p.Levels
	if len(levels) == 0 {
		levels = []models.Level{models.LevelReactive} // nobody is woken for what does not fail yet
	}
	return among(p.Services, service) && slices.Contains(levels, l) && (len(p.Priorities) == 0 || slices.Contains(p.Priorities, priority))
}

// Settle is what a change of a case, with its entries, leaves behind: escalation goes on from
// it, and Splunk is told of both. Every change of a case ends here, and so does every look at
// its clocks.
func Settle(i models.Incident, entries []models.Entry, at time.Time, r Rules) models.Turn {
	parcels := Tell(i, entries)
	now, more, notices, withdrawn := escalate(i, entries, at, r)
	t := models.Turn{Incidents: []models.Incident{now}, Entries: append(slices.Clone(entries), more...), Parcels: append(parcels, Tell(now, more)...), Notices: notices}
	t.Withdrawn = withdrawn
	return t
}

// Look is Settle of a case to which nothing happened but time. It is empty where that has
// changed nothing.
func Look(i models.Incident, at time.Time, r Rules) models.Turn {
	now, entries := Tick(i, at, r)
	t := Settle(now, entries, at, r)
	if len(t.Entries) == 0 && len(t.Notices) == 0 && reflect.DeepEqual(i.Escalation, t.Incidents[0].Escalation) {
		return models.Turn{}
	}
	return t
}

// pager is one look at a case's escalation.
type pager struct {
	*writer
	esc     models.Escalation
	policy  *models.Policy
	notices []models.Notice
	taken   bool               // pages that still wait need not go out
	moot    []models.ClockKind // nor warnings of these
}

// escalate brings a case's escalation to a moment. entries are what the case has just gained.
func escalate(i models.Incident, entries []models.Entry, at time.Time, r Rules) (models.Incident, []models.Entry, []models.Notice, []models.Withdrawal) {
	w, _ := change(i, Act{At: at, By: Foresight}, r) // nothing was seen: nothing can have changed
	p := &pager{writer: w, policy: PolicyOf(i, r.Policies)}
	if i.Escalation == nil && p.policy == nil {
		return i, nil, nil, nil
	}
	if i.Escalation != nil {
		p.esc = *i.Escalation
		p.esc.Told, p.esc.Warned = slices.Clone(p.esc.Told), slices.Clone(p.esc.Warned)
	}
	p.tellClocks(entries)
	p.end(entries)
	p.begin(entries)
	for n := 0; n < mostSteps && p.running() && !p.esc.Due.After(p.at); n++ {
		if !p.step() {
			break
		}
	}
	if p.esc.Episode == 0 && len(p.entries) == 0 && i.Escalation == nil {
		return i, nil, nil, nil // not yet: somebody has it
	}
	w.i.Escalation = &p.esc
	if len(p.entries) > 0 {
		w.i.Changed = w.at // its version stays: what a person saw of it still holds
	}
	return w.i, p.entries, p.notices, p.withdrawn(place(i.Entries))
}

// withdrawn are the notices before a place in the case that need not be sent any more.
func (p *pager) withdrawn(before int) (all []models.Withdrawal) {
	if p.taken {
		all = append(all, models.Withdrawal{Incident: p.i.ID, Before: before})
	}
	for _, k := range p.moot {
		all = append(all, models.Withdrawal{Incident: p.i.ID, Before: before, Clock: k})
	}
	return all
}

// mostSteps bounds the steps of one look: a policy whose steps all come at once.
const mostSteps = 100

func (p *pager) running() bool { return !p.esc.Due.IsZero() }

// end stops the paging once somebody has taken the case or nobody need any more, and tells
// those who were paged.
func (p *pager) end(entries []models.Entry) {
	took := byPerson(entries)
	switch {
	case !p.i.State.Open():
		if p.running() || entered(entries, p.i.State) != nil {
			p.stop()
		}
		if e := entered(entries, p.i.State); e != nil && len(p.esc.Told) > 0 {
			p.tellEnd(models.NoticeResolved, *e)
			p.esc.Told = nil
		}
	case p.i.State != models.IncidentNew && (left(entries) != nil || p.running() && took != nil):
		p.stop()
		if took == nil {
			took = left(entries) // what raised it says that somebody has
		}
		p.tellEnd(models.NoticeAcknowledged, *took)
	case p.running() && p.policy == nil:
		p.stop()
		p.esc.Policy = "" // one that fits again begins anew
	}
}

func (p *pager) stop() {
	p.taken = p.taken || p.esc.Episode > 0
	p.esc.Due, p.esc.Quiet = time.Time{}, ""
}

// byPerson is the last entry by which a person has dealt with the case; nil when none has. To
// report is not to deal.
func byPerson(entries []models.Entry) *models.Entry {
	for n := len(entries) - 1; n >= 0; n-- {
		e := &entries[n]
		if e.By != Foresight && slices.Contains([]models.EntryKind{models.EntryState, models.EntryAssigned, models.EntryNote, models.EntryUpdate}, e.Kind) {
			return e
		}
	}
	return nil
}

// entered is the entry by which the case came into a state just now.
func entered(entries []models.Entry, s models.IncidentState) *models.Entry {
	for n := len(entries) - 1; n >= 0; n-- {
		if e := &entries[n]; e.Kind == models.EntryState {
			if e.To == string(s) {
				return e
			}
			return nil
		}
	}
	return nil
}

// left is the entry by which the case has just left new; nil when it has not.
func left(entries []models.Entry) *models.Entry {
	for n := range entries {
		if e := &entries[n]; e.Kind == models.EntryState && e.From == string(models.IncidentNew) {
			return e
		}
	}
	return nil
}

// occasion reports whether what has just happened is a reason to page, whoever has the case:
// it came to a graver level, or came back by itself.
func occasion(entries []models.Entry) bool {
	return slices.ContainsFunc(entries, func(e models.Entry) bool {
		return e.Kind == models.EntryLevel && e.To < e.From ||
			e.Kind == models.EntryState && e.From == string(models.IncidentResolved) && !models.IncidentState(e.To).Done() && e.By == Foresight
	})
}

// rises reports whether what has just happened made the case's priority graver.
func rises(entries []models.Entry) bool {
	return slices.ContainsFunc(entries, func(e models.Entry) bool { return e.Kind == models.EntryPriority && e.To < e.From })
}

// begin starts the paging where it is due, and starts it anew under another policy, and under the
// same one when the case has become graver.
func (p *pager) begin(entries []models.Entry) {
	if p.policy == nil || len(p.policy.Steps) == 0 || !p.i.State.Open() {
		return
	}
	same := p.esc.Policy == p.policy.ID
	if same && p.running() && p.esc.Round == 0 && p.esc.Step == 0 {
		return // nobody has been told yet: the first step is not put off
	}
	untaken := p.running() || p.i.State == models.IncidentNew
	due := occasion(entries) || untaken && (!same || rises(entries))
	if !due {
		return
	}
	p.esc.Policy, p.esc.Round, p.esc.Step, p.esc.Quiet = p.policy.ID, 0, 0, ""
	p.esc.Episode++
	p.esc.Due = p.at.Add(p.policy.Steps[0].After)
}

// step carries out the step that is due, and reports whether there was no reason to wait.
func (p *pager) step() bool {
	if p.i.Silenced != "" {
		if p.esc.Quiet != p.i.Silenced {
			p.esc.Quiet = p.i.Silenced
			p.add(models.EntrySuppressed, "", p.i.Silenced, p.rules.say().T("%s is due and waits: the window keeps it quiet", p.stepWords()))
		}
		return false
	}
	if p.esc.Quiet != "" {
		p.esc.Quiet, p.esc.Due = "", p.at // it waited for the window, and is not late by that
	}
	if allTold(p.esc, *p.policy) {
		p.add(models.EntrySuppressed, "", p.policy.ID, p.rules.say().T("nobody further is told: all of policy %s were, and nobody has taken it", p.policy.ID))
		p.esc.Due = time.Time{}
		return true
	}
	s := p.policy.Steps[p.esc.Step]
	to, missing := p.rules.whom(s, p.at)
	for _, why := range missing {
		p.add(models.EntrySuppressed, "", p.stepName(), why)
	}
	late := p.at.Sub(p.esc.Due) > Tolerance
	for n, r := range to {
		words := r.words(p.rules.say()) + "; " + p.stepWords()
		if late && n == 0 {
			words += p.rules.say().T(", late by %s: nothing looked at it before", p.rules.say().lasting(p.at.Sub(p.esc.Due)))
		}
		p.add(models.EntryNotified, "", r.whose(), words)
		p.page(r)
	}
	p.next(len(to) == 0, late)
	return true
}

func (p *pager) stepName() string { return fmt.Sprintf("step %d", p.esc.Step+1) }

func (p *pager) stepWords() string { return p.rules.say().step(p.esc) }

// step names the step that an escalation has come to.
func (v voice) step(esc models.Escalation) string {
	words := v.T("step %d of policy %s", esc.Step+1, esc.Policy)
	if esc.Round > 0 {
		words += v.T(", time %d", esc.Round+1)
	}
	return words
}

// next says when the step after this one is due: one that nobody heard of is not waited for.
func (p *pager) next(nobody, late bool) {
	from := p.esc.Due
	if late {
		from = p.at // whoever is told late gets the whole time all the same
	}
	p.esc.Step++
	if p.esc.Step < len(p.policy.Steps) {
		p.esc.Due = from
		if !nobody {
			p.esc.Due = from.Add(p.policy.Steps[p.esc.Step].After)
		}
		return
	}
	p.esc.Round++
	if p.esc.Round <= p.policy.Repeat {
		p.esc.Step = 0
	}
	again := p.policy.RepeatAfter
	if again <= 0 {
		again = DefaultRepeatAfter
	}
	p.esc.Due = from.Add(again)
}
