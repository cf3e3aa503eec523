package analytics

import (
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// feasts is a shop whose customers come before Christmas, on the Saturday and Sunday of Mother's
// Day and on Black Friday.
func feasts(cal *calendar.Calendar, noise func() float64) func(int, time.Time) float64 {
	return func(i int, at time.Time) float64 {
		v := 500 + 0.2*float64(i) + noise()
		today := calendar.DateOf(at)
		for _, o := range cal.Between(today, today.AddDays(3)) {
			switch off := o.Date.Sub(today); {
			case o.Family == "christmas":
				v *= 1.2
			case o.Family == "mothers_day" && off <= 1:
				v *= 1.4 - 0.1*float64(1-off)
			case o.Family == "black_friday" && off == 0:
				v *= 1.8
			}
		}
		return v
	}
}

func TestNamedPeaks(t *testing.T) {
	cal := calendarOf(t, "SE")
	s := made(stepDay, day(2021, 1, 1), 1300, feasts(cal, noisy(1, 20))) // to 23 July 2024
	f := run(t, s, Options{Horizon: 400, Calendar: cal})
	peaks := Peaks(s, f, cal, 0)
	require.Len(t, peaks, 3)
	for i, want := range []struct {
		family, name, date string
		seen               int
		factor             float64
	}{
		{"black_friday", "Black Friday", "2024-11-29", 3, 1.8},
		{"christmas", "Christmas", "2024-12-23", 3, 1.73},
		{"mothers_day", "Mother's Day", "2025-05-24", 4, 1.4}, // the Saturday before the 25th
	} {
		p := peaks[i]
		assert.Equal(t, want.family, p.Family)
		assert.Equal(t, want.name, p.Name)
		assert.Equal(t, want.date, f.Times[p.Index].Format(time.DateOnly))
		assert.Equal(t, want.seen, p.TimesSeen)
		assert.InDelta(t, want.factor, p.Factor, 0.1)
	}
	assert.Empty(t, Peaks(s, f, cal, 3)[0].Family, "the largest day stands without a name when nothing reaches the factor")
}

func TestBothChristmasesOfALongHorizon(t *testing.T) {
	cal := calendarOf(t, "SE")
	s := made(stepDay, day(2021, 1, 1), 1080, feasts(cal, noisy(1, 20))) // to 16 December 2023
	f := run(t, s, Options{Horizon: 400, Calendar: cal})
	var years []int
	for _, p := range Peaks(s, f, cal, 1.2) {
		if p.Family == "christmas" {
			years = append(years, f.Times[p.Index].Year())
			assert.Equal(t, 2, p.TimesSeen)
		}
	}
	assert.Equal(t, []int{2023, 2024}, years)
}

func TestMonthlyPeakIsNamedAfterItsFeast(t *testing.T) {
	cal := calendarOf(t, "SE")
	s := made(stepMonth, day(2015, 1, 1), 90, func(i int, at time.Time) float64 {
		if at.Month() == time.December {
			return 180
		}
		return 100 + float64(i%5)
	}) // to June 2022
	f := run(t, s, Options{Horizon: 12, Calendar: cal})
	peaks := Peaks(s, f, cal, 1.3)
	require.Len(t, peaks, 1)
	assert.Equal(t, time.December, f.Times[peaks[0].Index].Month())
	assert.Equal(t, "christmas", peaks[0].Family)
	assert.Equal(t, 7, peaks[0].TimesSeen)
}

func TestPeaksOfHoursLieInTheBusiestHour(t *testing.T) {
	cal := calendarOf(t, "SE")
	daily := made(stepDay, day(2021, 1, 1), 800, feasts(cal, noisy(6, 20)))
	s := made(stepHour, day(2021, 1, 1), 24*800, func(i int, at time.Time) float64 {
		wednesday := at.AddDate(0, 0, -int(at.Weekday())+3)
		return daily.Values[i/24] * office(wednesday) / 50
	}) // to 11 March 2023
	f := run(t, s, Options{Horizon: 24 * 90, Calendar: cal})
	peaks := Peaks(s, f, cal, 1.15)
	require.NotEmpty(t, peaks)
	last := peaks[len(peaks)-1]
	assert.Equal(t, "mothers_day", last.Family)
	assert.Equal(t, "2023-05-27 12", f.Times[last.Index].Format("2006-01-02 15"))
}

func TestPeaksOfNothing(t *testing.T) {
	s := made(stepDay, day(2023, 1, 1), 60, func(int, time.Time) float64 { return 5 })
	assert.Empty(t, Peaks(s, run(t, s, Options{Horizon: 9}), nil, 0), "flat")
	assert.Empty(t, Peaks(s, Forecast{}, nil, 0))
}
