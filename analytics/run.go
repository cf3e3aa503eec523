package analytics

import (
	"context"
	"fmt"
	"math"
	"sort"

	"foresight/analytics/backtest"
)

// Run forecasts a series. The stages: clean, try the members from rolling origins, weigh and
// combine them, learn the spread from the combination's errors, draw paths, read the crossing.
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
	clean, n := s.cleaned()
	if n == 0 {
		return Forecast{}, fmt.Errorf("forecasting a series: %w", ErrNoData)
	}
	if o.Model == "auto" {
		o.Model = ""
	}
	e := engine{series: clean, options: o, rhythm: rhythmOf(clean.Step), size: newSizer(clean.Values), members: catalogue()}
	if err := e.forecast(ctx); err != nil {
		return Forecast{}, err
	}
	return e.finish(), nil
}

// engine is one run's state: what each stage leaves for the next.
type engine struct {
	series  Series
	options Options
	rhythm  rhythm
	size    sizer
	members []member

	final  *window
	dist   distribution
	result Forecast
}

// forecast fills the distribution and what is said about it.
func (e *engine) forecast(ctx context.Context) error {
	h := e.options.Horizon
	e.final = windowAt(e.series, len(e.series.Values), h, e.rhythm, e.options.Calendar)
	e.result.Times = e.final.ahead
	e.dist.lower, e.dist.upper = bounds(e.options, e.series.Values)
	e.dist.near = nearOccasion(e.options.Calendar, e.final.ahead)

	origins, tested := e.origins()
	if len(origins) > 0 {
		trials, err := tryOrigins(ctx, e.series, e.rhythm, e.options, e.members, origins, tested)
		if err != nil {
			return err
		}
		if done, err := e.combine(ctx, trials); done || err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("forecasting: %w", err)
	}
	median, used, why := climbDown(e.final, e.members, e.size, e.options.Model)
	e.dist.median, e.result.Members, e.result.Fallback = median, used, why
	e.dist.spread = guessSpread(e.series.Values, e.size, e.rhythm.period)
	return nil
}

// origins plans the backtest: the target horizon where a third of the history allows it, the
// longest shorter one otherwise.
func (e *engine) origins() (origins []int, horizon int) {
	n, m := len(e.series.Values), e.rhythm.period
	if observed(e.series.Values) < 12 {
		return nil, 0
	}
	horizon = min(e.options.Horizon, n/3)
	plan := backtest.Plan{
		Length: n, Horizon: horizon, Count: e.options.Origins,
		Train: max(8, min(2*m, n-horizon), 2*n/5), Span: max(e.rhythm.year, 3*horizon),
	}
	return plan.Origins(), horizon
}

// combine weighs the members by the trials and sets the combination's distribution; it is not
// done when no member could forecast.
func (e *engine) combine(ctx context.Context, trials []trial) (done bool, err error) {
	score := scores(trials, len(e.members), e.size)
	usable := append([]float64(nil), score...)
	for m := range usable {
		if e.options.Model != "" && e.members[m].name != e.options.Model {
			usable[m] = math.NaN()
		}
	}
	weights := weigh(usable, len(trials))
	points := make([][]float64, len(e.members))
	for m := range points {
		if err := ctx.Err(); err != nil {
			return false, fmt.Errorf("fitting %s: %w", e.members[m].name, err)
		}
		if weights[m] > 0 {
			points[m] = e.members[m].run(e.final)
		}
		if points[m] == nil {
			weights[m] = 0
		}
	}
	e.dist.median = blend(points, weights, e.options.Horizon)
	if e.dist.median == nil {
		return false, nil
	}
	e.result.Members = reported(e.members, weights, score)
	medians := make([][]float64, len(trials))
	for k, t := range trials {
		medians[k] = blend(t.points, weights, len(t.actual))
	}
	e.dist.spread = newSpread(trials, medians, e.size, e.rhythm.period)
	e.result.Backtest = e.score(trials, medians)
	return true, nil
}

// reported lists the members with weight, the heaviest first.
func reported(members []member, weights, score []float64) []Member {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	var out []Member
	for m, w := range weights {
		if w > 0 {
			out = append(out, Member{Name: members[m].name, Weight: w / total, Score: score[m]})
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].Weight > out[b].Weight })
	return out
}

// score says how right the combination was; each origin's intervals come from the others.
func (e *engine) score(trials []trial, medians [][]float64) Score {
	var actual, point, naive, low80, high80, low90, high90 []float64
	for k, t := range trials {
		others, theirs := without(trials, k), without(medians, k)
		if len(others) == 0 {
			others, theirs = trials, medians
		}
		d := distribution{median: medians[k], near: t.near, lower: e.dist.lower, upper: e.dist.upper,
			spread: newSpread(others, theirs, e.size, e.rhythm.period)}
		for _, q := range d.quantiles([]float64{0.05, 0.1, 0.9, 0.95}) {
			low90, low80, high80, high90 = append(low90, q[0]), append(low80, q[1]), append(high80, q[2]), append(high90, q[3])
		}
		actual, point, naive = append(actual, t.actual...), append(point, medians[k]...), append(naive, t.points[0]...)
	}
	scale := backtest.NaiveScale(e.series.Values, e.rhythm.period)
	return Score{
		Origins: len(trials), WAPE: known(backtest.WAPE(actual, point)),
		MASE: known(backtest.MAE(actual, point) / scale), Naive: known(backtest.MAE(actual, naive) / scale),
		Coverage80: known(backtest.Coverage(actual, low80, high80)), Coverage90: known(backtest.Coverage(actual, low90, high90)),
	}
}

func without[T any](x []T, k int) []T {
	out := make([]T, 0, len(x))
	out = append(out, x[:k]...)
	return append(out, x[k+1:]...)
}

// known turns what cannot be told into zero, so that a record of it can be written down.
func known(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
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
	f.Baseline = append([]float64(nil), e.dist.median...)
	f.Method = describe(f.Members)
	f.Paths = drawPaths(e.dist.spread, e.dist, o.Paths, 2*max(2, e.rhythm.period), o.Seed)
	if o.Limits != nil {
		c := Cross(f.Paths, o.Limits, o.Risk)
		f.Crossing = &c
	}
	return f
}
