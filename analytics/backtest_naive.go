package analytics

import "math"

// naiveSaid is what the seasonal naive says from an origin: the yardstick's points, with the normal
// range of Hyndman & Athanasopoulos (5.5): k whole seasons ahead its error has the standard
// deviation of the in-sample seasonal differences times √(k + 1). It keeps the series' bounds. Its
// quantiles are the points where there are no differences to learn from.
func naiveSaid(came aftermath, known Series, r rhythm, o Options) said {
	w := windowAt(known, len(known.Values), o.Horizon, r, o.Calendar)
	points, lag := seasonalNaive(w), naiveLag(len(known.Values), r)
	lower, upper := bounds(o, known.Values)
	sd := differenceSD(known.Values, lag)
	out := said{aftermath: came, probabilities: o.Quantiles, mean: points, quantiles: make([][]float64, len(points))}
	for i, f := range points {
		spread := sd * math.Sqrt(float64(i/lag)+1)
		out.quantiles[i] = make([]float64, len(o.Quantiles))
		for j, p := range o.Quantiles {
			q := f + spread*normalQuantile(p)
			out.quantiles[i][j] = math.Min(upper, math.Max(lower, q))
		}
	}
	return out
}

// naiveLag is how many buckets back the seasonal naive looks in a history of n.
func naiveLag(n int, r rhythm) int {
	switch {
	case n >= r.year+r.period:
		return r.year
	case n >= r.period:
		return r.period
	}
	return 1
}

// differenceSD is the root mean square of the differences at a lag, 0 where there is none.
func differenceSD(y []float64, lag int) float64 {
	var squares []float64
	for i := lag; i < len(y); i++ {
		d := y[i] - y[i-lag]
		squares = append(squares, d*d)
	}
	if v := mean(squares); v > 0 {
		return math.Sqrt(v)
	}
	return 0
}

func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
