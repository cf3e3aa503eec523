package analytics

import "time"

// Forecast is what a series will be, with what stands behind it. Values are in the series' unit, one
// for each of the Horizon buckets ahead, finite and within the bounds of Options.
type Forecast struct {
	Times     []time.Time // the Horizon buckets after the series
	Mean      []float64   // mean of the predictive distribution
	Quantiles [][]float64 // [Horizon][len(Options.Quantiles)], ascending in each row
	Baseline  []float64   // median of a usual bucket: without the calendar's occasions
	Paths     [][]float64 // joint paths [n][Horizon]; n = 0 unless Limits or Options.Paths were given

	Components []Component // multiply and add up to the median, in order
	Members    []Member    // what was combined, by falling weight
	Method     string      // members and weights in a line for people
	Fallback   string      // why a simpler rung was taken; "" when none was
	Choice     string      // how members and weights came about; "" when there was no backtest
	Backtest   Score       // of the combination, from the origins at which it was chosen
	Crossing   *Crossing   // nil without Limits
	Treated    []Treatment // stretches of the history that were not taken as observed, by kind and time
	Shifts     []Shift     // lasting changes of level in the history

	State *State // for the next run; nil without a backtest, and for steps below a day

	medians []float64 // for Peaks
}

// Component is one part of a forecast. Taken in order, beginning with the trend, the parts give the
// median to rounding: each multiplies what those before it come to, or is added to it.
type Component struct {
	Name           string    // for people: trend, week, year, an occasion's name, combination, …
	Family         string    // of the calendar's occasion that it is the effect of; "" for a season or the trend
	Multiplicative bool      // Values are factors; else amounts in the series' unit
	Values         []float64 // one a bucket ahead
}

// Member is one method of the combination.
type Member struct {
	Name   string  `json:"name"`   // one of Models; for hours "days × profile", "recent weeks", "double seasonal"; for one value "last value"
	Weight float64 `json:"weight"` // weights add up to 1
	Score  float64 `json:"score"`  // mean pinball loss over the seasonal naive's, lower is better; 0 when not scored
}

// Score is how right the combination was from the rolling origins at the target horizon; all zero
// when the history is too short for one.
type Score struct {
	Origins    int     // that were forecast from
	WAPE       float64 // Σ|error| / Σ|actual|
	MASE       float64 // error over the in-sample seasonal naive's
	Naive      float64 // the seasonal naive's own MASE on the same origins
	Coverage80 float64 // share of actual values within the 80 % interval
	Coverage90 float64 // the same of the 90 % interval, each origin's from the errors at the others
}
