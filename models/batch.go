package models

import (
	"encoding/json"
	"slices"
	"time"
)

// Batch is all that one run leaves behind. It is kept whole or not at all: what counts
// as said is on its way to Splunk, and what is on its way counts as said.
type Batch struct {
	Customer string // id
	RunID    string
	AsOf     time.Time

	Parcels []Parcel                   // what is told to Splunk, in this order
	Said    []Said                     // what was told of each subject; none of a subject that nothing is to be remembered of
	Learnt  map[string]json.RawMessage // what the engine leaves of each forecast for the next run of it, by subject id
	Ran     Ran                        // the run's record

	Forecasts []Kept  // those whose points are told; none of those that Committed.Left names
	Scores    []Score // of the buckets that have come, replacing earlier ones of the same buckets

	Showings []Showing // what the pages show from now on, a query each
	// Once has nothing of it kept when another run was first to make a complete pass over
	// one of its queries for the same day.
	Once bool
}

// Without returns the batch without what it says of some subjects' forecasts.
func (b Batch) Without(subjects []string) Batch {
	left := make(map[string]bool, len(subjects))
	for _, s := range subjects {
		left[s] = true
	}
	b.Parcels = slices.DeleteFunc(slices.Clone(b.Parcels), func(p Parcel) bool { return left[p.Subject] })
	b.Said = slices.DeleteFunc(slices.Clone(b.Said), func(s Said) bool { return left[s.Subject] })
	b.Forecasts = slices.DeleteFunc(slices.Clone(b.Forecasts), func(k Kept) bool { return left[k.Subject] })
	return b
}

// Parcel is what one run has to tell of one subject: events that travel in their order,
// after those of the subject's earlier parcels.
type Parcel struct {
	Subject  string // subject id
	Revision string // the subject's content that they tell; "" where none is remembered
	Events   []Event
}

// Bulk reports whether the parcel holds a forecast's points: nearly all of what a run
// has to tell, and what can wait when there is no room to keep it.
func (p Parcel) Bulk() bool { return len(p.Events) > 0 && p.Events[0].Sourcetype == SourcetypeForecast }

// Committed says what became of a batch.
type Committed struct {
	Events int      // on their way to Splunk
	Left   []string // subjects whose forecasts there was no room for: nothing of them counts as said
}
