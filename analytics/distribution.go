package analytics

import "math"

// distribution is the predictive distribution of every bucket ahead.
type distribution struct {
	median []float64
	class  []int // of each bucket, for its spread; nil: all alike
	spread *spread
	lower  float64
	upper  float64
}

// bounds reads the possible values from the options and the data.
func bounds(o Options, y []float64) (lower, upper float64) {
	lower, upper = math.Inf(-1), math.Inf(1)
	negative := false
	for _, v := range y {
		negative = negative || v < 0
	}
	if !negative {
		lower = 0
	}
	if o.Lower != nil && !math.IsNaN(*o.Lower) {
		lower = *o.Lower
	}
	if o.Upper != nil && !math.IsNaN(*o.Upper) {
		upper = *o.Upper
	}
	return lower, upper
}

func (d distribution) classOf(t int) int {
	if d.class == nil {
		return 0
	}
	return d.class[t]
}

// value is the value of bucket t at standardized error z.
func (d distribution) value(t int, z float64) float64 {
	f := d.median[t]
	v := f + d.spread.size.of(f)*d.spread.sigma(t, d.classOf(t))*z
	return math.Min(d.upper, math.Max(d.lower, v))
}

// quantiles returns [bucket][probability].
func (d distribution) quantiles(probabilities []float64) [][]float64 {
	z := make([]float64, len(probabilities))
	for j, p := range probabilities {
		z[j] = d.spread.standard(normalScore(p))
	}
	flat := make([]float64, len(d.median)*len(z))
	out := make([][]float64, len(d.median))
	for t := range out {
		out[t] = flat[t*len(z) : (t+1)*len(z)]
		for j := range z {
			out[t][j] = d.value(t, z[j])
		}
	}
	return out
}

// means integrates each bucket's quantile function over 99 probabilities.
func (d distribution) means() []float64 {
	const n = 99
	var z [n]float64
	for j := range z {
		z[j] = d.spread.standard(normalScore((float64(j) + 0.5) / n))
	}
	out := make([]float64, len(d.median))
	for t := range out {
		sum := 0.0
		for j := range z {
			sum += d.value(t, z[j])
		}
		out[t] = sum / n
	}
	return out
}
