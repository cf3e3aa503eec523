package analytics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestCrossCountsRunningMaxima(t *testing.T) {
	nan := math.NaN()
	paths := [][]float64{
		{1, 5, 1, 1}, // crosses at 1
		{1, 1, 1, 9}, // at 3
		{9, 1, 1, 1}, // only where there is no limit
		{2, 2, 2, 2}, // never
	}
	c := Cross(paths, []float64{nan, 4, 4, 4}, 0.2)
	assert.Equal(t, []float64{0, 0.25, 0.25, 0.5}, c.Probability)
	assert.Equal(t, 1, c.Early)
	assert.Equal(t, 3, c.Expected)
	assert.Equal(t, -1, c.Late)
	assert.Equal(t, 1, c.Need)
	assert.InDelta(t, 9, c.Needed, 1e-12, "the unlimited bucket's 9 does not count, that of the last bucket does")
	assert.InDelta(t, 9.0/4, c.NeededRatio, 1e-12)
}

func TestCrossOfNothing(t *testing.T) {
	c := Cross(nil, []float64{1, 2}, 0.2)
	assert.Equal(t, []float64{0, 0}, c.Probability)
	assert.Equal(t, -1, c.Need)
	assert.Equal(t, -1, c.PeakIndex)
	assert.True(t, math.IsNaN(c.Needed))
}

func TestMoreCapacityNeverRaisesTheProbability(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := rapid.IntRange(1, 20).Draw(t, "h")
		value := rapid.Float64Range(0, 100)
		var paths [][]float64
		for range rapid.IntRange(1, 30).Draw(t, "n") {
			paths = append(paths, rapid.SliceOfN(value, h, h).Draw(t, "path"))
		}
		limits := rapid.SliceOfN(value, h, h).Draw(t, "limits")
		more := make([]float64, h)
		for i, l := range limits {
			more[i] = l + rapid.Float64Range(0, 50).Draw(t, "more")
		}
		a, b := Cross(paths, limits, 0.2), Cross(paths, more, 0.2)
		for i := range a.Probability {
			assert.LessOrEqual(t, b.Probability[i], a.Probability[i])
			if i > 0 {
				assert.GreaterOrEqual(t, a.Probability[i], a.Probability[i-1], "it never falls with time")
			}
		}
	})
}

// A limit next to nothing is exceeded without end, on both sides, and takes no path out of the count.
func TestLimitNextToNothing(t *testing.T) {
	tiny := 3.4e-309
	c := Cross([][]float64{{-1, -2}, {5, 6}}, []float64{tiny, tiny}, 0.2)
	assert.InDelta(t, 0.5, c.Probability[1], 1e-12)
	assert.Equal(t, Cross([][]float64{{-1, -2}, {5, 6}}, []float64{1, 1}, 0.2).Needed, c.Needed)
	assert.False(t, math.IsInf(c.NeededRatio, 0))
}
