package regress

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
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

// shares fits the history and returns, for the days [from, to] of the December after
// it, the mean share of their lift that is forecast, on the log scale.
func (k trade) shares(t *testing.T, seed uint64, from, to int) float64 {
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
	sum, n := 0.0, 0.0
	for day := from; day <= to; day++ {
		d := time.Date(last.Year(), time.December, day, 0, 0, 0, 0, time.UTC)
		if l := k.lift(d); l != 1 {
			sum += math.Log(m.Predict([]time.Time{d})[0]/usual(d)) / math.Log(l)
			n++
		}
	}
	return sum / n
}

func TestAnEarlyChristmasTradeIsLearnt(t *testing.T) {
	for _, c := range []struct {
		name        string
		first       string
		lift        func(time.Time) float64
		least, most float64
	}{
		{"three from the 10th", "2023-01-01", plateau(10, 1.6), .85, 1.1},
		{"two from the 10th", "2024-01-01", plateau(10, 1.6), .8, 1.1},
		{"one from the 10th", "2025-01-01", plateau(10, 1.6), .5, 1.1},
		{"three from the 13th", "2023-01-01", plateau(13, 1.6), .8, 1.15},
		{"three from the 1st", "2023-01-01", plateau(1, 1.6), .85, 1.1},
		{"three with a ramp", "2023-01-01", ramp, .8, 1.15},
		{"two with a ramp", "2024-01-01", ramp, .75, 1.15},
		{"three quieter", "2023-01-01", plateau(10, .7), .8, 1.1},
	} {
		for _, noise := range []float64{.005, .01, .02, .03, .05} {
			k := trade{c.first, "2026-10-31", noise, c.lift}
			early := k.shares(t, 1, 1, 19)
			late := k.shares(t, 1, 20, 23)
			t.Logf("%-20s noise %.3f: %.2f early %.2f late", c.name, noise, early, late)
			assert.Greater(t, early, c.least, "%s, noise %v", c.name, noise)
			assert.Less(t, early, c.most, "%s, noise %v", c.name, noise)
		}
	}
}
