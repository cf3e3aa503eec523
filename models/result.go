package models

import "time"

// Result is everything one run of one customer found out; reports render it and
// events are made of it.
type Result struct {
	RunID    string
	Customer Customer
	AsOf     time.Time
	IssuedAt time.Time
	Signals  []SignalResult // in configuration order, parts after their total
	Findings []Finding
	Actions  []Action
	Verdicts []Verdict // on predictions whose day has come
	Errors   []RunError
	Told     int // events on their way to Splunk
	Duration time.Duration
}

// SignalResult is one signal's past and future.
type SignalResult struct {
	Service   Service
	Query     Query
	Signal    Signal // of a part: ID and Name of the part
	Span      Span   // width of History and of the forecasts' points
	History   []HistoryPoint
	Forecasts []Forecast // total first, then busiest where the query's buckets are shorter than a day
	Accuracy  []Accuracy // how right earlier forecasts were; none when nothing has come of them yet
	Err       string     // why there is no forecast; "" when there is one
}

// HistoryPoint is one observed bucket of the forecast's span.
type HistoryPoint struct {
	Time    time.Time
	Total   float64 // NaN when missing
	Busiest float64 // NaN when missing or not measured
}

// RunError is something that failed without stopping the rest.
type RunError struct {
	Service string
	Query   string
	Stage   string // fetch, forecast, plan, commit
	Reason  string // short and stable, for a metric label
	Text    string
}
