package levelshape

import (
	"fmt"
	"math"

	"foresight/analytics/decompose"
)

// Strongest is the period among the candidates whose level × shape explains y best,
// or 1 when none does better than a mean. For a period P with k full periods, T = k·P values
// and R the squares that the best product of a level and a shape leaves, it is the
// smallest
//
//	T·ln(R/T) + (P + k − 1)·ln T
//
// against T·ln(variance) + ln T. Candidates below 2, or of which three periods do
// not fit, are passed over. At most the last 500 periods of the shortest count.
//
// Errors: ErrNoData, ErrNotFinite.
func Strongest(y []float64, candidates ...int) (int, error) {
	lo, hi, err := survey(y)
	if err != nil {
		return 0, fmt.Errorf("choosing a period: %w", err)
	}
	shortest := 0
	for _, p := range candidates {
		if p >= 2 && len(y)/p >= 3 && (shortest == 0 || p < shortest) {
			shortest = p
		}
	}
	if shortest == 0 || lo == hi {
		return 1, nil
	}
	var m Model
	m.bound(lo, hi)
	z := decompose.Fill(y, shortest)
	z = z[max(0, len(z)-500*shortest):]
	size := math.Max(math.Abs(lo+m.shift), math.Abs(hi+m.shift))
	for i := range z {
		z[i] = (z[i] + m.shift) / size
	}
	n := float64(len(z))
	best, at := n*math.Log(math.Max(variance(z), 1e-30))+math.Log(n), 1
	for _, p := range candidates {
		k := len(z) / max(p, 1)
		if p < 2 || k < 3 {
			continue
		}
		t := float64(k * p)
		bic := t*math.Log(math.Max(unexplained(z[len(z)-k*p:], p)/t, 1e-30)) + float64(p+k-1)*math.Log(t)
		if bic < best {
			best, at = bic, p
		}
	}
	return at, nil
}

// unexplained is the sum of squares of z that the best product of a level a period
// and a shape leaves: all but the largest squared singular value of z by period,
// found by power iteration, which starts from the shape of the means.
func unexplained(z []float64, period int) float64 {
	shape, level := make([]float64, period), make([]float64, len(z)/period)
	average(shape, z)
	for range 200 {
		norm, before, after := 0.0, 0.0, 0.0
		for _, s := range shape {
			norm += s * s
		}
		if norm == 0 {
			break
		}
		for i := range level {
			sum := 0.0
			for p, s := range shape {
				sum += z[i*period+p] * s
			}
			level[i] = sum / norm
			before += level[i] * level[i]
		}
		for p := range shape {
			sum := 0.0
			for i, l := range level {
				sum += z[i*period+p] * l
			}
			s := sum / before
			after += math.Abs(s - shape[p])
			shape[p] = s
		}
		if after <= 1e-12*math.Sqrt(norm) || before == 0 {
			break
		}
	}
	left := 0.0
	for i, l := range level {
		for p, s := range shape {
			e := z[i*period+p] - l*s
			left += e * e
		}
	}
	return left
}
