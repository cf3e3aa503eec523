package incident

import (
	"fmt"
	"slices"
	"time"

	"foresight/models"
)

// Lapse is something of a case's escalation that was due and did not happen, or late.
type Lapse struct {
	Incident string    `json:"incident"`
	Notice   string    `json:"notice,omitzero"` // id; "" when none was made
	Due      time.Time `json:"due,omitzero"`
	Text     string    `json:"text"`
}

// Audit compares what the policies wanted of a case with what was sent: posted are the case's
// notices. It goes by the timeline and the notices, not by what the escalation believes it did.
func Audit(i models.Incident, timeline []models.Entry, posted []models.Posted, at time.Time, r Rules) []Lapse {
	all := append(unheard(i, at, r), unpaged(i, timeline, at, r)...)
	all = append(all, unheeded(i, timeline, r)...)
	all = append(all, unseen(i, at)...)
	for _, p := range posted {
		if text := lapseOf(voice{}, p, at); text != "" {
			all = append(all, Lapse{i.ID, p.ID, p.Due, text})
		}
	}
	for _, e := range timeline {
		if e.Kind == models.EntryNotified && !slices.ContainsFunc(posted, func(p models.Posted) bool {
			return !p.Kind.Ends() && clockOf(p) == e.From && p.Made.Equal(e.At) && (p.Contact == e.To || p.Contact == "" && p.Channel == e.To)
		}) {
			all = append(all, Lapse{Incident: i.ID, Due: e.At, Text: fmt.Sprintf("the timeline says that %s is told, and no notice was made", e.To)})
		}
	}
	return all
}

// clockOf is what entries that tell of the notice's clock say of it; "" of a page.
func clockOf(p models.Posted) string {
	if p.Clock == "" {
		return ""
	}
	return clockWords(p.Clock, p.Kind)
}

// unheard are the steps that should have been carried out by now and were not.
func unheard(i models.Incident, at time.Time, r Rules) []Lapse {
	if !i.State.Open() || i.Silenced != "" {
		return nil
	}
	p, esc := PolicyOf(i, r.Policies), i.Escalation
	one := func(due time.Time, format string, args ...any) []Lapse {
		return []Lapse{{Incident: i.ID, Due: due, Text: fmt.Sprintf(format, args...)}}
	}
	switch {
	case esc != nil && !esc.Due.IsZero() && p != nil:
		if allTold(*esc, *p) {
			return nil // what is left to do is to say so
		}
		if at.Sub(esc.Due) > Tolerance {
			return one(esc.Due, "%s was due and was not carried out: no serve was running", voice{}.step(*esc))
		}
	case i.State != models.IncidentNew:
	case p == nil && len(r.Policies) == 0 && i.Level == models.LevelReactive:
		return one(i.Opened, "nobody is told: there are no policies; add policies to the process of the customer")
	case p == nil && r.heeds(i.Level):
		return one(i.Opened, "nobody is told: no policy is for level %d, priority %d of %s; add one, or widen another", i.Level, i.Priority, i.Service)
	case p != nil && len(p.Steps) > 0 && (esc == nil || esc.Episode == 0):
		if due := i.Opened.Add(p.Steps[0].After); at.Sub(due) > Tolerance {
			return one(due, "policy %s is for it, and paging has not begun: no serve was running", p.ID)
		}
	}
	return nil
}

// allTold reports whether all steps of a policy were carried out as often as it wants.
func allTold(esc models.Escalation, p models.Policy) bool {
	return esc.Round > p.Repeat || esc.Step >= len(p.Steps)
}

// heeds reports whether cases of a level are to be told of at all: those of what fails now, and those of
// levels that a policy names.
func (r Rules) heeds(l models.Level) bool {
	return l == models.LevelReactive || slices.ContainsFunc(r.Policies, func(p models.Policy) bool { return slices.Contains(p.Levels, l) })
}

// unpaged is that the case came to the level it is at, a graver one, and nobody has been told since.
func unpaged(i models.Incident, timeline []models.Entry, at time.Time, r Rules) []Lapse {
	p, esc := PolicyOf(i, r.Policies), i.Escalation
	if p == nil || len(p.Steps) == 0 || !i.State.Open() || i.Silenced != "" || esc != nil && !esc.Due.IsZero() && esc.Round == 0 && esc.Step == 0 {
		return nil // or its first step is yet to come
	}
	var since *models.Entry
	for n := range timeline {
		switch e := &timeline[n]; {
		case e.Kind == models.EntryLevel && e.To < e.From:
			since = e
		case e.Kind == models.EntryLevel || e.Kind == models.EntryNotified || e.Kind == models.EntrySuppressed || byPerson(timeline[n:n+1]) != nil:
			since = nil
		}
	}
	if since == nil || at.Sub(since.At) <= p.Steps[0].After+Tolerance {
		return nil
	}
	return []Lapse{{Incident: i.ID, Due: since.At.Add(p.Steps[0].After), Text: fmt.Sprintf("it came to level %s, policy %s is for it, and nobody was told", since.To, p.ID)}}
}

// lapseOf says what went wrong with a notice; "" when nothing did.
func lapseOf(say voice, p models.Posted, at time.Time) string {
	who := receiver{contact: p.Contact, name: p.Name, channel: p.Channel}.words(say)
	reply := ""
	if p.Reply != "" {
		reply = ": " + p.Reply
	}
	switch {
	case p.Is == models.NoticeDead:
		return say.T("%s was not told and will not be%s", who, reply)
	case p.Is.Open() && at.Sub(p.Due) > Tolerance:
		return say.T("%s has not been told for %s and is tried on%s", who, say.lasting(at.Sub(p.Due)), reply)
	case p.Kind.Ends(): // nobody was waiting for it
	case p.Is == models.NoticeSent && p.Settled.Sub(p.Due) > Tolerance:
		return say.T("%s was told %s late", who, say.lasting(p.Settled.Sub(p.Due)))
	case p.Is == models.NoticeWithdrawn && p.Settled.Sub(p.Due) > Tolerance:
		until := say.T("somebody had taken it")
		if p.Clock != "" {
			until = say.T("the time to %s was no longer running", say.T(string(p.Clock)))
		}
		return say.T("%s was not told for %s, until %s%s", who, say.lasting(p.Settled.Sub(p.Due)), until, reply)
	}
	return ""
}

// Lapsed writes into the timeline which notices did not arrive in time, each once. posted are
// such.
func Lapsed(i models.Incident, posted []models.Posted, at time.Time, r Rules) models.Turn {
	if i.Escalation == nil || i.State.Done() {
		return models.Turn{}
	}
	w, _ := change(i, Act{At: at, By: Foresight}, r) // nothing was seen: nothing can have changed
	esc := *i.Escalation
	esc.Lapses = slices.Clone(esc.Lapses)
	for _, p := range posted {
		text := lapseOf(r.say(), p, at)
		mark := p.ID + " " + string(p.Is)
		if p.Is.Open() {
			mark = p.ID // waiting or failed: it is late all the same
		}
		if p.Incident != i.ID || text == "" || slices.Contains(esc.Lapses, mark) {
			continue
		}
		esc.Lapses = append(esc.Lapses, mark)
		w.add(models.EntrySuppressed, "", receiver{contact: p.Contact, channel: p.Channel}.whose(), text)
	}
	if len(w.entries) == 0 {
		return models.Turn{}
	}
	w.i.Escalation, w.i.Changed = &esc, w.at
	return models.Turn{Incidents: []models.Incident{w.i}, Entries: w.entries, Parcels: Tell(w.i, w.entries)}
}
