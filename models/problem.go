package models

import (
	"strings"
	"time"
)

// ProblemState is where a problem record stands.
type ProblemState string

// The states. A known error has a cause, and mostly a workaround; a resolved problem's cause is
// gone.
const (
	ProblemOpen       ProblemState = "open"
	ProblemKnownError ProblemState = "known_error"
	ProblemResolved   ProblemState = "resolved"
)

// Words are the state for people, in English.
func (s ProblemState) Words() string { return strings.ReplaceAll(string(s), "_", " ") }

// Problem is the record of a fact that came back again and again: what is behind its cases.
type Problem struct {
	ID       string        `json:"id"`
	Number   int           `json:"number"` // 1, 2, … of the customer's
	Customer string        `json:"customer"`
	Service  string        `json:"service"`
	Title    string        `json:"title"`
	Fact     string        `json:"fact"` // fingerprint
	State    ProblemState  `json:"state"`
	Cases    []string      `json:"cases"` // ids, the oldest first
	Opened   time.Time     `json:"opened"`
	Changed  time.Time     `json:"changed"`
	Resolved time.Time     `json:"resolved,omitzero"` // zero: is not
	Version  int           `json:"version"`
	Cause    string        `json:"cause,omitzero"`      // the known error
	Around   string        `json:"workaround,omitzero"` // what helps until it is mended
	Before   string        `json:"before,omitzero"`     // id of the record that was called resolved before
	History  []ProblemNote `json:"history,omitzero"`
}

// ProblemNote is a line of a problem's history, which only grows.
type ProblemNote struct {
	At   time.Time    `json:"at"`
	By   string       `json:"by"`
	To   ProblemState `json:"to,omitzero"` // the state that it came to; "" stays
	Text string       `json:"text"`
}

// ProblemEvent is a problem record as it stands after a change.
type ProblemEvent struct {
	Head
	ProblemID  string       `json:"problem_id"`
	State      ProblemState `json:"state"`
	Title      string       `json:"title"`
	Opened     string       `json:"opened"`
	Resolved   string       `json:"resolved,omitempty"`
	Times      int          `json:"times"`     // how many cases
	Cases      string       `json:"cases"`     // their ids, with commas between
	Last       string       `json:"last_case"` // the latest of them
	Cause      string       `json:"known_error,omitempty"`
	Workaround string       `json:"workaround,omitempty"`
	ChangedBy  string       `json:"changed_by"`
	ChangeText string       `json:"change_text"`
}

// Guide is what helps whoever has a case: what is known of it, and what to do.
type Guide struct {
	Problem *Problem // nil: none
	Runbook *Runbook // nil: none
}

// Runbook is a text for people (Markdown): what to do about a kind of case.
type Runbook struct {
	ID, Name string
	Kinds    []string // of cases; none: all
	Services []string // none: all
	Text     string
}
