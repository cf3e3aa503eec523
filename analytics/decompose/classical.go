package decompose

import (
	"fmt"
	"math"
)

// Classical parts y by moving averages, as R's decompose: the trend is the
// centred moving average over one period (half weights at the ends of an even
// one), NaN for half a period at both ends and wherever a missing value touches
// it; the season is the mean over the periods of y − trend, or y / trend,
// brought to mean 0, or 1, and repeated. Season is NaN where no value of a
// season has a trend.
//
// Errors: ErrTooShort below two periods, ErrNoData, ErrNotFinite, and
// ErrNotPositive for a multiplicative season.
func Classical(y []float64, period int, multiplicative bool) (Components, error) {
	if err := admit(y, period, multiplicative); err != nil {
		return Components{}, fmt.Errorf("decomposing by moving averages: %w", err)
	}
	n := len(y)
	c := Components{Trend: centred(y, period), Season: make([]float64, n), Remainder: make([]float64, n)}
	sum, count := make([]float64, period), make([]float64, period)
	for i, v := range y {
		d := v - c.Trend[i]
		if multiplicative {
			d = v / c.Trend[i]
		}
		if !math.IsNaN(d) {
			sum[i%period] += d
			count[i%period]++
		}
	}
	mean := 0.0
	for s := range sum {
		sum[s] /= count[s]
		mean += sum[s] / float64(period)
	}
	for i, v := range y {
		if multiplicative {
			c.Season[i] = sum[i%period] / mean
			c.Remainder[i] = v / (c.Trend[i] * c.Season[i])
		} else {
			c.Season[i] = sum[i%period] - mean
			c.Remainder[i] = v - c.Trend[i] - c.Season[i]
		}
	}
	return c, nil
}

func admit(y []float64, period int, multiplicative bool) error {
	if period < 2 {
		return fmt.Errorf("a period of %d: choose at least 2", period)
	}
	if len(y)/period < 2 {
		return fmt.Errorf("%d values of period %d: %w", len(y), period, ErrTooShort)
	}
	if multiplicative {
		for i, v := range y {
			if v <= 0 {
				return fmt.Errorf("reading value %d: %w", i, ErrNotPositive)
			}
		}
	}
	return survey(y)
}

// centred is the moving average over one period around each value.
func centred(y []float64, period int) []float64 {
	out := make([]float64, len(y))
	half := period / 2
	for i := range out {
		out[i] = math.NaN()
		if i < half || i+half >= len(y) {
			continue
		}
		sum := 0.0
		for _, v := range y[i-half+1 : i+half] {
			sum += v
		}
		ends := y[i-half] + y[i+half]
		if period%2 == 0 {
			ends /= 2
		}
		out[i] = (sum + ends) / float64(period)
	}
	return out
}
