package models

import "time"

// Showing is what the pages show of one query: what its last pass found out.
type Showing struct {
	Query   string // service/query
	Ended   time.Time
	Passed  bool   // the pass was complete: nothing failed
	Failure string // why it was not, for people
	Result  Result // of this query alone; its customer, and what services and queries say of themselves, come from the configuration
}

// QueryState is where a query stands after its last pass.
type QueryState struct {
	Query     string // service/query
	Ended     time.Time
	Failure   string    // why it failed; "" when it did not
	Succeeded time.Time // when a pass last succeeded; zero: not yet
	Passed    time.Time // the as-of of the last complete pass; zero: none

	// What its page shows, of the last pass that found out anything.
	AsOf     time.Time      // zero: there is none
	Actions  []Action       // open
	Findings map[string]int // open, by kind
	Unknown  int            // signals without a forecast
}
