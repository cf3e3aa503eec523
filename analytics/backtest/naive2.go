package backtest

import (
	"math"

	"foresight/analytics/decompose"
)

// seasonalityLevel is the 90 % two-sided normal quantile of the M4 competition's test.
const seasonalityLevel = 1.645

// Seasonal is the seasonality test of the M3 and M4 competitions' Naive2 (Assimakopoulos &
// Nikolopoulos 2000; Makridakis, Spiliotis & Assimakopoulos 2020, appendix A): with r_k the sample
// autocorrelations, the series is seasonal at 90 % when
//
//	|r_m| > 1.645·√((1 + 2·Σ_{k<m} r_k²) / n),
//
// Bartlett's standard error. It is not where n < 3m or m < 2. Missing values are left out of the
// sums.
func Seasonal(y []float64, period int) bool {
	n := len(y)
	if period < 2 || n < 3*period {
		return false
	}
	center := mean(y)
	variance := autocovariance(y, center, 0)
	if !(variance > 0) {
		return false
	}
	sum := 1.0
	for k := 1; k < period; k++ {
		r := autocovariance(y, center, k) / variance
		sum += 2 * r * r
	}
	r := autocovariance(y, center, period) / variance
	return math.Abs(r) > seasonalityLevel*math.Sqrt(sum/float64(n))
}

// autocovariance is Σ(y_t − c)(y_{t+k} − c)/n; where values are missing, the mean over the pairs
// that are there stands in for the others.
func autocovariance(y []float64, center float64, lag int) float64 {
	var sum, pairs float64
	for i := lag; i < len(y); i++ {
		if v := (y[i] - center) * (y[i-lag] - center); !missing(v) {
			sum, pairs = sum+v, pairs+1
		}
	}
	if pairs == 0 {
		return 0
	}
	return sum / pairs * float64(len(y)-lag) / float64(len(y))
}

// Naive2 forecasts the last observed value, seasonally adjusted where Seasonal says that there is
// a season: the yardstick of OWA. The season is that of the classical decomposition, multiplicative,
// or additive where a value is not positive. NaN throughout when nothing was observed.
func Naive2(training []float64, period, horizon int) []float64 {
	y := make([]float64, len(training))
	last := -1
	for i, v := range training {
		y[i] = v
		if missing(v) {
			y[i] = math.NaN()
		} else {
			last = i
		}
	}
	out := make([]float64, horizon)
	if last < 0 {
		for i := range out {
			out[i] = math.NaN()
		}
		return out
	}
	season, multiplicative := seasonOf(y, period)
	for i := range out {
		out[i] = y[last]
		if season == nil {
			continue
		}
		from, to := season[last%period], season[(len(y)+i)%period]
		if multiplicative {
			out[i] *= to / from
		} else {
			out[i] += to - from
		}
	}
	return out
}

// seasonOf returns the classical season of a series that has one, else nil.
func seasonOf(y []float64, period int) (season []float64, multiplicative bool) {
	if !Seasonal(y, period) {
		return nil, false
	}
	multiplicative = true
	for _, v := range y {
		multiplicative = multiplicative && !(v <= 0)
	}
	parts, err := decompose.Classical(y, period, multiplicative)
	if err != nil {
		return nil, false
	}
	for _, s := range parts.Season[:period] {
		if missing(s) || multiplicative && s <= 0 {
			return nil, false
		}
	}
	return parts.Season[:period], multiplicative
}

// mean of the values that are there; NaN for none.
func mean(x []float64) float64 {
	var sum, n float64
	for _, v := range x {
		if !missing(v) {
			sum, n = sum+v, n+1
		}
	}
	return ratio(sum, n)
}
