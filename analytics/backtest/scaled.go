package backtest

import "math"

// NaiveScale2 is the in-sample mean squared error of the seasonal naive forecast with the given
// period, the denominator of RMSSE,
//
//	Σ(y_t − y_{t−m})² / n over the pairs where both are there,
//
// NaN when there is no such pair.
func NaiveScale2(training []float64, period int) float64 {
	var sum, n float64
	for i := max(period, 1); i < len(training); i++ {
		if e := training[i] - training[i-max(period, 1)]; !missing(e) {
			sum, n = sum+e*e, n+1
		}
	}
	return ratio(sum, n)
}

// RMSSE is the root mean squared scaled error (M5; Makridakis, Spiliotis & Assimakopoulos 2022),
//
//	√(mean of (y_t − f_t)² / NaiveScale2).
//
// It judges the mean of a forecast, where MASE judges its median. NaN where the scale is zero or
// unknown.
func RMSSE(training []float64, period int, actual, forecast []float64) float64 {
	return math.Sqrt(ratio(MSE(actual, forecast), NaiveScale2(training, period)))
}

// MSE is the mean squared error, Σ(y_t − f_t)² / n.
func MSE(actual, forecast []float64) float64 {
	var sum, n float64
	for i := range min(len(actual), len(forecast)) {
		if e := actual[i] - forecast[i]; !missing(e) {
			sum, n = sum+e*e, n+1
		}
	}
	return ratio(sum, n)
}

// Bias is the share by which the forecasts are too high (above 0) or too low,
//
//	Σ(f_t − y_t) / Σ|y_t|,
//
// NaN when every actual value is zero.
func Bias(actual, forecast []float64) float64 {
	var sum, size float64
	for i := range min(len(actual), len(forecast)) {
		if e := forecast[i] - actual[i]; !missing(e) {
			sum, size = sum+e, size+math.Abs(actual[i])
		}
	}
	return ratio(sum, size)
}

// IntervalScore is the mean interval score of central intervals with the given coverage
// (Gneiting & Raftery 2007, equation 43), in the series' unit: with α = 1 − coverage,
//
//	(u − l) + 2/α·(l − y) where y < l + 2/α·(y − u) where y > u.
//
// A lower score is better: it pays for width and for what fell outside.
func IntervalScore(coverage float64, actual, low, high []float64) float64 {
	toll := 2 / (1 - coverage)
	var sum, n float64
	for i := range min(len(actual), len(low), len(high)) {
		y, l, u := actual[i], low[i], high[i]
		s := u - l + toll*math.Max(0, l-y) + toll*math.Max(0, y-u)
		if !missing(s) {
			sum, n = sum+s, n+1
		}
	}
	return ratio(sum, n)
}

// MSIS is the mean scaled interval score of the M4 competition (Makridakis, Spiliotis &
// Assimakopoulos 2020): IntervalScore over NaiveScale of the training part.
func MSIS(coverage float64, training []float64, period int, actual, low, high []float64) float64 {
	return ratio(IntervalScore(coverage, actual, low, high), NaiveScale(training, period))
}

// ScaledPinball is MeanPinball over NaiveScale of the training part, with the factor 2 of Pinball:
// for the median alone it is MASE. (The M5 competition's SPL is half of it.)
func ScaledPinball(probabilities, training []float64, period int, actual []float64, quantiles [][]float64) float64 {
	return ratio(MeanPinball(probabilities, actual, quantiles), NaiveScale(training, period))
}

// OWA is the overall weighted average of the M4 competition: the mean of sMAPE and MASE, each over
// that of Naive2 on the same data. 1 is as good as Naive2. For many series each figure is the
// mean over the series, as in M4. NaN where one of Naive2's is zero or unknown.
func OWA(smape, mase, naive2SMAPE, naive2MASE float64) float64 {
	return (ratio(smape, naive2SMAPE) + ratio(mase, naive2MASE)) / 2
}
