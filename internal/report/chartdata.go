package report

import (
	"time"

	"foresight/models"
)

const aDay = 24 * time.Hour

// source is what the charts of one measure of a signal draw from.
type source struct {
	say      voice
	signal   models.SignalResult
	forecast models.Forecast
	since    []models.HistoryPoint
	findings []models.Finding // open ones of this measure
	named    []models.Peak    // peaks of another measure, to name the days of one without
	asOf     time.Time
	loc      *time.Location
}

// value picks the measure's number of a history point.
func value(h models.HistoryPoint, m models.Measure) float64 {
	if m == models.MeasureBusiest {
		return h.Busiest
	}
	return h.Total
}

// points returns the history of a measure from a day on.
func points(hs []models.HistoryPoint, m models.Measure, from time.Time) []point {
	out := make([]point, 0, len(hs))
	for _, h := range hs {
		if !h.Time.Before(from) {
			out = append(out, point{h.Time, value(h, m)})
		}
	}
	return out
}

// fanOf returns the fan of a forecast up to a day.
func fanOf(f models.Forecast, to time.Time) []fanPoint {
	out := make([]fanPoint, 0, len(f.Points))
	for _, p := range f.Points {
		if !p.Time.After(to) {
			out = append(out, fanPoint{p.Time, p.Quantiles})
		}
	}
	return out
}

// limits returns the usable limit where it changes: ahead from the forecast's
// points, behind (from a day on) from the signal's steps. The points' limit is in
// the measure's unit and the steps' in their own; their ratio on the first day
// ahead carries the earlier steps over, as long as they are per the same time.
func (d source) limits(from, to time.Time) []point {
	f := d.forecast
	var out []point
	if now, ok := inForce(d.signal.Signal.Capacity, f.Points[0].Time); ok && finite(f.Points[0].Limit) && now.Usable() > 0 {
		for i, c := range d.signal.Signal.Capacity {
			if c.Per != now.Per || !c.From.Before(f.Points[0].Time) {
				continue
			}
			next := i + 1
			if next < len(d.signal.Signal.Capacity) && d.signal.Signal.Capacity[next].From.Before(from) {
				continue
			}
			t := c.From
			if t.Before(from) {
				t = from
			}
			out = append(out, point{t, f.Points[0].Limit * (c.Usable() / now.Usable())})
		}
	}
	for _, p := range f.Points {
		same := len(out) > 0 && (out[len(out)-1].v == p.Limit || (!finite(out[len(out)-1].v) && !finite(p.Limit)))
		if !same && !p.Time.After(to) {
			out = append(out, point{p.Time, p.Limit})
		}
	}
	return out
}

// inForce returns the last step that holds on a day.
func inForce(steps []models.CapacityStep, t time.Time) (step models.CapacityStep, ok bool) {
	for _, c := range steps {
		if !c.From.After(t) {
			step, ok = c, true
		}
	}
	return step, ok
}

// lastTime returns the last day that a forecast speaks of.
func lastTime(f models.Forecast) time.Time { return f.Points[len(f.Points)-1].Time }

// near shows four weeks back and up to 120 days ahead, day by day, with the same
// days of the year before behind them.
func (d source) near() chart {
	f := d.forecast
	to := earlier(lastTime(f), d.asOf.AddDate(0, 0, 120))
	from := d.asOf.AddDate(0, 0, -28)
	c := chart{say: d.say, loc: d.loc, from: from, to: to, asOf: d.asOf, weekly: true, zeroBase: d.zeroBase()}
	c.history = points(d.signal.History, f.Measure, from)
	c.fan = fanOf(f, to)
	c.limit = d.limits(from, to)
	// 364 days keep the weekday.
	for _, h := range d.signal.History {
		if t := h.Time.In(d.loc).AddDate(0, 0, 364); !t.Before(from) && !t.After(to) {
			c.before = append(c.before, point{t, value(h, f.Measure)})
		}
	}
	if !anyFinite(c.before) {
		c.before = nil
	}
	c.since = upTo(points(d.since, f.Measure, from), to)
	c.addFindings(d)
	return c
}

// long shows 65 whole weeks (fifteen months) back and the whole horizon. Of each seven days the
// largest stands for the week, since that is the day that meets the limit; its
// quantiles are its own.
func (d source) long() chart {
	f := d.forecast
	from := d.asOf.AddDate(0, 0, -65*7)
	c := chart{say: d.say, loc: d.loc, from: from, to: lastTime(f), asOf: d.asOf, zeroBase: d.zeroBase()}
	c.history, c.low = weekly(points(d.signal.History, f.Measure, from), d.asOf)
	c.high = make([]point, len(c.low))
	for i := range c.low { // the range shares one time base
		c.high[i] = point{c.low[i].t, c.history[i].v}
	}
	fan := fanOf(f, c.to)
	for i := 0; i < len(fan); i += 7 {
		end := min(i+7, len(fan))
		if len(fan)-end < 4 { // a stub of a week joins the one before
			end = len(fan)
		}
		c.fan = append(c.fan, largest(fan[i:end]))
		if end == len(fan) {
			break
		}
	}
	c.limit = d.limits(c.from, c.to)
	c.since, _ = weekly(upTo(points(d.since, f.Measure, d.asOf), c.to), d.asOf)
	c.addFindings(d.big())
	return c
}

// plain shows buckets as they are: weeks, months, or few days.
func (d source) plain() chart {
	f := d.forecast
	years := -4
	if f.Span != models.SpanMonth {
		years = -2
	}
	from := d.asOf.AddDate(years, 0, 0)
	c := chart{say: d.say, loc: d.loc, from: from, to: lastTime(f), asOf: d.asOf, zeroBase: d.zeroBase()}
	c.history = points(d.signal.History, f.Measure, from)
	if len(c.history) > 0 && c.history[0].t.After(from) {
		c.from = c.history[0].t
	}
	c.fan = fanOf(f, c.to)
	c.limit = d.limits(c.from, c.to)
	c.since = upTo(points(d.since, f.Measure, d.asOf), c.to)
	c.addFindings(d)
	return c
}

// big leaves the paydays and unusual days out: in a picture of largest days they
// crowd the names that matter, or lie far below the line.
func (d source) big() source {
	keep := func(p models.Peak) bool { return !isPayday(p.EventID) && !unusual(d.signal.History, p) }
	findings, named := d.findings, d.named
	d.findings, d.named = nil, nil
	for _, f := range findings {
		if f.Peak == nil || keep(*f.Peak) {
			d.findings = append(d.findings, f)
		}
	}
	for _, p := range named {
		if keep(p) {
			d.named = append(d.named, p)
		}
	}
	return d
}

// zeroBase says whether the value axis must start at zero: a count is read by its
// height, a gauge by its place.
func (d source) zeroBase() bool { return d.signal.Signal.Kind == models.KindCount }

// addFindings adds the named peaks and crossing days that lie in the picture.
func (c *chart) addFindings(d source) {
	c.masked = d.masked(c.from, c.to)
	c.addNamed(d)
	for _, f := range d.findings {
		if p := f.Peak; p != nil && !p.Date.Before(c.from) && !p.Date.After(c.to) {
			c.peaks = append(c.peaks, mark{t: p.Date, v: p.Expected, strength: p.Factor,
				label: d.say.peakLabel(*p, d.forecast.Span, d.loc), title: d.say.peakTitle(*p, d.signal.Signal.Unit, d.forecast.Span, d.loc)})
		}
		if o := f.Overload; o != nil {
			for _, x := range []struct {
				t      time.Time
				text   string
				strong bool
			}{{o.Early, "10", false}, {o.Expected, "50", true}, {o.Late, "90", false}} {
				if x.t.IsZero() || x.t.Before(c.from) || x.t.After(c.to) {
					continue
				}
				if n := len(c.crossings); n > 0 && c.crossings[n-1].t.Equal(x.t) { // one line for one day
					x.text, x.strong = c.crossings[n-1].share+", "+x.text, x.strong || c.crossings[n-1].strong
					c.crossings = c.crossings[:n-1]
				}
				c.crossings = append(c.crossings, crossing{x.t, x.text, x.text + thin + "%: " + d.say.shortWhen(x.t, d.forecast.Span, d.loc), x.strong})
			}
		}
	}
}

// addNamed marks the days that another measure's peaks name, with this measure's
// own figures.
func (c *chart) addNamed(d source) {
	at := map[string]models.ForecastPoint{}
	for _, p := range d.forecast.Points {
		at[isoDay(p.Time, d.loc)] = p
	}
	for _, p := range d.named {
		q, ok := at[isoDay(p.Date, d.loc)]
		if !ok || p.Date.Before(c.from) || p.Date.After(c.to) {
			continue
		}
		title := d.say.T("%s: %s (90 %%: %s)", d.say.peakLabel(p, d.forecast.Span, d.loc),
			c.say.withUnit(c.say.figure(q.Quantiles[models.Q50]), d.signal.Signal.Unit), c.say.spanOf(q.Quantiles[models.Q05], q.Quantiles[models.Q95]))
		c.peaks = append(c.peaks, mark{t: p.Date, v: q.Quantiles[models.Q50], strength: p.Factor,
			label: d.say.peakLabel(p, d.forecast.Span, d.loc), title: title})
	}
}

// largest returns the day of a week with the largest median.
func largest(fan []fanPoint) fanPoint {
	best := fan[0]
	for _, p := range fan[1:] {
		if m := p.q[models.Q50]; finite(m) && (!finite(best.q[models.Q50]) || m > best.q[models.Q50]) {
			best = p
		}
	}
	return best
}

func anyFinite(ps []point) bool {
	for _, p := range ps {
		if finite(p.v) {
			return true
		}
	}
	return false
}

func upTo(ps []point, to time.Time) []point {
	for i, p := range ps {
		if p.t.After(to) {
			return ps[:i]
		}
	}
	return ps
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
