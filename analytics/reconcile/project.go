package reconcile

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrSingular says that the errors' covariance leaves open who must give way.
var ErrSingular = errors.New("the covariance is not positive definite: give variances above 0, or take the structural weights")

// Projection moves base forecasts to coherent ones.
type Projection struct {
	hierarchy Hierarchy
	moves     *mat.Dense // parts × sums: how far each part moves for a gap of one in each sum; nil: bottom-up
	gap       []float64  // scratch
}

// BottomUp keeps the parts and makes the sums anew.
func (h Hierarchy) BottomUp() *Projection { return &Projection{hierarchy: h} }

// OLS takes the errors of all series as alike.
func (h Hierarchy) OLS() *Projection {
	w := make([]float64, h.Series())
	for i := range w {
		w[i] = 1
	}
	return h.sure(w)
}

// Structural takes the errors of the parts as alike and independent, so that a
// sum's variance is the number of its parts.
func (h Hierarchy) Structural() *Projection {
	w := make([]float64, h.Series())
	for i := range w {
		w[i] = 1
		if i < len(h.sums) {
			w[i] = float64(len(h.sums[i]))
		}
	}
	return h.sure(w)
}

// sure is WLS where it cannot fail.
func (h Hierarchy) sure(w []float64) *Projection {
	p, err := h.WLS(w)
	if err != nil {
		panic(err) // positive weights make UᵀWU positive definite
	}
	return p
}

// WLS weighs each series by the variance of its base forecast's error, of which
// there must be one a series, else it panics. A series of variance 0 stays as it is,
// as long as another may give way; otherwise, and for variances below 0 or not
// finite, the error wraps ErrSingular.
func (h Hierarchy) WLS(variance []float64) (*Projection, error) {
	if len(variance) != h.Series() {
		panic("reconcile: a variance is needed for each series")
	}
	top := 0.0
	for i, v := range variance {
		if !(v >= 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("weighing series %d by a variance of %v: %w", i, v, ErrSingular)
		}
		top = math.Max(top, v)
	}
	if top == 0 {
		return nil, fmt.Errorf("weighing series of no variance: %w", ErrSingular)
	}
	w := make([]float64, len(variance))
	for i, v := range variance {
		w[i] = v / top
	}
	return h.solve(func(i, j int) float64 {
		if i != j {
			return 0
		}
		return w[i]
	}, true)
}

// solve computes the parts' moves W·U·(UᵀWU)⁻¹ for a covariance W.
func (h Hierarchy) solve(w func(i, j int) float64, diagonal bool) (*Projection, error) {
	n, m := len(h.sums), h.Series()
	wu := mat.NewDense(m, n, nil) // W·U
	for i := range m {
		for s, members := range h.sums {
			v := w(i, s)
			for _, p := range members {
				if !diagonal || n+p == i {
					v -= w(i, n+p)
				}
			}
			wu.Set(i, s, v)
		}
	}
	uwu := mat.NewSymDense(n, nil)
	for a := range n {
		for b := a; b < n; b++ {
			v := wu.At(a, b)
			for _, p := range h.sums[a] {
				v -= wu.At(n+p, b)
			}
			uwu.SetSym(a, b, v)
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(uwu) || chol.Cond() > 1e14 {
		return nil, fmt.Errorf("solving for %d sums: %w", n, ErrSingular)
	}
	var t mat.Dense
	if err := chol.SolveTo(&t, wu.T()); err != nil {
		return nil, fmt.Errorf("solving for %d sums: %w: %w", n, ErrSingular, err)
	}
	moves := mat.NewDense(h.parts, n, nil)
	for p := range h.parts {
		for s := range n {
			moves.Set(p, s, t.At(s, n+p))
		}
	}
	return &Projection{hierarchy: h, moves: moves}, nil
}

// Apply moves the base forecasts y of all series, at one bucket, to coherent ones in
// place. The parts move as the formula says and the sums are then added up, so that
// they agree to the last bit. It panics when y has not a value for each series. A
// Projection is for one goroutine at a time.
func (p *Projection) Apply(y []float64) { p.apply(y, false) }

// ApplyPositive is Apply for what cannot be negative: a part that would fall below 0
// is 0, and the sums are added up after. The sums may so end above their optimum;
// Wickramasuriya, Turlach & Hyndman (2020) move the other parts for it, by a
// quadratic programme for every bucket and path.
func (p *Projection) ApplyPositive(y []float64) { p.apply(y, true) }

func (p *Projection) apply(y []float64, positive bool) {
	h := p.hierarchy
	if len(y) != h.Series() {
		panic("reconcile: a forecast is needed for each series")
	}
	parts := y[len(h.sums):]
	if p.moves != nil {
		if p.gap == nil {
			p.gap = make([]float64, len(h.sums))
		}
		h.gap(p.gap, y)
		for i := range parts {
			for s, g := range p.gap {
				parts[i] -= p.moves.At(i, s) * g
			}
		}
	}
	if positive {
		for i, v := range parts {
			parts[i] = math.Max(0, v)
		}
	}
	h.Sum(y)
}

// Series reconciles whole forecasts in place: y[series][bucket], each bucket by
// itself, with parts kept at or above 0 when positive. Joint paths are reconciled
// path by path. It panics when a series is missing or shorter than the first.
func (p *Projection) Series(y [][]float64, positive bool) {
	if len(y) != p.hierarchy.Series() {
		panic("reconcile: a forecast is needed for each series")
	}
	column := make([]float64, len(y))
	for t := range y[0] {
		for i := range y {
			column[i] = y[i][t]
		}
		p.apply(column, positive)
		for i := range y {
			y[i][t] = column[i]
		}
	}
}
