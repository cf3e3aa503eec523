package pipeline

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/backtest"
	"foresight/analytics/calendar"
	"foresight/models"
)

// spread is a forecast's quantiles: a middle and steps of a width.
func spread(middle, width float64) (q [len(models.Probabilities)]float64) {
	for i, p := range models.Probabilities {
		q[i] = middle + width*math.Sqrt2*math.Erfinv(2*p-1)
	}
	return q
}

// keptOf is a forecast of days as of a day, by the days ahead.
func keptOf(zone *time.Location, asOf calendar.Date, days int, said func(lead int) [len(models.Probabilities)]float64) models.Kept {
	k := models.Kept{Subject: "s", Measure: models.MeasureTotal, Span: models.SpanDay, AsOf: asOf.In(zone)}
	for lead := 1; lead <= days; lead++ {
		q := said(lead)
		k.Points = append(k.Points, models.KeptPoint{Time: asOf.AddDays(lead - 1).In(zone).Unix(), Mean: q[models.Q50], Quantiles: q})
	}
	return k
}

// cameDays is a history of days with values by their number from a first one.
func cameDays(zone *time.Location, first calendar.Date, n int, value func(i int) float64) history {
	h := history{span: models.SpanDay}
	for i := range n {
		h.points = append(h.points, models.HistoryPoint{Time: first.AddDays(i).In(zone), Total: value(i), Busiest: math.NaN()})
	}
	return h
}

func TestAForecastIsComparedWithWhatCame(t *testing.T) {
	zone := zoneOf(t, "Europe/Stockholm")
	first := calendar.NewDate(2024, time.January, 1)
	asOf := first.AddDays(500)
	h := cameDays(zone, first, 540, func(i int) float64 { return 100 + float64(i%7) })
	k := keptOf(zone, asOf, 400, func(int) [len(models.Probabilities)]float64 { return spread(110, 10) })
	k.Overrides = []models.KeptOverride{{ID: "o", Points: []models.Median{{Time: k.Points[10].Time, Value: 104}}}}
	wanted := make([]int, 40)
	for i := range wanted {
		wanted[i] = 500 + i
	}
	scores := cameOf(h, models.MeasureTotal, zone).score("s", []models.Kept{k}, wanted)
	require.Len(t, scores, 40)
	for i, s := range scores {
		require.Equal(t, i+1, s.Lead)
		require.Equal(t, 100+float64((500+i)%7), s.Actual)
		require.Equal(t, models.LeadBandOf(i+1), s.Tallies[0].Band)
		require.InDelta(t, 0, s.Tallies[0].Naive, 0, "364 days before it was the same")
		require.InDelta(t, 110-s.Actual, s.Tallies[0].Abs, 1e-12)
	}
	assert.Equal(t, 0, models.LeadBandOf(7))
	assert.Equal(t, 3, models.LeadBandOf(4000))
	tenth := scores[10]
	require.Len(t, tenth.Tallies, 2)
	o := tenth.Tallies[1]
	assert.Equal(t, "o", o.Override)
	assert.InDelta(t, math.Abs(104-tenth.Actual), o.Abs, 1e-12)
	assert.InDelta(t, tenth.Tallies[0].Abs, o.Forecast, 1e-12)

	// The sums are the usual scores.
	var actual, median []float64
	var quantiles [][]float64
	var abs, pinball float64
	for _, s := range scores {
		q := spread(110, 10)
		actual, median, quantiles = append(actual, s.Actual), append(median, 110), append(quantiles, q[:])
		abs, pinball = abs+s.Tallies[0].Abs, pinball+s.Tallies[0].Pinball
	}
	assert.InDelta(t, backtest.MAE(actual, median), abs/40, 1e-12)
	assert.InDelta(t, backtest.MeanPinball(models.Probabilities[:], actual, quantiles), pinball/40, 1e-12)
}

func TestTheNaiveKnowsOnlyWhatWasKnown(t *testing.T) {
	zone := zoneOf(t, "Europe/Stockholm")
	h := cameDays(zone, calendar.NewDate(2023, time.January, 1), 800, func(i int) float64 { return float64(i) })
	h.points[800-1-364].Total = math.NaN()
	c := cameOf(h, models.MeasureTotal, zone)
	asOf := func(i int) int64 { return c.times[i] }
	assert.InDelta(t, 700-364, c.naive(700, asOf(700)), 0)
	assert.InDelta(t, 700-364, c.naive(700, asOf(400)), 0)
	assert.InDelta(t, 798-728, c.naive(798, asOf(400)), 0, "a year before that year")
	assert.InDelta(t, 799-728, c.naive(799, asOf(799)), 0, "a hole a year ago")
	assert.InDelta(t, 93, c.naive(100, asOf(100)), 0, "no year: the week before")
	assert.InDelta(t, 86, c.naive(100, asOf(93)), 0)
	assert.True(t, math.IsNaN(c.naive(5, asOf(5))))
}

func TestWhatDidNotComeFreelyIsNotScored(t *testing.T) {
	zone := zoneOf(t, "Europe/Stockholm")
	first := calendar.NewDate(2025, time.January, 1)
	h := cameDays(zone, first, 10, func(int) float64 { return 1 })
	h.points[2].Total = math.NaN()
	h.signal.Outages = []models.Outage{{From: first.AddDays(4).In(zone), To: first.AddDays(5).In(zone)}}
	h.saturated = []models.Treated{{From: first.AddDays(6).In(zone).Add(9 * time.Hour), To: first.AddDays(6).In(zone).Add(10 * time.Hour)}}
	k := keptOf(zone, first, 9, func(int) [len(models.Probabilities)]float64 { return spread(1, 1) })
	var scored []int
	for _, s := range cameOf(h, models.MeasureTotal, zone).score("s", []models.Kept{k}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
		scored = append(scored, s.Lead)
	}
	assert.Equal(t, []int{1, 2, 4, 6, 8, 9}, scored, "no hole, no outage, no ceiling, and nothing that was not forecast")
}

func TestTransformOfDegenerateRanges(t *testing.T) {
	zeros := [len(models.Probabilities)]float64{0, 0, 0, 0, 2, 4, 8}
	for _, c := range []struct{ actual, want float64 }{{0, 0.5}, {1, 0.625}, {2, 0.75}, {8, 0.95}, {9, 1 - beyond}, {-1, beyond}} {
		assert.InDelta(t, c.want, transform(zeros, c.actual), 1e-12, "%v", c.actual)
	}
	flat := [len(models.Probabilities)]float64{3, 3, 3, 3, 3, 3, 3}
	assert.InDelta(t, 0.5, transform(flat, 3), 0)
	assert.InDelta(t, 0.05, transform(flat, 3-1e-12), 0, "by rounding")
	assert.InDelta(t, 0.95, transform(flat, 3+1e-12), 0)
	assert.InDelta(t, beyond, transform(flat, 2.99), 0)
}

// The transform never falls as the value rises, lies outside the range exactly where the
// value does, and of a value at the quantile of a probability it is that probability.
func TestTransformIsADistribution(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var q [len(models.Probabilities)]float64
		for i, v := range rapid.SliceOfN(rapid.IntRange(-5, 20), len(q), len(q)).Draw(r, "quantiles") {
			q[i] = float64(v)
		}
		slices.Sort(q[:])
		a := float64(rapid.IntRange(-12, 50).Draw(r, "a")) / 2
		b := a + float64(rapid.IntRange(0, 20).Draw(r, "more"))/2
		ua, ub := transform(q, a), transform(q, b)
		require.LessOrEqual(r, ua, ub)
		require.Equal(r, a < q[models.Q05], ua < 0.05)
		require.Equal(r, a > q[models.Q95], ua > 0.95)
		for j, p := range models.Probabilities {
			if (j == 0 || q[j-1] < q[j]) && (j == len(q)-1 || q[j+1] > q[j]) {
				require.InDelta(r, p, transform(q, q[j]), 1e-12)
			}
		}
	})
}
