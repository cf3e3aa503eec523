package pipeline

import (
	"math"
	"slices"
	"time"

	"foresight/analytics"
	"foresight/models"
)

// insideDays is how many of the last days the load inside a bucket is learned from.
const insideDays = 180

// inside learns how far the day's busiest stretch of each limit's width lies above
// the mean of its busiest bucket, as far as the query's own buckets let it be seen.
func (g *grid) inside(signal models.Signal, values, weights []float64, busy time.Duration) map[time.Duration]analytics.Within {
	learned := map[time.Duration]analytics.Within{}
	for _, c := range signal.Capacity {
		width := max(widths[c.Per], g.query.Span.Duration())
		if _, done := learned[width]; done || signal.Aggregate != models.AggregateSum || c.Per == models.PerBucket || width >= busy {
			continue
		}
		narrow, wide := g.daily(signal, values, weights, width), g.daily(signal, values, weights, busy)
		var peak, mean []float64
		for i := max(0, len(narrow)-insideDays); i < len(narrow); i++ {
			peak, mean = append(peak, narrow[i].Busiest*float64(busy)/float64(width)), append(mean, wide[i].Busiest)
		}
		if w, err := analytics.LearnWithin(peak, mean); err == nil { // else what is configured serves
			learned[width] = w
		}
	}
	return learned
}

// load is how the load moves inside a bucket: learned from finer buckets as far as
// there are any, and as configured, or taken as even, for what is finer still. The
// notes say which.
func load(h history, c models.CapacityStep, bucket time.Duration) (factor, sd float64, notes []string) {
	factor = 1
	width := widths[c.Per]
	if w, ok := h.inside[max(width, h.fetch)]; ok {
		factor, sd = w.Factor, w.Spread
		notes = append(notes, h.say.T("Inside its busiest %s the busiest %s lies at %s times the mean, as %s days of finer buckets show.",
			h.say.width(bucket), h.say.width(max(width, h.fetch)), h.say.fixed(w.Factor, 2), h.say.count(w.Buckets)))
		bucket = max(width, h.fetch)
	}
	if width >= bucket {
		return factor, sd, notes
	}
	if f := h.signal.PeakFactor; f != nil {
		return factor * f.Mean, math.Hypot(sd, f.Spread), append(notes, h.say.T("Inside its busiest %s the load peaks at %s times the mean, as configured.", h.say.width(bucket), h.say.fixed(f.Mean, 2)))
	}
	return factor, sd, append(notes, h.say.T("No peak_factor is configured: inside its busiest %s the load is taken as even, which flatters the limit per %s.", h.say.width(bucket), h.say.width(width)))
}

// fine keeps a signal's own buckets of the recent past, for what is learned from
// bucket to bucket.
type fine struct {
	width           time.Duration
	starts          []int64
	values, weights []float64
}

// fineDays is how many of the last days are kept.
const fineDays = 120

func (g *grid) fine(values, weights []float64) *fine {
	width := g.query.Span.Duration()
	if width == 0 {
		return nil
	}
	from := max(g.first, g.buckets()-int(fineDays*24*time.Hour/width))
	from = min(from, g.buckets())
	// Copies, so that the years before need not be kept for them.
	return &fine{width: width, starts: slices.Clone(g.starts[from:g.buckets()]), values: slices.Clone(values[from:]), weights: slices.Clone(weights[from:])}
}

// wider combines the buckets into those of a multiple of their width, by their
// start; one with a hole is NaN.
func (f *fine) wider(signal models.Signal, width time.Duration) map[int64]float64 {
	per, step := int(width/f.width), int64(width/time.Second)
	out := make(map[int64]float64, len(f.starts)/per+1)
	for i := 0; i+per <= len(f.starts); {
		start := f.starts[i]
		if start%step != 0 {
			i++
			continue
		}
		whole := true
		for _, v := range f.values[i : i+per] {
			whole = whole && !math.IsNaN(v)
		}
		if whole {
			out[start] = combine(signal, f.values[i:i+per], f.weights[i:i+per])
		}
		i += per
	}
	return out
}
