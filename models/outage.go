package models

import "time"

// Outage is a stretch of time, known to those who run a system, in which its volumes
// say nothing of the usual course: a failure, a maintenance window.
type Outage struct {
	From, To time.Time // [From, To)
	Reason   string
}

// Ceiling is the most that could be measured in a bucket of the query while a system
// was saturated.
type Ceiling struct {
	Value    float64
	From, To time.Time // [From, To); zero: since ever, without end
}

// Treated is a stretch of a signal's history that the forecast did not take as it
// was observed.
type Treated struct {
	Kind     TreatedKind
	From, To time.Time // [From, To), whole buckets
	Last     time.Time // start of the last bucket
	Buckets  int
	Span     Span   // of the buckets, where it is not the forecast's
	Reason   string // "" when none is known
}

// TreatedKind says what a stretch of history was taken for.
type TreatedKind string

// The kinds of treatment.
const (
	TreatedMasked   TreatedKind = "masked"   // a known outage: neither learned from nor scored
	TreatedCensored TreatedKind = "censored" // at a ceiling: counts as at least that
	TreatedOutage   TreatedKind = "outage"   // next to nothing in a series that never is: as if masked
	TreatedOneOff   TreatedKind = "one_off"  // an event that no season explains: hardly learned from
)

// Shift is a lasting change of a signal's level.
type Shift struct {
	Time  time.Time // first bucket of the new level
	Size  float64   // new level over the old one (Ratio), or new less old
	Ratio bool
}
