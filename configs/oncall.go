package configs

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

type fileContact struct {
	ID    string            `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Name  string            `yaml:"name" jsonschema_description:"For people; may change (default: the id)."`
	Email string            `yaml:"email" jsonschema_description:"Address of channels of kind email."`
	Rules []fileContactRule `yaml:"rules" jsonschema_description:"How to tell the contact; without any, only a step that names a channel does."`
}

type fileContactRule struct {
	Channel string `yaml:"channel" jsonschema:"required" jsonschema_description:"Id of a channel."`
	To      string `yaml:"to" jsonschema_description:"Another address than email's."`
	After   delay  `yaml:"after" jsonschema_description:"How long after the step that asks for the contact, unless somebody has taken the case (default: at once)."`
}

type fileRota struct {
	ID        string         `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Name      string         `yaml:"name" jsonschema_description:"For people; may change (default: the id)."`
	Zone      string         `yaml:"zone" jsonschema_description:"IANA time zone of its times (default: the customer's)."`
	Rotations []fileRotation `yaml:"rotations" jsonschema:"required,minItems=1" jsonschema_description:"Who takes turns; of several the first that has somebody at a moment counts."`
	Overrides []fileCover    `yaml:"overrides" jsonschema_description:"Who stands in for whoever's turn it is; of two the later in the list counts."`
}

type fileRotation struct {
	Contacts []string    `yaml:"contacts" jsonschema:"required,minItems=1" jsonschema_description:"Ids of contacts, in the order of their turns."`
	From     date        `yaml:"from" jsonschema:"required" jsonschema_description:"Day on which the first turn begins."`
	Until    date        `yaml:"until" jsonschema_description:"First day without (default: for good)."`
	Every    string      `yaml:"every" jsonschema:"enum=day,enum=week" jsonschema_description:"How long a turn is (default week)."`
	Turns    int         `yaml:"length" jsonschema_description:"Of how many such (default 1)."`
	Handover clockTime   `yaml:"handover" jsonschema_description:"When a turn begins on the clock on the wall, such as 09:00, winter and summer (default 00:00)."`
	Hours    []fileHours `yaml:"hours" jsonschema_description:"When somebody is on call at all (default: always); a night is two entries."`
}

type fileCover struct {
	Contact string `yaml:"contact" jsonschema_description:"Id of the contact (default: nobody is on call)."`
	From    moment `yaml:"from" jsonschema:"required" jsonschema_description:"When it begins, in the schedule's zone."`
	To      moment `yaml:"to" jsonschema:"required" jsonschema_description:"The first moment after it."`
}

type filePolicy struct {
	ID          string     `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Services    []string   `yaml:"services" jsonschema_description:"Ids of the services whose cases go by it (default: all)."`
	Levels      []int      `yaml:"levels" jsonschema_description:"Levels of cases that go by it (default [1]: nobody is told of what does not fail yet)."`
	Priorities  []int      `yaml:"priorities" jsonschema_description:"Priorities of cases that go by it (default: all)."`
	Steps       []fileStep `yaml:"steps" jsonschema_description:"Who is told, one after the other, until somebody takes the case; needed unless clocks says who hears of those."`
	Clocks      []fileHeed `yaml:"clocks" jsonschema_description:"Who hears that a promised time (sla) is about to run out, and that it has, whoever has the case (default: nobody)."`
	Repeat      int        `yaml:"repeat" jsonschema_description:"How many more times all steps are gone through (default 0)."`
	RepeatAfter duration   `yaml:"repeat_after" jsonschema_description:"How long the last step has before that (default 15m)."`
}

type fileStep struct {
	After     delay    `yaml:"after" jsonschema_description:"How long after the step before (default: at once). A step that reaches nobody is not waited for."`
	Contacts  []string `yaml:"contacts" jsonschema_description:"Ids of contacts."`
	Schedules []string `yaml:"schedules" jsonschema_description:"Ids of schedules: whoever is on call then."`
	Channel   string   `yaml:"channel" jsonschema_description:"Channel by which all of them are told, instead of their own rules; alone, such as that of a chat room, it is told itself."`
}

type fileHeed struct {
	When      string   `yaml:"when" jsonschema:"enum=warned,enum=breached" jsonschema_description:"warned: it is about to run out (warn_at); breached: it has run out (default: both)."`
	Of        []string `yaml:"of" jsonschema:"enum=acknowledge,enum=update,enum=resolve,enum=restore" jsonschema_description:"Of which clocks (default: all)."`
	Assignee  flag     `yaml:"assignee" jsonschema_description:"Tell whoever has the case, where that is a contact (default false)."`
	Contacts  []string `yaml:"contacts" jsonschema_description:"Ids of contacts, told by those of their rules that wait for nothing."`
	Schedules []string `yaml:"schedules" jsonschema_description:"Ids of schedules: whoever is on call then."`
	Channel   string   `yaml:"channel" jsonschema_description:"Channel by which all of them are told, instead of their own rules; alone, such as that of a chat room, it is told itself."`
}

// onCall checks contacts, schedules and policies; channels are those that the customer may use.
func (v validator) onCall(key string, p fileProcess, services []string, channels map[string]models.ChannelKind, zone *time.Location) {
	var contacts, rotas, ways []string
	for id := range channels {
		ways = append(ways, id)
	}
	slices.Sort(ways)
	ids := v.unique()
	for i, c := range p.Contacts {
		at := fmt.Sprintf("%s.contacts[%d]", key, i)
		ids(at, c.ID)
		contacts = append(contacts, c.ID)
		v.contact(at, c, channels, ways)
	}
	ids = v.unique()
	for i, r := range p.Schedules {
		at := fmt.Sprintf("%s.schedules[%d]", key, i)
		ids(at, r.ID)
		rotas = append(rotas, r.ID)
		v.rota(at, r, contacts, zone)
	}
	ids = v.unique()
	for i, policy := range p.Policies {
		at := fmt.Sprintf("%s.policies[%d]", key, i)
		ids(at, policy.ID)
		v.policy(at, policy, services)
		for j, s := range policy.Steps {
			v.step(fmt.Sprintf("%s.steps[%d]", at, j), s, contacts, rotas, channels, ways)
		}
		for j, h := range policy.Clocks {
			v.heed(fmt.Sprintf("%s.clocks[%d]", at, j), h, contacts, rotas, channels, ways)
		}
	}
}

func (v validator) contact(key string, c fileContact, channels map[string]models.ChannelKind, ways []string) {
	v.address(key+".email", c.Email)
	for i, r := range c.Rules {
		at := fmt.Sprintf("%s.rules[%d]", key, i)
		if !v.oneOf(at+".channel", r.Channel, ways...) || !channels[r.Channel].Addressed() {
			continue
		}
		if r.To == "" && c.Email == "" {
			v.fail(at, "the contact has no address for %s; write email: NAME@EXAMPLE.COM", r.Channel)
		}
		v.address(at+".to", r.To)
	}
}

// address wants what can be written to, where something is given.
func (v validator) address(key, text string) {
	if text == "" {
		return
	}
	if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
		v.fail(key, "%q is not an address; write one such as eva@example.com", text)
	}
}

func (v validator) rota(key string, r fileRota, contacts []string, zone *time.Location) {
	if r.Zone != "" {
		if own := v.zone(key+".zone", r.Zone); own != nil {
			zone = own
		}
	}
	if len(r.Rotations) == 0 {
		v.fail(key+".rotations", "nobody takes turns; write at least one rotation")
	}
	for i, turn := range r.Rotations {
		at := fmt.Sprintf("%s.rotations[%d]", key, i)
		if len(turn.Contacts) == 0 {
			v.fail(at+".contacts", "nobody takes turns; name a contact or more")
		}
		for _, c := range turn.Contacts {
			v.oneOf(at+".contacts", c, contacts...)
		}
		if turn.From.IsZero() {
			v.fail(at+".from", "the day of the first turn is missing; write it as 2026-03-02")
		}
		if !turn.Until.IsZero() && !turn.From.Before(turn.Until.Time) {
			v.fail(at+".until", "%s is not after from, %s; swap or mend them", turn.Until.Format(time.DateOnly), turn.From.Format(time.DateOnly))
		}
		if turn.Every != "" {
			v.oneOf(at+".every", turn.Every, "day", "week")
		}
		if v.given(at+".length") && (turn.Turns < 1 || turn.Turns > 52) {
			v.fail(at+".length", "%d is no turn's length; write 1 to 52", turn.Turns)
		}
		if turn.Handover >= 24*60 {
			v.fail(at+".handover", "24:00 is the next day's 00:00; write that")
		}
		for j, h := range turn.Hours {
			v.hours(fmt.Sprintf("%s.hours[%d]", at, j), h)
		}
	}
	for i, c := range r.Overrides {
		at := fmt.Sprintf("%s.overrides[%d]", key, i)
		if c.Contact != "" {
			v.oneOf(at+".contact", c.Contact, contacts...)
		}
		v.between(at, c.From, c.To, zone)
	}
}

func (v validator) policy(key string, p filePolicy, services []string) {
	for _, s := range p.Services {
		v.oneOf(key+".services", s, services...)
	}
	for _, l := range p.Levels {
		if l < 1 || l > 3 {
			v.fail(key+".levels", "%d is no level; write 1, 2 or 3", l)
		}
	}
	for _, n := range p.Priorities {
		if n < 1 || n > 5 {
			v.fail(key+".priorities", "%d is no priority; write 1 to 5", n)
		}
	}
	if len(p.Steps)+len(p.Clocks) == 0 {
		v.fail(key+".steps", "nobody is told; write at least one step")
	}
	if p.Repeat < 0 || p.Repeat > 20 {
		v.fail(key+".repeat", "%d times are not between 0 and 20; write how many more times", p.Repeat)
	}
}

func (v validator) step(key string, s fileStep, contacts, rotas []string, channels map[string]models.ChannelKind, ways []string) {
	for _, c := range s.Contacts {
		v.oneOf(key+".contacts", c, contacts...)
	}
	for _, r := range s.Schedules {
		v.oneOf(key+".schedules", r, rotas...)
	}
	alone := len(s.Contacts) == 0 && len(s.Schedules) == 0
	if s.Channel == "" && alone {
		v.fail(key, "the step tells nobody; write contacts, schedules or a channel")
	}
	if s.Channel != "" && v.oneOf(key+".channel", s.Channel, ways...) && alone && channels[s.Channel].Addressed() {
		v.fail(key+".channel", "%s needs somebody to write to; name contacts or schedules, such as a contact with a group's address", s.Channel)
	}
}

// clockKinds are those of a case.
var clockKinds = []string{string(models.ClockAcknowledge), string(models.ClockUpdate), string(models.ClockResolve), string(models.ClockRestore)}

// heed checks who hears of clocks.
func (v validator) heed(key string, h fileHeed, contacts, rotas []string, channels map[string]models.ChannelKind, ways []string) {
	v.among(key+".when", h.When, []string{string(models.NoticeWarned), string(models.NoticeBreached)})
	for _, k := range h.Of {
		v.oneOf(key+".of", k, clockKinds...)
	}
	if bool(h.Assignee) && len(h.Contacts)+len(h.Schedules) == 0 {
		v.among(key+".channel", h.Channel, ways) // whoever has it, and while nobody has nobody
		return
	}
	v.step(key, fileStep{Contacts: h.Contacts, Schedules: h.Schedules, Channel: h.Channel}, contacts, rotas, channels, ways)
}

// between wants two moments in order.
func (v validator) between(key string, from, to moment, zone *time.Location) {
	switch {
	case from.IsZero():
		v.fail(key+".from", "when it begins is missing; write it as 2026-03-04T22:00")
	case to.IsZero():
		v.fail(key+".to", "when it ends is missing; write it as 2026-03-05T04:00")
	case !from.in(zone).Before(to.in(zone)):
		v.fail(key+".to", "%s is not after from, %s; swap or mend them", to.Format("2006-01-02 15:04"), from.Format("2006-01-02 15:04"))
	}
}

// feed wants a secret that stands in an address and that nobody guesses.
func (v validator) feed(key string, p *fileProcess) {
	if p.FeedSecret == nil {
		return
	}
	p.feedSecret = v.secret(key, p.FeedSecret)
	switch text := p.feedSecret.Value(); {
	case !p.feedSecret.IsSet():
	case len(text) < leastSecret:
		v.fail(key, "the secret has fewer than %d characters and can be guessed; make one with openssl rand -hex 16", leastSecret)
	case url.PathEscape(text) != text:
		v.fail(key, "the secret stands in an address and has a character that may not; make one with openssl rand -hex 16")
	}
}

// onCallOf builds contacts, schedules and policies into what cases go by.
func onCallOf(p *models.Process, f fileProcess, zone *time.Location) {
	for _, c := range f.Contacts {
		contact := models.Contact{ID: c.ID, Name: named(c.Name, c.ID), Email: c.Email}
		for _, r := range c.Rules {
			contact.Rules = append(contact.Rules, models.ContactRule{Channel: r.Channel, To: r.To, After: time.Duration(r.After)})
		}
		p.Contacts = append(p.Contacts, contact)
	}
	for _, r := range f.Schedules {
		p.Rotas = append(p.Rotas, rotaOf(r, zone))
	}
	for _, x := range f.Policies {
		policy := models.Policy{ID: x.ID, Services: x.Services, Repeat: x.Repeat, RepeatAfter: time.Duration(x.RepeatAfter)}
		for _, l := range x.Levels {
			policy.Levels = append(policy.Levels, models.Level(l))
		}
		for _, n := range x.Priorities {
			policy.Priorities = append(policy.Priorities, models.Priority(n))
		}
		for _, s := range x.Steps {
			policy.Steps = append(policy.Steps, models.PolicyStep{After: time.Duration(s.After), Contacts: s.Contacts, Rotas: s.Schedules, Channel: s.Channel})
		}
		for _, h := range x.Clocks {
			heed := models.ClockNotice{
				Warned: h.When != string(models.NoticeBreached), Breached: h.When != string(models.NoticeWarned), Assignee: bool(h.Assignee),
				To: models.PolicyStep{Contacts: h.Contacts, Rotas: h.Schedules, Channel: h.Channel},
			}
			for _, k := range h.Of {
				heed.Of = append(heed.Of, models.ClockKind(k))
			}
			policy.Clocks = append(policy.Clocks, heed)
		}
		p.Policies = append(p.Policies, policy)
	}
}

func rotaOf(f fileRota, zone *time.Location) models.Rota {
	if own, err := time.LoadLocation(f.Zone); f.Zone != "" && err == nil {
		zone = own
	}
	r := models.Rota{ID: f.ID, Name: named(f.Name, f.ID), Zone: zone}
	for _, t := range f.Rotations {
		days := max(1, t.Turns)
		if t.Every != "day" {
			days *= 7
		}
		r.Rotations = append(r.Rotations, models.Rotation{
			Contacts: t.Contacts, From: t.From.in(zone), Until: t.Until.in(zone), Days: days, Handover: int(t.Handover), Week: weekOf(t.Hours),
		})
	}
	for _, c := range f.Overrides {
		r.Covers = append(r.Covers, models.Cover{Contact: c.Contact, From: c.From.in(zone), To: c.To.in(zone)})
	}
	return r
}

// named is the name that people read.
func named(name, id string) string {
	if strings.TrimSpace(name) == "" {
		return id
	}
	return name
}
