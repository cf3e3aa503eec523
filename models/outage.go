package models

import "time"

// Outage is a stretch of time, known to those who run a system, in which its volumes
// say nothing of the usual course: a failure, a maintenance window.
type Outage struct {
	From, To time.Time // [From, To)
	Reason   string
}

// Treated is a stretch of a signal's history that the forecast did not take as it
// was observed.
type Treated struct {
	Kind     TreatedKind
	From, To time.Time // [From, To), whole buckets
	Last     time.Time // start of the last bucket
	Buckets  int
	Reason   string // "" when none is known
}

// TreatedKind says what a stretch of history was taken for.
type TreatedKind string

// The kinds of treatment.
const (
	TreatedMasked TreatedKind = "masked" // a known outage: neither learned from nor scored
)
