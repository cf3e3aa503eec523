package analytics

import (
	"math"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	stepDay   = calendar.Step{Unit: calendar.Day, N: 1}
	stepHour  = calendar.Step{Unit: calendar.Hour, N: 1}
	stepWeek  = calendar.Step{Unit: calendar.Week, N: 1}
	stepMonth = calendar.Step{Unit: calendar.Month, N: 1}
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// made is a series of n buckets of a function of the bucket and its time.
func made(step calendar.Step, start time.Time, n int, value func(i int, t time.Time) float64) Series {
	s := Series{Step: step}
	for i := range n {
		t := step.Add(start, i)
		s.Times, s.Values = append(s.Times, t), append(s.Values, value(i, t))
	}
	return s
}

func TestRegularizeFillsGapsAndSorts(t *testing.T) {
	s, err := Regularize([]time.Time{day(2024, 1, 5), day(2024, 1, 1), day(2024, 1, 2)}, []float64{5, 1, 2}, stepDay)
	require.NoError(t, err)
	require.Len(t, s.Values, 5)
	assert.Equal(t, []float64{1, 2}, s.Values[:2])
	assert.True(t, math.IsNaN(s.Values[2]) && math.IsNaN(s.Values[3]), "a gap is not zero")
	assert.InDelta(t, 5, s.Values[4], 0)
	assert.Equal(t, day(2024, 1, 4), s.Times[3])
}

func TestRegularizeRefuses(t *testing.T) {
	_, err := Regularize([]time.Time{day(2024, 1, 1), day(2024, 1, 2), day(2024, 1, 2)}, make([]float64, 3), stepDay)
	require.ErrorContains(t, err, "2024-01-02")
	require.ErrorContains(t, err, "places 1 and 2")
	_, err = Regularize([]time.Time{day(2024, 1, 1), day(2024, 1, 2).Add(time.Hour)}, make([]float64, 2), stepDay)
	require.ErrorContains(t, err, "place 1")
	_, err = Regularize(nil, nil, stepDay)
	require.ErrorIs(t, err, ErrNoData)
	_, err = Regularize([]time.Time{day(1000, 1, 1), day(2024, 1, 2)}, make([]float64, 2), calendar.Step{Unit: calendar.Minute, N: 1})
	require.ErrorContains(t, err, "longer step")
	_, err = Regularize([]time.Time{day(2024, 1, 1)}, nil, stepDay)
	require.Error(t, err)
}

func TestRegularizeKeepsDaylightSavingHours(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	start := time.Date(2023, 10, 29, 0, 0, 0, 0, zone) // 25 hours
	var times []time.Time
	for i := range 26 {
		times = append(times, start.Add(time.Duration(i)*time.Hour))
	}
	s, err := Regularize(times, make([]float64, 26), stepHour)
	require.NoError(t, err)
	assert.Len(t, s.Times, 26)
	assert.Equal(t, 30, s.Times[25].Day(), "the 26th hour lies on the next day")
}
