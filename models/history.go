package models

import "time"

// Window is a half-open stretch of time to read, and what may be known of it.
type Window struct {
	From, To  time.Time // [From, To)
	IndexedBy time.Time // only events indexed before it; zero: no bound
}

// Point is one bucket that Splunk returned a row for.
type Point struct {
	Time   int64   // epoch seconds of the bucket's start
	Value  float64 // the measure; for a ratio the numerator, for a mean the sum
	Weight float64 // for a ratio the denominator, for a mean the count; else 1
}

// Column is one split value's points in time order, absent buckets left out.
type Column struct {
	Split  string // "" for the total
	Points []Point
}

// Fetched is a complete answer to a query over a window. There is no incomplete
// one: a client returns an error instead.
type Fetched struct {
	Window  Window
	Columns []Column // Columns[0] is the total; then the split's values, largest first
	Witness []int64  // starts of the witness spans in which the witness spoke, ascending
	Dropped int      // split values beyond Split.Max, held by the total only
}
