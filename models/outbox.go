package models

import "time"

// Consignment is a parcel in the outbox, on its way to Splunk.
type Consignment struct {
	Seq      int64 // its place in the line
	Customer string
	RunID    string
	AsOf     time.Time
	Queued   time.Time
	Parcel
}

// Refused is an event that Splunk will never take as it is, and of which parcel it was.
type Refused struct {
	Rejected
	Customer string
	RunID    string
	AsOf     time.Time
	Revision string
	Refused  time.Time // when Splunk last did
}

// Delivery is what became of consignments.
type Delivery struct {
	Done    []int64 // those that need no more sending, by their place in the line
	Refused []Refused
}

// Backlog says what the outbox holds.
type Backlog struct {
	Parcels int
	Events  int
	Bytes   int64     // as they are kept
	Oldest  time.Time // when the first in the line was put there; zero when there is none
	Refused int       // events that Splunk refused for good
}

// HeldRun is what the outbox holds of one run.
type HeldRun struct {
	Customer string    `json:"customer"`
	RunID    string    `json:"run_id"`
	AsOf     time.Time `json:"as_of"`
	Queued   time.Time `json:"queued"`
	Parcels  int       `json:"parcels"`
	Events   int       `json:"events"`
	Bytes    int64     `json:"bytes"`
}
