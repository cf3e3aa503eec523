package analytics

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// steady is a rate of 100 a day by the month, with a little noise.
func steady(from time.Time, n int) Series {
	noise := noisy(3, 0.004)
	return made(stepMonth, from, n, func(_ int, at time.Time) float64 { return 100 * monthDays(at) * math.Exp(noise()) })
}

func monthDays(t time.Time) float64 { return t.AddDate(0, 1, 0).Sub(t).Hours() / 24 }

// A steady rate a day makes 28-day Februaries and 31-day Marches, leap years included, from a history
// that has seen each month once or five times.
func TestUnequalMonths(t *testing.T) {
	for _, n := range []int{14, 62} {
		s := steady(day(2019, 1, 1).AddDate(0, 60-n, 0), n) // to the end of 2023
		f := run(t, s, Options{Horizon: 14, Sums: true})
		for i, at := range f.Times {
			assert.InDelta(t, 100*monthDays(at), f.Mean[i], 1.5*monthDays(at), "%s of %d months", at.Format("2006-01"), n)
		}
	}
}

// The lengths are a component like the others, and limits are of the months as they are.
func TestMonthLengthIsAComponent(t *testing.T) {
	s := steady(day(2018, 1, 1), 72)
	limits := flatLimits(6, 3050) // more than 30 days' worth and less than 31
	f := run(t, s, Options{Horizon: 6, Sums: true, Limits: limits})
	for i := range f.Times {
		v := f.Components[0].Values[i] // what the others act on
		for _, c := range f.Components[1:] {
			v = apply(v, c.Values[i], c.Multiplicative)
		}
		assert.InDelta(t, f.medians[i], v, 1e-6*v)
		assert.InDelta(t, f.Quantiles[i][1], f.medians[i], 1e-6*v)
	}
	last := f.Components[len(f.Components)-1]
	require.Equal(t, "month length", last.Name)
	assert.InDelta(t, 31/daysAMonth, last.Values[0], 1e-12, "January")
	assert.Greater(t, f.Crossing.Probability[0], 0.9, "31 days cross")
	share := 0
	for _, path := range f.Paths {
		if path[1] > limits[1] {
			share++
		}
	}
	assert.Less(t, float64(share), 0.1*float64(len(f.Paths)), "29 do not")
	for _, c := range run(t, s, Options{Horizon: 6}).Components {
		assert.NotEqual(t, "month length", c.Name, "unless it is asked for")
	}
}
