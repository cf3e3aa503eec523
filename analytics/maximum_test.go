package analytics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestMaximumOfPaths(t *testing.T) {
	paths := [][]float64{
		{1, 9, 2},
		{3, 2, 1},
		{1, 5, 4},
		{0, 1, 7},
	}
	m := MaximumOf(paths, []float64{0.25, 0.5, 0.75})
	// The maxima 3, 5, 7, 9 at (rank − ½)/4.
	assert.InDeltaSlice(t, []float64{4, 6, 8}, m.Quantiles, 1e-12)
	assert.InDelta(t, 6, m.Mean, 1e-12)
	assert.Equal(t, 1, m.Index)
	assert.InDelta(t, 0.5, m.Share, 1e-12)
	assert.Equal(t, Reading{Expected: 1, Cautious: 0}, m.When)

	none := MaximumOf(nil, []float64{0.5})
	assert.True(t, math.IsNaN(none.Quantiles[0]))
	assert.Equal(t, Reading{-1, -1}, none.When)
	assert.Equal(t, -1, none.Index)
}

func TestReadingOfACrossing(t *testing.T) {
	paths := make([][]float64, 100)
	for i := range paths {
		paths[i] = make([]float64, 100)
		paths[i][i] = 2 // one path a bucket
	}
	c := Cross(paths, flatLimits(100, 1), 0.2)
	assert.Equal(t, Reading{Expected: 49, Cautious: 4}, c.Reading())
	assert.Equal(t, 4, c.Cautious)
	assert.Equal(t, Reading{-1, -1}, Cross(paths, flatLimits(100, 3), 0.2).Reading())
}

// The needed capacity keeps its promise on the paths, and nothing smaller does.
func TestNeededCapacityIsTheLeastThatDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := rapid.IntRange(1, 8).Draw(t, "h")
		var paths [][]float64
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			paths = append(paths, rapid.SliceOfN(rapid.Float64Range(1, 100), h, h).Draw(t, "path"))
		}
		risk := rapid.SampledFrom([]float64{0, 0.01, 0.05, 0.2, 0.5}).Draw(t, "risk")
		limits := rapid.SliceOfN(rapid.Float64Range(1, 100), h, h).Draw(t, "limits")
		most := risk
		if most == 0 {
			most = DefaultNeedRisk
		}
		exceeded := func(limit func(t int) float64) float64 {
			all := make([]float64, h)
			for t := range all {
				all[t] = limit(t)
			}
			return Cross(paths, all, 0.2).Probability[h-1]
		}
		need, ratio := NeededCapacity(paths, nil, risk), NeededRatio(paths, limits, risk)
		if p := exceeded(func(int) float64 { return need }); p > most+1e-9 {
			t.Fatalf("a limit of %v is exceeded with %v", need, p)
		}
		if p := exceeded(func(int) float64 { return math.Nextafter(need, 0) }); p <= most-1e-9 {
			t.Fatalf("less than %v would do: %v", need, p)
		}
		if p := exceeded(func(i int) float64 { return limits[i] * ratio * (1 + 1e-12) }); p > most+1e-9 {
			t.Fatalf("limits times %v are exceeded with %v", ratio, p)
		}
		if p := exceeded(func(i int) float64 { return limits[i] * ratio * (1 - 1e-9) }); p <= most-1e-9 {
			t.Fatalf("limits times less than %v would do: %v", ratio, p)
		}
	})
}

func TestNeededCapacityLooksWhereThereIsALimit(t *testing.T) {
	paths := [][]float64{{9, 1}, {8, 2}}
	assert.InDelta(t, 2, NeededCapacity(paths, []float64{math.NaN(), 5}, 0.05), 0)
	assert.InDelta(t, 0.4, NeededRatio(paths, []float64{math.NaN(), 5}, 0.05), 1e-15)
	assert.True(t, math.IsNaN(NeededCapacity(nil, nil, 0.05)))
	assert.True(t, math.IsNaN(NeededRatio(paths, nil, 0.05)))
}
