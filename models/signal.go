package models

import "time"

// Kind says what a signal's number is.
type Kind string

// The kinds of signal.
const (
	KindCount      Kind = "count"      // how many in the bucket; adds up
	KindGauge      Kind = "gauge"      // a reading; does not add up
	KindRatio      Kind = "ratio"      // numerator over denominator, which travel apart
	KindCumulative Kind = "cumulative" // an ever growing counter, read as its last value
)

// Aggregate says how buckets combine into a longer one.
type Aggregate string

// The aggregates.
const (
	AggregateSum  Aggregate = "sum"
	AggregateMean Aggregate = "mean"
	AggregateMax  Aggregate = "max"
	AggregateLast Aggregate = "last"
	AggregateNone Aggregate = "none" // cannot be rebuilt from finer buckets
)

// Signal is one measured series with a unit.
type Signal struct {
	ID          string
	Name        string
	Unit        string // "transactions", "%"
	Kind        Kind
	Measure     string // SPL: count, sum(f), avg(f), max(f), min(f), last(f), dc(f), p95(f); for a ratio the numerator
	Denominator string // SPL measure of a ratio's denominator, else ""
	Aggregate   Aggregate
	Min, Max    *float64 // bounds of possible values; nil: none
	Outages     []Outage // its own and its service's, in any order
	Ceilings    []Ceiling
	Driver      string // id path customer-local "service/signal" of the volume that loads this one, or ""

	Capacity   []CapacityStep // in time order
	PeakFactor *PeakFactor    // the peak inside a bucket over the bucket's mean rate, if known
	LeadTime   LeadTime
	Risk       float64       // probability of overload at which work is needed, in (0, 1)
	Horizon    time.Duration // how far overload is looked for
}

// Per is the width of time to which a limit applies.
type Per string

// The widths of a limit.
const (
	PerSecond Per = "1s"
	PerMinute Per = "1min"
	Per5Min   Per = "5min"
	PerHour   Per = "1h"
	PerDay    Per = "1d"
	PerBucket Per = "bucket" // whatever the query's span is
)

// CapacityStep is what the system bears from a day on. What is already ordered
// stands here with the day it comes.
type CapacityStep struct {
	ID       string // stable, names the step in findings
	From     time.Time
	Limit    float64 // in the signal's unit
	Per      Per
	Headroom float64 // share of Limit kept free, in [0, 1)
	Note     string
}

// Usable returns the limit less its headroom.
func (c CapacityStep) Usable() float64 { return c.Limit * (1 - c.Headroom) }

// PeakFactor is how far the busiest instant lies above its bucket's mean rate.
type PeakFactor struct {
	Mean   float64 // ≥ 1
	Spread float64 // standard deviation of its logarithm, ≥ 0
}
