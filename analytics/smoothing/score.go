package smoothing

import "math"

// score fills SSE, Sigma2, LogLik and AICc from Fitted and Residuals.
func (m *Model) score(y []float64) error {
	s := sums(y, m.Residuals)
	m.SSE = s.sse()
	m.LogLik = s.loglik(m.N)
	m.Sigma2 = m.SSE / dof(m.N, m.free())
	if m.Relative {
		var rel, logs float64
		for i, v := range y {
			if math.IsNaN(v) {
				continue
			}
			r := m.Residuals[i] / m.Fitted[i]
			rel += r * r
			logs += math.Log(math.Abs(m.Fitted[i]))
		}
		n := float64(m.N)
		m.Sigma2 = rel / dof(m.N, m.free())
		m.LogLik = -0.5*n*math.Log(math.Max(rel, n*noise*noise)) - logs
	}
	m.AICc = aicc(m.LogLik, m.N, m.free()+1)
	if finite(m.SSE, m.LogLik, m.Sigma2, m.End.Level, m.End.Trend) && finite(m.End.Season...) {
		return nil
	}
	return ErrUnstable
}

// squares is a sum of squared errors in units of 2^exp, the size of the largest
// value, so that it neither over- nor underflows.
type squares struct {
	sum float64
	exp int
}

// sums adds the squares of the residuals where y is observed.
func sums(y, residuals []float64) squares {
	top := 0.0
	for _, v := range y {
		if !math.IsNaN(v) {
			top = math.Max(top, math.Abs(v))
		}
	}
	var s squares
	_, s.exp = math.Frexp(top)
	for i, v := range y {
		if !math.IsNaN(v) {
			e := math.Ldexp(residuals[i], -s.exp)
			s.sum += e * e
		}
	}
	return s
}

// sse is the sum in units of the series.
func (s squares) sse() float64 { return math.Ldexp(math.Ldexp(s.sum, s.exp), s.exp) }

// loglik is −½·n·ln of the sum, which counts as that of errors of noise at least.
func (s squares) loglik(n int) float64 {
	sum := math.Max(s.sum, float64(n)*noise*noise)
	return -0.5 * float64(n) * (math.Log(sum) + 2*float64(s.exp)*math.Ln2)
}

// noise is the error, as a share of the largest value, below which a fit is exact.
const noise = 1e-13

// dof is n − k, or n where that leaves nothing.
func dof(n, k int) float64 {
	if n > k {
		return float64(n - k)
	}
	return float64(n)
}

func aicc(loglik float64, n, k int) float64 {
	if n <= k+1 {
		return math.Inf(1)
	}
	kf := float64(k)
	return -2*loglik + 2*kf + 2*kf*(kf+1)/float64(n-k-1)
}

func finite(vs ...float64) bool {
	for _, v := range vs {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
