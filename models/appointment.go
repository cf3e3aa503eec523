package models

import "time"

// Appointment is an entry of a customer's calendar feed. What it is about may move; its UID
// stays, and its Sequence rises with each change, so that calendars move theirs.
type Appointment struct {
	UID      string
	Kind     string // window, freeze, peak, start, need
	Title    string
	Detail   string    `json:",omitempty"`
	From, To time.Time // [From, To); local midnights of whole days
	Days     bool      // it is of whole days
	Canceled bool      `json:",omitempty"`
	Sequence int       `json:",omitempty"`
	Changed  time.Time `json:",omitzero"`
}
