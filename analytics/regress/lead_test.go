package regress

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"foresight/analytics/calendar"
)

// trade is a Swedish shop with a Christmas trade before the 24th: busier weekdays,
// 5 % growth a year, and noise on the log scale.
type trade struct {
	first, last string // days of history
	noise       float64
	lift        func(time.Time) float64 // factor
}

// plateau lifts the days from the given one of December to the 23rd.
func plateau(from int, by float64) func(time.Time) float64 {
	return func(t time.Time) float64 {
		if t.Month() == time.December && t.Day() >= from && t.Day() <= 23 {
			return by
		}
		return 1
	}
}

// ramp rises evenly from 25 November to ×1.7 on 23 December.
func ramp(t time.Time) float64 {
	eve := time.Date(t.Year(), time.December, 24, 0, 0, 0, 0, time.UTC)
	if left := int(eve.Sub(t) / (24 * time.Hour)); left > 0 && left <= 29 {
		return 1 + .7*float64(30-left)/29
	}
	return 1
}

// errors fits the history and returns, for 15 November to 23 December after it, the
// mean share of the lift that is forecast and the root mean square of all days'
// errors, both on the log scale.
func (k trade) errors(t *testing.T, seed uint64) (share, rms float64) {
	first, _ := time.Parse(time.DateOnly, k.first)
	last, _ := time.Parse(time.DateOnly, k.last)
	r := rand.New(rand.NewPCG(seed, 3))
	usual := func(d time.Time) float64 {
		v := 1000 * math.Exp(.05*d.Sub(first).Hours()/24/365.25)
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			v *= 1.2
		}
		return v
	}
	var times []time.Time
	var y []float64
	for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
		times = append(times, d)
		y = append(y, usual(d)*k.lift(d)*math.Exp(k.noise*r.NormFloat64()))
	}
	m := fit(t, times, y, Options{Calendar: testCalendar(t, "SE")})
	lifted, days := 0.0, 0.0
	for left := 39; left >= 1; left-- {
		d := time.Date(last.Year(), time.December, 24-left, 0, 0, 0, 0, time.UTC)
		got, want := math.Log(m.Predict([]time.Time{d})[0]/usual(d)), math.Log(k.lift(d))
		rms += (got - want) * (got - want)
		days++
		if want != 0 {
			share += got / want
			lifted++
		}
	}
	return share / lifted, math.Sqrt(rms / days)
}

func TestAnEarlyChristmasTradeIsLearnt(t *testing.T) {
	for _, c := range []struct {
		name, first string
		lift        func(time.Time) float64
		least, rms  float64 // share of the lift, error beyond the noise's
	}{
		{"three years from the 10th", "2023-01-01", plateau(10, 1.6), .92, .03},
		{"two from the 10th", "2024-01-01", plateau(10, 1.6), .9, .03},
		{"one from the 10th", "2025-01-01", plateau(10, 1.6), .5, .1},
		{"three from the 13th", "2023-01-01", plateau(13, 1.6), .92, .03},
		{"three from the 1st", "2023-01-01", plateau(1, 1.6), .92, .03},
		{"three of a ramp", "2023-01-01", ramp, .85, .03},
		{"two of a ramp", "2024-01-01", ramp, .85, .03},
		{"three of a quiet time", "2023-01-01", plateau(10, .7), .9, .03},
	} {
		for _, noise := range []float64{.005, .015, .05} {
			share, rms := trade{c.first, "2026-10-31", noise, c.lift}.errors(t, 1)
			assert.Greater(t, share, c.least, "%s, noise %v", c.name, noise)
			assert.Less(t, share, 1.1, "%s, noise %v", c.name, noise)
			assert.Less(t, rms, c.rms+noise/2, "%s, noise %v", c.name, noise)
		}
	}
}

// One busy week of a single December is no Christmas trade of all years.
func TestOneYearsDecemberIsShrunk(t *testing.T) {
	once := func(d time.Time) float64 {
		if d.Year() == 2024 && d.Month() == time.December && d.Day() >= 8 && d.Day() <= 10 {
			return 2
		}
		return 1
	}
	_, rms := trade{"2023-01-01", "2026-10-31", .03, once}.errors(t, 1)
	assert.Less(t, rms, .05)
}

// A week of Black Friday that begins on Monday.
func TestBlackFridaysWeekIsLearnt(t *testing.T) {
	cal := testCalendar(t, "SE")
	week := func(d time.Time) float64 {
		for _, o := range cal.Between(calendar.DateOf(d), calendar.DateOf(d).AddDays(4)) {
			if o.ID == sale {
				return 1.6
			}
		}
		return 1
	}
	for _, noise := range []float64{.005, .03} {
		share, rms := trade{"2023-01-01", "2026-10-31", noise, week}.errors(t, 1)
		assert.InDelta(t, 1, share, .15, "noise %v", noise)
		assert.Less(t, rms, .05, "noise %v", noise)
	}
}
