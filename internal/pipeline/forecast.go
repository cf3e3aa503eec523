package pipeline

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/models"
)

// outlook is one signal's future, with what the findings are read from.
type outlook struct {
	signal   models.SignalResult
	measured []measured
	reviews  []review
}

// measured is the engine's answer for one measure.
type measured struct {
	measure  models.Measure
	series   analytics.Series
	forecast analytics.Forecast
	limits   limits
	loads    [][]float64 // the paths as limits meet them, with the peak inside each bucket
	points   []models.ForecastPoint

	unplanned   analytics.Forecast // before the committed plans
	planned     []string           // what they assume, a sentence each
	unplannable []error            // those whose effect could not be read
	driver      *driven            // the volume that carried it; nil: its own history
	volume      *models.Driver     // the same as it is told
	notes       []string           // what else the numbers take for granted
}

// longSilence is how old the last data may be for a forecast to be made of them.
const longSilence = 60 * 24 * time.Hour

// forecast asks the engine for the day's total and, where buckets are shorter than
// a day and add to the answer, for the day's busiest bucket.
func (l *Line) forecast(ctx context.Context, j Job, s *study, h history) (outlook, error) {
	o := outlook{signal: models.SignalResult{Service: s.service, Query: s.query, Signal: h.signal, Span: h.span, History: h.points}, reviews: h.reviews}
	if len(h.points) == 0 {
		o.signal.Err = h.say.T("not one bucket with a known value: see the query's rule for empty buckets")
		return o, nil
	}
	if !h.silent.IsZero() && j.AsOf.Sub(h.silent) > longSilence {
		o.signal.Err = h.say.T("no data since %s: too long ago to say anything of the days ahead", h.silent.Format(time.DateOnly))
		return o, nil
	}
	if last := h.lastKnown(); h.part && j.AsOf.Sub(last) > longSilence {
		o.signal.Err = h.say.T("no row since %s: too long ago to say anything of the days ahead", last.Format(time.DateOnly))
		return o, nil
	}
	for _, m := range measuresOf(h) {
		got, err := l.measure(ctx, j, s, h, m)
		if err != nil {
			return o, fmt.Errorf("forecasting signal %s (%s): %w", h.signal.ID, m, err)
		}
		o.measured = append(o.measured, got)
		o.signal.Forecasts = append(o.signal.Forecasts, got.record(j, s, h))
	}
	return o, nil
}

// lastKnown is the start of the last bucket with a value; the first bucket's where there
// is none.
func (h history) lastKnown() time.Time {
	for i := len(h.points) - 1; i > 0; i-- {
		if !math.IsNaN(h.points[i].Total) {
			return h.points[i].Time
		}
	}
	return h.points[0].Time
}

// measuresOf lists what is forecast of a signal.
func measuresOf(h history) []models.Measure {
	if h.busy > 0 && (h.signal.Aggregate == models.AggregateSum || h.signal.Aggregate == models.AggregateMean) {
		return []models.Measure{models.MeasureTotal, models.MeasureBusiest}
	}
	return []models.Measure{models.MeasureTotal}
}

// steps are the engine's steps of the spans that forecasts have.
var steps = map[models.Span]calendar.Step{
	models.SpanDay:   {Unit: calendar.Day, N: 1},
	models.SpanWeek:  {Unit: calendar.Week, N: 1},
	models.SpanMonth: {Unit: calendar.Month, N: 1},
}

// bucketsAhead returns how many buckets of the span hold the given days.
func bucketsAhead(s models.Span, days int) int {
	return int(math.Ceil(float64(days) * steps[s].PerDay()))
}

// measure asks the engine for one measure, from where the last run of it ended.
func (l *Line) measure(ctx context.Context, j Job, s *study, h history, m models.Measure) (measured, error) {
	got := measured{measure: m, series: analytics.Series{Step: steps[h.span]}}
	points, ceilings := h.training()
	for _, p := range points {
		v := p.Total
		if m == models.MeasureBusiest {
			v = p.Busiest
		}
		got.series.Times, got.series.Values = append(got.series.Times, p.Time), append(got.series.Values, v)
	}
	horizon := l.Horizon
	if horizon == 0 {
		horizon = DefaultHorizon
	}
	n := bucketsAhead(h.span, horizon)
	last := got.series.Times[len(got.series.Times)-1]
	for i := range n {
		got.points = append(got.points, models.ForecastPoint{Time: got.series.Step.Add(last, i+1)})
	}
	got.limits = limitsOf(h, m, got.points)
	options := analytics.Options{
		Horizon: n, Quantiles: models.Probabilities[:], Calendar: j.Calendar,
		Lower: h.signal.Min, Upper: h.signal.Max, Risk: h.signal.Risk, Masks: masksOf(h.signal), Ceilings: ceilings, Sums: h.signal.Aggregate == models.AggregateSum,
	}
	if got.limits.any {
		options.Limits, options.Paths = got.limits.values, l.Paths
	}
	if options.Paths = max(options.Paths, h.paths); h.jointly > 0 && m == models.MeasureTotal {
		options.Paths = h.jointly
	}
	id := subject(j, s, h.signal, "forecast", string(m)).ID()
	if !drifted(h.reviews, m) { // else what was chosen has led astray
		options.State = j.learnt.of(ctx, id)
	}
	forecast, err := analytics.Run(ctx, got.series, options)
	if err != nil {
		return got, err
	}
	j.learnt.keep(id, forecast.State)
	got.forecast = forecast
	got.fill(j, h)
	return got, nil
}

// fill writes the engine's numbers into the points.
func (m *measured) fill(j Job, h history) {
	var probability []float64
	if m.limits.any {
		m.loads = m.limits.spread(m.forecast.Paths)
		probability = analytics.Cross(m.loads, m.limits.values, h.signal.Risk).Probability
	}
	for i := range m.points {
		p := &m.points[i]
		p.Mean = m.forecast.Mean[i]
		copy(p.Quantiles[:], m.forecast.Quantiles[i])
		p.Limit, p.Overload = math.NaN(), math.NaN()
		if probability != nil {
			p.Limit, p.Overload = m.limits.values[i], probability[i]
		}
		if h.span == models.SpanDay {
			p.Occasions = occasions(j.Calendar, calendar.DateOf(p.Time))
		}
	}
}

// occasions names a day's feasts and events for people.
func occasions(c *calendar.Calendar, d calendar.Date) []string {
	var names []string
	for _, o := range c.On(d) {
		names = append(names, o.Name)
	}
	return names
}

// record is the forecast as the other packages exchange it.
func (m *measured) record(j Job, s *study, h history) models.Forecast {
	f := models.Forecast{
		Subject: subject(j, s, h.signal, "forecast", string(m.measure)),
		Measure: m.measure, Span: h.span, AsOf: j.AsOf, Points: m.points,
		Method: m.forecast.Method, Choice: h.say.engine(m.forecast.Choice), Fallback: h.say.engine(m.forecast.Fallback),
		Standing: standing(m.series), Treated: append(treatedOf(h.say, m.forecast.Treated), h.saturated...), Shifts: shiftsOf(m.forecast.Shifts),
		Assumed: append(assumptions(j, h, m), m.planned...), Driver: m.volume,
	}
	for _, c := range m.forecast.Components {
		f.Components = append(f.Components, models.Component{Name: c.Name, Multiplicative: c.Multiplicative, Values: c.Values})
	}
	b := m.forecast.Backtest
	f.Standing.Backtest = models.Backtest{Origins: b.Origins, WAPE: b.WAPE, MASE: b.MASE, Naive: b.Naive, Coverage80: b.Coverage80, Coverage90: b.Coverage90}
	return f
}

// subject names what a record is about.
func subject(j Job, s *study, signal models.Signal, kind, episode string) models.Subject {
	return models.Subject{Customer: j.Customer.ID, Service: s.service.ID, Signal: signal.ID, Kind: kind, Episode: episode}
}

// standing counts the history behind a forecast.
func standing(s analytics.Series) models.Standing {
	st := models.Standing{}
	for i, v := range s.Values {
		if math.IsNaN(v) {
			st.Missing++
			continue
		}
		t := s.Times[i]
		if st.Observed == 0 {
			st.From = t
		}
		st.To = t
		st.Observed++
		if t.Month() == time.December && (t.Day() == 24 || s.Step.Unit == calendar.Month) {
			st.Christmases++
		}
	}
	st.Years = st.To.Sub(st.From).Hours() / 24 / 365.25
	return st
}

// assumptions says in sentences what the numbers take for granted.
func assumptions(j Job, h history, m *measured) []string {
	var said []string
	if j.Customer.Country == "" {
		said = append(said, h.say.T("No country is configured, so no public holiday or feast is taken into account."))
	} else {
		said = append(said, h.say.T("Feasts, public holidays and paydays are those of %s; days are local days in %s.", j.Customer.Country, j.Customer.Zone.String()))
	}
	if n := len(j.Customer.Events); n > 0 {
		said = append(said, h.say.T("%s events of the customer's own calendar are taken into account: %s.", h.say.count(n), strings.Join(eventNames(h.say, j.Customer.Events), ", ")))
	}
	switch q := h.signal; {
	case h.part || len(q.Capacity) == 0:
	case m.limits.any:
		said = append(said, m.limits.notes...)
	}
	if h.beyond > 0 {
		said = append(said, h.say.beyond(h.beyond))
	}
	return append(said, m.notes...)
}

// eventNames lists the distinct names in order of first appearance, at most five.
func eventNames(say voice, events []models.CalendarEvent) []string {
	var names []string
	seen := map[string]bool{}
	for _, e := range events {
		if seen[e.Name] {
			continue
		}
		seen[e.Name] = true
		if len(names) == 5 {
			return append(names, say.T("and others"))
		}
		names = append(names, e.Name)
	}
	return names
}
