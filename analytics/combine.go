package analytics

import (
	"context"
	"fmt"
	"math"
	"sort"
	"strings"

	"foresight/analytics/backtest"
)

// trial is one rolling origin: what came, and what each member said.
type trial struct {
	origin int
	actual []float64
	points [][]float64 // [member][lead]; nil where the member could not
	class  []int       // of each bucket, for its spread; nil: all alike
}

func (t trial) classOf(i int) int {
	if t.class == nil {
		return 0
	}
	return t.class[i]
}

// Members more than this share worse than the best are dropped. ENGINE: 15 %; with few origins
// the scores are noise, and more is forgiven.
const dropWorse = 0.15

// scoredQuantiles are the probabilities that the choice looks at: the upper tail is what capacity
// is bought for.
var scoredQuantiles = [...]float64{0.5, 0.8, 0.9, 0.95}

// scores gives each member its mean pinball loss over the yardstick's (place 0). A member's
// quantiles at one origin come from its errors at the other origins. NaN where a member failed at
// an origin.
func scores(trials []trial, members int, size sizer) []float64 {
	losses := make([]float64, members)
	for m := range losses {
		losses[m] = pinballOf(trials, m, size)
	}
	out := make([]float64, members)
	for m := range out {
		out[m] = losses[m] / losses[0]
		if losses[0] == 0 || math.IsNaN(losses[0]) {
			out[m] = 1
			if losses[m] > 0 {
				out[m] = 2
			}
		}
		if math.IsNaN(losses[m]) {
			out[m] = math.NaN()
		}
	}
	return out
}

// pinballOf is one member's mean pinball loss over the origins; NaN where it failed at one.
func pinballOf(trials []trial, m int, size sizer) float64 {
	medians := make([][]float64, len(trials))
	for k, t := range trials {
		if t.points[m] == nil {
			return math.NaN()
		}
		medians[k] = t.points[m]
	}
	var sum, n float64
	for k, l := range originLosses(trials, medians, size) {
		if c := float64(observed(trials[k].actual)); c > 0 {
			sum, n = sum+c*l, n+c
		}
	}
	return sum / n
}

// originLosses are the mean pinball losses of medians by origin, NaN where nothing was observed. The
// quantiles at one origin come from the errors at the others.
func originLosses(trials []trial, medians [][]float64, size sizer) []float64 {
	errors := make([][]float64, len(trials))
	for k, t := range trials {
		for i, f := range medians[k] {
			if e := (t.actual[i] - f) / size.of(f); !math.IsNaN(e) {
				errors[k] = append(errors[k], e)
			}
		}
	}
	out := make([]float64, len(trials))
	for k, t := range trials {
		var others []float64
		for j := range trials {
			if j != k || len(trials) == 1 {
				others = append(others, errors[j]...)
			}
		}
		sort.Float64s(others)
		var sum, n float64
		for _, p := range scoredQuantiles {
			q := backtest.Quantile(others, p)
			if p == 0.5 || math.IsNaN(q) {
				q = 0
			}
			for i, f := range medians[k] {
				if l := backtest.Pinball(p, t.actual[i], f+q*size.of(f)); !math.IsNaN(l) {
					sum, n = sum+l, n+1
				}
			}
		}
		out[k] = sum / n
	}
	return out
}

// worse is the ratio of scores from which on one is clearly the worse.
func worse(origins int) float64 { return 1 + dropWorse + 0.2/float64(max(origins, 1)) }

// weigh turns scores into weights: drop what is clearly worse than the best, weight the rest by
// 1/score², and shrink half-way to equal.
func weigh(scores []float64, origins int) []float64 {
	best := math.Inf(1)
	for _, s := range scores {
		if s < best {
			best = s
		}
	}
	w := make([]float64, len(scores))
	limit := best * worse(origins)
	var sum, kept float64
	for i, s := range scores {
		if s <= limit {
			w[i] = 1 / math.Max(s*s, 1e-12)
			sum, kept = sum+w[i], kept+1
		}
	}
	for i := range w {
		if w[i] > 0 {
			w[i] = (w[i]/sum + 1/kept) / 2
		}
	}
	return w
}

// blend is the weighted mean of the members' points. Members without points give their weight to
// the others.
func blend(points [][]float64, weights []float64, h int) []float64 {
	out := make([]float64, h)
	total := 0.0
	for m, p := range points {
		if p == nil || weights[m] == 0 {
			continue
		}
		total += weights[m]
		for i := range out {
			out[i] += weights[m] * p[i]
		}
	}
	if total == 0 {
		return nil
	}
	for i := range out {
		out[i] /= total
	}
	return out
}

// tryOrigins runs every member from every origin. The context is asked between fits.
func tryOrigins(ctx context.Context, s Series, r rhythm, o Options, members []member, origins []int, h int, final *window) ([]trial, error) {
	trials := make([]trial, 0, len(origins))
	for _, origin := range origins {
		w := windowAt(s, origin, h, r, o.Calendar)
		w.hints, w.begin = final.hints, final.begin
		t := trial{origin: origin, actual: s.Values[origin : origin+h], points: make([][]float64, len(members)), class: classOfDays(o.Calendar, s.Step, w.ahead)}
		for m := range members {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("backtesting %s: %w", members[m].name, err)
			}
			if members[m].name == yardstick || members[m].competes(o.Model, s.Step) {
				t.points[m] = members[m].run(w)
			}
		}
		trials = append(trials, t)
	}
	return trials, nil
}

// describe puts members and weights in a line.
func describe(members []Member) string {
	parts := make([]string, 0, len(members))
	for _, m := range members {
		if len(members) == 1 {
			return m.Name
		}
		parts = append(parts, fmt.Sprintf("%.0f %% %s", 100*m.Weight, m.Name))
	}
	return strings.Join(parts, " + ")
}
