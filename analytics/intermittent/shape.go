package intermittent

import (
	"math"
	"slices"
)

// Shape says how demands fall on the phases of a period (weekdays): factors about 1, one a phase,
// that of the first value first. The zero value is a series whose phases are all alike.
type Shape struct {
	Probability []float64 // of a demand at such a step, over that of any step
	Size        []float64 // of a demand at such a step, over that of any
}

// at gives the factors of step i.
func (s Shape) at(i int) (probability, size float64) {
	if s.Probability == nil {
		return 1, 1
	}
	return s.Probability[i%len(s.Probability)], s.Size[i%len(s.Size)]
}

// ShapeOf finds the shape of y over a period, 0 or 1 being none. Each phase's share of demands and
// mean logarithm of their size are drawn to those of all phases, the more so the less the phases
// differ beyond chance (empirical Bayes: Efron & Morris, "Data analysis using Stein's estimator and
// its generalizations", JASA 70 (1975) 311-319):
//
//	m + (m_w − m)·τ²/(τ² + v_w)    v_w the sampling variance of m_w, τ² = max(0, var(m_w) − mean v_w)
//
// A missing value (NaN) says nothing.
func ShapeOf(y []float64, period int) Shape {
	if period < 2 {
		return Shape{}
	}
	come, size := newPhases(period), newPhases(period)
	for i, v := range y {
		switch {
		case math.IsNaN(v):
		case v > 0:
			come.add(i, 1)
			size.add(i, math.Log(v))
		default:
			come.add(i, 0)
		}
	}
	s := Shape{Probability: make([]float64, period), Size: make([]float64, period)}
	share, sizes := come.drawn(), size.drawn()
	for w := range period {
		s.Probability[w], s.Size[w] = 1, math.Exp(math.Max(-widest, math.Min(widest, sizes[w]-size.mean())))
		if m := come.mean(); m > 0 {
			s.Probability[w] = math.Max(0, share[w]/m)
		}
	}
	return s
}

// widest is the logarithm of the largest factor of a size: 1000.
const widest = 6.9

// phases are the sums of a quantity by phase.
type phases struct{ n, sum, square []float64 }

func newPhases(period int) phases {
	return phases{make([]float64, period), make([]float64, period), make([]float64, period)}
}

func (p phases) add(i int, v float64) {
	w := i % len(p.n)
	p.n[w]++
	p.sum[w] += v
	p.square[w] += v * v
}

func total(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum
}

func (p phases) mean() float64 { return total(p.sum) / math.Max(1, total(p.n)) }

// drawn are the phases' means, drawn to the mean of all.
func (p phases) drawn() []float64 {
	m, n := p.mean(), total(p.n)
	variance := math.Max(0, total(p.square)/math.Max(1, n)-m*m) // of one value
	out := slices.Repeat([]float64{m}, len(p.n))
	var apart, chance, seen float64
	for w, k := range p.n {
		if k > 0 {
			d := p.sum[w]/k - m
			apart, chance, seen = apart+d*d, chance+variance/k, seen+1
		}
	}
	if seen < 2 {
		return out
	}
	between := apart/(seen-1) - chance/seen
	if !(between > 0) {
		return out
	}
	for w, k := range p.n {
		if k > 0 {
			out[w] += (p.sum[w]/k - m) * between / (between + variance/k)
		}
	}
	return out
}
