package analytics

import (
	"fmt"
	"math"

	"foresight/analytics/calendar"
)

// Change is one thing that a what-if assumes or a plan has decided, laid over a finished forecast.
// A bucket y that lies within it becomes
//
//	y · Factor · Profile + Amount        (Profile adds instead when it is not multiplicative)
//
// A bucket longer than a day that it covers in part takes the effect by the share of its days.
type Change struct {
	Name     string        // of the component that it becomes, for people; also seeds its draws
	From, To calendar.Date // local days, both included; a zero From is the forecast's first day, a zero To its last

	Factor  *Range  // nil: 1
	Amount  *Range  // a bucket, in the series' unit; nil: 0
	Profile Profile // effect day by day from From on; the zero Profile has none. Sets To.

	// Usual says that a usual day changes as well (growth), so that Baseline follows. An effect of a
	// few days (a campaign) leaves it as it is and stands out over it.
	Usual bool

	// Capacity is added to every limit of a bucket that begins on From or later, and no later than
	// To; where there is no limit there stays none.
	Capacity float64
}

// Range is what somebody expects of a plan: its median, and its 5 % and 95 % quantiles. Each half
// is that of a normal distribution. Low = Value = High is certain.
type Range struct{ Low, Value, High float64 }

// Certain is the range of a number that is not in doubt.
func Certain(v float64) *Range { return &Range{v, v, v} }

// Growth multiplies every bucket of the days [from, to], the usual day with them; zero days are the
// forecast's first and last.
func Growth(name string, factor *Range, from, to calendar.Date) Change {
	return Change{Name: name, From: from, To: to, Factor: factor, Usual: true}
}

// AddCapacity adds an amount, in the limits' unit a bucket, to the limits from a day on.
func AddCapacity(name string, amount float64, from calendar.Date) Change {
	return Change{Name: name, From: from, Capacity: amount}
}

// Campaign lays an effect of the past on a day: the first of the campaign's own, which the
// profile's days before the occasion precede.
func Campaign(name string, p Profile, first calendar.Date) Change {
	return Change{Name: name, From: first.AddDays(-p.Before), Profile: p}
}

// Outcome is a forecast under changes.
type Outcome struct {
	Forecast
	Limits []float64 // Options.Limits with the added capacity; nil when there were none
}

// WhatIf lays changes over a forecast of s without refitting it. o are the options that f was made
// with: their Quantiles, Limits, Risk, Lower, Upper and Seed are used, and values stay within the
// bounds. Median, mean, quantiles, paths, baseline and components change; the crossing is read anew
// from the paths. Members, method and backtest stay what they were. The input is left alone.
//
// All factors act before all amounts, so that the order of the changes has no meaning. Applying
// changes one after the other is the same as applying them together as long as no factor comes
// after an amount, no bound is met in between and at most one of them has a range; with ranges the
// paths are still the same and the quantiles agree to the accuracy of the mixing (see mixture).
// A range is drawn once a path, for all its days: a campaign that goes well goes well throughout.
//
// Errors are the caller's mistakes: a change without sense, or options that do not fit f.
func WhatIf(s Series, f Forecast, o Options, changes ...Change) (Outcome, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Outcome{}, err
	}
	if o.Horizon != len(f.Times) || len(f.Quantiles) > 0 && len(f.Quantiles[0]) != len(o.Quantiles) {
		return Outcome{}, fmt.Errorf("applying changes: the options are of %d buckets and %d quantiles, the forecast is not: give those that it was made with", o.Horizon, len(o.Quantiles))
	}
	plans := make([]overlay, 0, len(changes))
	for _, c := range changes {
		if err := c.check(); err != nil {
			return Outcome{}, fmt.Errorf("applying change %q: %w", c.Name, err)
		}
		plans = append(plans, newOverlay(c, s.Step, f.Times))
	}
	out := Outcome{Forecast: f}
	if out.Limits, err = raised(o.Limits, f, changes); err != nil {
		return Outcome{}, err
	}
	acting := plans[:0:0]
	for _, p := range plans {
		if p.acts() {
			acting = append(acting, p)
		}
	}
	if len(acting) > 0 {
		out.Forecast = laid(f, o, acting)
	}
	if out.Limits != nil && len(out.Paths) > 0 {
		c := Cross(out.Paths, out.Limits, o.Risk)
		out.Crossing = &c
	}
	return out, nil
}

// Touches says whether the change's days hold one of the forecast's buckets.
func (c Change) Touches(s Series, f Forecast) bool {
	p := newOverlay(c, s.Step, f.Times)
	for _, w := range p.share {
		if w > 0 {
			return true
		}
	}
	return false
}

// raised adds the changes' capacity to the limits, in a new slice.
func raised(limits []float64, f Forecast, changes []Change) ([]float64, error) {
	if limits == nil {
		return nil, nil
	}
	out := append([]float64(nil), limits...)
	for i, t := range f.Times {
		day := calendar.DateOf(t)
		for _, c := range changes {
			if !day.Before(c.From) && (c.To.IsZero() || !day.After(c.To)) {
				out[i] += c.Capacity
			}
		}
		if limits[i] > 0 && out[i] <= 0 {
			return nil, fmt.Errorf("applying changes: from %s on they take away %v of a limit of %v: leave something of it", day, limits[i]-out[i], limits[i])
		}
	}
	return out, nil
}

// The largest effects that are taken for meant.
const (
	maxFactor = 1e6
	maxAmount = maxMagnitude
)

// check refuses what the caller cannot have meant.
func (c Change) check() error {
	switch {
	case !c.From.IsZero() && !c.To.IsZero() && c.To.Before(c.From):
		return fmt.Errorf("it ends on %s, before it begins on %s: swap them", c.To, c.From)
	case len(c.Profile.Values) > 0 && c.From.IsZero():
		return fmt.Errorf("it follows a profile from no day on: give the first")
	case len(c.Profile.Values) > 0 && !c.To.IsZero() && c.To.Sub(c.From)+1 != len(c.Profile.Values):
		return fmt.Errorf("it lasts %d days and its profile %d: give the first day alone", c.To.Sub(c.From)+1, len(c.Profile.Values))
	case math.IsNaN(c.Capacity) || math.Abs(c.Capacity) > maxAmount:
		return fmt.Errorf("its added capacity %v is no number to add", c.Capacity)
	}
	if err := c.Factor.check("factor", 0, maxFactor); err != nil {
		return err
	}
	if err := c.Amount.check("amount", -maxAmount, maxAmount); err != nil {
		return err
	}
	for i, v := range c.Profile.Values {
		least, most := -maxAmount, maxAmount
		if c.Profile.Multiplicative {
			least, most = 0, maxFactor
		}
		if !(v >= least && v <= most) {
			return fmt.Errorf("day %d of its profile is %v, not within %v to %v", i, v, least, most)
		}
	}
	return nil
}

func (r *Range) check(what string, least, most float64) error {
	switch {
	case r == nil:
		return nil
	case !(r.Low >= least && r.High <= most):
		return fmt.Errorf("its %s %v to %v is not within %v to %v", what, r.Low, r.High, least, most)
	case !(r.Low <= r.Value && r.Value <= r.High):
		return fmt.Errorf("its %s %v does not lie between %v and %v: give low, expected, high", what, r.Value, r.Low, r.High)
	}
	return nil
}

// rangeScore is the normal score of a Range's High: the 95 % quantile.
const rangeScore = 1.6448536269514722

// at is the range's value at a normal score; nil is the neutral value.
func (r *Range) at(score, neutral float64) float64 {
	switch {
	case r == nil:
		return neutral
	case score < 0:
		return r.Value + score/rangeScore*(r.Value-r.Low)
	}
	return r.Value + score/rangeScore*(r.High-r.Value)
}

// certain says that nothing of the range is in doubt.
func (r *Range) certain() bool { return r == nil || r.Low == r.High }
