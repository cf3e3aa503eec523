package analytics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// missed builds trials whose medians were all 100, apart buckets apart, and whose actual values
// were 100 + miss(k) each.
func missed(apart int, miss func(k int) float64) ([]trial, [][]float64) {
	var trials []trial
	var medians [][]float64
	for k := range 8 {
		t, m := trial{origin: 200 + k*apart}, []float64(nil)
		for i := range 30 {
			t.actual = append(t.actual, 100+miss(k)+math.Sin(float64(i*(k+1))))
			m = append(m, 100)
		}
		trials, medians = append(trials, t), append(medians, m)
	}
	return trials, medians
}

func TestWhatIsMissedEachTimeIsPutBack(t *testing.T) {
	size := sizer{level: 100}
	shift := func(apart int, miss func(int) float64) float64 {
		trials, medians := missed(apart, miss)
		s := newSpread(trials, medians, size, 7)
		return s.shifted(medians[0], trials[0].classOf, s.bias(trials))[29] - 100
	}
	assert.InDelta(t, 10, shift(30, func(k int) float64 { return 10 + float64(k%2) }), 1)
	assert.InDelta(t, 0, shift(30, func(k int) float64 { return 10 * float64(2*(k%2)-1) }), 0.5, "changing signs are noise")
	assert.InDelta(t, 0, shift(10, func(int) float64 { return 10 }), 0, "overlapping origins repeat one another")
}
