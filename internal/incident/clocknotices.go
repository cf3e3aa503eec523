package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// ofClock says of which clock an entry tells, and what: that it is about to run out, or has.
func ofClock(e models.Entry) (models.ClockKind, models.NoticeKind, bool) {
	kind := models.NoticeKind(e.To)
	return models.ClockKind(e.From), kind, e.Kind == models.EntryClock && (kind == models.NoticeWarned || kind == models.NoticeBreached)
}

// clockWords name an entry's clock in those that tell of it.
func clockWords(k models.ClockKind, kind models.NoticeKind) string {
	return string(k) + " " + string(kind)
}

// tellClocks lets those who want to know hear of the clocks of which the case's new entries tell:
// each time a clock warns, and each time it has run out, they hear once.
func (p *pager) tellClocks(entries []models.Entry) {
	for _, e := range entries {
		if k, kind, tells := ofClock(e); tells && (kind == models.NoticeBreached || p.runs(k)) {
			p.tellClock(e, k, kind)
		}
	}
	p.esc.Warned = slices.DeleteFunc(p.esc.Warned, func(k models.ClockKind) bool {
		over := !p.runs(k) || clock(&p.i, k).Breached
		if over {
			p.moot = append(p.moot, k)
		}
		return over
	})
}

func (p *pager) runs(k models.ClockKind) bool {
	c := clock(&p.i, k)
	return c != nil && c.Running()
}

func (p *pager) tellClock(e models.Entry, k models.ClockKind, kind models.NoticeKind) {
	to, missing := p.rules.heed(p.i, k, kind, p.policy, p.at)
	if len(to)+len(missing) == 0 {
		return
	}
	if p.i.Silenced != "" {
		p.add(models.EntrySuppressed, clockWords(k, kind), p.i.Silenced, p.rules.say().T("nobody is told of it: the window keeps it quiet"))
		return
	}
	for _, why := range missing {
		p.add(models.EntrySuppressed, clockWords(k, kind), "", why)
	}
	for _, r := range to {
		p.add(models.EntryNotified, clockWords(k, kind), r.whose(), p.rules.say().T("%s; policy %s", r.words(p.rules.say()), p.policy.ID))
		p.hear(r, e, k, kind)
	}
	if kind == models.NoticeWarned && len(to) > 0 && !slices.Contains(p.esc.Warned, k) {
		p.esc.Warned = append(p.esc.Warned, k)
	}
}

// heed are the receivers of what a clock has to say, each once, and of those whom the policy means
// and cannot reach, why.
func (r Rules) heed(i models.Incident, k models.ClockKind, kind models.NoticeKind, policy *models.Policy, at time.Time) (to []receiver, missing []string) {
	if policy == nil {
		return nil, nil
	}
	for _, n := range policy.Clocks {
		if !n.About(k, kind) {
			continue
		}
		s := n.To
		if n.Assignee {
			if c := r.contactOf(i.Assignee); c != "" {
				s.Contacts = append([]string{c}, s.Contacts...)
			}
			if len(s.Contacts)+len(s.Rotas) == 0 {
				missing = append(missing, r.say().T("nobody is told of it: no contact has the case"))
				continue
			}
		}
		ways, why := r.whom(s, at)
		missing = append(missing, why...)
		for _, one := range atOnce(ways) {
			if !slices.ContainsFunc(to, func(x receiver) bool { return x.channel == one.channel && x.to == one.to && x.contact == one.contact }) {
				to = append(to, one)
			}
		}
	}
	return to, missing
}

// atOnce leaves out the ways that a contact wants taken only where nobody has taken the case by then:
// a clock's word is said once. Who has no others is told by all.
func atOnce(ways []receiver) []receiver {
	var out []receiver
	for _, w := range ways {
		first := w.after == 0
		if !first && slices.ContainsFunc(ways, func(x receiver) bool { return x.contact == w.contact && x.after == 0 }) {
			continue
		}
		w.after = 0
		out = append(out, w)
	}
	return out
}

// contactOf is the contact who is called by a name, an id or an address; "" when there is none.
func (r Rules) contactOf(name string) string {
	if name == "" {
		return ""
	}
	for _, c := range r.Contacts {
		if name == c.ID || strings.EqualFold(name, c.Name) || c.Email != "" && strings.EqualFold(name, c.Email) {
			return c.ID
		}
	}
	return ""
}

// hear makes the notice. A channel that keeps an alert open opens one of its own for a clock: one that it
// knows would say nothing anew.
func (p *pager) hear(r receiver, e models.Entry, k models.ClockKind, kind models.NoticeKind) {
	n := p.notice(kind, r.contact, r.name, r.channel, r.to)
	key := ""
	if p.rules.Channels[r.channel].Alerts() {
		key = n.Key + "." + string(k)
		n.Key = key
	}
	n.ID = models.Revision("notice", n.Key, r.contact, kind, k, e.Seq)
	n.Due, n.Clock, n.Text, n.Policy, n.Round, n.Step = p.at, k, e.Text, p.policy.ID, 0, 0
	if c := clock(&p.i, k); c != nil {
		n.Deadline = c.Deadline
	}
	p.notices = append(p.notices, n)
	p.tell(r, key)
}

// unheeded are clocks of which the timeline tells, and that nobody was told of who wants to know.
// Where level or priority have changed since, another policy may have been the case's.
func unheeded(i models.Incident, timeline []models.Entry, r Rules) (all []Lapse) {
	policy := PolicyOf(i, r.Policies)
	if policy == nil || len(policy.Clocks) == 0 {
		return nil
	}
	for n := len(timeline) - 1; n >= 0; n-- {
		e := timeline[n]
		if e.Kind == models.EntryLevel || e.Kind == models.EntryPriority {
			break
		}
		k, kind, tells := ofClock(e)
		if !tells || !slices.ContainsFunc(policy.Clocks, func(c models.ClockNotice) bool { return c.About(k, kind) }) {
			continue
		}
		told := slices.ContainsFunc(timeline[n:], func(x models.Entry) bool {
			return (x.Kind == models.EntryNotified || x.Kind == models.EntrySuppressed) && x.From == clockWords(k, kind)
		})
		if !told && (kind == models.NoticeBreached || !endedAt(timeline, e)) {
			all = append(all, Lapse{Incident: i.ID, Due: e.At, Text: fmt.Sprintf("%s, and nobody was told: policy %s wants it", e.Text, policy.ID)})
		}
	}
	return all
}

// unseen are the clocks that have run out without anybody saying so.
func unseen(i models.Incident, at time.Time) (all []Lapse) {
	for _, c := range i.Clocks {
		if c.Running() && !c.Breached && !c.Deadline.IsZero() && at.Sub(c.Deadline) > Tolerance {
			all = append(all, Lapse{Incident: i.ID, Due: c.Deadline, Text: fmt.Sprintf("the time to %s ran out at %s and nothing was said of it: no serve was running",
				c.Kind, c.Deadline.UTC().Format(time.RFC3339))})
		}
	}
	return all
}

// endedAt reports whether what ended the warning's clock wrote it down: then there was nothing left to
// warn of.
func endedAt(timeline []models.Entry, warning models.Entry) bool {
	return slices.ContainsFunc(timeline, func(e models.Entry) bool {
		return e.At.Equal(warning.At) && slices.Contains([]models.EntryKind{models.EntryState, models.EntryUpdate, models.EntryLevel, models.EntryRedundancy}, e.Kind)
	})
}
