package analytics

import (
	"math"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
)

// levelsWith are 1050 days at 100 from 1 January 2021, a Friday, that stand still where told.
func levelsWith(still func(d int) bool) []float64 {
	out := make([]float64, 1050)
	for d := range out {
		out[d] = 100
		if still(d) {
			out[d] = 0
		}
	}
	return out
}

func TestOnlyOneOffStandstillsAreLeftOut(t *testing.T) {
	first := calendar.NewDate(2021, time.January, 1)
	for _, k := range []struct {
		name  string
		still func(d int) bool
		odd   []int
	}{
		{"a storm", func(d int) bool { return d == 700 || d == 701 }, []int{700, 701}},
		{"the end of the history", func(d int) bool { return d >= 1048 }, []int{1048, 1049}},
		{"closed for good", func(d int) bool { return d >= 1030 }, nil},
		{"Sundays", func(d int) bool { return d%7 == 2 }, nil},
		{"a summer day off every year", func(d int) bool { return d == 200 || d == 566 || d == 931 }, nil},
		{"Christmas Day in one year", func(d int) bool { return d == 358 }, nil},
		{"often", func(d int) bool { return d%29 == 3 }, nil},
	} {
		t.Run(k.name, func(t *testing.T) {
			var odd []int
			for d, v := range oneOffStills(levelsWith(k.still), first, calendarOf(t, "SE")) {
				if v {
					odd = append(odd, d)
				}
			}
			assert.Equal(t, k.odd, odd)
		})
	}
}

// Two days of standing still before the origin are no level of the days after it, in a series whose
// quiet hours no outage can be told from.
func TestAStandstillBeforeTheOriginIsNoLevel(t *testing.T) {
	noise := noisy(3, 0.5)
	n := 24 * 120
	s := made(stepHour, day(2023, 2, 1), n, func(i int, at time.Time) float64 {
		if i >= n-48 {
			return 0
		}
		return office(at) * math.Max(0, 1+noise())
	})
	f := run(t, s, Options{Horizon: 24 * 7})
	for d := range 7 {
		usual := 0.0
		for _, at := range f.Times[24*d : 24*d+24] {
			usual += office(at) / 24
		}
		assert.InEpsilon(t, usual, mean(f.medians[24*d:24*d+24]), 0.1, "day %d", d)
	}
}
