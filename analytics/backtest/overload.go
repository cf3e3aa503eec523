package backtest

import "math"

// CrossedBy says of each bucket whether the actual values have exceeded their limit by then. A
// missing value or limit (NaN) crosses nothing.
func CrossedBy(actual, limits []float64) []bool {
	out := make([]bool, min(len(actual), len(limits)))
	crossed := false
	for i := range out {
		crossed = crossed || actual[i] > limits[i]
		out[i] = crossed
	}
	return out
}

// Brier is the mean squared difference of a probability and what happened (Brier 1950),
//
//	mean of (p_i − o_i)², o_i = 1 when it happened, else 0:
//
// 0 is perfect, ¼ is what one half says of everything. Probabilities that are NaN are skipped.
func Brier(probabilities []float64, happened []bool) float64 {
	var sum, n float64
	for i := range min(len(probabilities), len(happened)) {
		d := probabilities[i]
		if happened[i] {
			d--
		}
		if !missing(d) {
			sum, n = sum+d*d, n+1
		}
	}
	return ratio(sum, n)
}

// Bin is a row of a reliability table: the forecasts with a probability in [Low, High), the last
// bin with High too.
type Bin struct {
	Low, High float64 // probabilities
	N         int     // forecasts in the bin
	Forecast  float64 // their mean probability; NaN for none
	Observed  float64 // share of them that happened; NaN for none
}

// Reliability puts forecasts into equally wide bins over [0, 1]. Forecasts are reliable where
// Forecast and Observed agree in each bin that holds enough of them. It panics for fewer than one
// bin.
func Reliability(probabilities []float64, happened []bool, bins int) []Bin {
	if bins < 1 {
		panic("backtest: a reliability table needs at least one bin")
	}
	out := make([]Bin, bins)
	for i := range min(len(probabilities), len(happened)) {
		p := probabilities[i]
		if math.IsNaN(p) || p < 0 || p > 1 {
			continue
		}
		b := &out[min(bins-1, int(p*float64(bins)))]
		b.N++
		b.Forecast += p
		if happened[i] {
			b.Observed++
		}
	}
	for i := range out {
		b := &out[i]
		b.Low, b.High = float64(i)/float64(bins), float64(i+1)/float64(bins)
		b.Forecast, b.Observed = ratio(b.Forecast, float64(b.N)), ratio(b.Observed, float64(b.N))
	}
	return out
}
