package backtest

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Three buckets, scored by PyPI scoringrules 0.10.0 where a test says so.
var (
	three     = []float64{3, 10, -1}
	ensemble  = [][]float64{{1, 8, 0}, {4, 9.9, 2}, {2.5, 9.5, 0}, {7, 9, 0}} // [path][bucket]
	fifths    = []float64{0.1, 0.3, 0.5, 0.7, 0.9}
	quantiles = [][]float64{{1, 2, 3, 5, 8}, {7, 8, 9, 10, 12}, {-2, -1.5, -1, 0, 1}}
)

func TestCRPSFromPaths(t *testing.T) {
	// scoringrules.crps_ensemble(estimator="nrg"): 0.65625, 0.5125, 1.125
	assert.InDelta(t, 0.7645833333333333, CRPSFromPaths(three, ensemble), 1e-14)
	assert.InDelta(t, (0.65625+1.125)/2, CRPSFromPaths([]float64{3, nan, -1}, ensemble), 1e-14, "without the missing one")
	assert.InDelta(t, 2, CRPSFromPaths([]float64{3}, [][]float64{{5}}), 0, "one path: the absolute error")
	assert.True(t, math.IsNaN(CRPSFromPaths([]float64{3}, nil)))
}

func TestCRPSOfEvenQuantiles(t *testing.T) {
	// scoringrules.crps_quantile: 0.64, 0.64, 0.3
	assert.InDelta(t, 0.5266666666666666, CRPS(fifths, three, quantiles), 1e-14)
}

func TestIntervalScore(t *testing.T) {
	low, high := []float64{1, 7, -2}, []float64{8, 12, 1}
	// scoringrules.interval_score(alpha=0.2): 7, 5, 3
	assert.InDelta(t, 5, IntervalScore(0.8, three, low, high), 1e-14)
	// 0.8: α = 0.2, toll 10; 2 wide and 1 too low, 2 wide and 3 too high
	assert.InDelta(t, (2+10*1+2+10*3)/2.0, IntervalScore(0.8, []float64{4, 10}, []float64{5, 5}, []float64{7, 7}), 1e-12)
	// scale of 1, 3, 2, 4 at lag 1: (2+1+2)/3
	assert.InDelta(t, 5/(5.0/3), MSIS(0.8, []float64{1, 3, 2, 4}, 1, three, low, high), 1e-12)
}

func TestScaled(t *testing.T) {
	training := []float64{1, 3, 2, nan, 4, 4} // lag 1: 2, −1, -, -, 0
	assert.InDelta(t, 5.0/3, NaiveScale2(training, 1), 1e-12)
	// errors 1 and 2: mean square 2.5
	assert.InDelta(t, math.Sqrt(2.5/(5.0/3)), RMSSE(training, 1, []float64{1, 2, nan}, []float64{2, 4, 5}), 1e-12)
	assert.InDelta(t, (1+2-1)/(5+5+10.0), Bias([]float64{5, 5, -10}, []float64{6, 7, -11}), 1e-12)
	half := ScaledPinball([]float64{0.5}, training, 1, []float64{1, 2}, [][]float64{{2}, {4}})
	assert.InDelta(t, MASE(training, 1, []float64{1, 2}, []float64{2, 4}), half, 1e-12, "of the median it is MASE")
	assert.InDelta(t, (0.5+0.25)/2, OWA(10, 1, 20, 4), 1e-12)
	assert.True(t, math.IsNaN(OWA(10, 1, 0, 4)))
}

func TestPeakError(t *testing.T) {
	p, ok := PeakError([]float64{5, 20, nan, 10}, []float64{6, 7, 99, 18})
	require.True(t, ok)
	assert.InDelta(t, 18/20.0-1, p.Size, 1e-12, "a missing day is no peak")
	assert.Equal(t, 2, p.Offset)
	_, ok = PeakError([]float64{0, nan}, []float64{1, 2})
	assert.False(t, ok, "no share of nothing")
	_, ok = PeakError(nil, nil)
	assert.False(t, ok)
}

func TestOverloadScores(t *testing.T) {
	assert.Equal(t, []bool{false, false, true, true}, CrossedBy([]float64{9, nan, 11, 5}, []float64{10, 1, 10, nan}))
	// scoringrules.brier_score: 0.04, 0.09, 0.36, 0
	p, o := []float64{0.8, 0.3, 0.4, 0, nan}, []bool{true, false, true, false, true}
	assert.InDelta(t, 0.1225, Brier(p, o), 1e-14)
	bins := Reliability(p, o, 2)
	assert.Equal(t, 3, bins[0].N)
	assert.InDelta(t, 0.7/3, bins[0].Forecast, 1e-14)
	assert.InDelta(t, 1.0/3, bins[0].Observed, 1e-14)
	assert.Equal(t, Bin{Low: 0.5, High: 1, N: 1, Forecast: 0.8, Observed: 1}, bins[1])
	assert.Equal(t, 1, Reliability([]float64{1}, []bool{true}, 10)[9].N, "certainty belongs to the last bin")
	assert.True(t, math.IsNaN(Reliability(nil, nil, 1)[0].Forecast))
	assert.Panics(t, func() { Reliability(nil, nil, 0) })
}
