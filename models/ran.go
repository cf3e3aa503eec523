package models

import "time"

// Ran is the record of one finished run of a customer.
type Ran struct {
	RunID    string
	Customer string // its id
	AsOf     time.Time
	Started  time.Time
	Duration time.Duration // until there was nothing left but to keep it

	Queries, Signals, Forecasts, Findings, Actions int

	Events  int        `json:"Sent"` // that it told; named as earlier releases kept it
	Buckets int        // fetched buckets of the queries' windows, since their first row
	Holes   int        // of which unknown
	Revised int        // buckets read again that had another value before
	Errors  []RunError // what failed without stopping the rest
}

// Complete is the share of buckets that are known; NaN of a run that read none.
func (r Ran) Complete() float64 { return 1 - float64(r.Holes)/float64(r.Buckets) }
