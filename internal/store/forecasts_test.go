package store

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// anyForecast draws points of all sizes and signs, with ranges of any width, none included.
func anyForecast(r *rapid.T) []models.KeptPoint {
	size := math.Pow10(rapid.IntRange(-12, 15).Draw(r, "size"))
	points := make([]models.KeptPoint, rapid.IntRange(1, 150).Draw(r, "points"))
	at := int64(rapid.IntRange(-1e6, 2e9).Draw(r, "first"))
	for i := range points {
		at += rapid.SampledFrom([]int64{86400, 82800, 90000}).Draw(r, "step")
		q := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-1, 1), rapid.Just(0.0), rapid.Just(0.5)), 8, 8).Draw(r, "numbers")
		slices.Sort(q[:7])
		points[i] = models.KeptPoint{Time: at, Mean: q[7] * size}
		for j := range points[i].Quantiles {
			points[i].Quantiles[j] = q[j] * size
		}
	}
	return points
}

// What is read is what was kept, as near as the narrowest range asks for.
func TestKeptPointsComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		points := anyForecast(r)
		packed, err := encodeKept(points, rapid.SampledFrom([]models.Span{models.SpanDay, models.SpanWeek}).Draw(r, "span"))
		require.NoError(r, err)
		got, err := decodeKept(packed, math.MinInt64, math.MaxInt64)
		require.NoError(r, err)
		require.Len(r, got, len(points))
		size, narrow := 0.0, math.Inf(1)
		for _, p := range points {
			size = max(size, math.Abs(p.Mean), math.Abs(p.Quantiles[0]), math.Abs(p.Quantiles[6]))
			if w := p.Quantiles[models.Q75] - p.Quantiles[models.Q25]; w > 0 {
				narrow = min(narrow, w)
			}
		}
		slack := size * 1e-9
		if !math.IsInf(narrow, 1) {
			slack = max(slack, narrow/20)
		}
		for i, p := range points {
			require.Equal(r, p.Time, got[i].Time)
			require.InDelta(r, p.Mean, got[i].Mean, slack)
			for j := range p.Quantiles {
				require.InDelta(r, p.Quantiles[j], got[i].Quantiles[j], slack)
			}
			require.True(r, slices.IsSorted(got[i].Quantiles[:]), "in order")
		}
		// A part of the time is that part of the points.
		a, b := rapid.IntRange(0, len(got)).Draw(r, "from"), rapid.IntRange(0, len(got)).Draw(r, "until")
		at := func(i int) int64 {
			if i == len(got) {
				return got[i-1].Time + 1
			}
			return got[i].Time
		}
		part, err := decodeKept(packed, at(a), at(b))
		require.NoError(r, err)
		require.Equal(r, append([]models.KeptPoint{}, got[a:max(a, b)]...), append([]models.KeptPoint{}, part...))
	})
}

// Round numbers stay what they are: what lies at a bound does not come to lie beyond it.
func TestBoundsAreKeptExactly(t *testing.T) {
	points := []models.KeptPoint{
		{Time: 86400, Mean: 98.7654321, Quantiles: [7]float64{91.23456, 95.5, 97.1, 98.8, 100, 100, 100}},
		{Time: 172800, Mean: 0.1, Quantiles: [7]float64{0, 0, 0, 0, 0.3, 0.7, 1.1}},
	}
	packed, err := encodeKept(points, models.SpanDay)
	require.NoError(t, err)
	got, err := decodeKept(packed, math.MinInt64, math.MaxInt64)
	require.NoError(t, err)
	assert.Equal(t, [3]float64{100, 100, 100}, [3]float64(got[0].Quantiles[4:]))
	assert.Equal(t, [7]float64{0, 0, 0, 0, 0.3, 0.7, 1.1}, got[1].Quantiles)
	flat := []models.KeptPoint{{Time: 1, Mean: 1234.567, Quantiles: [7]float64{1234.567, 1234.567, 1234.567, 1234.567, 1234.567, 1234.567, 1234.567}}}
	packed, err = encodeKept(flat, models.SpanDay)
	require.NoError(t, err)
	got, err = decodeKept(packed, math.MinInt64, math.MaxInt64)
	require.NoError(t, err)
	assert.InDelta(t, 1234.567, got[0].Mean, 1e-6)
}

func TestDamagedForecastsAndScoresAreErrors(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		raw := rapid.SliceOf(rapid.Byte()).Draw(r, "raw")
		packed, err := deflate(append([]byte{1}, raw...))
		require.NoError(r, err)
		// Whatever comes out, nothing panics, and what is an error names what is damaged.
		if _, err := decodeKept(packed, math.MinInt64, math.MaxInt64); err != nil {
			require.ErrorIs(r, err, errKept)
		}
		if _, err := decodeScores(packed, "s"); err != nil {
			require.ErrorIs(r, err, errScores)
		}
	})
}

func keptAt(subject string, asOf time.Time, revision string, days int) models.Kept {
	k := models.Kept{Subject: subject, Service: "pay", Signal: "orders", Measure: models.MeasureTotal, Span: models.SpanDay, AsOf: asOf, RunID: "r", Revision: revision}
	for i := range days {
		k.Points = append(k.Points, models.KeptPoint{Time: asOf.AddDate(0, 0, i).Unix(), Mean: 2, Quantiles: [7]float64{1, 1, 1, 2, 3, 3, 3}})
	}
	return k
}

func TestForecastsAreKeptAndNeverOverwritten(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
		first := keptAt("a:total", day, "1", 10)
		first.Overrides = []models.KeptOverride{{ID: "o", Author: "Å", Points: []models.Median{{Time: day.Unix(), Value: 7}}}}
		other := first
		other.RunID, other.Points = "later", slices.Clone(first.Points)
		other.Points[0].Mean = 99
		next := keptAt("a:total", day.AddDate(0, 0, 1), "2", 20)
		for _, b := range []models.Batch{
			{Customer: "c", RunID: "1", Forecasts: []models.Kept{first, keptAt("b:total", day, "1", 10), {Subject: "nothing"}}, Ran: models.Ran{RunID: "1"}},
			{Customer: "c", RunID: "2", Forecasts: []models.Kept{next, other}, Ran: models.Ran{RunID: "2"}},
		} {
			_, err := s.Commit(ctx, b)
			require.NoError(t, err)
		}
		s = again(t, s, p)
		got, err := s.Kept(ctx, "c", "a:total", day, time.Time{})
		require.NoError(t, err)
		require.Equal(t, []models.Kept{first, next}, got)
		got, err = s.Kept(ctx, "c", "a:total", day.AddDate(0, 0, 10), time.Time{})
		require.NoError(t, err)
		late := next
		late.Points = next.Points[9:]
		require.Equal(t, []models.Kept{late}, got, "the first speaks of ten days only")
		got, err = s.Kept(ctx, "c", "a:total", day, day.AddDate(0, 0, 1))
		require.NoError(t, err)
		require.Len(t, got, 1, "the second does not speak of the first day")
		require.Equal(t, first.Points[:1], got[0].Points)
		none, err := s.Kept(ctx, "other", "a:total", day, time.Time{})
		require.NoError(t, err)
		require.Empty(t, none)
		n := 0
		require.NoError(t, s.EachKept(ctx, func(string, models.Kept) error { n++; return nil }))
		require.Equal(t, 3, n)
	})
}

func scoreAt(subject string, at time.Time, actual float64) models.Score {
	return models.Score{Subject: subject, Time: at.Unix(), Actual: actual, Lead: 3, Low: 1, Median: 2, High: 3, PIT: 0.5, Tallies: []models.Tally{
		{Band: 0, N: 2, Abs: 1.5, Signed: -1.5, Naives: 1, Naive: 0.25, Pinball: 0.5, In50: 1, In80: 2, In90: 2},
		{Band: 3, Override: "o", N: 1, Abs: 4, Signed: 4, Forecast: 8},
	}}
}

func TestScoresOfABucketReplaceEarlierOnes(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		day := func(n int) time.Time { return time.Date(2026, 1, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }
		commit := func(run string, scores ...models.Score) {
			_, err := s.Commit(ctx, models.Batch{Customer: "c", RunID: run, Scores: scores, Ran: models.Ran{RunID: run}})
			require.NoError(t, err)
		}
		commit("1", scoreAt("a", day(0), 1), scoreAt("a", day(1), 2), scoreAt("b", day(1), 3), scoreAt("a", day(2), 4))
		commit("2", scoreAt("a", day(1), 20), scoreAt("a", day(3), 5))
		s = again(t, s, p)
		got, err := s.Scores(ctx, "c", "a", day(1))
		require.NoError(t, err)
		require.Equal(t, []models.Score{scoreAt("a", day(1), 20), scoreAt("a", day(2), 4), scoreAt("a", day(3), 5)}, got)
		var all []float64
		require.NoError(t, s.EachScore(ctx, func(customer string, x models.Score) error {
			require.Equal(t, "c", customer)
			all = append(all, x.Actual)
			return nil
		}))
		require.Equal(t, []float64{1, 20, 4, 5, 3}, all)
	})
}

// A forecast that was dropped on its way is not compared with what comes; others are.
func TestADroppedForecastIsNotKept(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
		for i, run := range []string{"r1", "r2"} {
			b := batch(run, "a")
			k := keptAt("a:forecast", day.AddDate(0, 0, i), run, 10)
			k.RunID = run
			b.Forecasts = []models.Kept{k}
			require.NoError(t, commit(s, b))
		}
		_, err := s.Drop(ctx, []string{"r1"})
		require.NoError(t, err)
		kept, err := s.Kept(ctx, "c", "a:forecast", day, time.Time{})
		require.NoError(t, err)
		require.Len(t, kept, 1)
		require.Equal(t, "r2", kept[0].RunID)
	})
}
