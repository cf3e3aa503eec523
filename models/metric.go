package models

// MetricPoint is one bucket of a forecast in a metric index: several measurements that
// share their dimensions, at the bucket's own time. Field names are those of Splunk's
// metric points; what has no value is left out, since a measurement must be a number.
type MetricPoint struct {
	Mean        *Number `json:"metric_name:foresight.forecast.mean,omitempty"`
	Q05         *Number `json:"metric_name:foresight.forecast.q05,omitempty"`
	Q10         *Number `json:"metric_name:foresight.forecast.q10,omitempty"`
	Q25         *Number `json:"metric_name:foresight.forecast.q25,omitempty"`
	Q50         *Number `json:"metric_name:foresight.forecast.q50,omitempty"`
	Q75         *Number `json:"metric_name:foresight.forecast.q75,omitempty"`
	Q90         *Number `json:"metric_name:foresight.forecast.q90,omitempty"`
	Q95         *Number `json:"metric_name:foresight.forecast.q95,omitempty"`
	Limit       *Number `json:"metric_name:foresight.forecast.limit,omitempty"`
	Probability *Number `json:"metric_name:foresight.forecast.overload_probability,omitempty"`
	Override    *Number `json:"metric_name:foresight.forecast.override,omitempty"` // a planner's figure beside the forecast

	// Dimensions. Those of Head that tell forecasts apart are here, so that mstats can
	// keep the newest; a point has no event_id, which would make each a series of its own.
	Customer string  `json:"customer"`
	Service  string  `json:"service"`
	Signal   string  `json:"signal"`
	Measure  Measure `json:"measure"`
	Span     Span    `json:"span"`
	Unit     string  `json:"unit,omitempty"`
	Subject  string  `json:"subject_id"`
	AsOf     string  `json:"as_of"`
	IssuedAt string  `json:"issued_at"`
	Revision string  `json:"revision"`
}

// MetricOf is a forecast event's point in a metric index; false where it has nothing to
// measure there.
func MetricOf(e ForecastEvent) (MetricPoint, bool) {
	p := MetricPoint{
		Mean: measured(&e.Mean), Q05: measured(&e.Q05), Q10: measured(&e.Q10), Q25: measured(&e.Q25), Q50: measured(&e.Q50),
		Q75: measured(&e.Q75), Q90: measured(&e.Q90), Q95: measured(&e.Q95),
		Limit: measured(e.Limit), Probability: measured(e.Probability), Override: measured(e.Override),
		Customer: e.Customer, Service: e.Service, Signal: e.Signal, Measure: e.Measure, Span: e.Span, Unit: e.Unit,
		Subject: e.Subject, AsOf: e.AsOf, IssuedAt: e.IssuedAt, Revision: e.Revision,
	}
	return p, p.Q50 != nil
}

// measured leaves out what JSON would write as null.
func measured(n *Number) *Number {
	if n == nil || !n.finite() {
		return nil
	}
	return n
}
