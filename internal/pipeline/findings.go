package pipeline

import (
	"math"
	"strings"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/models"
)

// minFactor is how far a named day must stand out over a usual one to be a peak.
const minFactor = 1.15

// findings reads out of one signal's outlook what somebody should know.
func findings(j Job, s *study, h history, o outlook) []models.Finding {
	var found []models.Finding
	if f, ok := silence(j, s, h); ok {
		found = append(found, f)
	}
	if h.part {
		return found // a part repeats its total's peaks, and limits are of the whole
	}
	found = append(found, drifts(j, s, h, o.reviews)...)
	for i := range o.measured {
		m := &o.measured[i]
		// The peaks of what a volume drives are the volume's.
		if m.measure == models.MeasureTotal && h.signal.Kind == models.KindCount && m.driver == nil {
			found = append(found, peaks(j, s, h, o.measured)...)
		}
		if m.measure == models.MeasureTotal {
			found = append(found, noticed(j, s, h, o.signal.Forecasts[i])...)
		}
		if m.limits.any {
			if f, ok := overload(j, s, h, m); ok {
				found = append(found, f)
			}
		}
	}
	return found
}

// silence says that ingest stopped.
func silence(j Job, s *study, h history) (models.Finding, bool) {
	if h.part || h.silent.IsZero() {
		return models.Finding{}, false
	}
	f := models.Finding{
		Subject: subject(j, s, h.signal, models.KindDataMissing, ""),
		State:   models.StateOpen, AsOf: j.AsOf,
		Title:  h.say.T("No data for %s since %s", h.signal.Name, h.silent.Format("2006-01-02 15:04")),
		Detail: h.say.T("The longest silence before was %s. The time since is taken as unknown, not as no volume; check the forwarders, the index and the search.", h.say.silence(h.longest)),
	}
	return f, true
}

// peaks names the days ahead that stand out: of the total, which comes first, with
// the busiest bucket beside it where that is forecast too.
func peaks(j Job, s *study, h history, all []measured) []models.Finding {
	var found []models.Finding
	m := all[0]
	for _, p := range analytics.Peaks(m.series, m.forecast, j.Calendar, minFactor) {
		if p.Factor < minFactor {
			continue // the largest day of all need not stand out
		}
		point := m.points[p.Index]
		peak := models.Peak{
			Date: point.Time, Event: calendar.FamilyName(p.Family), EventID: p.Family, Factor: p.Factor, TimesSeen: p.TimesSeen, Measure: m.measure,
			Low: point.Quantiles[models.Q05], Expected: point.Quantiles[models.Q50], High: point.Quantiles[models.Q95],
			Exceeds: exceeds(h, point.Quantiles[models.Q50]),
		}
		name := episode(j.Calendar, p, calendar.DateOf(point.Time))
		if plan, planned := planBehind(j, s, h, m, p); planned {
			peak.Event, peak.EventID, name = plan.Name, planEpisode(plan), planEpisode(plan)
		}
		if len(all) > 1 {
			peak.BusiestHigh, peak.BusiestWidth = all[1].points[p.Index].Quantiles[models.Q95], h.busy
		}
		found = append(found, models.Finding{
			Subject: subject(j, s, h.signal, models.KindPeak, name),
			State:   models.StateOpen, AsOf: j.AsOf, Peak: &peak,
			Title:  peakTitle(h, peak),
			Detail: h.say.T("%s (90 %% between %s and %s), %s times a usual such %s. %s", h.say.number(peak.Expected, h.signal.Unit), h.say.number(peak.Low, ""), h.say.number(peak.High, ""), h.say.fixed(peak.Factor, 2), h.say.span(h.span), h.say.seen(peak)),
		})
	}
	return found
}

func peakTitle(h history, p models.Peak) string {
	name := h.say.Occasion(p.Event)
	if name == "" {
		name = h.say.T("The largest day ahead")
	}
	when := h.say.T("peak|on %s", h.say.Date(p.Date, h.say.T("Mon 2 January 2006")))
	if h.span == models.SpanMonth {
		when = h.say.T("when|in %s", h.say.Date(p.Date, "January 2006"))
	}
	return h.say.T("%s: %s peaks %s at %s × a usual %s", name, h.signal.Name, when, h.say.fixed(p.Factor, 2), h.say.span(h.span))
}

// exceeds is the share of the last year's known buckets that a size exceeds.
func exceeds(h history, size float64) float64 {
	below, n := 0, 0
	first := h.points[len(h.points)-1].Time.AddDate(-1, 0, 0)
	for _, p := range h.points {
		if p.Time.Before(first) || math.IsNaN(p.Total) {
			continue
		}
		n++
		if p.Total < size {
			below++
		}
	}
	return float64(below) / float64(max(1, n))
}

// overload says when the limit will be crossed, when that is likely enough within
// the signal's horizon to need work.
func overload(j Job, s *study, h history, m *measured) (models.Finding, bool) {
	last := bucketsWithin(m.points, calendar.DateOf(j.AsOf.Add(h.signal.Horizon)))
	if last == 0 {
		return models.Finding{}, false
	}
	paths := make([][]float64, len(m.loads))
	for i, p := range m.loads {
		paths[i] = p[:last]
	}
	c := analytics.Cross(paths, m.limits.values[:last], h.signal.Risk)
	year := analytics.Cross(m.loads, m.limits.values, h.signal.Risk)
	if c.Need < 0 {
		return furtherAhead(j, s, h, m, year)
	}
	step := m.limits.steps[c.Need]
	day := func(i int) time.Time {
		if i < 0 {
			return time.Time{}
		}
		return m.points[i].Time
	}
	over := models.Overload{
		StepID: step.ID, Limit: step.Limit, Per: step.Per, Measure: m.measure,
		Early: day(c.Early), Expected: day(c.Expected), Late: day(c.Late), Cautious: day(c.Cautious), NeedBy: day(c.Need),
		Probability: c.Probability[last-1], Horizon: m.points[last-1].Time,
		NeededLimit: neededLimit(c, step), PeakDay: day(c.PeakIndex),
		BeyondSeen: beyondSeen(h, m.measure, c.Needed), WithinFactor: m.limits.within,
	}
	f := models.Finding{
		Subject: subject(j, s, h.signal, models.KindOverload, step.ID),
		State:   models.StateOpen, AsOf: j.AsOf, Overload: &over,
		Title:  overloadTitle(h, over),
		Detail: overloadDetail(h, over, step) + " " + h.say.year(h, m, year),
	}
	if driver, text := driverOf(m, h, c.Need, last); driver != nil {
		over.Driver = driver
		f.Detail = strings.TrimSpace(f.Detail) + " " + text
	}
	return f, true
}

// furtherAhead tells of a crossing beyond the days for which work is dated, so that
// nobody takes their silence for a year's peace.
func furtherAhead(j Job, s *study, h history, m *measured, year analytics.Crossing) (models.Finding, bool) {
	if year.Need < 0 {
		return models.Finding{}, false
	}
	at := m.points[year.Need].Time
	step := m.limits.steps[year.Need]
	return models.Finding{
		Subject: subject(j, s, h.signal, models.KindOutlook, step.ID),
		State:   models.StateOpen, AsOf: j.AsOf,
		Title: h.say.T("%s will reach its limit of %s by %s", h.signal.Name, h.say.limit(h.signal, step.Limit, step.Per), h.say.date(at)),
		Detail: h.say.T("That is %s days ahead, beyond the %s for which work is dated; it becomes an action when it comes nearer. %s",
			h.say.fixed(at.Sub(j.AsOf).Hours()/24, 0), h.say.fixed(h.signal.Horizon.Hours()/24, 0), h.say.year(h, m, year)),
	}, true
}

// bucketsWithin counts the points up to and including a day.
func bucketsWithin(points []models.ForecastPoint, end calendar.Date) int {
	n := 0
	for n < len(points) && !calendar.DateOf(points[n].Time).After(end) {
		n++
	}
	return n
}

// neededLimit is the configured limit, headroom included, with which the paths
// cross with at most 5 %: the step in force grown by the paths' excess over it.
func neededLimit(c analytics.Crossing, step models.CapacityStep) float64 {
	return step.Limit * c.NeededRatio
}

// beyondSeen is how far the forecast maximum lies over any value ever observed.
func beyondSeen(h history, measure models.Measure, top float64) float64 {
	seen := 0.0
	for _, p := range h.points {
		if v := value(p, measure); v > seen {
			seen = v
		}
	}
	if seen == 0 {
		return 0
	}
	return top / seen
}

// overloadTitle says no more than the paths do: that the limit will be crossed where nine in ten cross it, that this
// is likely where every second does, else that it may be.
func overloadTitle(h history, o models.Overload) string {
	limit := h.say.limit(h.signal, o.Limit, o.Per)
	if o.Expected.IsZero() {
		return h.say.T("%s may cross its limit of %s %s", h.signal.Name, limit, h.say.T("when|by %s", h.say.date(o.NeedBy)))
	}
	around := h.say.T("around %s", h.say.date(o.Expected))
	if o.Late.IsZero() {
		return h.say.T("%s is likely to cross its limit of %s %s", h.signal.Name, limit, around)
	}
	return h.say.T("%s will cross its limit of %s %s", h.signal.Name, limit, around)
}

func overloadDetail(h history, o models.Overload, step models.CapacityStep) string {
	date := func(t time.Time) string {
		if t.IsZero() {
			return h.say.T("not within the horizon")
		}
		return t.Format(time.DateOnly)
	}
	text := h.say.T("Crossed with 10 %% probability by %s, 50 %% by %s, 90 %% by %s; %s by %s. A limit of %s keeps the probability at 5 %%.",
		date(o.Early), date(o.Expected), date(o.Late), h.say.percent(o.Probability), date(o.Horizon), h.say.limit(h.signal, o.NeededLimit, o.Per))
	if step.Headroom > 0 {
		text += h.say.T(" %s headroom is kept.", h.say.percent(step.Headroom))
	}
	if o.BeyondSeen > 1 {
		text += h.say.T(" The load ahead reaches %s of the largest ever seen.", h.say.percent(o.BeyondSeen))
	}
	return text
}
