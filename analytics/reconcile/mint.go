package reconcile

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// MinT weighs by the covariance of the base forecasts' past errors, shrunk towards
// its diagonal (see Shrink). It is for up to some thousand series: memory grows with
// their square. Fewer than three errors, or a covariance that cannot be solved with,
// is an error that wraps ErrSingular; take WLS then.
func (h Hierarchy) MinT(errors [][]float64) (*Projection, error) {
	w, _, err := Shrink(errors)
	if err != nil {
		return nil, err
	}
	if n, _ := w.Dims(); n != h.Series() {
		panic("reconcile: errors are needed of each series")
	}
	return h.Weighted(w)
}

// Weighted weighs by a covariance of the base forecasts' errors, sums first. Where it
// cannot be solved with, the error wraps ErrSingular.
func (h Hierarchy) Weighted(w *mat.SymDense) (*Projection, error) {
	if n, _ := w.Dims(); n != h.Series() {
		panic("reconcile: a covariance of all series is needed")
	}
	top := 0.0
	for i := range h.Series() {
		top = math.Max(top, w.At(i, i))
	}
	if !(top > 0) || math.IsInf(top, 0) {
		return nil, fmt.Errorf("weighing by a covariance whose largest variance is %v: %w", top, ErrSingular)
	}
	return h.solve(func(i, j int) float64 { return w.At(i, j) / top }, false)
}

// Shrink estimates the covariance of errors [series][time] about zero, shrunk
// towards its diagonal by
//
//	λ = Σ_{i≠j} Var(r_ij) / Σ_{i≠j} r_ij²,  within [0, 1]
//
// r being the correlations: Schäfer & Strimmer (2005), "A shrinkage approach to
// large-scale covariance matrix estimation", as MinT uses it (Wickramasuriya 2019,
// section 2.4). Times at which any series has no finite error are left out; fewer
// than three left is an error that wraps ErrSingular. A series without errors that
// differ from zero has variance 0 and no correlation.
func Shrink(errors [][]float64) (w *mat.SymDense, lambda float64, err error) {
	x := complete(errors)
	m := len(x)
	if m == 0 || len(x[0]) < 3 {
		return nil, 0, fmt.Errorf("estimating the covariance of %d series: fewer than three times with all errors: %w", m, ErrSingular)
	}
	n := float64(len(x[0]))
	sd := make([]float64, m)
	for i, e := range x {
		for _, v := range e {
			sd[i] += v * v / n
		}
		sd[i] = math.Sqrt(sd[i])
		for t := range e {
			if sd[i] > 0 {
				e[t] /= sd[i]
			}
		}
	}
	r := mat.NewSymDense(m, nil)
	var noise, signal float64
	for i := range m {
		for j := range i {
			var s, s2 float64
			for t := range x[i] {
				p := x[i][t] * x[j][t]
				s, s2 = s+p, s2+p*p
			}
			r.SetSym(i, j, s/n)
			noise += (s2 - s*s/n) / (n * (n - 1))
			signal += s * s / (n * n)
		}
	}
	lambda = 1
	if signal > 0 {
		lambda = math.Min(1, math.Max(0, noise/signal))
	}
	for i := range m {
		r.SetSym(i, i, sd[i]*sd[i])
		for j := range i {
			r.SetSym(i, j, (1-lambda)*r.At(i, j)*sd[i]*sd[j])
		}
	}
	return r, lambda, nil
}

// complete copies the times at which every series has an error that can be squared.
func complete(errors [][]float64) [][]float64 {
	const largest = 1e150
	out := make([][]float64, len(errors))
	for t := 0; len(errors) > 0 && t < len(errors[0]); t++ {
		whole := true
		for _, e := range errors {
			whole = whole && math.Abs(e[t]) < largest
		}
		if !whole {
			continue
		}
		for i, e := range errors {
			out[i] = append(out[i], e[t])
		}
	}
	return out
}
