package analytics

import (
	"math"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// office is busy by day, quiet at weekends.
func office(at time.Time) float64 {
	v := 50 + 40*math.Sin((float64(at.Hour())-6)/24*2*math.Pi)
	if w := at.Weekday(); w == time.Saturday || w == time.Sunday {
		v *= 0.4
	}
	return v
}

func TestHoursFollowTheWallClockOverDaylightSaving(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	noise := noisy(2, 1)
	s := made(stepHour, time.Date(2023, 8, 1, 0, 0, 0, 0, zone), 24*80, func(_ int, at time.Time) float64 { return office(at) + noise() })
	f := run(t, s, Options{Horizon: 24 * 14})
	checkSane(t, f)
	assert.Empty(t, f.Fallback)
	assert.Equal(t, zone, f.Times[0].Location())
	crossed := false
	for i, at := range f.Times {
		crossed = crossed || at.Day() == 29 && at.Month() == time.October
		assert.InDelta(t, office(at), f.Quantiles[i][1], 6, at)
	}
	assert.True(t, crossed, "the horizon holds the day of 25 hours")
}

func TestGapsAreNotZero(t *testing.T) {
	noise := noisy(2, 1)
	s := made(stepHour, day(2023, 8, 1), 24*80, func(i int, at time.Time) float64 {
		if i > 1000 && i < 1300 || i%53 == 0 || i > 24*80-5 {
			return math.NaN()
		}
		return office(at) + noise()
	})
	f := run(t, s, Options{Horizon: 72})
	for i, at := range f.Times {
		assert.InDelta(t, office(at), f.Quantiles[i][1], 6, at)
	}
}

func TestHalfHours(t *testing.T) {
	s := made(calendar.Step{Unit: calendar.Minute, N: 30}, day(2024, 1, 1), 48*40, func(i int, _ time.Time) float64 { return float64(10 + i%48) })
	f := run(t, s, Options{Horizon: 96})
	for i := range f.Times {
		assert.InDelta(t, 10+i%48, f.Quantiles[i][1], 1)
	}
}

func TestFewHours(t *testing.T) {
	for _, n := range []int{1, 2, 5, 20, 30, 60, 24 * 5, 24 * 12, 24 * 20, 24 * 22, 24 * 30} {
		s := made(stepHour, day(2024, 1, 1), n, func(_ int, at time.Time) float64 { return office(at) })
		f := run(t, s, Options{Horizon: 48})
		checkSane(t, f)
		if n >= 24*5 {
			assert.Greater(t, f.Quantiles[12][1], f.Quantiles[1][1], "%d hours: noon is busier than night", n)
		}
	}
}

func TestFiveMinutesWithALongNight(t *testing.T) {
	s := made(calendar.Step{Unit: calendar.Minute, N: 5}, day(2024, 1, 1), 288*28, func(i int, at time.Time) float64 {
		if at.Hour() < 8 || at.Hour() > 20 {
			return 0
		}
		return float64(20 + i%7)
	})
	f := run(t, s, Options{Horizon: 288 * 2})
	checkSane(t, f)
	for i, at := range f.Times {
		if at.Hour() == 3 {
			assert.Less(t, f.Quantiles[i][2], 8.0, at)
		}
		if at.Hour() == 12 {
			assert.Greater(t, f.Quantiles[i][1], 15.0, at)
		}
	}
}

func TestBucketComponentsGiveTheMedian(t *testing.T) {
	noise := noisy(2, 1)
	s := made(stepHour, day(2023, 6, 1), 24*60, func(_ int, at time.Time) float64 { return office(at) + noise() })
	f := run(t, s, Options{Horizon: 72, Calendar: calendarOf(t, "SE")})
	for i := range f.Times {
		v := 0.0
		for j, c := range f.Components {
			if c.Multiplicative && j > 0 {
				v *= c.Values[i]
			} else {
				v += c.Values[i]
			}
		}
		assert.InDelta(t, f.Quantiles[i][1], v, 1e-6*v+1e-9)
	}
}

func TestRaggedStepsHaveAnAnswer(t *testing.T) {
	for _, step := range []calendar.Step{{Unit: calendar.Hour, N: 5}, {Unit: calendar.Hour, N: 24}, {Unit: calendar.Minute, N: 7}, {Unit: calendar.Hour, N: 6}, {Unit: calendar.Day, N: 2}, {Unit: calendar.Month, N: 3}, {Unit: calendar.Week, N: 4}, {Unit: calendar.Hour, N: 36}} {
		s := made(step, day(2020, 1, 1), 200, func(i int, _ time.Time) float64 { return 10 + float64(i%7) })
		checkSane(t, run(t, s, Options{Horizon: 20, Paths: 50}))
	}
}
