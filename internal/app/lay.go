package app

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/internal/tidy"
)

// laid is a series ready for the engine.
type laid struct {
	analytics.Series
	options analytics.Options
	treated []analytics.Treatment // before its rows were made into longer buckets
}

// lay puts a series on the grid of its step, in longer buckets where those are asked
// for, with what is known of its past.
func (r request) lay(t tidy.Series) (laid, error) {
	step, rows, err := r.stepOf(t)
	if err != nil {
		return laid{}, err
	}
	l := laid{}
	if l.Series, err = analytics.Regularize(t.Times, t.Values, rows); err != nil {
		return l, err
	}
	horizon := r.Horizon
	if horizon == 0 {
		horizon = defaultHorizon(step)
	}
	if err := tooFar(step, horizon); err != nil {
		return l, err
	}
	l.options = r.options(horizon)
	l.options.Sums = r.Aggregate == string(analytics.AggregateSum)
	l.options.Ceilings = ceilingsIn(r.ceilings, t.Times[0].Location())
	if l.options.Masks, err = r.masks.of(t, r.zone); err != nil || step == rows {
		return l, err
	}
	// What lies at a ceiling is lifted in the rows, whose ceiling it is.
	if lifted, treated := analytics.Uncensor(l.Series, l.options); lifted != nil {
		l.keepMasked(lifted)
		l.treated = treated
	}
	l.options.Ceilings = []analytics.Ceiling{}
	l.Series, err = analytics.Aggregate(l.Series, step, analytics.Aggregation(r.Aggregate))
	return l, err
}

// keepMasked takes the lifted values, and the measured ones where those are masked: the
// engine masks the longer buckets, and by its own rule.
func (l *laid) keepMasked(lifted []float64) {
	for i, v := range lifted {
		if !math.IsNaN(v) {
			l.Values[i] = v
		}
	}
}

// stepOf returns the width of a bucket that is forecast, and that of the series' rows:
// the same unless longer buckets are asked for.
func (r request) stepOf(t tidy.Series) (step, rows calendar.Step, err error) {
	found, err := calendar.DetectStep(t.Times)
	if r.step == nil {
		if err != nil {
			err = fmt.Errorf("finding its frequency: %w; name it with --freq", err)
		}
		return found, found, err
	}
	step = *r.step
	const longer = 1.001 // a month of 12/365.25 a day is no multiple of anything
	if err != nil || len(t.Times) < 2 || found.PerDay() <= longer*step.PerDay() {
		return step, step, notFiner(step, t.Times)
	}
	if r.Aggregate == "" {
		return step, found, fmt.Errorf("its rows are %s wide; --freq %s is coarser: say how they make one with --aggregate %s", found, step, strings.Join(analytics.Aggregations(), ", "))
	}
	if minutes := 1440 / step.PerDay(); step.Unit <= calendar.Hour && math.Mod(minutes*found.PerDay()/1440, 1) > 1e-9 {
		return step, found, fmt.Errorf("its rows are %s wide, of which no whole number makes --freq %s", found, step)
	}
	return step, found, nil
}

// checkAggregate refuses an aggregation that does not exist, or that there is nothing for.
func (r request) checkAggregate() error {
	switch {
	case r.Aggregate == "":
		return nil
	case !slices.Contains(analytics.Aggregations(), r.Aggregate):
		return fmt.Errorf("--aggregate %q: it is not one of %s; percentiles and distinct counts cannot be made of shorter buckets", r.Aggregate, strings.Join(analytics.Aggregations(), ", "))
	case r.step == nil:
		return fmt.Errorf("--aggregate %s: say into what with --freq, such as --freq D", r.Aggregate)
	}
	return nil
}

// fineDays is how far ahead buckets below an hour are forecast.
const fineDays = 14

// tooFar refuses buckets below an hour far ahead: nobody tells the quarter of an hour of
// a day in three months, and the hour it lies in is told as well and much sooner.
func tooFar(step calendar.Step, horizon int) error {
	perHour := step.PerDay() / 24
	if perHour <= 1 || float64(horizon) <= fineDays*step.PerDay() {
		return nil
	}
	return fmt.Errorf("buckets of %s are forecast %d days ahead at most (--horizon %.0f); for %d of them take hours: --freq 1h --aggregate sum (or mean, max, last) --horizon %.0f",
		step, fineDays, fineDays*step.PerDay(), horizon, math.Ceil(float64(horizon)/perHour))
}

// defaultHorizon is three months, and two weeks for steps below an hour.
func defaultHorizon(s calendar.Step) int {
	days := 90.0
	if s.PerDay() > 24 {
		days = fineDays
	}
	return max(1, int(math.Ceil(days*s.PerDay())))
}
