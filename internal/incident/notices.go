package incident

import (
	"fmt"
	"slices"

	"foresight/models"
)

// page makes the notice of one receiver of the step that is due.
func (p *pager) page(r receiver) {
	n := p.notice(models.NoticePage, r.contact, r.name, r.channel, r.to)
	n.Due = p.esc.Due.Add(r.after)
	p.notices = append(p.notices, n)
	p.tell(r, "")
}

// tell has a receiver hear of the end, once for each alert.
func (p *pager) tell(r receiver, key string) {
	if !slices.ContainsFunc(p.esc.Told, func(t models.Told) bool { return t.Channel == r.channel && t.To == r.to && t.Key == key }) {
		p.esc.Told = append(p.esc.Told, models.Told{Contact: r.contact, Name: r.name, Channel: r.channel, To: r.to, Key: key})
	}
}

// tellEnd lets everybody who was paged know that they need not come any more.
func (p *pager) tellEnd(kind models.NoticeKind, e models.Entry) {
	for _, t := range p.esc.Told {
		n := p.notice(kind, t.Contact, t.Name, t.Channel, t.To)
		if t.Key != "" {
			n.Key, n.ID = t.Key, models.Revision(n.ID, t.Key)
		}
		n.Due, n.By, n.Text = p.at, e.By, e.Text
		p.notices = append(p.notices, n)
	}
}

// notice fills in what all notices of the case have.
func (p *pager) notice(kind models.NoticeKind, contact, name, channel, to string) models.Notice {
	i := p.i
	key := KeyOf(i.ID, channel, to)
	return models.Notice{
		ID:       models.Revision("notice", key, contact, kind, p.esc.Episode, p.esc.Round, p.esc.Step, p.occurrence(kind)),
		Customer: i.Customer, Incident: i.ID, Seq: place(i.Entries) + len(p.notices), Kind: kind, Key: key, Channel: channel, Contact: contact, Name: name, To: to,
		Policy: p.esc.Policy, Round: p.esc.Round, Step: p.esc.Step, Made: p.at, Lang: p.rules.Lang, Zone: p.rules.Hours.zone().String(),
		Service: i.Service, ServiceName: p.rules.Names[i.Service], Title: i.Title, Detail: i.Detail, Level: i.Level, State: i.State, Priority: i.Priority, Opened: i.Opened, Assignee: i.Assignee,
	}
}

// place is where notices made with the case's nth entry stand among all of the case.
func place(entry int) int { return entry * 1000 }

// occurrence tells two ends of one paging apart: a case may be resolved, reopened and resolved.
func (p *pager) occurrence(kind models.NoticeKind) int {
	if kind == models.NoticePage {
		return 0 // the step says which
	}
	return p.i.Entries
}

// KeyOf names what one receiver is told of one case, whichever message it is.
func KeyOf(incident, channel, to string) string {
	return fmt.Sprintf("%s.%s", incident, models.Revision("receiver", channel, to)[:8])
}
