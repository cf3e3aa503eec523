package models

import (
	"math"
	"strconv"
	"time"
)

// The sourcetypes of Foresight's events.
const (
	SourcetypeForecast = "foresight:forecast"
	SourcetypePeak     = "foresight:peak"
	SourcetypeOverload = "foresight:overload"
	SourcetypeFinding  = "foresight:finding"
	SourcetypeAction   = "foresight:action"
	SourcetypeRun      = "foresight:run"
	SourcetypeWhatIf   = "foresight:whatif"
	SourcetypeIncident = "foresight:incident"
	SourcetypeAccuracy = "foresight:accuracy"
	SourcetypeProblem  = "foresight:problem"
)

// Event is one flat record on its way to Splunk.
type Event struct {
	Time       time.Time // where it lies in the index
	Sourcetype string
	Source     string // "foresight"
	Host       string
	Body       any // one of the …Event structs, or any flat JSON object
	EventID    string
	Subject    string // subject id; events of one subject keep their order
	Metric     bool   `json:",omitempty"` // a point for the metric index: Body holds its measurements and dimensions
}

// Head is what every event carries.
type Head struct {
	EventID  string `json:"event_id"`
	Subject  string `json:"subject_id"`
	Revision string `json:"revision"`
	AsOf     string `json:"as_of"`     // RFC 3339: what was known
	IssuedAt string `json:"issued_at"` // RFC 3339: when it was said
	RunID    string `json:"run_id"`
	Customer string `json:"customer"`
	Service  string `json:"service,omitempty"`
	Signal   string `json:"signal,omitempty"`
}

// Number is a JSON number of seven significant digits (an event's bytes count in
// the index's licence), or null when it is NaN or infinite.
type Number float64

// numberDigits is how many significant digits an event's number has.
const numberDigits = 7

func (n Number) finite() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON implements json.Marshaler. It writes no exponent: searches compare
// and sort numbers as they are written.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.finite() {
		return []byte("null"), nil
	}
	x := float64(n)
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', numberDigits-1, 64), 64)
	if err != nil { // rounding up left the range of float64
		rounded = x
	}
	return strconv.AppendFloat(nil, rounded, 'f', -1, 64), nil
}

// ForecastEvent is one point of a forecast, at the point's own time.
type ForecastEvent struct {
	Head
	Measure     Measure `json:"measure"`
	Span        Span    `json:"span"`
	Unit        string  `json:"unit,omitempty"`
	Mean        Number  `json:"mean"`
	Q05         Number  `json:"q05"`
	Q10         Number  `json:"q10"`
	Q25         Number  `json:"q25"`
	Q50         Number  `json:"q50"`
	Q75         Number  `json:"q75"`
	Q90         Number  `json:"q90"`
	Q95         Number  `json:"q95"`
	Limit       *Number `json:"limit,omitempty"`
	Probability *Number `json:"overload_probability,omitempty"`
	Occasions   string  `json:"occasions,omitempty"`
	Override    *Number `json:"override,omitempty"`    // a planner's figure beside the forecast
	OverrideID  string  `json:"override_id,omitempty"` // of the configuration
	OverrideBy  string  `json:"override_by,omitempty"` // its author
}

// PeakEvent is a named day that stands out.
type PeakEvent struct {
	Head
	FindingID string  `json:"finding_id"`
	Kind      string  `json:"kind"`
	State     State   `json:"state"`
	Title     string  `json:"title"`
	Detail    string  `json:"detail,omitempty"`
	Date      string  `json:"date"` // YYYY-MM-DD, local
	Event     string  `json:"event"`
	Measure   Measure `json:"measure"`
	Low       Number  `json:"size_low"`
	Expected  Number  `json:"size_expected"`
	High      Number  `json:"size_high"`
	Factor    Number  `json:"factor"`
	TimesSeen int     `json:"times_seen"`
}

// OverloadEvent is a limit that may be crossed.
type OverloadEvent struct {
	Head
	FindingID   string  `json:"finding_id"`
	Kind        string  `json:"kind"`
	State       State   `json:"state"`
	Title       string  `json:"title"`
	Detail      string  `json:"detail,omitempty"`
	Step        string  `json:"capacity_step"`
	Measure     Measure `json:"measure"`
	Limit       Number  `json:"limit"`
	Per         Per     `json:"limit_per"`
	Early       string  `json:"date_p10,omitempty"`
	Expected    string  `json:"date_p50,omitempty"`
	Late        string  `json:"date_p90,omitempty"`
	Cautious    string  `json:"date_p05,omitempty"` // the cautious date
	NeedBy      string  `json:"need_by,omitempty"`
	Probability Number  `json:"overload_probability"`
	Horizon     string  `json:"horizon"`
	NeededLimit Number  `json:"needed_capacity"`
	PeakDay     string  `json:"peak_day,omitempty"`
	BeyondSeen  Number  `json:"over_largest_seen"`

	// Of a resource that is forecast by its volume.
	Driver       string  `json:"driver,omitempty"`
	VolumeP10    *Number `json:"volume_limit_p10,omitempty"`
	VolumeP50    *Number `json:"volume_limit_p50,omitempty"`
	VolumeP90    *Number `json:"volume_limit_p90,omitempty"`
	VolumePer    string  `json:"volume_per,omitempty"`
	VolumeAhead  *Number `json:"volume_ahead,omitempty"`
	VolumeSeen   *Number `json:"volume_largest_seen,omitempty"`
	VolumeBeyond *bool   `json:"volume_beyond_seen,omitempty"`
}

// WhatIfEvent is what plans that are not decided would do; the fields named
// without_… are the forecast's own.
type WhatIfEvent struct {
	Head
	Plans       string  `json:"plans"` // ids, separated by commas
	Name        string  `json:"name"`
	Assumes     string  `json:"assumes"`
	Error       string  `json:"error,omitempty"`
	Measure     Measure `json:"measure"`
	PeakDay     string  `json:"peak_day,omitempty"`
	PeakSize    *Number `json:"peak_size,omitempty"`
	PeakWas     *Number `json:"without_peak_size,omitempty"`
	Early       string  `json:"date_p10,omitempty"`
	Expected    string  `json:"date_p50,omitempty"`
	Late        string  `json:"date_p90,omitempty"`
	Cautious    string  `json:"date_p05,omitempty"`
	NeedBy      string  `json:"need_by,omitempty"`
	NeedByWas   string  `json:"without_need_by,omitempty"`
	Probability *Number `json:"overload_probability,omitempty"`
	Was         *Number `json:"without_overload_probability,omitempty"`
	NeededLimit *Number `json:"needed_capacity,omitempty"`
	NeededWas   *Number `json:"without_needed_capacity,omitempty"`
}

// FindingEvent is every other finding.
type FindingEvent struct {
	Head
	FindingID string `json:"finding_id"`
	Kind      string `json:"kind"`
	State     State  `json:"state"`
	Title     string `json:"title"`
	Detail    string `json:"detail,omitempty"`
}

// AccuracyEvent says how right earlier forecasts were: of one band of days ahead over the
// last months, of a planner's override, or of a named peak whose day has come.
type AccuracyEvent struct {
	Head
	Kind    string  `json:"kind"` // forecast, override, peak, overload
	Measure Measure `json:"measure"`

	// Of forecasts and overrides.
	Band       string  `json:"band,omitempty"` // days ahead: "8-28"
	LeadFrom   int     `json:"lead_from,omitempty"`
	LeadTo     int     `json:"lead_to,omitempty"`
	From       string  `json:"from,omitempty"`
	To         string  `json:"to,omitempty"`
	Buckets    int     `json:"buckets,omitempty"`
	N          int     `json:"n,omitempty"`
	WAPE       *Number `json:"wape,omitempty"`
	Naive      *Number `json:"naive_wape,omitempty"`
	Relative   *Number `json:"relative_error,omitempty"`
	Bias       *Number `json:"bias,omitempty"`
	Coverage50 *Number `json:"coverage50,omitempty"`
	Coverage80 *Number `json:"coverage80,omitempty"`
	Coverage90 *Number `json:"coverage90,omitempty"`
	Pinball    *Number `json:"pinball,omitempty"`
	Override   string  `json:"override_id,omitempty"`
	Beside     *Number `json:"forecast_wape,omitempty"` // of the forecasts that the override stood beside

	// The last bucket, and what was last said of it.
	LastActual *Number `json:"last_actual,omitempty"`
	LastQ05    *Number `json:"last_q05,omitempty"`
	LastQ50    *Number `json:"last_q50,omitempty"`
	LastQ95    *Number `json:"last_q95,omitempty"`

	// Of a peak, and of an overload.
	FindingID string  `json:"finding_id,omitempty"`
	Verdict   string  `json:"verdict,omitempty"` // of an overload: came_true, avoided, false, missed
	Event     string  `json:"event,omitempty"`
	Date      string  `json:"date,omitempty"` // as last said
	Came      string  `json:"date_came,omitempty"`
	DaysOff   *int    `json:"days_off,omitempty"` // came − said
	Low       *Number `json:"size_low,omitempty"`
	Expected  *Number `json:"size_expected,omitempty"`
	High      *Number `json:"size_high,omitempty"`
	Size      *Number `json:"size_came,omitempty"`
	SizeError *Number `json:"size_error,omitempty"` // said over came, less 1
	Inside    *bool   `json:"inside,omitempty"`     // of the range said
	Before28  *Number `json:"size_expected_28_days_before,omitempty"`
	Before90  *Number `json:"size_expected_90_days_before,omitempty"`
}

// ActionEvent is work to be done, with CIM Change and Ticket Management fields.
type ActionEvent struct {
	Head
	ActionID    string `json:"action_id"`
	FindingID   string `json:"finding_id"`
	Kind        string `json:"kind"`
	State       State  `json:"state"`
	Title       string `json:"title"`
	Reason      string `json:"reason"`
	NeedBy      string `json:"due"`
	LatestStart string `json:"latest_start"`
	LeadDays    int    `json:"lead_time_days"`
	Late        bool   `json:"late"`
	StillHelps  string `json:"still_helps,omitempty"`
	Evidence    string `json:"evidence,omitempty"`
	Moved       string `json:"moved,omitempty"`
	MovedCause  string `json:"moved_cause,omitempty"`
	MovedCauses string `json:"moved_causes,omitempty"` // all that changed, the likeliest first
	Incident    string `json:"incident_id,omitempty"`  // the case whose plan it is of
	Owner       string `json:"owner,omitempty"`

	Verb       string `json:"action"` // CIM Change: created, modified, deleted
	ChangeType string `json:"change_type"`
	Object     string `json:"object"`
	ObjectID   string `json:"object_id"`
	Status     string `json:"status"`
	Vendor     string `json:"vendor_product"`
	Dest       string `json:"dest"`
}

// RunEvent says how a run went, and how complete its input was.
type RunEvent struct {
	Head
	Seconds   Number `json:"duration_s"`
	Queries   int    `json:"queries"`
	Signals   int    `json:"signals"`
	Forecasts int    `json:"forecasts"`
	Findings  int    `json:"findings"`
	Actions   int    `json:"actions"`
	Errors    int    `json:"errors"`
	ErrorText string `json:"error,omitempty"`
	Buckets   int    `json:"buckets"`
	Holes     int    `json:"holes"`
	Revised   int    `json:"revised,omitempty"`  // buckets read again that had another value before
	Masked    int    `json:"masked,omitempty"`   // points of history that are not learned from, over all signals
	Censored  int    `json:"censored,omitempty"` // buckets at a ceiling
	Outages   int    `json:"outages,omitempty"`  // points of outages that nobody told of
	OneOffs   int    `json:"one_offs,omitempty"` // points of one-off events
	Treated   string `json:"treated,omitempty"`  // which, and as what
}

// Rejected is an event that Splunk will never take as it is, with its reply.
type Rejected struct {
	Event Event
	Code  int    // HEC code
	Text  string // the server's words
}
