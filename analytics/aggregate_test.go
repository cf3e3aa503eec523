package analytics

import (
	"math"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func aggregated(t testing.TB, s Series, to calendar.Step, how Aggregation) Series {
	t.Helper()
	out, err := Aggregate(s, to, how)
	require.NoError(t, err)
	for i, at := range out.Times {
		require.Equal(t, to.Add(out.Times[0], i), at)
	}
	return out
}

func TestAggregateMakesWholeBuckets(t *testing.T) {
	hours := made(stepHour, day(2024, 3, 1).Add(-time.Hour), 50, func(i int, _ time.Time) float64 { return float64(i) })
	got := aggregated(t, hours, stepDay, AggregateSum) // 23:00 of 29 February to 00:00 of 3 March
	assert.Equal(t, []time.Time{day(2024, 3, 1), day(2024, 3, 2)}, got.Times)
	assert.Equal(t, []float64{(1 + 24) * 12, (25 + 48) * 12}, got.Values)
	for how, want := range map[Aggregation]float64{AggregateMean: 12.5, AggregateMax: 24, AggregateLast: 24} {
		assert.InDelta(t, want, aggregated(t, hours, stepDay, how).Values[0], 0, string(how))
	}
	hours.Values[30] = math.NaN()
	got = aggregated(t, hours, stepDay, AggregateSum)
	assert.True(t, math.IsNaN(got.Values[1]), "a day that lacks an hour is missing")

	days := made(stepDay, day(2024, 1, 30), 100, func(int, time.Time) float64 { return 1 })
	assert.Equal(t, []float64{29, 31, 30}, aggregated(t, days, stepMonth, AggregateSum).Values, "February of a leap year, March, April")
	weeks := aggregated(t, days, stepWeek, AggregateSum)
	assert.Equal(t, time.Monday, weeks.Times[0].Weekday())
	quarter := calendar.Step{Unit: calendar.Month, N: 3}
	assert.Equal(t, day(2023, 4, 1), aggregated(t, made(stepMonth, day(2023, 2, 1), 12, func(int, time.Time) float64 { return 1 }), quarter, AggregateSum).Times[0])
	fours := aggregated(t, hours, calendar.Step{Unit: calendar.Hour, N: 4}, AggregateMax)
	assert.Equal(t, day(2024, 3, 1), fours.Times[0])
}

// A local day has 23 or 25 hours where the clocks change, and a local month as many days as it has.
func TestAggregateKeepsLocalDays(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	hours := made(stepHour, time.Date(2024, 1, 1, 0, 0, 0, 0, zone), 24*366+1, func(int, time.Time) float64 { return 1 })
	days := aggregated(t, hours, stepDay, AggregateSum)
	assert.InDelta(t, 23, days.Values[31+29+30], 0, "31 March")
	assert.InDelta(t, 25, days.Values[300], 0, "27 October")
	months := aggregated(t, hours, stepMonth, AggregateSum)
	assert.Equal(t, []float64{744, 696, 743, 720}, months.Values[:4])
}

// A shop without rows at night and on Sundays has whole days, and weeks.
func TestAggregateKnowsHabits(t *testing.T) {
	hours := made(stepHour, day(2024, 1, 1).Add(8*time.Hour), 24*70, func(_ int, at time.Time) float64 {
		if at.Weekday() == time.Sunday || at.Hour() < 8 || at.Hour() >= 20 {
			return math.NaN()
		}
		return 10
	})
	days := aggregated(t, hours, stepDay, AggregateSum)
	for i, v := range days.Values {
		if at := days.Times[i]; at.Weekday() == time.Sunday {
			assert.True(t, math.IsNaN(v))
		} else {
			assert.InDelta(t, 120, v, 0, "%s", at)
		}
	}
	assert.InDelta(t, 6*120, aggregated(t, hours, stepWeek, AggregateSum).Values[3], 0)
}

func TestAggregateRefuses(t *testing.T) {
	weeks := made(stepWeek, day(2024, 1, 1), 60, func(int, time.Time) float64 { return 1 })
	_, err := Aggregate(weeks, stepMonth, AggregateSum)
	require.ErrorContains(t, err, "do not fit")
	_, err = Aggregate(weeks, stepMonth, "median")
	require.ErrorContains(t, err, "choose one of")
	_, err = Aggregate(made(stepHour, day(2024, 1, 1), 20, func(int, time.Time) float64 { return 1 }), stepDay, AggregateSum)
	require.ErrorIs(t, err, ErrNoWhole)
	_, err = Aggregate(Series{Step: stepHour}, stepDay, AggregateSum)
	require.ErrorIs(t, err, ErrNoData)
}

// What is summed adds up to the whole buckets' part of the series, whatever is aggregated into what.
func TestSumsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := rapid.SampledFrom([][2]calendar.Step{{stepHour, stepDay}, {stepDay, stepWeek}, {stepDay, stepMonth}, {stepMonth, {Unit: calendar.Month, N: 3}}, {{Unit: calendar.Minute, N: 15}, stepHour}}).Draw(t, "steps")
		n := rapid.IntRange(1, 300).Draw(t, "n")
		first := day(2023, 1, rapid.IntRange(1, 28).Draw(t, "day"))
		if pair[0] == stepMonth {
			first = day(2023, 2, 1)
		}
		s := made(pair[0], first, n, func(i int, _ time.Time) float64 { return float64(i % 17) })
		out, err := Aggregate(s, pair[1], AggregateSum)
		if err != nil {
			require.ErrorIs(t, err, ErrNoWhole)
			return
		}
		var got, want float64
		end := pair[1].Add(out.Times[0], len(out.Times))
		for _, v := range out.Values {
			got += v
		}
		for i, v := range s.Values {
			if !s.Times[i].Before(out.Times[0]) && s.Times[i].Before(end) {
				want += v
			}
		}
		require.InDelta(t, want, got, 1e-9)
	})
}

// The hours of a day add up to about what the same series forecast by days says: hours are made of
// days and a profile. The tolerance is what the two combinations may differ by.
func TestHourlyForecastsAddUpToDailyOnes(t *testing.T) {
	for seed := range uint64(3) {
		hours := desk(seed, 24*200)
		days := aggregated(t, hours, stepDay, AggregateSum)
		byHour, byDay := run(t, hours, Options{Horizon: 24 * 28, Origins: 4}), run(t, days, Options{Horizon: 28, Origins: 4})
		all, apart := 0.0, 0.0
		for d := range 28 {
			sum := 0.0
			for _, v := range byHour.Mean[24*d : 24*(d+1)] {
				sum += v
			}
			assert.InDelta(t, 1, sum/byDay.Mean[d], 0.05, "day %d", d)
			all, apart = all+byDay.Mean[d], apart+sum-byDay.Mean[d]
		}
		t.Logf("four weeks of hours are %+.2f %% of the days'", 100*apart/all)
		assert.InDelta(t, 0, apart/all, 0.02)
	}
}
