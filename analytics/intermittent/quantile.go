package intermittent

import (
	"math"
	"sort"
)

// Demand is what step lead after the series' end (0 the first) may bring: the probability of a
// demand and its mean size.
func (m *Model) Demand(lead int) (probability, size float64) {
	p, z := m.Shape.at(len(m.Fitted) + lead)
	probability = m.End.Probability
	if m.Method != TSB {
		probability = 1 / m.End.Interval
	}
	return math.Min(1, probability*p), m.End.Size * z
}

// Quantile is the value that step lead after the end stays at or below with probability p in (0, 1):
// 0 up to the probability of no demand, and beyond it the size of a demand as past ones came out over
// what was expected of them (Ratios):
//
//	Q(p) = 0                              p ≤ 1 − P
//	Q(p) = size · Q_ratio((p − 1 + P)/P)  beyond
func (m *Model) Quantile(lead int, p float64) float64 {
	probability, size := m.Demand(lead)
	if p <= 1-probability || probability == 0 || len(m.Ratios) == 0 {
		return 0
	}
	return size * ratioAt(m.Ratios, (p-1+probability)/probability)
}

// ratioAt is the quantile of ascending values: the i-th of n is that at (i + ½)/n (Hyndman & Fan,
// "Sample quantiles in statistical packages", The American Statistician 50 (1996), definition 5).
func ratioAt(ascending []float64, p float64) float64 {
	n := len(ascending)
	at := math.Min(float64(n-1), math.Max(0, p*float64(n)-0.5))
	i := min(int(at), n-2)
	if n == 1 {
		return ascending[0]
	}
	return ascending[i] + (at-float64(i))*(ascending[i+1]-ascending[i])
}

// ratios are the sizes of y's demands over those expected just before, ascending.
func (m *Model) ratios(y []float64) []float64 {
	var out []float64
	z := m.Start.Size
	for i, v := range y {
		if !(v > 0) {
			continue
		}
		_, size := m.Shape.at(i)
		if expected := z * size; expected > 0 {
			if r := v / expected; !math.IsInf(r, 0) {
				out = append(out, r)
			}
		}
		z += m.Alpha * (v/size - z)
	}
	sort.Float64s(out)
	return out
}

// Middle is the middle of the probabilities at which step lead's Quantile is v, in (0, 1): half the
// probability of no demand for 0, and where v lies among the sizes for a demand. NaN for a missing v.
func (m *Model) Middle(lead int, v float64) float64 {
	probability, size := m.Demand(lead)
	n := float64(len(m.Ratios))
	edge := 0.5 / (n + 1)
	switch {
	case math.IsNaN(v):
		return v
	case !(v > 0):
		return math.Max(edge, (1-probability)/2)
	case probability == 0 || n == 0 || size == 0:
		return 1 - edge
	}
	below := float64(sort.SearchFloat64s(m.Ratios, v/size))
	upTo := float64(sort.Search(len(m.Ratios), func(i int) bool { return m.Ratios[i] > v/size }))
	at := (1 - probability) + probability*(below+upTo)/(2*n)
	return math.Max(edge, math.Min(1-edge, at))
}
