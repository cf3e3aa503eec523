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

// early is a shop whose Christmas trade begins on 10 December, highest on the weekdays, and whose
// Black Friday sells from Monday on; nil is a calendar without it.
func early(cal *calendar.Calendar, noise func() float64) func(int, time.Time) float64 {
	return func(i int, at time.Time) float64 {
		v := 1000 + 0.1*float64(i)
		if w := at.Weekday(); w != time.Saturday && w != time.Sunday {
			v *= 1.2
		}
		if at.Month() == time.December && at.Day() >= 10 && at.Day() <= 23 {
			v *= 1.6
		}
		if cal != nil {
			today := calendar.DateOf(at)
			for _, o := range cal.Between(today, today.AddDays(4)) {
				if o.Family == "black_friday" {
					v *= 1.5
				}
			}
		}
		return v * (1 + noise())
	}
}

func TestAnEarlyChristmasTradeIsForecast(t *testing.T) {
	cal := calendarOf(t, "SE")
	for name, c := range map[string]struct {
		first time.Time
		least float64 // share of the lift
	}{"three": {day(2023, 1, 1), .85}, "two": {day(2024, 1, 1), .8}, "one": {day(2025, 1, 1), .5}} {
		n := int(day(2026, 11, 1).Sub(c.first) / (24 * time.Hour))
		truth := early(nil, func() float64 { return 0 })
		s := made(stepDay, c.first, n, early(nil, noisy(4, .01)))
		f := run(t, s, Options{Horizon: 90, Calendar: cal, Quantiles: []float64{.1, .5, .9}})
		share := 0.0
		why := newReasons(f)
		for i, at := range f.Times {
			if at.Month() == time.December && at.Day() >= 10 && at.Day() <= 19 {
				share += math.Log(f.Quantiles[i][1]/truth(n+i, at)*1.6) / math.Log(1.6) / 10
				assert.True(t, why.moved("christmas", i, .3), "%s Christmases: %s is Christmas's", name, at.Format(time.DateOnly))
				if name == "three" {
					assert.Greater(t, f.Quantiles[i][2], truth(n+i, at)*.97, "the band of %s", at.Format(time.DateOnly))
				}
			}
		}
		assert.Greater(t, share, c.least, "%s Christmases", name)
		assert.Less(t, share, 1.1, "%s Christmases", name)
	}
}

// No day that an occasion explains is higher than the day named after it.
func TestThePeakIsTheEpisodesHighestDay(t *testing.T) {
	cal := calendarOf(t, "SE")
	s := made(stepDay, day(2024, 1, 1), 1035, func(int, time.Time) float64 { return 100 }) // to 31 October 2026
	families := []string{"christmas", "black_friday", "new_year"}
	rapid.Check(t, func(t *rapid.T) {
		f := Forecast{Times: s.ahead(75), Mean: make([]float64, 75), Baseline: make([]float64, 75)}
		for i := range f.Mean {
			f.Mean[i] = rapid.Float64Range(90, 110).Draw(t, "usual")
			f.Baseline[i] = f.Mean[i]
		}
		for k, family := range families {
			c := Component{Name: family, Family: family, Multiplicative: true, Values: make([]float64, 75)}
			o := occurrence{}
			for _, x := range occurrences(cal, calendar.DateOf(f.Times[0]), calendar.DateOf(f.Times[74])) {
				if x.Family == family {
					o = x
				}
			}
			from, to := o.episode()
			for i, at := range f.Times {
				c.Values[i] = 1
				if d := calendar.DateOf(at); !d.Before(from) && !d.After(to) {
					c.Values[i] = rapid.Float64Range(.9, 1.6).Draw(t, family) + float64(k)*1e-6 // no ties
				}
				f.Mean[i] *= c.Values[i]
			}
			f.Components = append(f.Components, c)
		}
		named := map[string]Peak{}
		for _, p := range Peaks(s, f, cal, 0) {
			named[p.Family] = p
		}
		why := newReasons(f)
		for _, d := range daysAhead(s, f) {
			for _, family := range families {
				if d.factor < defaultFactor || !why.moved(family, d.index, (defaultFactor-1)/2) || !why.mostly(family, d.index) {
					continue
				}
				require.Contains(t, named, family)
				require.LessOrEqual(t, d.median, f.Mean[named[family].Index], "%s: %s is higher than %s", family, d.from, f.Times[named[family].Index].Format(time.DateOnly))
			}
		}
	})
}

func TestChristmasIsNamedByItsBusiestDay(t *testing.T) {
	cal := calendarOf(t, "SE")
	base := early(cal, noisy(4, .02))
	s := made(stepDay, day(2023, 1, 1), 1400, func(i int, at time.Time) float64 {
		if at.Month() == time.December && at.Day() >= 16 && at.Day() <= 18 {
			return 1.3 * base(i, at)
		}
		return base(i, at)
	}) // to 31 October 2026
	f := run(t, s, Options{Horizon: 90, Calendar: cal})
	named := map[string]string{}
	for _, p := range Peaks(s, f, cal, 0) {
		named[p.Family] = f.Times[p.Index].Format(time.DateOnly)
		if p.Family == "christmas" {
			assert.Equal(t, 3, p.TimesSeen)
		}
	}
	assert.Contains(t, []string{"2026-12-16", "2026-12-17", "2026-12-18"}, named["christmas"])
	assert.Contains(t, []string{"2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"}, named["black_friday"])
}

func TestAnUnfinishedEpisodeIsNotSeen(t *testing.T) {
	cal := calendarOf(t, "SE")
	s := made(stepDay, day(2023, 1, 1), 1080, early(cal, noisy(4, .02))) // to 15 December 2025
	for _, p := range Peaks(s, run(t, s, Options{Horizon: 30, Calendar: cal}), cal, 0) {
		if p.Family == "christmas" {
			assert.Equal(t, 2, p.TimesSeen)
			return
		}
	}
	assert.Fail(t, "Christmas is not named")
}

// Hours are forecast by their days' levels: what the days know, their sums show.
func TestHoursKnowAnEarlyChristmasTrade(t *testing.T) {
	cal := calendarOf(t, "SE")
	truth := early(nil, func() float64 { return 0 })
	noise := noisy(8, .02)
	daily := made(stepDay, day(2024, 1, 1), 1035, early(nil, noisy(4, .01))) // to 31 October 2026
	hour := func(at time.Time) float64 { return 1 - .8*math.Cos(float64(at.Hour())*math.Pi/12) }
	s := made(stepHour, day(2024, 1, 1), 24*1035, func(i int, at time.Time) float64 {
		return daily.Values[i/24] / 24 * hour(at) * (1 + noise())
	})
	f := run(t, s, Options{Horizon: 24 * 60, Calendar: cal})
	share := 0.0
	for i, d := range daysAhead(s, f) {
		if d.from.Month == time.December && d.from.Day >= 10 && d.from.Day <= 19 {
			share += math.Log(d.median/truth(1035+i, d.from.In(time.UTC))*1.6) / math.Log(1.6) / 10
		}
	}
	assert.InDelta(t, 1, share, .2)
}
