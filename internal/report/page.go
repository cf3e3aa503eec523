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
	say    english
	loc    *time.Location
	places map[string]place // by service and signal id
}

// newBuilder looks up what rows are made from.
func newBuilder(r models.Result, o Options) builder {
	b := builder{r: r, o: o, loc: zone(r.Customer), places: map[string]place{}}
	for i, s := range r.Signals {
		b.places[s.Service.ID+"\x1f"+s.Signal.ID] = place{nameOr(s.Service.Name, s.Service.ID),
			nameOr(s.Signal.Name, s.Signal.ID), fmt.Sprintf("signal-%d", i+1)}
	}
	return b
}

// page works out everything the template prints.
func (b builder) page() page {
	r := b.r
	p := page{Head: headMark, Todo: todoMark, Process: processMark, Customer: nameOr(r.Customer.Name, r.Customer.ID), AsOf: day(r.AsOf, b.loc),
		Issued: stamp(r.IssuedAt, b.loc), RunID: r.RunID, HasHindsight: len(b.o.Hindsight) > 0}
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
		return "Limits may be crossed, but no work is due yet."
	case len(p.Further) > 0:
		return "No work is due yet; further ahead a limit may be crossed."
	case p.SignalCount == 0:
		return "This run looked at no signal, so nothing can be said."
	case len(p.Unknown) > 0:
		return "Nothing to do is known of; but part of the picture is unknown, see below."
	}
	switch n := b.unlimited(); {
	case n == p.SignalCount:
		return "No work is due; but no limit is configured, so overload cannot be judged."
	case n > 0:
		return fmt.Sprintf("No work is due; for %s no limit is configured, so overload cannot be judged there.", b.say.plural(n, "signal", "signals"))
	}
	return "Nothing to do: no limit is likely to be crossed within the time looked at."
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
	complete := fact{"unknown", "how complete the history is", ""}
	if n := observed + missing; n > 0 {
		complete = fact{whole(missing), "of " + whole(n) + " points of history missing", tone(missing*20-n, "warn")} // from 5 % on
	}
	return []fact{
		{whole(len(p.Overloads)), b.say.noun(len(p.Overloads), "overload ahead", "overloads ahead"), tone(len(p.Overloads), "warn")},
		{whole(p.Peaks.Peaks), b.say.peaksAhead(p.Peaks), ""},
		{whole(p.Forecasted) + " of " + whole(p.SignalCount), "signals with a forecast", tone(p.SignalCount-p.Forecasted, "warn")},
		complete,
	}
}

// peaksAhead names the peaks, and what else the list of them holds.
func (e english) peaksAhead(l peakList) string {
	s := e.noun(l.Peaks, "peak ahead", "peaks ahead")
	if l.Unusual > 0 {
		s += ", and " + whole(l.Unusual) + " unusual"
	}
	if n := len(l.Paydays.Rows); n > 0 {
		s += ", and " + e.plural(n, "payday", "paydays")
	}
	return s
}

// noun picks the form of a noun for a number that stands elsewhere.
func (english) noun(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// unknown lists what could not be found out, and why.
func (b builder) unknown() []unknownRow {
	var rows []unknownRow
	for _, s := range b.r.Signals {
		if len(usable(s)) == 0 {
			rows = append(rows, unknownRow{b.where(models.Subject{Service: s.Service.ID, Signal: s.Signal.ID}), noForecast(s)})
		}
	}
	for _, e := range b.r.Errors {
		rows = append(rows, unknownRow{place{Service: e.Service, Signal: e.Query}, fmt.Sprintf("%s failed: %s", e.Stage, nameOr(e.Text, e.Reason))})
	}
	return rows
}

// noForecast says why a signal has none.
func noForecast(s models.SignalResult) string {
	if s.Err == "" {
		return "No forecast: the run gave none and did not say why. Whether it will be overloaded is unknown."
	}
	return "No forecast, because " + oneStyle(s.Err) + ". Whether it will be overloaded is unknown."
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
			rows = append(rows, noteRow{b.where(f.Subject), b.say.kind(f.Subject.Kind), oneStyle(f.Title), oneStyle(f.Detail)})
		}
	}
	return rows
}

// kind names a finding's kind.
func (english) kind(k string) string {
	switch k {
	case models.KindLevelShift:
		return "level shift"
	case models.KindAnomaly:
		return "anomaly"
	case models.KindDataMissing:
		return "data missing"
	case models.KindDrift:
		return "drift"
	}
	return k
}

// closed lists findings and actions that no longer hold.
func (b builder) closed() []closedRow {
	var rows []closedRow
	add := func(state models.State, title, text string) {
		if state == models.StateWithdrawn || state == models.StatePast {
			rows = append(rows, closedRow{string(state), oneStyle(title), oneStyle(text)})
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
