package levelshape

import "math"

// memories are the lengths of the shape's memory, in periods, to choose from: the
// paper's 2, and longer ones.
var memories = [...]int{2, 4, 8, 16, 32, 64}

// The choice is judged by so many last periods, each against the shape as it was
// so many periods before.
const judged, lead = 52, 4

// shape is the mean share of each phase over the last periods that are known.
func (m *Model) shape(g folded, periods int) {
	shares := g.shares()
	if periods == 0 {
		periods = memory(shares, g.period)
	}
	m.Memory = min(periods, len(shares)/g.period)
	m.Shape = make([]float64, g.period)
	average(m.Shape, shares[len(shares)-m.Memory*g.period:])
	sum := 0.0
	for _, s := range m.Shape {
		sum += s
	}
	for p := range m.Shape {
		if sum > 0 {
			m.Shape[p] /= sum
		} else {
			m.Shape[p] = 1 / float64(g.period)
		}
	}
}

// shares are the shares of the phases in the periods that are known, period after
// period.
func (g folded) shares() []float64 {
	out := make([]float64, 0, len(g.value))
	for i, known := range g.known {
		if !known || !(g.level[i] > 0) {
			continue
		}
		for _, v := range g.value[i*g.period : (i+1)*g.period] {
			out = append(out, v/g.level[i])
		}
	}
	return out
}

// memory is the number of periods whose mean shares would have been nearest to the
// shares that came, in absolute error; the shortest of equals.
func memory(shares []float64, period int) int {
	best, at := math.Inf(1), memories[0]
	k := len(shares) / period
	mean := make([]float64, period)
	for _, length := range memories {
		miss := 0.0
		for i := max(k-judged, lead+1); i < k; i++ {
			known := i - lead + 1
			average(mean, shares[max(0, known-length)*period:known*period])
			for p, v := range shares[i*period : (i+1)*period] {
				miss += math.Abs(v - mean[p])
			}
		}
		if miss < best*(1-1e-12) {
			best, at = miss, length
		}
	}
	return at
}

// average writes the mean shares of whole periods into out.
func average(out, shares []float64) {
	clear(out)
	k := float64(len(shares) / len(out))
	for i := 0; i < len(shares); i += len(out) {
		for p := range out {
			out[p] += shares[i+p] / k
		}
	}
}
