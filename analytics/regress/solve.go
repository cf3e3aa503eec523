package regress

import "math"

// rows is a sparse design matrix, row by row: row i has the columns
// col[ptr[i]:ptr[i+1]], ascending, with the values val[…].
type rows struct {
	ptr []int
	col []int
	val []float64
}

func (r *rows) len() int { return len(r.ptr) - 1 }

func (r *rows) row(i int) ([]int, []float64) {
	return r.col[r.ptr[i]:r.ptr[i+1]], r.val[r.ptr[i]:r.ptr[i+1]]
}

// dot returns row i times beta.
func (r *rows) dot(i int, beta []float64) float64 {
	cols, vals := r.row(i)
	s := 0.0
	for k, c := range cols {
		s += vals[k] * beta[c]
	}
	return s
}

// column is what the solver knows of a coefficient: its block and its prior
// standard deviation as a multiple of the block's.
type column struct {
	block block
	scale float64
}

// normal holds the weighted normal equations of a design: the Gram matrix X'WX,
// the right side X'Wy, and the sums Σw and Σwy².
type normal struct {
	p        int
	gram     []float64 // p×p, lower triangle, row-major
	right    []float64
	sumW, yy float64

	share [numBlocks]float64 // of each block's prior strength, see nearCentre
	work  *work
}

// newNormal accumulates the equations; rows of weight 0 are left out. They hold until the next.
func newNormal(x *rows, y, w []float64, p int, room *work) *normal {
	n := &normal{p: p, gram: sized(&room.gram, p*p), right: make([]float64, p), work: room}
	clear(n.gram)
	for i := range x.len() {
		if w[i] == 0 {
			continue
		}
		cols, vals := x.row(i)
		for a, ca := range cols {
			va := w[i] * vals[a]
			n.right[ca] += va * y[i]
			line := n.gram[ca*p : ca*p+ca+1]
			for b, cb := range cols[:a+1] {
				line[cb] += va * vals[b]
			}
		}
		n.sumW += w[i]
		n.yy += w[i] * y[i] * y[i]
	}
	return n
}

// solution is a posterior: the coefficients' mean, the variance of the slope's, and
// the prior strengths they were found with.
type solution struct {
	beta     []float64
	slopeVar float64
	prior    Prior
}

// ridge returns the prior precisions of the columns, 1/τ².
func (p *Prior) ridge(cols []column) []float64 {
	r := make([]float64, len(cols))
	for i, c := range cols {
		t := p.tau[c.block] * c.scale
		r[i] = 1 / (t * t)
	}
	return r
}

// solve returns the posterior mean under the prior.
//
//	A = X'WX/σ² + diag(1/τ²),  β = A⁻¹ X'Wy/σ²,  cov β = A⁻¹
//
// It returns false when A is not positive definite in floating point.
func (n *normal) solve(f *factor, cols []column, prior *Prior) ([]float64, bool) {
	s2 := prior.sigma * prior.sigma
	if !f.factorize(n.gram, 1/s2, prior.ridge(cols)) {
		return nil, false
	}
	beta := f.solve(n.right)
	for i := range beta {
		beta[i] /= s2
		if math.IsNaN(beta[i]) || math.IsInf(beta[i], 0) {
			return nil, false
		}
	}
	return beta, true
}

// residualSum returns Σw(y − Xβ)² from the equations alone.
func (n *normal) residualSum(beta []float64) float64 {
	r := n.yy
	for i := range n.p {
		line := n.gram[i*n.p : i*n.p+n.p]
		g := line[i] * beta[i]
		for j := range i {
			g += 2 * line[j] * beta[j]
		}
		r += beta[i] * (g - 2*n.right[i])
	}
	return math.Max(r, 0)
}

// estimate finds the blocks' prior variances and the noise in at most rounds
// fixed-point rounds, from the prior onwards:
//
//	γ = Σ (1 − cov(i,i)/τᵢ²) over the block
//	τ² = (Σ (βᵢ/scaleᵢ)² + 2τ₀²) / (γ + 2)
//	σ² = (Σw(y − Xβ)² + 2·floor²) / (Σw − Σγ + 2)
func (n *normal) estimate(cols []column, dense int, prior Prior, rounds int, floor float64) (solution, bool) {
	f := newFactor(n.gram, n.p, dense, n.work)
	for range rounds {
		beta, ok := n.solve(f, cols, &prior)
		if !ok {
			return solution{}, false
		}
		next := n.update(cols, prior, beta, f.inverseDiagonal(), floor)
		moved := math.Abs(next.sigma/prior.sigma - 1)
		for b := range next.tau {
			moved = math.Max(moved, math.Abs(next.tau[b]/prior.tau[b]-1))
		}
		prior = next
		if moved < .03 {
			break
		}
	}
	beta, ok := n.solve(f, cols, &prior)
	if !ok {
		return solution{}, false
	}
	s := solution{beta: beta, prior: prior}
	for i, c := range cols {
		if c.block == blockSlope {
			unit := make([]float64, n.p)
			unit[i] = 1
			s.slopeVar = f.solve(unit)[i]
		}
	}
	return s, true
}

// update returns the next round's prior from this one's posterior mean and variances.
func (n *normal) update(cols []column, prior Prior, beta, variance []float64, floor float64) Prior {
	next := prior
	var gamma, square [numBlocks]float64
	total := 0.0
	for i, c := range cols {
		t := prior.tau[c.block] * c.scale
		g := math.Max(0, 1-variance[i]/(t*t))
		gamma[c.block] += g
		square[c.block] += beta[i] * beta[i] / (c.scale * c.scale)
		total += g
	}
	for b, k := range strengths {
		if !k.fixed {
			sd, least := k.sd*n.share[b], k.least*n.share[b]
			tau := math.Sqrt((square[b] + 2*sd*sd) / (gamma[b] + 2))
			next.tau[b] = min(k.most, max(least, tau))
		}
	}
	free := math.Max(n.sumW-total, 1)
	next.sigma = math.Sqrt((n.residualSum(beta) + 2*floor*floor) / (free + 2))
	return next
}
