package models

import (
	"strings"
	"time"
)

// Report is one thing told to the incident process: a fault that a person reports, an alarm
// that fires or clears, a finding of the engine.
type Report struct {
	Customer, Service string
	Component         string
	Key               string // of the fact in its source; "" makes one of the title
	Keyed             bool   // key and component say which fact of its source it is, whatever the service
	Source            string
	Title, Detail     string
	Level             Level // of a case that it opens; 0 is 1
	Impact, Urgency   Grade // of a case that it opens
	At                time.Time
	Heard             time.Time // when the process learns of it, where that is later than At: its clocks run from then
	By                string    // person; "" for a machine
	Cleared           bool      // the fact is no more
	Taken             bool      // its source says that somebody has taken it, and nothing else
	Standing          bool      // a state that is looked at again and again: while it lasts it is one occurrence
	Alone             bool      // makes a case of its own: it does not join another of the service
	Finding           string    // subject id of the prediction
	Prediction        *Prediction
	Past              bool   // the day of the prediction has come
	Daily             bool   // told again with each day's run: the same moment counts once
	Paged             string // key of the alert that a channel opened for the case: it was taken, or ended, there
	Kind              string // of a case that it opens; "": fault of a person's, alarm of a machine's
}

// Prediction is what a report of the engine says beside the finding: the work that the
// pipeline proposes, from which a plan is made.
type Prediction struct {
	Kind        string // of the finding
	ServiceName string
	Action      Action   // the pipeline's own, the plan's first task
	Tests       []string // what to verify once it is done
	Load        string   // that a load test runs at, for people; "" unknown
}

// HeardAt is when the process learns of the report.
func (r Report) HeardAt() time.Time {
	if r.Heard.After(r.At) {
		return r.Heard
	}
	return r.At
}

// Fingerprint is the same for the same fact, however often and with whatever text it is told: its
// source, key and component, and its service unless it is keyed.
func (r Report) Fingerprint() string {
	key := r.Key
	switch {
	case key == "":
		key = r.Component + "\x1f" + strings.ToLower(strings.Join(strings.Fields(r.Title), " "))
	case r.Component != "":
		key += "\x1f" + r.Component
	}
	if r.Keyed && r.Key != "" {
		return Revision("fact", r.Customer, r.Source, key)
	}
	return Revision("fact", r.Customer, r.Service, r.Source, key)
}

// Outcome says what became of a report.
type Outcome string

// The outcomes.
const (
	ReportOpened   Outcome = "opened"       // a new case
	ReportJoined   Outcome = "joined"       // another fact of a case that is open
	ReportCounted  Outcome = "counted"      // an occurrence of a fact that is known
	ReportReopened Outcome = "reopened"     // of a case that had just been resolved
	ReportResolves Outcome = "resolved"     // the last fact is over
	ReportEased    Outcome = "eased"        // a fact is over, and others are not
	ReportTaken    Outcome = "acknowledged" // somebody has taken the case, elsewhere
	ReportHeld     Outcome = "held"         // kept until Splunk has said that it is true
	ReportDropped  Outcome = "dropped"      // it clears, or takes, what nobody knows of
)
