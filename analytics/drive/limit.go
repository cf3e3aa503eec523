package drive

import (
	"math"
	"slices"
)

// Range is a figure with its uncertainty, ascending.
type Range struct{ P10, P50, P90 float64 } // 10, 50 and 90 %

// farthest is how far beyond the largest volume of the pairs a limit is looked for.
const farthest = 10

// Limit turns a ceiling of the resource into one of the volume: the volumes at
// which one bucket in ten, one in two and nine in ten lie above the ceiling, over
// the bootstrap's relations and the residuals around them. +Inf says that this
// share is not reached at ten times the largest volume of the pairs (it saturates
// below the ceiling, or hardly grows); 0 that it lies above it without any load.
func (m *Model) Limit(ceiling float64) Range {
	if math.IsNaN(ceiling) {
		return Range{math.NaN(), math.NaN(), math.NaN()}
	}
	z := quantiles(m.z)
	at := func(p float64) float64 { return m.volume * m.crossing(ceiling, p, z) }
	v := []float64{at(0.1), at(0.5), at(0.9)}
	slices.Sort(v)
	return Range{v[0], v[1], v[2]}
}

// crossing is the scaled volume at which the share p of draws lies above the ceiling.
func (m *Model) crossing(ceiling, p float64, z []float64) float64 {
	if ceiling >= m.upper {
		return math.Inf(1)
	}
	low, high := 0.0, 1.0
	if m.above(ceiling, low, z) >= p {
		return 0
	}
	for m.above(ceiling, high, z) < p {
		if high >= farthest {
			return math.Inf(1)
		}
		low, high = high, math.Min(farthest, 1.5*high)
	}
	for range 40 {
		if mid := (low + high) / 2; m.above(ceiling, mid, z) >= p {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// above is the share of members and residual quantiles z that lie above the ceiling
// at a scaled volume.
func (m *Model) above(ceiling, x float64, z []float64) float64 {
	y := (ceiling - m.centre) / m.unit
	s := m.spread.at(x)
	n := 0.0
	for _, r := range m.members {
		least := (y - r.at(x)) / s // the residual that just reaches it
		i, _ := slices.BinarySearch(z, least)
		if i > 0 && i < len(z) && z[i] > z[i-1] { // between two quantiles
			n += float64(len(z)-i) + (z[i]-least)/(z[i]-z[i-1]) - 0.5
			continue
		}
		n += float64(len(z) - i)
	}
	return n / float64(len(z)*len(m.members))
}

// quantiles are at most 200 evenly spaced order statistics of v.
func quantiles(v []float64) []float64 {
	sorted := slices.Sorted(slices.Values(v))
	const most = 200
	if len(sorted) <= most {
		return sorted
	}
	out := make([]float64, most)
	for i := range out {
		out[i] = sorted[(2*i+1)*len(sorted)/(2*most)]
	}
	return out
}
