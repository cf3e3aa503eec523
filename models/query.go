package models

import "time"

// Source says how a query reads its buckets from Splunk.
type Source string

// The sources of a query.
const (
	SourceEvents Source = "events" // search … | stats by bin
	SourceTstats Source = "tstats" // tstats over index-time fields, or over a data model
	SourceMstats Source = "mstats" // mstats over a metric index
	SourceSaved  Source = "saved"  // a saved search, by its name
)

// Empty says what a bucket without a row means.
type Empty string

// The meanings of a bucket without a row (DESIGN.md, "Zero or hole").
const (
	EmptyZero    Empty = "zero"    // nothing happened: 0, from the first row ever seen
	EmptyMissing Empty = "missing" // not known: a hole
	EmptyWitness Empty = "witness" // 0 when the witness spoke in its span, else a hole
)

// KnownBy says when a bucket counts as known to a run of a past day.
type KnownBy string

// The two readings of "known by".
const (
	KnownByEventTime KnownBy = "eventtime" // bucket end + Lag
	KnownByIndexTime KnownBy = "indextime" // _indextime of its events
)

// Span is the width of a bucket. Spans below a day are UTC-aligned; a day, a week
// (from Monday) and a month are built in the customer's zone.
type Span string

// The spans a query may have.
const (
	Span5Min  Span = "5m"
	Span15Min Span = "15m"
	Span30Min Span = "30m"
	SpanHour  Span = "1h"
	SpanDay   Span = "1d"
	SpanWeek  Span = "1w"
	SpanMonth Span = "1mon"
)

// Duration returns the span's fixed width, and 0 for day, week and month, whose
// width depends on the zone.
func (s Span) Duration() time.Duration {
	switch s {
	case Span5Min:
		return 5 * time.Minute
	case Span15Min:
		return 15 * time.Minute
	case Span30Min:
		return 30 * time.Minute
	case SpanHour:
		return time.Hour
	}
	return 0
}

// Query is one search on a schedule. It yields one signal, or one for each value
// of Split and their total.
type Query struct {
	ID       string
	Schedule string // cron spec, five fields, in the customer's zone
	Source   Source
	Search   string // SPL up to the first pipe; for tstats and mstats the where clause; of rows of a saved search
	Span     Span
	History  time.Duration // how far back a forecast's data go
	Overlap  time.Duration // how much of what was read before is read again
	Lag      time.Duration // how late an event may arrive
	KnownBy  KnownBy
	Empty    Empty
	Witness  *Witness // set exactly when Empty is EmptyWitness
	Split    *Split   // nil: one signal
	Signal   Signal

	DataModel *DataModel   // of SourceTstats; nil: index-time fields
	Saved     *SavedSearch // of SourceSaved
}

// DataModel is a dataset of a data model that tstats reads. Its fields are named with the
// dataset before them, as in Web.status.
type DataModel struct {
	Name, Dataset string
	SummariesOnly bool // leave out what is not accelerated yet: fast, and silent about what it lacks
}

// SavedSearch names a search that is kept in Splunk. It yields events, or rows with a
// _time; its own time range gives way to the window that is read.
type SavedSearch struct {
	Name       string
	App, Owner string // where it is found; "" for where searches run anyway
}

// Witness is another stream of the same hosts whose silence tells a hole from a zero.
type Witness struct {
	Search string
	Span   Span   // judged over its own buckets; a divisor of a day
	Source Source // events, tstats or mstats; "" for the query's own where it is one of the first two, else events
	Metric string // of SourceMstats: what is counted
}

// Split makes one signal for each value of a field, named `signal/escaped value`.
type Split struct {
	By  string
	Max int // the largest values by volume are kept as signals; the total holds them all
}
