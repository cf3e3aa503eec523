package analytics

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"foresight/analytics/calendar"
)

// overlay is a Change laid out over the buckets ahead. With the factor's and the amount's draws m
// and a, bucket t becomes y·((1 − share) + m·times) + m·plus + a·share.
type overlay struct {
	Change
	share []float64 // of each bucket's days that lie within the change
	times []float64 // Σ of the profile's factors over those days, per day of the bucket
	plus  []float64 // the same of a profile that adds
}

func newOverlay(c Change, step calendar.Step, times []time.Time) overlay {
	o := overlay{Change: c, share: make([]float64, len(times)), times: make([]float64, len(times)), plus: make([]float64, len(times))}
	if n := len(c.Profile.Values); n > 0 {
		o.To = c.From.AddDays(n - 1)
	}
	for i, t := range times {
		first, end := calendar.DateOf(t), calendar.DateOf(step.Add(t, 1))
		days := max(1, end.Sub(first))
		for d := range days {
			o.lay(i, first.AddDays(d), 1/float64(days))
		}
	}
	return o
}

// lay adds a day, which is a part of bucket i.
func (o *overlay) lay(i int, day calendar.Date, part float64) {
	if day.Before(o.From) || !o.To.IsZero() && day.After(o.To) {
		return
	}
	factor, amount := 1.0, 0.0
	if len(o.Profile.Values) > 0 {
		switch v := o.Profile.Values[day.Sub(o.From)]; {
		case o.Profile.Multiplicative:
			factor = v
		default:
			amount = v
		}
	}
	o.share[i] += part
	o.times[i] += part * factor
	o.plus[i] += part * amount
	if o.share[i] > 1-1e-9 {
		o.share[i] = 1 // seven sevenths are one
	}
}

// acts says that the change moves some bucket's volume.
func (o *overlay) acts() bool {
	if o.Factor == nil && o.Amount == nil && len(o.Profile.Values) == 0 {
		return false
	}
	for _, w := range o.share {
		if w > 0 {
			return true
		}
	}
	return false
}

// certain says that there is nothing to draw.
func (o *overlay) certain() bool { return o.Factor.certain() && o.Amount.certain() }

// at is the factor and the amount of bucket t at a normal score of the change's own draw.
func (o *overlay) at(t int, score float64) (factor, amount float64) {
	w := o.share[t]
	if w == 0 {
		return 1, 0
	}
	m := math.Max(0, o.Factor.at(score, 1))
	return (1 - w) + m*o.times[t], m*o.plus[t] + w*o.Amount.at(score, 0)
}

// scores gives the change its normal scores for n draws: each of n equal parts of the distribution
// once, in an order that hangs on the change's name alone, so that it is the same whatever else is
// applied before, with or after it.
func (o *overlay) scores(n int, seed uint64) []float64 {
	out := make([]float64, n)
	if o.certain() {
		return out
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(o.Name)) // never fails
	rng := rand.New(rand.NewPCG(seed, h.Sum64()))
	for i, rank := range rng.Perm(n) {
		out[i] = normalScore((float64(rank) + 0.5) / float64(n))
	}
	return out
}

// laid is the forecast with the overlays on it.
func laid(f Forecast, o Options, plans []overlay) Forecast {
	n := len(f.Times)
	l := layer{f: f, o: o, plans: plans, drawn: make([][]float64, len(plans))}
	l.bound()
	for k := range plans {
		l.drawn[k] = plans[k].scores(mixed, o.Seed)
	}
	out := f
	out.Mean, out.Baseline, out.medians = make([]float64, n), make([]float64, n), make([]float64, n)
	out.Quantiles = make([][]float64, n)
	for t := range n {
		out.medians[t], out.Mean[t], out.Quantiles[t] = l.bucket(t)
		out.Baseline[t] = l.usual(t)
	}
	out.Paths = l.paths()
	out.Components = append(append([]Component(nil), f.Components...), l.components(out.medians)...)
	out.Crossing = nil
	return out
}

// layer is the work of one laid.
type layer struct {
	f            Forecast
	o            Options
	plans        []overlay
	drawn        [][]float64 // [plan][mixed] normal scores
	lower, upper float64
}

// bound reads the possible values off the options, and what was never negative stays so.
func (l *layer) bound() {
	least := 0.0
	for t := range l.f.Times {
		least = math.Min(least, math.Min(l.f.Mean[t], l.f.Baseline[t]))
		for _, q := range l.f.Quantiles[t] {
			least = math.Min(least, q)
		}
	}
	l.lower, l.upper = bounds(l.o, []float64{least})
}

func (l *layer) clip(v float64) float64 { return math.Min(l.upper, math.Max(l.lower, v)) }

// expected is the factor and amount of a bucket when every change comes out at its median.
func (l *layer) expected(t int) (factor, amount float64) {
	factor = 1
	for k := range l.plans {
		m, a := l.plans[k].at(t, 0)
		factor, amount = factor*m, amount+a
	}
	return factor, amount
}

// usual is the baseline of a bucket, which growth alone moves.
func (l *layer) usual(t int) float64 {
	factor, amount := 1.0, 0.0
	for k := range l.plans {
		if l.plans[k].Usual {
			m, a := l.plans[k].at(t, 0)
			factor, amount = factor*m, amount+a
		}
	}
	if factor == 1 && amount == 0 {
		return l.f.Baseline[t]
	}
	return l.clip(l.f.Baseline[t]*factor + amount)
}

// middle is the forecast's median of a bucket: the published one where there is, since others may
// have written over it (a reconciliation).
func (l *layer) middle(t int) float64 {
	if j := slices.Index(l.o.Quantiles, 0.5); j >= 0 {
		return l.f.Quantiles[t][j]
	}
	if l.f.medians != nil {
		return l.f.medians[t]
	}
	return newKnots(l.o.Quantiles, l.f.Quantiles[t], math.NaN()).at(0)
}

// bucket is the median, mean and quantiles of one bucket.
func (l *layer) bucket(t int) (median, mean float64, quantiles []float64) {
	certain := true
	for k := range l.plans {
		certain = certain && (l.plans[k].certain() || l.plans[k].share[t] == 0)
	}
	median, quantiles = l.middle(t), make([]float64, len(l.f.Quantiles[t]))
	curve := newKnots(l.o.Quantiles, l.f.Quantiles[t], median)
	m := mixture{factors: make([]float64, 0, mixed), amounts: make([]float64, 0, mixed)}
	if certain {
		factor, amount := l.expected(t)
		if factor == 1 && amount == 0 {
			return median, l.f.Mean[t], append(quantiles[:0], l.f.Quantiles[t]...)
		}
		m.factors, m.amounts = append(m.factors, factor), append(m.amounts, amount)
		for j, q := range l.f.Quantiles[t] {
			quantiles[j] = l.clip(q*factor + amount)
		}
		return l.clip(median*factor + amount), l.mean(t, m, curve), quantiles
	}
	for i := range mixed {
		factor, amount := 1.0, 0.0
		for k := range l.plans {
			f, a := l.plans[k].at(t, l.drawn[k][i])
			factor, amount = factor*f, amount+a
		}
		m.factors, m.amounts = append(m.factors, factor), append(m.amounts, amount)
	}
	for j, p := range l.o.Quantiles {
		quantiles[j] = l.clip(m.quantile(curve, p))
		if j > 0 {
			quantiles[j] = math.Max(quantiles[j], quantiles[j-1])
		}
	}
	return l.clip(m.quantile(curve, 0.5)), l.mean(t, m, curve), quantiles
}

// mean carries the mean over, less what the bounds cut off.
func (l *layer) mean(t int, m mixture, curve knots) float64 {
	const cells = 19
	var values [cells]float64
	for j := range values {
		values[j] = l.clip(curve.at(normalScore((float64(j) + 0.5) / cells)))
	}
	var factor, amount, cut float64
	n := float64(len(m.factors))
	for i := range m.factors {
		factor, amount = factor+m.factors[i]/n, amount+m.amounts[i]/n
		for _, v := range values {
			v = v*m.factors[i] + m.amounts[i]
			cut += (l.clip(v) - v) / (cells * n)
		}
	}
	return l.clip(l.f.Mean[t]*factor + amount + cut)
}

// paths carries the joint paths over, each with its own draw of every range.
func (l *layer) paths() [][]float64 {
	n, h := len(l.f.Paths), len(l.f.Times)
	if n == 0 {
		return nil
	}
	// What is certain is the same for every path.
	factors, amounts := make([]float64, h), make([]float64, h)
	for t := range factors {
		factors[t] = 1
	}
	var drawn []*overlay
	var scores [][]float64
	for k := range l.plans {
		p := &l.plans[k]
		if !p.certain() {
			drawn, scores = append(drawn, p), append(scores, p.scores(n, l.o.Seed))
			continue
		}
		for t := range factors {
			f, a := p.at(t, 0)
			factors[t], amounts[t] = factors[t]*f, amounts[t]+a
		}
	}
	flat := make([]float64, n*h)
	out := make([][]float64, n)
	for i, path := range l.f.Paths {
		out[i] = flat[i*h : (i+1)*h]
		for t := range path {
			factor, amount := factors[t], amounts[t]
			for k, p := range drawn {
				f, a := p.at(t, scores[k][i])
				factor, amount = factor*f, amount+a
			}
			if factor == 1 && amount == 0 {
				out[i][t] = path[t] // which need not lie within the bounds
				continue
			}
			out[i][t] = l.clip(path[t]*factor + amount)
		}
	}
	return out
}
