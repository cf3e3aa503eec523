package drive

import (
	"math"
	"math/rand/v2"
	"sort"
)

// Model is a resource as a function of the volume that drives it. It is not changed
// after Fit, so that many may read it.
type Model struct {
	Pairs     int     // pairs behind it
	Since     int     // first bucket of Fit's sample that it rests on: where hardware last changed
	Lag       int     // buckets by which the resource follows the volume
	Explained float64 // share of the resource's robust variation explained, in [0, 1]
	Top       float64 // largest volume among the pairs: beyond it the relation is extrapolated
	Seen      float64 // largest volume ever seen

	volume, centre, unit float64 // scales of x and y
	relation             relation
	bent                 bool
	members              []relation // bootstrap fits
	spread               spread
	z                    []float64 // standardized residuals in time order, centred on their median
	block                int
	lower, upper         float64
}

// model accepts a fit, or says that there is no relation, and adds the bootstrap.
func (f *fitted) model(o Options) (*Model, error) {
	m := &Model{
		Pairs: len(f.x), Since: f.since, Lag: f.lag, Top: f.volume, Seen: math.Max(o.Seen, f.volume),
		volume: f.volume, centre: f.centre, unit: f.unit, relation: f.relation, bent: f.bent, spread: f.spread,
		block: o.Block, lower: math.Inf(-1), upper: math.Inf(1),
	}
	if math.IsInf(m.Seen, 0) {
		m.Seen = f.volume
	}
	if o.Lower != nil && !math.IsNaN(*o.Lower) {
		m.lower = *o.Lower
	}
	if o.Upper != nil && !math.IsNaN(*o.Upper) {
		m.upper = *o.Upper
	}
	var significant bool
	if m.Explained, significant = f.explained(); !significant || m.Explained < o.Explained {
		return nil, ErrNoRelation
	}
	m.z = make([]float64, len(f.order))
	for t, i := range f.order {
		m.z[t] = f.e[i] / f.spread.at(f.x[i])
	}
	m.members = f.resample(o)
	m.centreResiduals()
	return m, nil
}

// explained compares the weighted squared residuals with those about the mean, and
// says whether chance could do as much.
func (f *fitted) explained() (share float64, significant bool) {
	f.line.sample(f.x, f.y, f.w)
	about := f.line.covariances(len(f.x), 0).yy
	left := 0.0
	for i := range f.e {
		left += f.w[i] * f.e[i] * f.e[i]
	}
	tiny := 1e-18 * float64(len(f.x))
	if !(about > tiny) {
		return 0, false
	}
	n := f.independent()
	return math.Max(0, 1-left/about), n*math.Log((about+tiny)/(left+tiny)) > 3*math.Log(n)
}

// resample refits the relation to moving blocks of pairs drawn with replacement
// (Künsch 1989), as counts that multiply the robust weights.
func (f *fitted) resample(o Options) []relation {
	rng := rand.New(rand.NewPCG(o.Seed, uint64(len(f.x))))
	n := len(f.x)
	block := min(o.Block, max(1, n/4))
	weights := make([]float64, n)
	members := make([]relation, o.Resamples)
	for b := range members {
		clear(weights)
		for drawn := 0; drawn < n; drawn += block {
			from := rng.IntN(n - block + 1)
			for _, i := range f.order[from:min(from+block, from+n-drawn)] {
				weights[i] += f.w[i]
			}
		}
		f.line.sample(f.x, f.y, weights)
		members[b], _ = f.line.line()
		if f.bent {
			if r, _, ok := f.line.bend(max(4, n/100)); ok {
				members[b] = r
			}
		}
	}
	return members
}

// centreResiduals moves the relation so that half the residuals lie above it.
func (m *Model) centreResiduals() {
	shift := middle(append([]float64(nil), m.z...))
	for i := range m.z {
		m.z[i] -= shift
	}
	// The shift is in units of the spread, which varies with the volume; its middle
	// value serves for all.
	by := shift * m.spread.s[len(m.spread.s)/2]
	m.relation.a += by
	for i := range m.members {
		m.members[i].a += by
	}
}

// On returns the model for longer buckets, of which volume and resource are pairs:
// a day's busiest hour and the day's largest reading. Where the line runs is kept
// but for a constant; residuals and their spread are learned anew, since the
// largest of many readings is neither centred nor spread as one of them. Fewer than
// 14 complete pairs change nothing.
//
// ErrNoRelation says that in the longer buckets the resource lies farther from the
// line than from its own median: both rise by day and fall by night, but a day of
// more volume is none of a higher resource. The lengths must agree, else it panics.
func (m *Model) On(volume, resource []float64) (*Model, error) {
	if len(volume) != len(resource) {
		panic("drive: volume and resource differ in length")
	}
	const few = 14
	var x, y, e []float64
	for i, v := range volume {
		if v >= 0 && v <= largest && math.Abs(resource[i]) <= largest {
			x = append(x, v/m.volume)
			y = append(y, (resource[i]-m.centre)/m.unit)
			e = append(e, y[len(y)-1]-m.relation.at(x[len(x)-1]))
		}
	}
	if len(x) < few {
		return m, nil
	}
	if scale(about(e)) > farther*scale(about(y))+1e-9 {
		return nil, ErrNoRelation
	}
	on := *m
	shift := middle(append([]float64(nil), e...))
	on.relation.a += shift
	on.members = make([]relation, len(m.members))
	for i, r := range m.members {
		r.a += shift
		on.members[i] = r
	}
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
		e[i] -= shift
	}
	sort.SliceStable(order, func(a, b int) bool { return x[order[a]] < x[order[b]] })
	sx, se := make([]float64, len(x)), make([]float64, len(x))
	for at, i := range order {
		sx[at], se[at] = x[i], e[i]
	}
	on.spread = spreadOf(sx, se, 1e-9)
	on.z = make([]float64, len(x))
	for i := range e {
		on.z[i] = e[i] / on.spread.at(x[i])
	}
	on.block = min(7, m.block)
	return &on, nil
}

// farther is by how much the residuals of longer buckets may exceed, by chance, the
// resource's own deviations.
const farther = 1.1

// about returns the deviations from the median.
func about(v []float64) []float64 {
	m := middle(append([]float64(nil), v...))
	out := make([]float64, len(v))
	for i := range v {
		out[i] = v[i] - m
	}
	return out
}

// scaled brings a volume to x, within what may be computed with.
func (m *Model) scaled(v float64) float64 { return math.Min(math.Max(0, v), 1e6*m.volume) / m.volume }

func (m *Model) clamp(r float64) float64 { return math.Min(m.upper, math.Max(m.lower, r)) }

// Resource is the median of the resource, in its unit and within its bounds, at a
// volume; it never falls as the volume rises. A volume below 0 counts as 0, one beyond
// a million times Top as that; of NaN it is NaN.
func (m *Model) Resource(v float64) float64 {
	return m.clamp(m.centre + m.unit*m.relation.at(m.scaled(v)))
}

// Spread is the robust standard deviation of the resource about its median at a
// volume, in the resource's unit.
func (m *Model) Spread(v float64) float64 { return m.unit * m.spread.at(m.scaled(v)) }

// Bend is the volume at which the line bends, and the slopes (resource per unit of
// volume) on both sides; false when it has no bend, both slopes then being the line's.
func (m *Model) Bend() (volume, before, after float64, bent bool) {
	per := m.unit / m.volume
	return m.relation.k * m.volume, m.relation.b * per, m.relation.d * per, m.bent
}

// Beyond says that a volume is larger than any ever seen.
func (m *Model) Beyond(v float64) bool { return v > m.Seen }

// Path writes into dst the resource along a path of volumes, and returns it: one of
// the bootstrap's relations, with blocks of the residuals in their order, so that
// noise that lasts for days lasts for days. A nil dst is made; a shorter one than volume
// panics. Values lie within the resource's bounds. Lag is the caller's to apply.
func (m *Model) Path(dst, volume []float64, rng *rand.Rand) []float64 {
	if dst == nil {
		dst = make([]float64, len(volume))
	}
	r := m.members[rng.IntN(len(m.members))]
	at, left := 0, 0
	for t, v := range volume {
		if left == 0 {
			at, left = rng.IntN(len(m.z)), m.block
		}
		x := m.scaled(v)
		dst[t] = m.clamp(m.centre + m.unit*(r.at(x)+m.spread.at(x)*m.z[at]))
		at, left = (at+1)%len(m.z), left-1
	}
	return dst
}
