package configs

import (
	"time"

	"foresight/models"
)

// withDefaults fills in what the file does not give.
func withDefaults(f *file) {
	s, h := &f.Splunk.Search, &f.Splunk.HEC
	or(&f.Splunk.Deployment, string(deploymentOf(f.Splunk)))
	or(&s.App, "search")
	or(&s.Owner, "nobody")
	or(&s.Timeout, duration(time.Minute))
	or(&s.TimeLimit, duration(15*time.Minute))
	or(&h.Index, "foresight")
	or(&h.Timeout, duration(30*time.Second))
	or(&h.Batch.Events, 500)
	or(&h.Batch.Bytes, 1_000_000) // Splunk Cloud advises about 1 MB a request
	cloudServicesDefaults(f.Splunk.CloudServices)
	itsiDefaults(f.Splunk.ITSI)
	notesDefaults(f.Splunk.Notes)
	or(&f.State.Dir, "state")
	or(&f.Outbox.MaxBytes, 1_000_000_000)
	or(&f.State.Retention, duration(800*day)) // two years, as far ahead as forecasts reach and once more
	or(&f.Report.Dir, "report")
	or(&f.Web.Addr, "127.0.0.1:8080")
	or(&f.Log.Level, "info")
	or(&f.Log.Format, "json")
	or(&f.Run.Missed, string(MissedCatchUp))
	channelDefaults(f.Channels)
	for i := range f.Customers {
		c := &f.Customers[i]
		channelDefaults(c.Channels)
		or(&c.Name, c.ID)
		for j := range c.Calendar.Events {
			e := &c.Calendar.Events[j]
			or(&e.To, e.From)
		}
		planDefaults(c)
		for j := range c.Services {
			svc := &c.Services[j]
			or(&svc.Name, svc.ID)
			for k := range svc.Queries {
				queryDefaults(&svc.Queries[k], c.LeadTime)
			}
		}
	}
}

func channelDefaults(all []fileChannel) {
	for i := range all {
		or(&all[i].Timeout, duration(20*time.Second))
		if all[i].Kind == string(models.ChannelEmail) {
			or(&all[i].TLS, "starttls")
		}
	}
}

// queryDefaults fills in one query; lead is the customer's lead time.
func queryDefaults(q *fileQuery, lead *fileLeadTime) {
	signalDefaults(&q.Signal, q.ID, lead)
	span := models.SpanHour
	if q.Signal.Aggregate == string(models.AggregateNone) {
		span = models.SpanDay // a day cannot be made of its hours
	}
	or(&q.Span, string(span))
	schedule := "15 * * * *"
	if models.Span(q.Span).Duration() == 0 {
		schedule = "15 2 * * *" // a new bucket comes once a day at most
	}
	or(&q.Schedule, schedule)
	sourceDefaults(q)
	or(&q.History, duration(3*year))
	or(&q.Overlap, duration(7*day))
	if q.Lag == nil {
		lag := delay(10 * time.Minute)
		q.Lag = &lag
	}
	or(&q.KnownBy, string(models.KnownByEventTime))
	empty := models.EmptyMissing
	if q.Signal.Kind == string(models.KindCount) {
		empty = models.EmptyZero // a search without events returns no row; it counted none
	}
	or(&q.Empty, string(empty))
	if q.Witness != nil {
		or(&q.Witness.Span, string(models.SpanHour))
	}
	if q.Split != nil {
		or(&q.Split.Max, 50)
	}
}

func signalDefaults(s *fileSignal, queryID string, lead *fileLeadTime) {
	or(&s.ID, queryID)
	or(&s.Name, s.ID)
	or(&s.Measure, "count")
	function, _, _ := functionOf(s.Measure)
	kind := models.KindGauge
	switch {
	case s.Denominator != "":
		kind = models.KindRatio
	case function == "count" || function == "sum":
		kind = models.KindCount
	}
	or(&s.Kind, string(kind))
	or(&s.Aggregate, string(aggregateOf(function)))
	if s.Min == nil && (s.Kind == string(models.KindCount) || s.Kind == string(models.KindRatio)) {
		s.Min = new(float64)
	}
	if s.LeadTime == nil {
		s.LeadTime = lead
	}
	if s.Risk == nil {
		risk := 0.2
		s.Risk = &risk
	}
	or(&s.Horizon, duration(120*day))
	for i := range s.Capacity {
		or(&s.Capacity[i].Per, string(models.PerBucket))
	}
}

// aggregateOf returns the one way in which buckets of a measure combine (DESIGN.md,
// "What adds up"): a distinct count, a minimum or a percentile cannot be rebuilt.
func aggregateOf(function string) models.Aggregate {
	switch function {
	case "count", "sum":
		return models.AggregateSum
	case "max":
		return models.AggregateMax
	case "avg":
		return models.AggregateMean
	case "last":
		return models.AggregateLast
	}
	return models.AggregateNone
}

// or sets *v to fallback when it is zero.
func or[T comparable](v *T, fallback T) {
	var zero T
	if *v == zero {
		*v = fallback
	}
}
