package models

import (
	"fmt"
	"strings"
	"time"
)

// Level is which of the three levels of the incident process a case is of.
type Level int

// The levels.
const (
	LevelReactive   Level = 1 // something fails now
	LevelProactive  Level = 2 // nothing is down yet, but it would take one more thing
	LevelPredictive Level = 3 // a pattern or a trend says that it will
)

// IncidentState is where a case stands.
type IncidentState string

// The states. Closed and canceled are final.
const (
	IncidentNew          IncidentState = "new"
	IncidentAcknowledged IncidentState = "acknowledged"
	IncidentInProgress   IncidentState = "in_progress"
	IncidentOnHold       IncidentState = "on_hold"
	IncidentResolved     IncidentState = "resolved"
	IncidentClosed       IncidentState = "closed"
	IncidentCanceled     IncidentState = "canceled"
)

// Words are the state for people, in English.
func (s IncidentState) Words() string { return strings.ReplaceAll(string(s), "_", " ") }

// Open reports whether work may still be due.
func (s IncidentState) Open() bool { return !s.Done() && s != IncidentResolved }

// Done reports whether the case is over for good.
func (s IncidentState) Done() bool { return s == IncidentClosed || s == IncidentCanceled }

// The kinds of case that no finding opened.
const (
	CaseFault      = "fault" // a person reported it
	CaseAlarm      = "alarm"
	CaseRedundancy = "redundancy"
	CaseHeartbeat  = "heartbeat" // a heartbeat is missing
	CaseInventory  = "inventory" // the search of an inventory fails
)

// Grade is an impact or an urgency: 1 is high, 2 medium, 3 low (ITIL).
type Grade int

// The grades.
const (
	GradeHigh   Grade = 1
	GradeMedium Grade = 2
	GradeLow    Grade = 3
)

// Priority is 1 (critical) to 5 (planning).
type Priority int

// Incident is one case in the process. Its history is in its entries, which are
// only ever added to; the case itself is what they came to.
type Incident struct {
	ID       string `json:"id,omitzero"`
	Customer string `json:"customer,omitzero"`
	Service  string `json:"service,omitzero"`
	Title    string `json:"title,omitzero"`
	Detail   string `json:"detail,omitzero"`
	Kind     string `json:"kind,omitzero"` // of what opened it: fault, alarm, redundancy, or of the finding

	Level    Level         `json:"level,omitzero"`
	State    IncidentState `json:"state,omitzero"`
	HoldFor  string        `json:"hold_for,omitzero"` // why it is on hold; "" unless it is
	Impact   Grade         `json:"impact,omitzero"`
	Urgency  Grade         `json:"urgency,omitzero"`
	Priority Priority      `json:"priority,omitzero"` // of impact and urgency

	Opened   time.Time `json:"opened,omitzero"`
	Changed  time.Time `json:"changed,omitzero"`
	Resolved time.Time `json:"resolved,omitzero"` // zero: is not
	Version  int       `json:"version,omitzero"`  // rises by one with each change but those that only tell somebody
	Entries  int       `json:"entries,omitzero"`  // of the timeline
	Assignee string    `json:"assignee,omitzero"` // person or team; "" is nobody

	// Facts are what was reported, each by its fingerprint; a case is of one at least.
	Facts       []Fact      `json:"facts,omitzero"`
	Occurrences int         `json:"occurrences,omitzero"` // over all facts
	Redundancy  *Redundancy `json:"redundancy,omitzero"`

	Clocks   []Clock `json:"clocks,omitzero"`
	Silenced string  `json:"silenced,omitzero"` // the window that keeps it quiet; "" when none does

	Related []string  `json:"related,omitzero"` // ids of cases that belong together
	Problem string    `json:"problem,omitzero"` // id of the problem record of which it is one
	Runbook string    `json:"runbook,omitzero"` // id of the text that says what to do
	Finding string    `json:"finding,omitzero"` // subject id of the prediction behind it
	Need    time.Time `json:"need,omitzero"`    // the day by which its plan must be done
	Plan    []Task    `json:"plan,omitzero"`
	Verdict string    `json:"verdict,omitzero"` // on the prediction, once its day has come
	Review  *Review   `json:"review,omitzero"`  // after an incident of priority 1 or 2

	Escalation *Escalation `json:"escalation,omitzero"` // nil: nobody was ever to be told
}

// Fires reports whether one of the case's facts still does: of what a person reported, until the case is over.
func (i Incident) Fires(f Fact) bool { return f.Firing && (!f.ByPerson || i.State.Open()) }

// Fact is one thing reported again and again: an alarm, a fault, a finding.
type Fact struct {
	Fingerprint string    `json:"fingerprint,omitzero"`
	Source      string    `json:"source,omitzero"`    // splunk, alertmanager, pagerduty, user, engine …
	Component   string    `json:"component,omitzero"` // host, device, certificate; "" unknown
	Title       string    `json:"title,omitzero"`
	Firing      bool      `json:"firing,omitzero"`
	ByPerson    bool      `json:"by_person,omitzero"` // a person reported it: no machine says that it is over
	First       time.Time `json:"first,omitzero"`
	Last        time.Time `json:"last,omitzero"`
	Count       int       `json:"count,omitzero"`
}

// Redundancy is the state of a group of components of which some must be up.
type Redundancy struct {
	Group   string   `json:"group,omitzero"`
	Members int      `json:"members,omitzero"`
	Needed  int      `json:"needed,omitzero"` // up at least, for the service to be up
	Down    []string `json:"down,omitzero"`   // sorted

	// Alarms are what fires of them, the oldest first: a component is up when none of it does.
	Alarms []GroupAlarm `json:"alarms,omitzero"`
}

// GroupAlarm is an alarm of a component of a group.
type GroupAlarm struct {
	Fingerprint string `json:"fingerprint,omitzero"`
	Component   string `json:"component,omitzero"`
}

// Up is how many of the group are up.
func (r Redundancy) Up() int { return r.Members - len(r.Down) }

// Spare is how many more may fail before the service does; below zero it is down.
func (r Redundancy) Spare() int { return r.Up() - r.Needed }

// Words says where the group is, for people.
func (r Redundancy) Words() string {
	switch spare := r.Spare(); {
	case len(r.Down) == 0:
		return "all are up"
	case spare < 0:
		return "down: fewer are up than are needed"
	case spare == 0:
		return "works, one failure from outage"
	default:
		return fmt.Sprintf("works, %d failures from outage", spare+1)
	}
}

// ClockKind is what a clock measures.
type ClockKind string

// The clocks of a case.
const (
	ClockAcknowledge ClockKind = "acknowledge" // from opening until somebody has taken it
	ClockUpdate      ClockKind = "update"      // from one word to the customer to the next
	ClockResolve     ClockKind = "resolve"     // from opening until it is resolved
	ClockRestore     ClockKind = "restore"     // from redundancy lost until it is restored
)

// Clock is one promise of time, counted in the hours of the agreement. It runs while
// Since is set, and then has a deadline that stands until the clock is paused.
type Clock struct {
	Kind     ClockKind     `json:"kind,omitzero"`
	Target   time.Duration `json:"target,omitzero"`
	Spent    time.Duration `json:"spent,omitzero"`    // before Since
	Since    time.Time     `json:"since,omitzero"`    // zero: paused or stopped
	Deadline time.Time     `json:"deadline,omitzero"` // while it runs; zero when the agreement has no hours left
	Stopped  time.Time     `json:"stopped,omitzero"`  // zero: not yet
	Warned   bool          `json:"warned,omitzero"`
	Breached bool          `json:"breached,omitzero"`
}

// Running reports whether time is counted.
func (c Clock) Running() bool { return !c.Since.IsZero() && c.Stopped.IsZero() }

// Review is what is learnt from a case afterwards.
type Review struct {
	Due  time.Time `json:"due,omitzero"`
	Done time.Time `json:"done,omitzero"` // zero: is owed
	Text string    `json:"text,omitzero"`
}

// EntryKind says what an entry of the timeline tells.
type EntryKind string

// The kinds of entry. Suppressed tells of what did not happen, and why.
const (
	EntryOpened     EntryKind = "opened"
	EntryOccurred   EntryKind = "occurred"
	EntryCleared    EntryKind = "cleared"
	EntryState      EntryKind = "state"
	EntryLevel      EntryKind = "level"
	EntryPriority   EntryKind = "priority"
	EntryAssigned   EntryKind = "assigned"
	EntryNote       EntryKind = "note"
	EntryUpdate     EntryKind = "update" // told to the customer
	EntryClock      EntryKind = "clock"
	EntryRedundancy EntryKind = "redundancy"
	EntryNotified   EntryKind = "notified"
	EntrySuppressed EntryKind = "suppressed"
	EntryRelated    EntryKind = "related"
	EntryReview     EntryKind = "review"
	EntryJudged     EntryKind = "judged" // how the prediction came
	EntryPlan       EntryKind = "plan"   // a date of the plan moved
	EntryTask       EntryKind = "task"   // somebody moved a task on
	EntryProblem    EntryKind = "problem"
)

// Entry is one line of a case's timeline.
type Entry struct {
	Incident string    `json:"incident,omitzero"`
	Seq      int       `json:"seq,omitzero"` // 1, 2, … within the case
	At       time.Time `json:"at,omitzero"`
	By       string    `json:"by,omitzero"` // person, or "foresight"
	Kind     EntryKind `json:"kind,omitzero"`
	From     string    `json:"from,omitzero"`
	To       string    `json:"to,omitzero"` // of what changed
	Text     string    `json:"text,omitzero"`
}
