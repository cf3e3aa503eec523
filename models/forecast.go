package models

import "time"

// Probabilities are the quantiles that every forecast of the pipeline carries, in
// the order of ForecastPoint.Quantiles. Events name them q05 … q95.
var Probabilities = [...]float64{0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95}

// The places of single quantiles in Probabilities.
const (
	Q05 = iota
	Q10
	Q25
	Q50
	Q75
	Q90
	Q95
)

// Forecast is what one measure of a signal will be, day by day (or month by month).
type Forecast struct {
	Subject Subject // Kind "forecast", Episode the measure
	Measure Measure
	Span    Span // width of its points: 1d, 1w or 1mon
	AsOf    time.Time
	Points  []ForecastPoint

	Components []Component // add up (or multiply) to the median
	Method     string      // members and weights, for people
	Choice     string      // how the members came about, "" without a backtest
	Fallback   string      // why a simpler method was taken, "" when none was
	Standing   Standing
	Treated    []Treated // of the history, what was not taken as observed
	Shifts     []Shift   // lasting changes of level in the history, oldest first
	Assumed    []string  // assumptions, a sentence each
	Driver     *Driver   // the volume that it is forecast by; nil: its own history

	WhatIfs   []WhatIf         // under plans that are not decided; not in Points
	Overrides []OverrideSeries // what planners expect instead; not in Points
}

// ForecastPoint is one bucket ahead.
type ForecastPoint struct {
	Time      time.Time // start, local
	Mean      float64
	Quantiles [len(Probabilities)]float64 // ascending
	Limit     float64                     // usable limit in this measure's unit; NaN when none
	Overload  float64                     // probability of a crossing up to and including this bucket; NaN without a limit
	Occasions []string                    // names of the calendar occasions of the day
}

// Component is one part of a forecast, in the forecast's unit as a share or an amount.
type Component struct {
	Name           string // trend, week, year, or an occasion's name
	Multiplicative bool
	Values         []float64 // one per point
}

// Standing is the history that a forecast rests on.
type Standing struct {
	From, To    time.Time // first and last observed bucket
	Observed    int       // buckets with a value
	Missing     int       // holes between From and To
	Christmases int       // observed
	Years       float64
	Backtest    Backtest
}

// Backtest is how right the chosen method was at this horizon before.
type Backtest struct {
	Origins    int     // rolling origins scored; 0 when the history is too short
	WAPE       float64 // Σ|error| / Σ|actual|
	MASE       float64 // error over the in-sample seasonal naive's
	Naive      float64 // the seasonal naive's own MASE on the same origins
	Coverage80 float64 // share of actual values within the 80 % interval
	Coverage90 float64
}
