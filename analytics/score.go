package analytics

import (
	"math"
	"sort"

	"foresight/analytics/backtest"
	"foresight/analytics/calendar"
)

// leastTested are the buckets that are forecast from each origin at least: a few buckets ahead give a
// few errors, whose ranges held 60 to 75 % of what they should at one day ahead.
func leastTested(step calendar.Step) int {
	switch step.Unit {
	case calendar.Day:
		return 28
	case calendar.Week, calendar.Month:
		return 6
	}
	return int(math.Ceil(step.PerDay()))
}

// origins plans the backtest: the target horizon, or leastTested, where a third of the
// history allows it, the longest shorter one otherwise, over two years where there are; none for fewer
// than twelve values.
func (e *engine) origins() (origins []int, horizon int) {
	n, m := len(e.series.Values), e.rhythm.period
	if observed(e.series.Values) < 12 {
		return nil, 0
	}
	horizon = e.options.Horizon
	if !e.layered { // the days of hours have many buckets each
		horizon = max(horizon, leastTested(e.series.Step))
	}
	horizon = min(horizon, n/3)
	plan := backtest.Plan{
		Length: n, Horizon: horizon, Count: e.options.Origins,
		Train: max(8, min(2*m, n-horizon), 2*n/5), Span: max(2*e.rhythm.year, 3*horizon),
	}
	return plan.Origins(), horizon
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
			out = append(out, Member{Name: members[m].name, Weight: w / total, Score: known(score[m])})
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].Weight > out[b].Weight })
	return out
}

// combined are the combination's distributions from the origins; each one's spread comes from the
// others.
func (e *engine) combined() []distribution {
	out := make([]distribution, len(e.trials))
	for k, t := range e.trials {
		others, theirs := without(e.trials, k), without(e.medians, k)
		if len(others) == 0 {
			others, theirs = e.trials, e.medians
		}
		out[k] = distribution{median: e.medians[k], class: t.class, lower: e.dist.lower, upper: e.dist.upper,
			spread: newSpread(others, theirs, e.size, e.rhythm.period)}
	}
	return out
}

// score says how right the combination was.
func (e *engine) score() Score { return e.scoreOf(e.combined()) }

// scoreOf says how right distributions from the origins were.
func (e *engine) scoreOf(of []distribution) Score {
	var actual, point, naive, low80, high80, low90, high90 []float64
	for k, t := range e.trials {
		for _, q := range of[k].quantiles([]float64{0.05, 0.1, 0.9, 0.95}) {
			low90, low80, high80, high90 = append(low90, q[0]), append(low80, q[1]), append(high80, q[2]), append(high90, q[3])
		}
		actual, point, naive = append(actual, t.actual...), append(point, e.medians[k]...), append(naive, t.points[0]...)
	}
	scale := backtest.NaiveScale(e.series.Values, e.rhythm.period)
	return Score{
		Origins: len(e.trials), WAPE: known(backtest.WAPE(actual, point)),
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
