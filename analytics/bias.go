package analytics

import "math"

// Members that damp their trends lag behind steady growth from every origin. What the combination
// missed in the same direction each time is put back, as a share of the usual error at each lead:
//
//	median + size(median) · σ(lead) · c · t²/(t² + doubt)
//
// c is the mean over origins of the mean standardized error, t its ratio to its standard error over
// the origins that do not overlap. Errors that change sign from origin to origin give nothing.
const (
	biasDoubt = 16.0
	// Fewer than four independent origins say nothing (on the monthly M3 series acting on three cost
	// 3 % of accuracy).
	leastIndependent = 4.0
)

// bias is the share of σ to put back; zero with too few independent origins.
func (s *spread) bias(trials []trial) float64 {
	var means []float64
	for _, e := range s.errors {
		if m := mean(e); !math.IsNaN(m) {
			means = append(means, m)
		}
	}
	n := float64(len(means))
	if n < leastIndependent {
		return 0
	}
	c := mean(means)
	variance := 0.0
	for _, m := range means {
		variance += (m - c) * (m - c) / (n - 1)
	}
	apart := independent(trials, s.tested)
	if apart < leastIndependent {
		return 0
	}
	t2 := c * c * apart / math.Max(variance, 1e-12)
	return c * t2 / (t2 + biasDoubt)
}

// shifted puts the bias back into medians.
func (s *spread) shifted(medians []float64, class func(int) int, bias float64) []float64 {
	out := make([]float64, len(medians))
	for i, f := range medians {
		out[i] = f + s.size.of(f)*s.sigma(i, class(i))*bias
	}
	return out
}

// unshifted are relative errors as they are once the bias is back in the medians: by it the error is
// less, and the size against which it is measured more.
func (s *spread) unshifted(errors []float64, class func(int) int, bias float64) []float64 {
	out := make([]float64, len(errors))
	for i, e := range errors {
		moved := s.sigma(i, class(i)) * bias
		out[i] = e - moved
		if !s.size.constant {
			out[i] /= 1 + moved
		}
	}
	return out
}
