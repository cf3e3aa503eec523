package pipeline

import (
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/models"
)

// ceilingsOf hands a signal's ceilings to the engine; nil lets it look for plateaus.
func ceilingsOf(s models.Signal) []analytics.Ceiling {
	var out []analytics.Ceiling
	for _, c := range s.Ceilings {
		out = append(out, analytics.Ceiling{Value: c.Value, From: c.From, To: c.To})
	}
	return out
}

// lift puts, in the query's own buckets, what is expected above a ceiling in place of
// what came through it, and makes days of that to forecast from. The measured days stay
// what people see.
func (h *history) lift(g *grid, values, weights []float64) {
	if h.signal.Kind != models.KindCount && h.signal.Kind != models.KindGauge ||
		h.signal.Aggregate != models.AggregateSum && h.signal.Aggregate != models.AggregateMax {
		return // what is made of two numbers has no plateau of its own
	}
	s := analytics.Series{Values: values[g.first:], Step: calendar.Step{Unit: calendar.Minute, N: int(h.fetch / time.Minute)}}
	for _, t := range g.starts[g.first:g.buckets()] {
		s.Times = append(s.Times, time.Unix(t, 0).In(g.zone))
	}
	// Masked days are left out by the engine, and stay what they are here.
	lifted, treated := analytics.Uncensor(s, analytics.Options{Ceilings: ceilingsOf(h.signal), Lower: h.signal.Min, Upper: h.signal.Max})
	if lifted == nil {
		return
	}
	all := append(append(make([]float64, 0, len(values)), values[:g.first]...), lifted...)
	h.trained = g.daily(h.signal, all, weights, h.busy)
	h.saturated = treatedOf(voice{}, treated)
	for i := range h.saturated {
		h.saturated[i].Span = g.query.Span
	}
}

// training are the points that a forecast learns from, and the ceilings that are left
// to tell the engine of.
func (h *history) training() ([]models.HistoryPoint, []analytics.Ceiling) {
	switch {
	case h.trained != nil:
		return h.trained, []analytics.Ceiling{}
	case h.fetch > 0 && len(h.signal.Ceilings) > 0:
		return h.points, []analytics.Ceiling{} // they are of the query's buckets, not of days
	}
	return h.points, ceilingsOf(h.signal)
}
