package backtest

import (
	"math"
	"sort"
)

// Every metric skips the places where the actual value or the forecast is missing (NaN, or
// infinite) and returns NaN when nothing is left to compare; of slices of unequal length the shorter
// one counts. What is not a share or per cent is in the series' unit. Names and formulas follow
// Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, sections 5.8 and 5.9.

// MAE is the mean absolute error,
//
//	Σ|y_t − f_t| / n.
func MAE(actual, forecast []float64) float64 {
	var sum, n float64
	for i := range min(len(actual), len(forecast)) {
		if e := math.Abs(actual[i] - forecast[i]); !missing(e) {
			sum, n = sum+e, n+1
		}
	}
	return ratio(sum, n)
}

// WAPE is the weighted absolute percentage error as a share,
//
//	Σ|y_t − f_t| / Σ|y_t|,
//
// NaN when every actual value is zero.
func WAPE(actual, forecast []float64) float64 {
	var sum, size float64
	for i := range min(len(actual), len(forecast)) {
		if e := math.Abs(actual[i] - forecast[i]); !missing(e) {
			sum, size = sum+e, size+math.Abs(actual[i])
		}
	}
	return ratio(sum, size)
}

// SMAPE is the symmetric mean absolute percentage error in per cent, as in the M3 competition,
//
//	mean of 200·|y_t − f_t| / (|y_t| + |f_t|);
//
// a place where both are zero counts as zero.
func SMAPE(actual, forecast []float64) float64 {
	var sum, n float64
	for i := range min(len(actual), len(forecast)) {
		e := math.Abs(actual[i] - forecast[i])
		if missing(e) {
			continue
		}
		n++
		if e > 0 {
			sum += 200 * e / (math.Abs(actual[i]) + math.Abs(forecast[i]))
		}
	}
	return ratio(sum, n)
}

// NaiveScale is the in-sample mean absolute error of the seasonal naive forecast with the given
// period, the denominator of MASE,
//
//	Σ|y_t − y_{t−m}| / n over the pairs where both are there.
//
// It is NaN when there is no such pair.
func NaiveScale(training []float64, period int) float64 {
	var sum, n float64
	for i := max(period, 1); i < len(training); i++ {
		if e := math.Abs(training[i] - training[i-max(period, 1)]); !missing(e) {
			sum, n = sum+e, n+1
		}
	}
	return ratio(sum, n)
}

// MASE is the mean absolute scaled error: MAE over NaiveScale of the training part
// (Hyndman & Koehler 2006). It is NaN where the scale is zero or unknown.
func MASE(training []float64, period int, actual, forecast []float64) float64 {
	return ratio(MAE(actual, forecast), NaiveScale(training, period))
}

// Pinball is the quantile loss of one forecast q of the quantile with probability p,
//
//	2p·(y − q)   when y ≥ q,
//	2(1−p)·(q − y) otherwise,
//
// with the factor 2 of Hyndman & Athanasopoulos (5.9), so that p = ½ gives the absolute error.
func Pinball(p, actual, q float64) float64 {
	if actual >= q {
		return 2 * p * (actual - q)
	}
	return 2 * (1 - p) * (q - actual)
}

// MeanPinball is the mean quantile loss over places; quantiles is [place][probability].
func MeanPinball(probabilities, actual []float64, quantiles [][]float64) float64 {
	var sum, n float64
	for i := range min(len(actual), len(quantiles)) {
		for j, p := range probabilities {
			if l := Pinball(p, actual[i], quantiles[i][j]); !missing(l) {
				sum, n = sum+l, n+1
			}
		}
	}
	return ratio(sum, n)
}

// CRPS is the continuous ranked probability score as its approximation by quantiles: the mean
// over evenly spread probabilities of the quantile loss (Hyndman & Athanasopoulos, 5.9; exact
// as the probabilities become dense). With uneven probabilities each is weighted by the share of
// (0, 1) nearest to it.
func CRPS(probabilities, actual []float64, quantiles [][]float64) float64 {
	w := shares(probabilities)
	var sum, n float64
	for i := range min(len(actual), len(quantiles)) {
		var one float64
		for j, p := range probabilities {
			one += w[j] * Pinball(p, actual[i], quantiles[i][j])
		}
		if !missing(one) {
			sum, n = sum+one, n+1
		}
	}
	return ratio(sum, n)
}

// shares gives each probability the length of the part of (0, 1) that is nearest to it.
func shares(p []float64) []float64 {
	w := make([]float64, len(p))
	for j := range p {
		lo, hi := 0.0, 1.0
		if j > 0 {
			lo = (p[j-1] + p[j]) / 2
		}
		if j < len(p)-1 {
			hi = (p[j] + p[j+1]) / 2
		}
		w[j] = hi - lo
	}
	return w
}

// Coverage is the share of actual values within [low, high], borders included; a border may be
// infinite. A value that misses a border by what rounding loses lies on it: a series that never
// changes has ranges without any width.
func Coverage(actual, low, high []float64) float64 {
	var in, n float64
	for i := range min(len(actual), len(low), len(high)) {
		if missing(actual[i]) || math.IsNaN(low[i]) || math.IsNaN(high[i]) {
			continue
		}
		n++
		if slack := 1e-9 * math.Abs(actual[i]); low[i]-slack <= actual[i] && actual[i] <= high[i]+slack {
			in++
		}
	}
	return ratio(in, n)
}

// Quantile is the sample quantile of ascending sorted values by linear interpolation of the
// points ((i + ½)/n, x_i) (R's type 5: Hazen), with the ends flat. It is NaN for no values. A p at or
// beyond 0 or 1 is an end.
func Quantile(sorted []float64, p float64) float64 {
	n := len(sorted)
	if n == 0 || math.IsNaN(p) {
		return math.NaN()
	}
	x := p*float64(n) - 0.5
	if x <= 0 {
		return sorted[0]
	}
	if x >= float64(n-1) {
		return sorted[n-1]
	}
	i := int(x)
	return sorted[i] + (x-float64(i))*(sorted[i+1]-sorted[i])
}

// Present returns the values that are not NaN, sorted ascending, in a new slice.
func Present(x []float64) []float64 {
	out := make([]float64, 0, len(x))
	for _, v := range x {
		if !math.IsNaN(v) {
			out = append(out, v)
		}
	}
	sort.Float64s(out)
	return out
}

// missing says that a value is no number to reckon with.
func missing(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

func ratio(a, b float64) float64 {
	if b == 0 || math.IsNaN(b) {
		return math.NaN()
	}
	return a / b
}
