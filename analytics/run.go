package analytics

import (
	"context"
	"fmt"
	"math"
	"slices"

	"foresight/analytics/regress"
)

// Run forecasts a series. The stages: prepare, try the members from rolling origins, weigh and
// combine them, learn the spread from the combination's errors, draw paths, read the crossing.
// Series of less than a day's step with a few weeks of history are forecast by days and spread
// over the day by a profile (see subdaily).
//
// Errors are the caller's mistakes (options that contradict each other, ErrNoData for a series
// without a value) and the context's end; a short or ugly series is answered from a lower rung and
// says so in Fallback.
func Run(ctx context.Context, s Series, o Options) (Forecast, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Forecast{}, err
	}
	if len(s.Times) != len(s.Values) {
		return Forecast{}, fmt.Errorf("forecasting a series: %d times but %d values", len(s.Times), len(s.Values))
	}
	p := prepare(s.last(rhythmOf(s.Step).most), o)
	if p.observed == 0 {
		p = prepare(s, o)
	}
	if p.observed == 0 {
		return Forecast{}, fmt.Errorf("forecasting a series: %w", p.none())
	}
	if o.Model == "auto" {
		o.Model = ""
	}
	p.lift(o)
	p.level(o)
	e := newEngine(p.Series, o)
	e.unscored, e.result.Treated = p.unscored(), p.treated
	if e.rhythm.perDay > 1 {
		done, err := e.byDays(ctx)
		if err != nil {
			return Forecast{}, err
		}
		if done {
			return e.finish(), nil
		}
	}
	if err := e.forecast(ctx); err != nil {
		return Forecast{}, err
	}
	e.tell(e)
	return e.finish(), nil
}

// engine is one run's state: what each stage leaves for the next.
type engine struct {
	series  Series
	options Options
	rhythm  rhythm
	size    sizer
	members []member

	unscored []bool // buckets for which nobody is scored; nil: none

	final   *window
	trials  []trial
	medians [][]float64 // the combination's, by trial
	usual   []float64   // median of each bucket ahead on a usual day; nil: the median
	layered bool        // its days are spread over hours: they need a median
	dist    distribution
	result  Forecast
}

func newEngine(s Series, o Options) *engine {
	e := &engine{series: s, options: o, rhythm: rhythmOf(s.Step), size: newSizer(s.Values), members: catalogue()}
	e.final = windowAt(s, len(s.Values), o.Horizon, e.rhythm, o.Calendar)
	e.final.siblings = o.Siblings
	e.result.Times = e.final.ahead
	e.dist.lower, e.dist.upper = bounds(o, s.Values)
	e.dist.class = classOfDays(o.Calendar, s.Step, e.final.ahead)
	return e
}

// forecast fills the distribution and what is said about it.
func (e *engine) forecast(ctx context.Context) error {
	if done, err := e.resume(ctx); done || err != nil {
		return err
	}
	if origins, tested := e.origins(); len(origins) > 0 {
		_, least := memory(e.series.Step, e.rhythm)
		e.final.begin = min(e.final.begin, max(0, origins[0]-least))
		points, err := e.fitMembers(ctx)
		if err != nil {
			return err
		}
		trials, err := tryOrigins(ctx, e.series, e.rhythm, e.options, e.members, origins, tested, e.final)
		if err != nil {
			return err
		}
		for k, t := range trials {
			trials[k].actual = beside(e.series.Values, e.unscored, t.origin, t.origin+tested)
		}
		if e.combine(trials, points) {
			return nil
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("forecasting: %w", err)
	}
	median, used, why := climbDown(e.final, e.members, e.options.Model)
	e.dist.median, e.result.Members, e.result.Fallback = median, used, why
	e.dist.spread = guessSpread(e.series.Values, e.size, e.rhythm.period)
	e.explain()
	return nil
}

// fitMembers runs the members that the options allow on the whole history.
func (e *engine) fitMembers(ctx context.Context) ([][]float64, error) {
	points := make([][]float64, len(e.members))
	for m := range points {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("fitting %s: %w", e.members[m].name, err)
		}
		if e.members[m].competes(e.options.Model, e.series.Step) {
			points[m] = e.members[m].run(e.final)
		}
	}
	return points, nil
}

// combine weighs the members that have points by the trials and sets the combination's
// distribution; false when no member could forecast.
func (e *engine) combine(trials []trial, points [][]float64) bool {
	score := scores(trials, len(e.members), e.size)
	usable := append([]float64(nil), score...)
	for m := range usable {
		if points[m] == nil {
			usable[m] = math.NaN()
		}
	}
	weights, choice := e.steady(trials, weigh(usable, len(trials)), points)
	e.dist.median = blend(points, weights, e.options.Horizon)
	if e.dist.median == nil {
		return false
	}
	e.result.Members, e.result.Choice = reported(e.members, weights, score), choice
	raw, shift := e.settle(trials, weights)
	e.explain()
	e.result.State = e.keep(raw, shift)
	e.tryDemand()
	return true
}

// settle learns spread and score of the combination from the trials. It returns its medians from the
// origins before what they missed in one direction was put back, and how much of that was.
func (e *engine) settle(trials []trial, weights []float64) (raw [][]float64, shift float64) {
	e.trials, e.medians = trials, make([][]float64, len(trials))
	for k, t := range trials {
		e.medians[k] = blend(t.points, weights, len(t.actual))
	}
	e.dist.spread = newSpread(trials, e.medians, e.size, e.rhythm.period)
	raw = slices.Clone(e.medians)
	if shift = e.dist.spread.bias(trials); shift != 0 {
		for k, t := range trials {
			e.medians[k] = e.dist.spread.shifted(e.medians[k], t.classOf, shift)
		}
		e.dist.median = e.dist.spread.shifted(e.dist.median, e.dist.classOf, shift)
		e.dist.spread = newSpread(trials, e.medians, e.size, e.rhythm.period)
	}
	e.result.Backtest = e.score()
	return raw, shift
}

// explain reads components and the usual day off the regression.
func (e *engine) explain() {
	s := e.final.regression()
	if s == nil {
		e.result.Components = []Component{{Name: "level", Values: append([]float64(nil), e.dist.median...)}}
		return
	}
	for _, c := range s.model.Components(e.final.ahead) {
		if c.Name == "trend" || !neutral(c) {
			e.result.Components = append(e.result.Components, Component{Name: c.Name, Family: c.Family, Multiplicative: c.Multiplicative, Values: c.Values})
		}
	}
	rest := Component{Name: "combination", Multiplicative: s.log, Values: make([]float64, len(s.fit))}
	baseline, share := s.model.Baseline(e.final.ahead), dated(e.members, e.result.Members)
	e.usual = make([]float64, len(s.fit))
	for i, fit := range s.fit {
		median := e.dist.median[i]
		rest.Values[i] = compare(median, fit, s.log)
		usual := baseline[i] // on a day that an occasion closes
		if !s.log || fit > leastFactor*usual {
			usual = apply(usual, rest.Values[i], s.log)
		}
		e.usual[i] = share*usual + (1-share)*median
	}
	e.result.Components = append(e.result.Components, rest)
}

// neutral says that a component changes nothing in any bucket ahead.
func neutral(c regress.Component) bool {
	for _, v := range c.Values {
		if c.Multiplicative {
			v--
		}
		if math.Abs(v) > 1e-12 {
			return false
		}
	}
	return true
}

// baseline is the median of a usual day.
func (e *engine) baseline() []float64 {
	if e.usual == nil {
		return append([]float64(nil), e.dist.median...)
	}
	out := make([]float64, len(e.usual))
	for i, v := range e.usual {
		out[i] = math.Min(e.dist.upper, math.Max(e.dist.lower, v))
	}
	return out
}

// finish reads everything the caller sees off the distribution.
func (e *engine) finish() Forecast {
	f, o := e.result, e.options
	for t, v := range e.dist.median {
		e.dist.median[t] = math.Min(e.dist.upper, math.Max(e.dist.lower, v))
	}
	f.Quantiles = e.dist.quantiles(o.Quantiles)
	f.Mean = e.dist.means()
	f.medians = e.dist.median
	f.Baseline = e.baseline()
	if f.Method == "" {
		f.Method = describe(f.Members)
	}
	f.Paths = drawPaths(e.dist.spread, e.dist, o.Paths, 2*max(2, e.rhythm.period), o.Seed)
	f.lengthen(o, e.dist.lower, e.dist.upper, e.series.Step)
	if o.Limits != nil {
		c := Cross(f.Paths, o.Limits, o.Risk)
		f.Crossing = &c
	}
	return f
}
