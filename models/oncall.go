package models

import (
	"slices"
	"time"
)

// Contact is a person, or a shared mailbox, who can be told of a case.
type Contact struct {
	ID, Name string
	Email    string // "" where none is known
	Rules    []ContactRule
}

// ContactRule is one way to tell a contact.
type ContactRule struct {
	Channel string
	To      string        // address, where the channel wants one; "": the contact's Email
	After   time.Duration // after the step that asks for the contact
}

// Rota says who is on call when: an on-call schedule.
type Rota struct {
	ID, Name  string
	Zone      *time.Location
	Rotations []Rotation // the first that has somebody at a moment counts
	Covers    []Cover    // overrides; of two the later in the list counts
}

// Rotation is contacts who take turns. A turn begins by the clock on the wall, so that
// one over a night in which the clock is changed is as long as that night.
type Rotation struct {
	Contacts []string     // ids, in the order of their turns
	From     time.Time    // local midnight of the day on which the first turn begins
	Until    time.Time    // local midnight of the first day without; zero: for good
	Days     int          // a turn's length: 1 daily, 7 weekly
	Handover int          // when a turn begins, in minutes from local midnight
	Week     [7][]Opening // by time.Weekday: when somebody is on call at all; all empty: always
}

// Cover puts somebody in another's place for a while; Contact "" puts nobody there.
type Cover struct {
	Contact  string
	From, To time.Time // [From, To)
}

// StandIn is a Cover that somebody made when it was needed, beside those of the configuration. Of two the
// one made later counts, and any of them before the configuration's.
type StandIn struct {
	ID       string
	Customer string
	Rota     string
	Cover
	By     string
	Reason string
	Made   time.Time
}

// Duty is a stretch of time in which one contact is on call; Contact "": nobody.
type Duty struct {
	Contact  string
	From, To time.Time
}

// NextStep is what an open case's escalation does next.
type NextStep struct {
	At      time.Time
	Policy  string
	Step    int      // from 1
	To      []string // whom, and by which channel
	Missing []string // of whom it means and cannot reach, why
	Quiet   string   // the window for which it waits
}

// Policy says who is told of a case that nobody has taken: an escalation policy. What is
// empty fits all, but of levels it fits the first alone.
type Policy struct {
	ID          string
	Services    []string
	Levels      []Level
	Priorities  []Priority
	Steps       []PolicyStep
	Repeat      int           // how many more times all steps are gone through
	RepeatAfter time.Duration // the last step's time, before they are or are given up; 0: the default
	Clocks      []ClockNotice // who hears of promised times, whoever has the case
}

// ClockNotice says who hears that a promised time is about to run out, or has.
type ClockNotice struct {
	Warned, Breached bool        // which of both
	Of               []ClockKind // none: all clocks
	Assignee         bool        // whoever has the case, where that is a contact
	To               PolicyStep  // and these; its After is not used
}

// About reports whether the notice is about a turn that a clock has taken.
func (n ClockNotice) About(k ClockKind, kind NoticeKind) bool {
	return (len(n.Of) == 0 || slices.Contains(n.Of, k)) && (n.Warned && kind == NoticeWarned || n.Breached && kind == NoticeBreached)
}

// PolicyStep is some who are told at once.
type PolicyStep struct {
	After    time.Duration // after the step before, or after the paging began
	Contacts []string
	Rotas    []string
	Channel  string // instead of the contacts' own rules; without contacts and rotas it is told itself
}

// Escalation is how far the paging of a case has come.
type Escalation struct {
	Policy  string    `json:"policy,omitzero"`
	Episode int       `json:"episode,omitzero"` // counts the pagings of the case
	Round   int       `json:"round,omitzero"`   // of the next step, from 0
	Step    int       `json:"step,omitzero"`    // the next one, from 0
	Due     time.Time `json:"due,omitzero"`     // of the next step; zero: paging is over
	Quiet   string    `json:"quiet,omitzero"`   // the window for which a step that is due waits
	Told    []Told    `json:"told,omitzero"`    // who is to hear of its end
	// Warned are clocks of which somebody was told that they run out, and whose end is to come.
	Warned []ClockKind `json:"warned,omitzero"`
	Lapses []string    `json:"lapses,omitzero"` // notices of which the timeline says that they did not arrive, with their state once that is final
}

// Told is somebody to whom a page went.
type Told struct {
	Contact string `json:"contact,omitzero"`
	Name    string `json:"name,omitzero"`
	Channel string `json:"channel,omitzero"`
	To      string `json:"to,omitzero"`
	Key     string `json:"key,omitzero"` // of an alert of its own; "": the receiver's of the case
}

// NoticeKind is what a notice says.
type NoticeKind string

// The kinds of notice. A page asks for somebody, and two end that; two tell of a clock.
const (
	NoticePage         NoticeKind = "page"
	NoticeAcknowledged NoticeKind = "acknowledged"
	NoticeResolved     NoticeKind = "resolved"
	NoticeWarned       NoticeKind = "warned"   // a promised time is about to run out
	NoticeBreached     NoticeKind = "breached" // it has
)

// Ends reports whether the notice tells that nobody need come any more.
func (k NoticeKind) Ends() bool { return k == NoticeAcknowledged || k == NoticeResolved }

// Notice is one message of a case to one receiver. Its ID follows from what it is about, so
// that whoever makes it makes the same one.
type Notice struct {
	ID       string     `json:"id,omitzero"`
	Customer string     `json:"customer,omitzero"`
	Incident string     `json:"incident,omitzero"`
	Seq      int        `json:"seq,omitzero"` // rises within the case
	Kind     NoticeKind `json:"kind,omitzero"`
	Key      string     `json:"key,omitzero"` // the same for all that one receiver is told of the case
	Channel  string     `json:"channel,omitzero"`
	Contact  string     `json:"contact,omitzero"`
	Name     string     `json:"name,omitzero"`
	To       string     `json:"to,omitzero"`
	Policy   string     `json:"policy,omitzero"`
	Round    int        `json:"round,omitzero"`
	Step     int        `json:"step,omitzero"`
	Due      time.Time  `json:"due,omitzero"`      // when the policy wants it sent
	Made     time.Time  `json:"made,omitzero"`     // when it was made
	Clock    ClockKind  `json:"clock,omitzero"`    // that it tells of; "" of a page and its end
	Lang     string     `json:"lang,omitzero"`     // the customer's language; "": English
	Zone     string     `json:"zone,omitzero"`     // the customer's, by its IANA name; "": UTC
	Deadline time.Time  `json:"deadline,omitzero"` // of the clock
	Link     string     `json:"link,omitzero"`     // to the case's page, where the pages' address is known: filled in when it is sent

	// The case as it was then.
	Service     string        `json:"service,omitzero"`
	ServiceName string        `json:"service_name,omitzero"` // for people; "": its id
	Title       string        `json:"title,omitzero"`
	Detail      string        `json:"detail,omitzero"`
	Level       Level         `json:"level,omitzero"`
	State       IncidentState `json:"state,omitzero"`
	Priority    Priority      `json:"priority,omitzero"`
	Opened      time.Time     `json:"opened,omitzero"`
	Assignee    string        `json:"assignee,omitzero"`
	By          string        `json:"by,omitzero"`   // who acknowledged or resolved it
	Text        string        `json:"text,omitzero"` // what was said then
}

// NoticeState is what has become of a notice.
type NoticeState string

// The states. The first two are still to be sent.
const (
	NoticeWaiting   NoticeState = "waiting"
	NoticeFailed    NoticeState = "failed" // and will be tried again
	NoticeSent      NoticeState = "sent"
	NoticeDead      NoticeState = "dead"      // its channel will never take it
	NoticeWithdrawn NoticeState = "withdrawn" // somebody took the case before it went out
	NoticeMerged    NoticeState = "merged"    // a later one of the same case to the same receiver says it
)

// Open reports whether it is still to be sent.
func (s NoticeState) Open() bool { return s == NoticeWaiting || s == NoticeFailed }

// Posted is a notice and what has become of it.
type Posted struct {
	Notice
	Is       NoticeState `json:"is"`
	Attempts int         `json:"attempts,omitzero"`
	Next     time.Time   `json:"next,omitzero"`    // when it is tried, while it is open
	Settled  time.Time   `json:"settled,omitzero"` // when that ended
	Reply    string      `json:"reply,omitzero"`   // the channel's last
}

// ChannelKind is what a channel speaks.
type ChannelKind string

// The kinds of channel.
const (
	ChannelEmail      ChannelKind = "email"
	ChannelWebhook    ChannelKind = "webhook"
	ChannelPagerDuty  ChannelKind = "pagerduty"
	ChannelJSM        ChannelKind = "jsm" // Jira Service Management
	ChannelOpsgenie   ChannelKind = "opsgenie"
	ChannelServiceNow ChannelKind = "servicenow"
	ChannelTeams      ChannelKind = "teams"
	ChannelSlack      ChannelKind = "slack"
)

// Alerts reports whether the channel keeps an alert open until it is told of its end, and says
// nothing anew of one that it knows.
func (k ChannelKind) Alerts() bool {
	return slices.Contains([]ChannelKind{ChannelPagerDuty, ChannelJSM, ChannelOpsgenie, ChannelServiceNow}, k)
}

// Addressed reports whether a message on the channel needs an address of its own.
func (k ChannelKind) Addressed() bool { return k == ChannelEmail }
