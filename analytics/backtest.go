package analytics

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"foresight/analytics/backtest"
)

// ErrShortBacktest says that no origin fits into a series.
var ErrShortBacktest = errors.New("too short for a backtest")

// BacktestOptions says from where in the past a series is forecast again. The zero value has
// defaults.
type BacktestOptions struct {
	Origins int // most origins; 0 = 8
	Step    int // buckets between origins; 0 = a third of the horizon, less where the origins need it
}

// leastTraining is the fewest buckets before an origin where two seasons are shorter.
const leastTraining = 8

// BacktestResult says how right forecasts of a series would have been. Scores pool the buckets of
// all origins with equal weight; the seasonal naive was scored on the same ones.
type BacktestResult struct {
	Horizon, Step int              // buckets ahead; buckets between origins
	Origins       []BacktestOrigin // ascending
	Bands         []BacktestBand   // by how far ahead; none when the horizon is below three buckets
	Scores, Naive Scores
	Treated       []Treatment // as in Forecast; masked buckets are neither learned from nor scored
}

// BacktestOrigin is one origin's forecast, scored.
type BacktestOrigin struct {
	Time          time.Time // its first bucket ahead; all before it was known
	Training      int       // buckets known
	Fallback      string    // as in Forecast
	Overload      float64   // P(the limit is crossed within the horizon); NaN without limits
	Overloaded    bool      // whether it was
	Needed        float64   // capacity exceeded with 5 % within the horizon, by Crossing.Needed; NaN without limits
	Largest       float64   // the largest value that came
	Scores, Naive Scores
}

// BacktestBand is the stretch of buckets From to To ahead, counted from 1, of all origins.
type BacktestBand struct {
	From, To      int
	Scores, Naive Scores
}

// Backtest forecasts a series from rolling origins in its past as Run would have then, and scores
// what it said against what came, with the seasonal naive (Hyndman & Athanasopoulos 5.2, its range
// by 5.5) beside. Nothing after an origin reaches its forecast, but for Options.Calendar: which
// own events were known by then is the caller's to say. Options.Limits counts from each origin.
//
// The last origin ends with the series. The training part is never below two seasons; with the
// default step it is also at least half of what the last origin knew. Origins after which nothing
// was observed are left out. The error is ErrShortBacktest where no origin is left, or Run's.
func Backtest(ctx context.Context, s Series, o Options, b BacktestOptions) (BacktestResult, error) {
	o, err := o.withDefaults()
	if err != nil {
		return BacktestResult{}, err
	}
	if b.Origins < 0 || b.Step < 0 {
		return BacktestResult{}, fmt.Errorf("checking the options: origins %d and step %d must not be negative", b.Origins, b.Step)
	}
	if len(s.Times) != len(s.Values) {
		return BacktestResult{}, fmt.Errorf("backtesting a series: %d times but %d values", len(s.Times), len(s.Values))
	}
	p := prepare(s, o)
	if p.observed == 0 {
		return BacktestResult{}, fmt.Errorf("backtesting a series: %w", p.none())
	}
	clean := p.Series
	r := &rolling{series: clean, censored: p.unscored(), options: o, rhythm: rhythmOf(s.Step)}
	origins, step := b.plan(len(clean.Values), r.rhythm.period, o.Horizon)
	if len(origins) == 0 {
		least := max(2*r.rhythm.period, leastTraining) + o.Horizon
		return BacktestResult{}, fmt.Errorf("backtesting a series: %w: %d buckets, and %d ahead need at least %d (two seasons and the horizon): shorten the horizon or bring more history",
			ErrShortBacktest, len(clean.Values), o.Horizon, least)
	}
	for _, origin := range origins {
		if err := r.from(ctx, origin); err != nil {
			return BacktestResult{}, err
		}
	}
	if len(r.ours) == 0 {
		return BacktestResult{}, fmt.Errorf("backtesting a series: %w: nothing was observed within %d buckets of any of %d origins: bring its newest values or shorten the horizon", ErrShortBacktest, o.Horizon, len(origins))
	}
	result := r.result(step)
	result.Treated = p.treated
	return result, nil
}

// plan places the origins, ascending, and says how far apart they lie.
func (b BacktestOptions) plan(length, period, horizon int) (origins []int, step int) {
	count := b.Origins
	if count == 0 {
		count = defaultOrigins
	}
	last := length - horizon
	least := max(2*period, leastTraining)
	if b.Step == 0 {
		least = max(least, last/2)
	}
	room := last - least
	if room < 0 {
		return nil, 0
	}
	if step = b.Step; step == 0 {
		step = max(1, horizon/3)
		if count > 1 {
			step = max(1, min(step, room/(count-1)))
		}
	}
	count = min(count, room/step+1)
	for i := range count {
		origins = append(origins, last-(count-1-i)*step)
	}
	return origins, step
}

// rolling gathers what was said from each origin, beside what came.
type rolling struct {
	series   Series
	censored []bool // values that are only lower bounds, or lost in outages
	options  Options
	rhythm   rhythm
	origins  []BacktestOrigin
	ours     []said
	naives   []said
}

// scoredAt are the probabilities that every backtest asks for: those of the intervals, and deciles
// for CRPS.
var scoredAt = []float64{0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975}

// from forecasts from one origin.
func (r *rolling) from(ctx context.Context, origin int) error {
	h := r.options.Horizon
	actual := beside(r.series.Values, r.censored, origin, origin+h)
	if observed(actual) == 0 {
		return nil
	}
	o := r.options
	o.Quantiles = mergedProbabilities(scoredAt, r.options.Quantiles)
	known := r.series.first(origin)
	f, err := Run(ctx, known, o)
	if err != nil {
		return fmt.Errorf("backtesting from %s: %w", r.series.Times[origin].Format(time.RFC3339), err)
	}
	came := aftermath{
		actual: actual, naive2: backtest.Naive2(known.Values, r.rhythm.period, h),
		scale: backtest.NaiveScale(known.Values, r.rhythm.period), scale2: backtest.NaiveScale2(known.Values, r.rhythm.period),
	}
	at := BacktestOrigin{Time: r.series.Times[origin], Training: origin, Fallback: f.Fallback,
		Overload: math.NaN(), Needed: math.NaN(), Largest: slices.Max(backtest.Present(actual))}
	ours := said{aftermath: came, probabilities: o.Quantiles, mean: f.Mean, quantiles: f.Quantiles}
	naive := naiveSaid(came, known, r.rhythm, o)
	if o.Limits != nil {
		crossed := backtest.CrossedBy(actual, o.Limits)
		ours.crossed, ours.overload = crossed, f.Crossing.Probability
		naive.crossed, naive.overload = crossed, certainties(backtest.CrossedBy(naive.mean, o.Limits))
		at.Overload, at.Overloaded, at.Needed = ours.overload[h-1], crossed[h-1], f.Crossing.Needed
	}
	r.origins, r.ours, r.naives = append(r.origins, at), append(r.ours, ours), append(r.naives, naive)
	return nil
}

// result scores everything that was gathered.
func (r *rolling) result(step int) BacktestResult {
	h, asked := r.options.Horizon, r.options.Quantiles
	out := BacktestResult{Horizon: h, Step: step, Origins: r.origins}
	for k := range out.Origins {
		out.Origins[k].Scores = scoresOf(r.ours[k:k+1], asked, 0, h)
		out.Origins[k].Naive = scoresOf(r.naives[k:k+1], asked, 0, h)
	}
	for _, b := range horizonBands(h, r.series.Step.PerDay()) {
		out.Bands = append(out.Bands, BacktestBand{From: b[0] + 1, To: b[1],
			Scores: scoresOf(r.ours, asked, b[0], b[1]), Naive: scoresOf(r.naives, asked, b[0], b[1])})
	}
	out.Scores, out.Naive = scoresOf(r.ours, asked, 0, h), scoresOf(r.naives, asked, 0, h)
	return out
}

// horizonBands cuts a horizon into half-open stretches of buckets ahead: the first week, the rest
// of the month, the rest of the quarter and what lies beyond for days and shorter buckets, thirds
// for longer ones and short horizons.
func horizonBands(h int, perDay float64) [][2]int {
	if h < 3 {
		return nil
	}
	edges := []int{h / 3, 2 * h / 3}
	if day := int(perDay); day >= 1 && h > 7*day {
		edges = []int{7 * day, 30 * day, 90 * day}
	}
	var out [][2]int
	from := 0
	for _, to := range append(edges, h) {
		if to = min(to, h); to > from {
			out = append(out, [2]int{from, to})
			from = to
		}
	}
	return out
}

// mergedProbabilities is the ascending union of probabilities.
func mergedProbabilities(a, b []float64) []float64 {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// certainties are the probabilities of who is sure.
func certainties(yes []bool) []float64 {
	out := make([]float64, len(yes))
	for i, y := range yes {
		if y {
			out[i] = 1
		}
	}
	return out
}
