package models

import (
	"strings"
	"time"
)

// PlanKind says what a plan does to the volume.
type PlanKind string

// The kinds of plan.
const (
	PlanGrowth   PlanKind = "growth"   // every bucket times a factor, the usual day too
	PlanCampaign PlanKind = "campaign" // the effect that past days or an event had, laid on new days
	PlanEffect   PlanKind = "effect"   // a factor or an amount on some days
	PlanCapacity PlanKind = "capacity" // more of the limit from a day on; only as a what-if
)

// Plan is what the business intends and no series can know. Committed, it is part
// of every forecast; else it is a what-if that is told beside it.
type Plan struct {
	ID      string
	Name    string
	Kind    PlanKind
	Signals []string  // "service/signal", or "service" for all of its counts
	From    time.Time // local midnight of the first day
	To      time.Time // of the last day, included; zero: no end (growth, capacity), as long as Like (campaign)

	Factor *Band // of growth and effect
	Amount *Band // of effect, a day in the signal's unit; of capacity in the limit's
	Like   *Like // of campaign

	Committed bool
	Author    string
	DecidedOn time.Time // local midnight; zero: always known. A replay of an earlier day does not see it
	Note      string
}

// Band is what somebody expects of a number: its median, and its 5 % and 95 %
// quantiles. All three are equal when nothing is in doubt.
type Band struct{ Low, Value, High float64 }

// Like is the past that a campaign repeats: days, or an event or feast by its name.
type Like struct {
	From, To time.Time // local midnights, both days included; zero with Event
	Event    string
}

// Override is what a planner expects instead of the forecast. It stands beside the
// forecast, never in its place, so that both can be scored when the days have come.
type Override struct {
	ID        string
	Signals   []string
	From, To  time.Time // local midnights, both days included
	Value     *float64  // of the day's total; or
	Factor    *float64  // of the forecast's median
	Author    string
	Reason    string
	DecidedOn time.Time // local midnight; zero: always known
	Expires   time.Time // local midnight of the last day on which it is carried
}

// KnownBy reports whether the plan was decided on before a moment.
func (p Plan) KnownBy(asOf time.Time) bool { return p.DecidedOn.IsZero() || p.DecidedOn.Before(asOf) }

// Applies reports whether the plan names a signal, its service, or the whole that
// the signal is a part of. Of a part only what is relative applies.
func (p Plan) Applies(service string, s Signal) bool {
	return named(p.Signals, service, s, p.Amount == nil)
}

// KnownBy reports whether the override was made before a moment and still holds.
func (o Override) KnownBy(asOf time.Time) bool {
	return (o.DecidedOn.IsZero() || o.DecidedOn.Before(asOf)) && !o.Expires.Before(asOf)
}

// Applies reports whether the override names a signal.
func (o Override) Applies(service string, s Signal) bool {
	return named(o.Signals, service, s, o.Value == nil)
}

// named looks a signal up in a list of "service" and "service/signal"; parts says
// that a whole's name covers its parts (`signal/value`).
func named(list []string, service string, s Signal, parts bool) bool {
	whole, _, part := strings.Cut(s.ID, "/")
	for _, name := range list {
		switch {
		case name == service+"/"+s.ID:
			return true
		case part && !parts:
		case name == service+"/"+whole, name == service && s.Kind == KindCount:
			return true
		}
	}
	return false
}

// WhatIf is a forecast's outlook under plans that are not decided.
type WhatIf struct {
	Plans   []string // their ids: one, or several together
	Name    string
	Assumes string // in a sentence
	Err     string // why it could not be worked out; "" when it could

	// The largest expected bucket with and without, of those whose volume changes; of all where
	// only the limit does.
	Peak, PeakWas Top
	// With and Without are the limit's crossing; both nil where there is no limit.
	With, Without *Crossed
}

// Top is a forecast's largest expected bucket.
type Top struct {
	Time     time.Time
	Expected float64 // its median
	High     float64 // its 95 % quantile
}

// Crossed says when a limit is crossed within the signal's horizon; a zero date lies
// beyond it.
type Crossed struct {
	Early, Expected, Late time.Time // with 10, 50, 90 %
	Cautious              time.Time // with 5 %: with 95 % certainty not before
	NeedBy                time.Time // with the signal's risk
	Probability           float64   // within the horizon
	NeededLimit           float64   // limit that keeps the probability at or below 5 %, headroom included
	Limit                 float64   // the step in force at NeedBy, or at the horizon's end
	Per                   Per
}

// OverrideSeries is an override as the buckets that it speaks of, beside a forecast.
type OverrideSeries struct {
	Override Override
	Points   []OverridePoint
}

// OverridePoint is one bucket of an override.
type OverridePoint struct {
	Time     time.Time // start, local
	Value    float64   // the planner's
	Forecast float64   // the forecast's median
}
