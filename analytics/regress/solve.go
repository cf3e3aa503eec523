package regress

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

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
//
// A row's level steps are the first so many of them, which would be a good part of all products:
// only the last is accumulated, and the sums over it and those behind it are made at the end.
func newNormal(x *rows, y, w []float64, cols []column, room *work) *normal {
	p := len(cols)
	from, to := stepsOf(cols)
	n := &normal{p: p, gram: sized(&room.gram, p*p), right: make([]float64, p), work: room}
	clear(n.gram)
	for i := range x.len() {
		if w[i] == 0 {
			continue
		}
		cols, vals := x.row(i)
		before, behind := within(cols, from), within(cols, to)
		for a, ca := range cols {
			if a >= before && a < behind-1 {
				continue
			}
			va := w[i] * vals[a]
			n.right[ca] += va * y[i]
			line := n.gram[ca*p : ca*p+ca+1]
			for b, cb := range cols[:min(before, a+1)] {
				line[cb] += va * vals[b]
			}
			for b := max(behind-1, before); b <= a; b++ {
				line[cols[b]] += va * vals[b]
			}
		}
		n.sumW += w[i]
		n.yy += w[i] * y[i] * y[i]
	}
	n.sumSteps(from, to)
	return n
}

// stepsOf are the columns [from, to) of the level steps, the latest first; none is (0, 0).
func stepsOf(cols []column) (from, to int) {
	for i, c := range cols {
		if c.block == blockStep {
			if to == 0 {
				from = i
			}
			to = i + 1
		}
	}
	return from, to
}

// within is how many of ascending columns lie before one.
func within(cols []int, column int) int {
	at, _ := slices.BinarySearch(cols, column)
	return at
}

// sumSteps makes of sums over rows that end with a step those over rows that have it.
func (n *normal) sumSteps(from, to int) {
	p := n.p
	for s := to - 2; s >= from; s-- {
		n.right[s] += n.right[s+1]
		floats.Add(n.gram[s*p:s*p+from], n.gram[(s+1)*p:(s+1)*p+from])
		n.gram[s*p+s] += n.gram[(s+1)*p+s+1]
	}
	for s := from; s < to; s++ { // of two steps the rows that have the later have both
		for e := from; e < s; e++ {
			n.gram[s*p+e] = n.gram[s*p+s]
		}
	}
	for i := to; i < p; i++ {
		line := n.gram[i*p : i*p+to]
		for s := to - 2; s >= from; s-- {
			line[s] += line[s+1]
		}
	}
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
