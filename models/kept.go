package models

import "time"

// Kept is a forecast as it was told, kept to be compared with what comes.
type Kept struct {
	Subject  string // subject id of the forecast
	Service  string
	Signal   string
	Measure  Measure
	Span     Span
	AsOf     time.Time
	RunID    string
	Revision string

	Points    []KeptPoint // in time order
	Overrides []KeptOverride
}

// KeptPoint is one bucket of a kept forecast.
type KeptPoint struct {
	Time      int64 // start, epoch seconds
	Mean      float64
	Quantiles [len(Probabilities)]float64
}

// KeptOverride is what a planner expected beside a kept forecast.
type KeptOverride struct {
	ID     string
	Author string
	Points []Median
}
