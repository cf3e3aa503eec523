package models

import "time"

// Said is what was last sent about one subject, so that a later run repeats
// nothing that did not change, withdraws what no longer holds, and can tell what
// moved. At most one of Finding, Action and Medians is set: of a what-if, which is
// told again whenever it changes and needs no closing, none is.
type Said struct {
	Subject  string // subject id
	Query    string // "service/query" whose runs decide over it
	Revision string
	AsOf     time.Time
	State    State
	Finding  *Finding `json:",omitempty"`
	Action   *Action  `json:",omitempty"`
	Medians  []Median `json:",omitempty"` // of a forecast, to judge whether a new one differs materially
	Passed   *Finding `json:",omitempty"` // of a peak whose occasion goes on: what was last said of its day before that came
	Basis    Basis    // what it rested on, to name the cause of a move
}

// Median is one point of a forecast as it was sent.
type Median struct {
	Time  int64 // epoch seconds
	Value float64
}

// Basis fingerprints what a forecast rests on besides the data.
type Basis struct {
	Capacity string
	Calendar string
	Model    string

	Plans     string // committed plans; "" when there is none
	Overrides string // "" when there is none
	Metrics   bool   `json:",omitempty"` // it was told to a metric index too
}
