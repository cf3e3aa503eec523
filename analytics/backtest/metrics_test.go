package backtest

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// All figures are worked out by hand beside their tests.

var nan = math.NaN()

func TestPointMetrics(t *testing.T) {
	actual := []float64{10, 20, nan, 0}
	forecast := []float64{12, 15, 7, 1}
	// errors 2, 5, -, 1
	assert.InDelta(t, 8.0/3, MAE(actual, forecast), 1e-12)
	assert.InDelta(t, 8.0/30, WAPE(actual, forecast), 1e-12)
	// 200·2/22, 200·5/35, 200·1/1
	assert.InDelta(t, (200*2.0/22+200*5.0/35+200)/3, SMAPE(actual, forecast), 1e-12)
	assert.InDelta(t, 0, SMAPE([]float64{0}, []float64{0}), 0)
}

func TestMASE(t *testing.T) {
	training := []float64{1, 2, 3, 5, 4, nan, 6, 9}
	// lag 2: |3−1|, |5−2|, |4−3|, -, |6−4|, - = 2, 3, 1, 2 → 2
	assert.InDelta(t, 2, NaiveScale(training, 2), 1e-12)
	assert.InDelta(t, 1.5/2, MASE(training, 2, []float64{7, 8}, []float64{8, 10}), 1e-12)
}

func TestMetricsOfNothingAreNaN(t *testing.T) {
	assert.True(t, math.IsNaN(MAE(nil, nil)))
	assert.True(t, math.IsNaN(WAPE([]float64{0}, []float64{1})))
	assert.True(t, math.IsNaN(NaiveScale([]float64{1}, 7)))
	assert.True(t, math.IsNaN(MASE([]float64{1, 1}, 1, []float64{1}, []float64{2})))
	assert.True(t, math.IsNaN(Coverage([]float64{nan}, []float64{0}, []float64{1})))
	assert.True(t, math.IsNaN(Quantile(nil, 0.5)))
}

func TestPinball(t *testing.T) {
	assert.InDelta(t, 2*0.9*3, Pinball(0.9, 10, 7), 1e-12)
	assert.InDelta(t, 2*0.1*3, Pinball(0.9, 7, 10), 1e-12)
	assert.InDelta(t, 4, Pinball(0.5, 3, 7), 1e-12, "half gives the absolute error")
	p := []float64{0.1, 0.9}
	// 2·0.1·(5−4) and 2·0.1·(8−5)
	assert.InDelta(t, (0.2+0.6)/2, MeanPinball(p, []float64{5}, [][]float64{{4, 8}}), 1e-12)
}

func TestCRPS(t *testing.T) {
	// Uniform on [0, 1] and y = 0: ∫(F − 1)² = 1/3. Dense quantiles come near it.
	var p, q []float64
	for i := range 1000 {
		p = append(p, (float64(i)+0.5)/1000)
		q = append(q, (float64(i)+0.5)/1000)
	}
	assert.InDelta(t, 1.0/3, CRPS(p, []float64{0}, [][]float64{q}), 1e-3)
	// one quantile carries the whole of (0, 1): 2·½·|2 − 5|
	assert.InDelta(t, 3, CRPS([]float64{0.5}, []float64{2}, [][]float64{{5}}), 1e-12)
}

func TestCoverage(t *testing.T) {
	assert.InDelta(t, 2.0/3, Coverage([]float64{1, 2, 9, nan}, []float64{0, 2, 0, 0}, []float64{3, 2, 8, 9}), 1e-12)
	assert.InDelta(t, 0.5, Coverage([]float64{7, 7}, []float64{7 + 1e-13, 7.01}, []float64{7 + 1e-13, 8}), 1e-12)
}

func TestQuantile(t *testing.T) {
	x := []float64{1, 2, 4, 8}
	// R 4.2, quantile(c(1,2,4,8), p, type = 5)
	for p, want := range map[float64]float64{0.01: 1, 0.25: 1.5, 0.5: 3, 0.75: 6, 0.99: 8} {
		assert.InDelta(t, want, Quantile(x, p), 1e-12, "p = %v", p)
	}
	assert.Equal(t, []float64{1, 3}, Present([]float64{3, nan, 1}))
}

func TestOrigins(t *testing.T) {
	for name, c := range map[string]struct {
		plan Plan
		want []int
	}{
		"evenly back to the training part": {Plan{Length: 100, Horizon: 10, Count: 4, Train: 60}, []int{60, 70, 80, 90}},
		"within the span":                  {Plan{Length: 100, Horizon: 10, Count: 3, Train: 20, Span: 10}, []int{80, 85, 90}},
		"room for one":                     {Plan{Length: 70, Horizon: 10, Count: 4, Train: 60}, []int{60}},
		"room for two":                     {Plan{Length: 71, Horizon: 10, Count: 4, Train: 60}, []int{60, 61}},
		"too short":                        {Plan{Length: 69, Horizon: 10, Count: 4, Train: 60}, nil},
		"no horizon":                       {Plan{Length: 69, Count: 4, Train: 6}, nil},
	} {
		assert.Equal(t, c.want, c.plan.Origins(), name)
	}
}
