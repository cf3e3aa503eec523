package report

import (
	"fmt"
	"html/template"
	"sort"
	"strings"
	"time"

	"foresight/models"
)

// serviceView is one service's section.
type serviceView struct {
	Name, Owner string
	Signals     []signalView
}

// signalView is one signal's section.
type signalView struct {
	Anchor, Name, Unit, Unknown, Bucket string
	Capacity                            []string
	LeadTime                            string
	Measures                            []measureView
}

// measureView is one measure of a signal: its plots and what stands behind them.
type measureView struct {
	Heading               string
	Plots                 []plotView
	Overloads, Components []string
	Standing              string
	Treated               []string
	Backtest              []string
	Method, Choice        string
	Fallback              string
	Assumed               []string
	WhatIfs, Overrides    []namedText
	Peaks                 peakList
	Months                monthTable
	Hindsight             []string
}

// plotView is one picture with the line below it.
type plotView struct {
	Title, Note string
	SVG         template.HTML
	Legend      []legendItem
}

// legendItem explains one kind of mark; Class is its swatch.
type legendItem struct{ Class, Text string }

// usable returns the forecasts of a signal that have points.
func usable(s models.SignalResult) []models.Forecast {
	var out []models.Forecast
	for _, f := range s.Forecasts {
		if len(f.Points) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// services builds the sections in configuration order.
func (b builder) services() []serviceView {
	var out []serviceView
	for i, s := range b.r.Signals {
		name := nameOr(s.Service.Name, s.Service.ID)
		if n := len(out); n == 0 || b.r.Signals[i-1].Service.ID != s.Service.ID {
			out = append(out, serviceView{Name: name, Owner: s.Service.Owner})
		}
		v := &out[len(out)-1]
		v.Signals = append(v.Signals, b.signalView(i, s))
	}
	return out
}

// signalView builds one signal's section.
func (b builder) signalView(i int, s models.SignalResult) signalView {
	v := signalView{Anchor: fmt.Sprintf("signal-%d", i+1), Name: nameOr(s.Signal.Name, s.Signal.ID), Unit: s.Signal.Unit, Bucket: b.say.bucketName(s.Span),
		Capacity: b.capacity(s)}
	if d := s.Signal.LeadTime.Days(); d > 0 {
		v.LeadTime = b.say.T("From decision to finished work: %s (%s of them for approval).",
			b.say.plural(d, "working day", "working days"), b.say.whole(s.Signal.LeadTime.ApprovalDays))
	}
	fs := usable(s)
	if len(fs) == 0 {
		v.Unknown = b.say.noForecast(s)
		return v
	}
	for j, f := range fs {
		v.Measures = append(v.Measures, b.measureView(fmt.Sprintf("p%d-%d", i+1, j+1), s, f))
	}
	return v
}

// capacity words the dated steps of a limit: the one in force and those to come.
func (b builder) capacity(s models.SignalResult) []string {
	out := make([]string, 0, len(s.Signal.Capacity))
	now, held := inForce(s.Signal.Capacity, b.r.AsOf)
	for _, c := range s.Signal.Capacity {
		if held && c.From.Before(now.From) {
			continue // no longer in force
		}
		var t strings.Builder
		t.WriteString(b.say.withUnit(b.say.exact(c.Limit), s.Signal.Unit) + " " + b.say.per(c.Per, s))
		switch {
		case c.From.IsZero():
		case c.From.After(b.r.AsOf):
			t.WriteString(b.say.T(" from %s on, already ordered", b.say.day(c.From, b.loc)))
		default:
			t.WriteString(b.say.T(" since %s", b.say.day(c.From, b.loc)))
		}
		if c.Headroom > 0 {
			t.WriteString(b.say.T(", of which %s is kept free", b.say.percent(c.Headroom)))
		}
		if c.Note != "" {
			t.WriteString(" (" + c.Note + ")")
		}
		out = append(out, t.String())
	}
	return out
}

// measureView builds the plots and words of one forecast.
func (b builder) measureView(id string, s models.SignalResult, f models.Forecast) measureView {
	d := source{say: b.say, signal: s, forecast: f, since: b.since(s), asOf: b.r.AsOf, loc: b.loc}
	if !f.AsOf.IsZero() {
		d.asOf = f.AsOf
	}
	own := false // the measure has named peaks of its own
	for _, x := range b.r.Findings {
		if x.Subject.Service != s.Service.ID || x.Subject.Signal != s.Signal.ID || (x.State != models.StateOpen && x.State != "") {
			continue
		}
		switch {
		case (x.Peak != nil && x.Peak.Measure == f.Measure) || (x.Overload != nil && x.Overload.Measure == f.Measure):
			d.findings = append(d.findings, x)
			own = own || x.Peak != nil
		case x.Peak != nil:
			d.named = append(d.named, *x.Peak)
		}
	}
	if own {
		d.named = nil
	}
	what := b.say.measure(f.Measure, s)
	v := measureView{Heading: capital(what), Components: b.say.components(f, s.Signal.Unit, b.loc),
		Standing: b.say.standing(f.Standing, f.Span, b.loc), Backtest: b.say.backtest(f.Standing.Backtest, f.Span),
		Method: b.say.method(f.Method), Choice: f.Choice, Fallback: f.Fallback, Assumed: f.Assumed, Months: b.months(s, f), Hindsight: b.hindsight(s, f, d.findings)}
	v.Treated = b.say.treated(f.Treated, f.Span, b.loc)
	v.WhatIfs, v.Overrides = b.whatIfs(f, s.Signal), b.overrides(f, s.Signal)
	if f.Driver != nil {
		v.Backtest = []string{b.say.carried(*f.Driver)}
	}
	v.Backtest = append(v.Backtest, b.say.accuracy(s.Accuracy, f.Measure, f.Span, b.loc)...)
	v.Plots = b.plots(id, d, what)
	sort.SliceStable(d.findings, func(i, j int) bool {
		return peakDate(d.findings[i]).Before(peakDate(d.findings[j]))
	})
	var items []peakItem
	for _, x := range d.findings {
		if x.Overload != nil {
			v.Overloads = append(v.Overloads, b.say.overloadLine(*x.Overload, f.Span, b.loc))
		}
		if x.Peak != nil {
			items = append(items, b.peakItem(x))
		}
	}
	v.Peaks = b.peakList(items)
	return v
}

// capital begins a text as a sentence begins.
func capital(text string) string {
	r := []rune(text)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// peakDate orders findings: what is no peak comes first.
func peakDate(f models.Finding) time.Time {
	if f.Peak == nil {
		return time.Time{}
	}
	return f.Peak.Date
}

// overloadLine says when a limit is crossed.
func (e voice) overloadLine(o models.Overload, span models.Span, loc *time.Location) string {
	on := func(t time.Time) string {
		if t.IsZero() {
			return e.T("not within the time looked at")
		}
		return e.by(t, span, loc)
	}
	return e.T("The limit is crossed with 10 %% probability %s, 50 %% %s, 90 %% %s.", on(o.Early), on(o.Expected), on(o.Late))
}

// plots draws the near and the long view of daily data, one view of other data.
func (b builder) plots(id string, d source, what string) []plotView {
	name := nameOr(d.signal.Signal.Name, d.signal.Signal.ID)
	unit := d.signal.Signal.Unit
	finish := func(c chart, id, title, note string) plotView {
		c.id = id
		c.title = name + ": " + title
		c.desc = b.say.describe(d, c)
		v := plotView{Title: title, Note: note}
		v.SVG = c.draw()
		v.Legend = b.say.legend(&c, b.say.bucketName(d.forecast.Span))
		if c.limitHidden {
			v.Note += b.say.T(" A usable limit of %s lies far above the picture and is left out of it.", b.say.withUnit(b.say.figure(c.top), unit))
		}
		if c.clipped {
			v.Note += b.say.T(" The outer bands reach above the picture.")
		}
		return v
	}
	if d.forecast.Span != models.SpanDay {
		return []plotView{finish(d.plain(), id, b.say.T("%s, past and forecast", capital(what)), "")}
	}
	near := finish(d.near(), id+"n", b.say.T("The next months, day by day"), "")
	if len(d.forecast.Points) < 14 {
		return []plotView{near}
	}
	long := finish(d.long(), id+"l", b.say.T("The longer view, by week"),
		b.say.T("Of each week the largest day is shown, since that is the day that meets the limit; grey reaches down to the week's smallest."))
	return []plotView{near, long}
}

// describe says in words what a plot shows, for those who cannot see it.
func (e voice) describe(d source, c chart) string {
	f := d.forecast
	best := largest(c.fan)
	s := e.T("History until %s, then a forecast until %s.", e.day(c.asOf, d.loc), e.theWhen(c.to, f.Span, d.loc))
	if len(c.fan) > 0 && finite(best.q[models.Q50]) {
		s += e.T(" Largest expected value %s %s (90 %% range %s).", e.withUnit(e.figure(best.q[models.Q50]), d.signal.Signal.Unit),
			e.on(best.t, f.Span, d.loc), e.spanOf(best.q[models.Q05], best.q[models.Q95]))
	}
	for _, x := range d.findings {
		if x.Overload != nil && x.Overload.Measure == f.Measure {
			s += " " + e.overloadLine(*x.Overload, f.Span, d.loc)
		}
	}
	return s
}

// legend explains the marks that a plot holds, and no others.
func (e voice) legend(c *chart, bucket string) []legendItem {
	var out []legendItem
	add := func(when bool, class, text string) {
		if when {
			out = append(out, legendItem{class, text})
		}
	}
	add(anyFinite(c.history), "history", e.T("measured"))
	add(len(c.masked) > 0, "masked", e.T("outage: not learned from"))
	add(len(c.low) > 0, "range", e.T("smallest to largest day of the week"))
	add(anyFinite(c.before), "before", e.T("a year before (same weekday)"))
	add(len(c.fan) > 0, "median", e.T("forecast: as likely above as below"))
	add(len(c.fan) > 0, "fan", e.T("falls within with 50, 80, 90 % probability (dark to light)"))
	add(anyFinite(c.limit) && !c.limitHidden, "limit", e.T("usable limit, headroom taken off"))
	add(len(c.peaks) > 0, "peak", e.T("named peak"))
	add(len(c.crossings) > 0, "cross", e.T("limit crossed by this %s with 10, 50, 90 %% probability", bucket))
	add(anyFinite(c.since), "since", e.T("what has since come true"))
	return out
}
