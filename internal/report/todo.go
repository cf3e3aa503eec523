package report

import (
	"sort"
	"strings"
	"time"

	"foresight/models"
)

// actions lists the open actions by their latest start, equals by their need.
func (b builder) actions() []actionRow {
	var open []models.Action
	for _, a := range b.r.Actions {
		if a.State == models.StateOpen || a.State == "" {
			open = append(open, a)
		}
	}
	sort.SliceStable(open, func(i, j int) bool {
		if !open[i].LatestStart.Equal(open[j].LatestStart) {
			return open[i].LatestStart.Before(open[j].LatestStart)
		}
		if !open[i].NeedBy.Equal(open[j].NeedBy) {
			return before(open[i].NeedBy, open[j].NeedBy)
		}
		return open[i].Subject.ID() < open[j].Subject.ID()
	})
	rows := make([]actionRow, 0, len(open))
	for _, a := range open {
		row := actionRow{id: a.Subject.ID(), Start: b.say.day(a.LatestStart, b.loc), StartIn: b.say.inDays(a.LatestStart, b.r.AsOf, b.loc),
			Need: b.say.day(a.NeedBy, b.loc), NeedIn: b.say.inDays(a.NeedBy, b.r.AsOf, b.loc),
			Lead: b.say.plural(a.LeadDays, "working day", "working days"), Late: a.Late,
			Title: b.say.oneStyle(a.Title), Reason: b.say.oneStyle(a.Reason), Helps: b.say.oneStyle(a.StillHelps), Where: b.where(a.Subject), Evidence: b.say.eachInOneStyle(a.Evidence)}
		for _, m := range a.Moved {
			row.Moved = append(row.Moved, b.say.moved(m))
		}
		rows = append(rows, row)
	}
	return rows
}

// moved says what differs from what was last said: "due 2026-05-01 → 2026-04-25
// (data)". Its dates are those of the two events, to be searched by.
func (e voice) moved(m models.Move) string {
	field := m.Field
	switch field {
	case "latest_start":
		field = e.T("latest start")
	case "due", "need_by":
		field = e.T("when|due")
	case "lead_time_days":
		field = e.T("working days of lead time")
	}
	s := field + " " + m.From + " → " + m.To
	if causes := m.Causes(); len(causes) > 0 {
		said := make([]string, len(causes))
		for i, c := range causes {
			said[i] = e.T(c)
		}
		s += " (" + strings.Join(said, ", ") + ")"
	}
	return s
}

// overloads lists the open overload findings, the earliest need first.
func (b builder) overloads() []overloadRow {
	open := b.open(models.KindOverload)
	sort.SliceStable(open, func(i, j int) bool {
		return before(open[i].Overload.NeedBy, open[j].Overload.NeedBy)
	})
	rows := make([]overloadRow, 0, len(open))
	for _, f := range open {
		rows = append(rows, b.overload(f))
	}
	return rows
}

// before orders days with the unknown (zero) ones last.
func before(a, b time.Time) bool {
	if a.IsZero() || b.IsZero() {
		return !a.IsZero() && b.IsZero()
	}
	return a.Before(b)
}

// overload words one overload finding.
func (b builder) overload(f models.Finding) overloadRow {
	o := f.Overload
	s := b.signal(f.Subject)
	unit := s.Signal.Unit
	within := func(t time.Time) string {
		if t.IsZero() {
			return b.say.T("not by %s", b.say.when(o.Horizon, s.Span, b.loc))
		}
		return b.say.when(t, s.Span, b.loc)
	}
	row := overloadRow{Where: b.where(f.Subject), Title: b.say.oneStyle(f.Title), Detail: b.say.oneStyle(f.Detail), Bucket: b.say.bucketName(s.Span),
		Limit: b.say.withUnit(b.say.exact(o.Limit), unit) + " " + b.say.per(o.Per, s),
		Early: within(o.Early), Expected: within(o.Expected), Late: within(o.Late), NeedBy: within(o.NeedBy),
		Probability: b.say.percent(o.Probability), Horizon: b.say.when(o.Horizon, s.Span, b.loc),
		Needed: b.say.withUnit(b.say.figure(o.NeededLimit), unit) + " " + b.say.per(o.Per, s), Peak: b.say.when(o.PeakDay, s.Span, b.loc)}
	if !o.Cautious.IsZero() {
		row.Cautious = within(o.Cautious)
	}
	if finite(o.BeyondSeen) && o.BeyondSeen > 1 {
		row.Beyond = b.say.T("The forecast goes to %s the largest load ever seen here: how the system behaves there is not known.", b.say.times(o.BeyondSeen))
	}
	return row
}

// open returns the open findings of a kind that carry its figures.
func (b builder) open(kind string) []models.Finding {
	var out []models.Finding
	for _, f := range b.r.Findings {
		if f.Subject.Kind != kind || (f.State != models.StateOpen && f.State != "") {
			continue
		}
		if (kind == models.KindOverload && f.Overload == nil) || (kind == models.KindPeak && f.Peak == nil) {
			continue
		}
		out = append(out, f)
	}
	return out
}

// signal finds the result of a subject; a zero one when the run has none.
func (b builder) signal(s models.Subject) models.SignalResult {
	for _, r := range b.r.Signals {
		if r.Service.ID == s.Service && r.Signal.ID == s.Signal {
			return r
		}
	}
	return models.SignalResult{}
}
