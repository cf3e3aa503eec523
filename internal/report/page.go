package report

import (
	"fmt"
	"html/template"
	"time"

	"foresight/models"
)

// page is what the template prints: texts only, nothing left to work out.
type page struct {
	Style                   template.CSS
	Head, Todo, Process     template.HTML // places of what the incident process has a say in
	Customer, AsOf, Issued  string
	RunID                   string
	Overloads               []overloadRow
	Unknown                 []unknownRow
	Peaks                   peakList
	Ahead                   string // how far the peaks look: "400 days"
	Further                 []noteRow
	Strip                   template.HTML
	Others                  []noteRow
	Closed                  []closedRow
	Services                []serviceView
	HasHindsight            bool
	SignalCount, Forecasted int
}

// fact is one figure of the page's head. Tone is "", "warn" or "bad".
type fact struct{ Value, Name, Tone string }

type actionRow struct {
	id                                 string
	Start, StartIn, Need, NeedIn, Lead string
	Late, Begun                        bool
	Title, Reason, Helps, Case         string
	Where                              place
	Evidence, Moved                    []string
}

// place names a service and a signal and the anchor of its section.
type place struct{ Service, Signal, Anchor string }

type overloadRow struct {
	Where                              place
	Title, Detail, Limit               string
	Early, Expected, Late, NeedBy      string
	Cautious                           string // "" when it is not known apart
	Probability, Horizon, Needed, Peak string
	Beyond, Bucket                     string
}

type unknownRow struct {
	Where place
	Text  string
}

// peakTable lists days; Came adds the column of what has since come true.
type peakTable struct {
	Rows   []peakRow
	Came   bool
	Bucket string // "day", "week", "month"
}

type peakRow struct {
	Date, ISO, In, Occasion string
	Items                   []peakItem
}

type peakItem struct {
	Where                                   place
	Measure, Expected, Range, Factor, Seen  string
	Came, Unusual                           string
	date                                    time.Time
	span                                    models.Span
	strength                                float64
	key, occasion, service, signal, eventID string
}

type noteRow struct {
	Where               place
	Kind, Title, Detail string
}

type closedRow struct{ State, Title, Text string }

// builder holds what the rows of a page are made from.
type builder struct {
	r      models.Result
	o      Options
	say    voice
	loc    *time.Location
	places map[string]place // by service and signal id
}

// newBuilder looks up what rows are made from.
func newBuilder(r models.Result, o Options) builder {
	b := builder{r: r, o: o, say: o.voice(r.Customer), loc: zone(r.Customer), places: map[string]place{}}
	for i, s := range r.Signals {
		b.places[s.Service.ID+"\x1f"+s.Signal.ID] = place{nameOr(s.Service.Name, s.Service.ID),
			nameOr(s.Signal.Name, s.Signal.ID), fmt.Sprintf("signal-%d", i+1)}
	}
	return b
}

// page works out everything the template prints.
func (b builder) page() page {
	r := b.r
	p := page{Head: headMark, Todo: todoMark, Process: processMark, Customer: nameOr(r.Customer.Name, r.Customer.ID), AsOf: b.say.day(r.AsOf, b.loc),
		Issued: b.say.stamp(r.IssuedAt, b.loc), RunID: r.RunID, HasHindsight: len(b.o.Hindsight) > 0}
	p.Overloads = b.overloads()
	p.Unknown = b.unknown()
	p.Peaks, p.Strip = b.peaks()
	p.Ahead = b.ahead()
	p.Further, p.Others, p.Closed = b.further(), b.others(), b.closed()
	p.Services = b.services()
	for _, s := range r.Signals {
		p.SignalCount++
		if len(usable(s)) > 0 {
			p.Forecasted++
		}
	}
	return p
}

// nameOr returns the name, or the id where there is none.
func nameOr(name, id string) string {
	if name == "" {
		return id
	}
	return name
}

// where finds the section that a subject belongs to; without one it is named by id.
func (b builder) where(s models.Subject) place {
	if p, ok := b.places[s.Service+"\x1f"+s.Signal]; ok {
		return p
	}
	return place{Service: s.Service, Signal: s.Signal}
}

// idle is the page's first sentence where there is nothing to do.
func (b builder) idle(p page) string {
	switch {
	case len(p.Overloads) > 0:
		return b.say.T("Limits may be crossed, but no work is due yet.")
	case len(p.Further) > 0:
		return b.say.T("No work is due yet; further ahead a limit may be crossed.")
	case p.SignalCount == 0:
		return b.say.T("This run looked at no signal, so nothing can be said.")
	case len(p.Unknown) > 0:
		return b.say.T("Nothing to do is known of; but part of the picture is unknown, see below.")
	}
	switch n := b.unlimited(); {
	case n == p.SignalCount:
		return b.say.T("No work is due; but no limit is configured, so overload cannot be judged.")
	case n > 0:
		return b.say.T("No work is due; for %s no limit is configured, so overload cannot be judged there.", b.say.plural(n, "signal", "signals"))
	}
	return b.say.T("Nothing to do: no limit is likely to be crossed within the time looked at.")
}

// unlimited counts the signals that no limit is configured for.
func (b builder) unlimited() int {
	n := 0
	for _, s := range b.r.Signals {
		if len(s.Signal.Capacity) == 0 {
			n++
		}
	}
	return n
}

// facts are the figures of the page's head beside those of the work.
func (b builder) facts(p page) []fact {
	observed, missing := 0, 0
	for _, s := range b.r.Signals {
		for _, f := range usable(s)[:min(1, len(usable(s)))] {
			observed, missing = observed+f.Standing.Observed, missing+f.Standing.Missing
		}
	}
	complete := fact{b.say.T("unknown"), b.say.T("how complete the history is"), ""}
	if n := observed + missing; n > 0 {
		complete = fact{b.say.whole(missing), b.say.T("of %s points of history missing", b.say.whole(n)), tone(missing*20-n, "warn")} // from 5 % on
	}
	return []fact{
		{b.say.whole(len(p.Overloads)), b.say.noun(len(p.Overloads), "overload ahead", "overloads ahead"), tone(len(p.Overloads), "warn")},
		{b.say.whole(p.Peaks.Peaks), b.say.peaksAhead(p.Peaks), ""},
		{b.say.T("part|%s of %s", b.say.whole(p.Forecasted), b.say.whole(p.SignalCount)), b.say.T("signals with a forecast"), tone(p.SignalCount-p.Forecasted, "warn")},
		complete,
	}
}

// peaksAhead names the peaks, and what else the list of them holds.
func (e voice) peaksAhead(l peakList) string {
	s := e.noun(l.Peaks, "peak ahead", "peaks ahead")
	if l.Unusual > 0 {
		s += e.noun(l.Unusual, ", and 1 unusual", e.T(", and %s unusual", e.whole(l.Unusual)))
	}
	if n := len(l.Paydays.Rows); n > 0 {
		s += e.T(", and %s", e.plural(n, "payday", "paydays"))
	}
	return s
}

// unknown lists what could not be found out, and why.
func (b builder) unknown() []unknownRow {
	var rows []unknownRow
	for _, s := range b.r.Signals {
		if len(usable(s)) == 0 {
			rows = append(rows, unknownRow{b.where(models.Subject{Service: s.Service.ID, Signal: s.Signal.ID}), b.say.noForecast(s)})
		}
	}
	for _, e := range b.r.Errors {
		rows = append(rows, unknownRow{place{Service: e.Service, Signal: e.Query}, b.say.T("%s failed: %s", b.say.stage(e.Stage), nameOr(e.Text, e.Reason))})
	}
	return rows
}

// noForecast says why a signal has none.
func (e voice) noForecast(s models.SignalResult) string {
	if s.Err == "" {
		return e.T("No forecast: the run gave none and did not say why. Whether it will be overloaded is unknown.")
	}
	return e.T("No forecast, because %s. Whether it will be overloaded is unknown.", e.oneStyle(s.Err))
}

// stage names what a run was doing.
func (e voice) stage(s string) string {
	switch s {
	case "fetch":
		return e.T("stage|fetch")
	case "forecast":
		return e.T("stage|forecast")
	case "plan":
		return e.T("stage|plan")
	case "commit":
		return e.T("stage|commit")
	}
	return s
}

// further lists the crossings that lie beyond the days for which work is dated.
func (b builder) further() []noteRow {
	return b.notes(func(kind string) bool { return kind == models.KindOutlook })
}

// others lists the open findings that stand nowhere else.
func (b builder) others() []noteRow {
	return b.notes(func(kind string) bool {
		return kind != models.KindPeak && kind != models.KindOverload && kind != models.KindOutlook
	})
}

// notes lists the open findings of some kinds by their text.
func (b builder) notes(of func(kind string) bool) []noteRow {
	var rows []noteRow
	for _, f := range b.r.Findings {
		if (f.State == models.StateOpen || f.State == "") && of(f.Subject.Kind) {
			rows = append(rows, noteRow{b.where(f.Subject), b.say.kind(f.Subject.Kind), b.say.oneStyle(f.Title), b.say.oneStyle(f.Detail)})
		}
	}
	return rows
}

// kind names a finding's kind.
func (e voice) kind(k string) string {
	switch k {
	case models.KindLevelShift:
		return e.T("level shift")
	case models.KindAnomaly:
		return e.T("anomaly")
	case models.KindDataMissing:
		return e.T("data missing")
	case models.KindDrift:
		return e.T("drift")
	}
	return k
}

// closed lists findings and actions that no longer hold.
func (b builder) closed() []closedRow {
	var rows []closedRow
	add := func(state models.State, title, text string) {
		if state == models.StateWithdrawn || state == models.StatePast {
			rows = append(rows, closedRow{b.say.T(string(state)), b.say.oneStyle(title), b.say.oneStyle(text)})
		}
	}
	for _, a := range b.r.Actions {
		add(a.State, a.Title, a.Reason)
	}
	for _, f := range b.r.Findings {
		add(f.State, f.Title, f.Detail)
	}
	return rows
}
