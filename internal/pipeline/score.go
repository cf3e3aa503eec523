package pipeline

import (
	"cmp"
	"math"
	"slices"
	"time"

	"foresight/analytics/backtest"
	"foresight/analytics/calendar"
	"foresight/models"
)

// came is what has come of one measure, in the forecasts' buckets.
type came struct {
	times  []int64
	values []float64 // NaN where nothing is known, or where what came is not the demand
	zone   *time.Location
	span   models.Span
}

// cameOf lists a history's buckets of a measure. What a known outage or a ceiling kept
// from coming judges no forecast.
func cameOf(h history, m models.Measure, zone *time.Location) came {
	c := came{times: make([]int64, len(h.points)), values: make([]float64, len(h.points)), zone: zone, span: h.span}
	for i, p := range h.points {
		c.times[i], c.values[i] = p.Time.Unix(), value(p, m)
		end := steps[h.span].Add(p.Time, 1)
		capped := slices.ContainsFunc(h.saturated, func(t models.Treated) bool { return t.From.Before(end) && t.To.After(p.Time) })
		if capped || down(h.signal, p.Time, end, downShare) {
			c.values[i] = math.NaN()
		}
	}
	return c
}

// naiveSeasons are how many buckets back the same season lies, the aligned year first: what
// the seasonal naive repeats.
var naiveSeasons = map[models.Span][2]int{models.SpanDay: {364, 7}, models.SpanWeek: {52, 1}, models.SpanMonth: {12, 1}}

// naive is what repeating the last year, or failing that the last season, would have
// said of bucket i from a moment on; NaN when neither was known.
func (c came) naive(i int, asOf int64) float64 {
	for _, season := range naiveSeasons[c.span] {
		for at := i - season; at >= 0; at -= season {
			if c.times[at] < asOf && c.values[at] == c.values[at] {
				return c.values[at]
			}
		}
	}
	return math.NaN()
}

// score compares what was forecast of the wanted buckets (places in c) with what came. A
// bucket that nothing was said of, or nothing is known of, has no score. kept is in
// order of as-of.
func (c came) score(subject string, kept []models.Kept, wanted []int) []models.Score {
	var all []models.Score
	for _, i := range wanted {
		if math.IsNaN(c.values[i]) {
			continue
		}
		s := models.Score{Subject: subject, Time: c.times[i], Actual: c.values[i]}
		for _, k := range kept {
			if at, said := slices.BinarySearchFunc(k.Points, c.times[i], func(p models.KeptPoint, t int64) int { return cmp.Compare(p.Time, t) }); said {
				c.compare(&s, i, k, k.Points[at])
			}
		}
		if len(s.Tallies) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// compare adds one forecast of bucket i to its score; the last one is the one in force.
func (c came) compare(s *models.Score, i int, k models.Kept, p models.KeptPoint) {
	day := func(t time.Time) calendar.Date { return calendar.DateOf(t.In(c.zone)) }
	lead := max(1, day(time.Unix(p.Time, 0)).Sub(day(k.AsOf))+1)
	q := p.Quantiles
	s.Lead, s.Low, s.Median, s.High = lead, q[models.Q05], q[models.Q50], q[models.Q95]
	s.PIT = transform(q, s.Actual)
	band, naive := models.LeadBandOf(lead), c.naive(i, k.AsOf.Unix())
	t := tallyOf(s, band, "")
	t.add(q[models.Q50], s.Actual, naive)
	for j, probability := range models.Probabilities {
		t.Pinball += backtest.Pinball(probability, s.Actual, q[j]) / float64(len(q))
	}
	t.In50 += within(q, models.Q25, models.Q75, s.Actual)
	t.In80 += within(q, models.Q10, models.Q90, s.Actual)
	t.In90 += within(q, models.Q05, models.Q95, s.Actual)
	for _, o := range k.Overrides {
		for _, x := range o.Points {
			if x.Time == p.Time {
				t := tallyOf(s, band, o.ID)
				t.add(x.Value, s.Actual, naive)
				t.Forecast += math.Abs(q[models.Q50] - s.Actual)
			}
		}
	}
}

// tally is a models.Tally in the making.
type tally struct{ *models.Tally }

// tallyOf returns the score's tally of a band and an override.
func tallyOf(s *models.Score, band int, override string) tally {
	i := slices.IndexFunc(s.Tallies, func(t models.Tally) bool { return t.Band == band && t.Override == override })
	if i < 0 {
		i = len(s.Tallies)
		s.Tallies = append(s.Tallies, models.Tally{Band: band, Override: override})
	}
	return tally{&s.Tallies[i]}
}

// add counts one figure.
func (t tally) add(said, actual, naive float64) {
	t.N++
	t.Abs += math.Abs(said - actual)
	t.Signed += said - actual
	if naive == naive {
		t.Naives++
		t.Naive += math.Abs(naive - actual)
	}
}

// within is 1 when a value lies between two of the quantiles, borders included, and else 0.
func within(q [len(models.Probabilities)]float64, low, high int, actual float64) int {
	return int(backtest.Coverage([]float64{actual}, []float64{q[low]}, []float64{q[high]}))
}

// beyond stands for all that lies outside the outermost quantiles.
const beyond = 0.025

// transform is the probability integral transform of a value: the share of the forecast
// below it, between the quantiles along straight lines. Where several quantiles are the
// value, as at the bound of a series that is often zero, it is the one nearest to one half.
func transform(q [len(models.Probabilities)]float64, actual float64) float64 {
	p := models.Probabilities
	below, above := -1, len(q) // the last quantile under the value, the first over it
	for j := range q {
		if q[j] < actual {
			below = j
		}
		if q[len(q)-1-j] > actual {
			above = len(q) - 1 - j
		}
	}
	inside := within(q, models.Q05, models.Q95, actual) == 1
	switch {
	case below+1 < above: // at quantiles
		return math.Max(p[below+1], math.Min(p[above-1], 0.5))
	case below < 0 && !inside:
		return beyond
	case below < 0: // by what rounding loses
		return p[0]
	case above == len(q) && !inside:
		return 1 - beyond
	case above == len(q):
		return p[below]
	}
	return p[below] + (actual-q[below])/(q[above]-q[below])*(p[above]-p[below])
}
