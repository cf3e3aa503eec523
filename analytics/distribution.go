package analytics

import (
	"math"

	"foresight/analytics/intermittent"
)

// distribution is the predictive distribution of every bucket ahead.
type distribution struct {
	median []float64
	class  []int // of each bucket, for its spread; nil: all alike
	spread *spread
	demand *intermittent.Model // says the quantiles instead of median and spread; nil
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

// clip keeps a value within what is possible.
func (d distribution) clip(v float64) float64 { return math.Min(d.upper, math.Max(d.lower, v)) }

// curves gives the quantile functions of the buckets at probabilities: of bucket t at the j-th. It is
// asked bucket by bucket, two thousand probabilities each for paths, and keeps what a bucket's share.
func (d distribution) curves(probabilities []float64) func(t, j int) float64 {
	if d.demand != nil {
		return func(t, j int) float64 { return d.clip(d.demand.Quantile(t, probabilities[j])) }
	}
	z := d.spread.standards(probabilities)
	bucket := -1
	var scale float64
	var row []float64
	return func(t, j int) float64 {
		if t != bucket {
			bucket, scale = t, d.spread.size.of(d.median[t])*d.spread.sigma(t, d.classOf(t))
			row = z[groupOf(d.classOf(t))]
		}
		return d.clip(d.median[t] + scale*row[j])
	}
}

// quantiles returns [bucket][probability].
func (d distribution) quantiles(probabilities []float64) [][]float64 {
	at := d.curves(probabilities)
	flat := make([]float64, len(d.median)*len(probabilities))
	out := make([][]float64, len(d.median))
	for t := range out {
		out[t] = flat[t*len(probabilities) : (t+1)*len(probabilities)]
		for j := range out[t] {
			out[t][j] = at(t, j)
		}
	}
	return out
}

// means integrates each bucket's quantile function over 99 probabilities.
func (d distribution) means() []float64 {
	const n = 99
	at := d.curves(middles(n))
	out := make([]float64, len(d.median))
	for t := range out {
		sum := 0.0
		for j := range n {
			sum += at(t, j)
		}
		out[t] = sum / n
	}
	return out
}

// middles are the probabilities (i + ½)/n.
func middles(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = (float64(i) + 0.5) / float64(n)
	}
	return out
}
