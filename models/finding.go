package models

import "time"

// State is where a finding or an action stands.
type State string

// The states.
const (
	StateOpen      State = "open"
	StateWithdrawn State = "withdrawn" // the forecast no longer says so; sent once
	StatePast      State = "past"      // its day has come
)

// The kinds of finding.
const (
	KindPeak        = "peak"
	KindOverload    = "overload"
	KindOutlook     = "overload_outlook" // a crossing beyond the days for which work is dated
	KindLevelShift  = "level_shift"
	KindAnomaly     = "anomaly"
	KindDataMissing = "data_missing"
	KindDrift       = "drift" // what comes has left the forecast's range
)

// Subject names what a finding or an action is about. Its ID is stable from run
// to run, whatever else moves.
type Subject struct {
	Customer string
	Service  string
	Signal   string // with the split value, `signal/escaped value`
	Kind     string // a finding's kind, "forecast", or an action's
	Episode  string // "christmas-2026", a capacity step's id; "" when there can be one only
}

// Finding is something the forecast (or the history) says that somebody should know.
type Finding struct {
	Subject  Subject
	State    State
	AsOf     time.Time
	Title    string // one line for people
	Detail   string // what it rests on
	Peak     *Peak
	Overload *Overload
}

// Peak is a day that stands out, and why.
type Peak struct {
	Date      time.Time // local midnight of the day
	Event     string    // calendar occasion it belongs to, for people; "" when none is known
	EventID   string
	Low       float64 // 5 % quantile of the day's volume
	Expected  float64 // median
	High      float64 // 95 % quantile
	Factor    float64 // over a usual day of that time
	TimesSeen int     // how often the history holds the occasion
	Measure   Measure
	Exceeds   float64 // share of the last year's days (months) that it exceeds

	// The load inside the day: 95 % quantile of its busiest bucket, and how wide that
	// is; 0 when it is not forecast.
	BusiestHigh  float64
	BusiestWidth time.Duration
}

// Overload is a limit that may be crossed.
type Overload struct {
	StepID       string // the capacity step in force at the crossing
	Limit        float64
	Per          Per
	Measure      Measure
	Early        time.Time // by this day with probability 10 %; zero: not within the horizon
	Expected     time.Time // 50 %
	Late         time.Time // 90 %
	Cautious     time.Time // 5 %: with 95 % certainty the crossing comes no earlier
	NeedBy       time.Time // probability reaches the signal's Risk
	Probability  float64   // of a crossing within the horizon
	Horizon      time.Time // last day looked at
	NeededLimit  float64   // limit that keeps the probability at or below 5 %, headroom included
	PeakDay      time.Time // median day of the horizon's maximum
	BeyondSeen   float64   // forecast maximum (95 %) over the largest ever observed
	WithinFactor float64   // busiest instant over bucket mean used for the limit; 1 when none
	Driver       *Driver   // the volume that the resource is forecast by; nil: none
}

// Measure says which daily number of a signal a forecast is of.
type Measure string

// The measures of a day.
const (
	MeasureTotal   Measure = "total"   // the day's total (mean, last… by the signal's aggregate)
	MeasureBusiest Measure = "busiest" // its largest bucket
)
