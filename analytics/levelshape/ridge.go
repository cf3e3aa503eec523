package levelshape

import "math"

// The strengths of the ridge that are averaged: 25 of them, evenly in logarithms.
const strengths, weakest, strongest = 25, -4.0, 4.0

// regress finds the weights of the level's regression. The target is the step to
// the next level, and the level before enters with its sign turned, so that the
// ridge draws its weight toward 1: a random walk.
func (m *Model) regress(g folded) {
	k, columns := len(m.level), 3
	lag := m.cycle.phases
	if lag > 0 && k-lag >= 8 { // two rows a column, or the leverages rule the errors
		columns = 4
	} else {
		lag = 0
	}
	m.lag = lag
	var x [][4]float64
	var y []float64
	for i := max(1, lag); i < k; i++ {
		if !g.known[i] {
			continue
		}
		row := [4]float64{1, float64(i) / float64(k), -m.level[i-1]}
		if lag > 0 {
			row[3] = m.level[i-lag]
		}
		x = append(x, row)
		y = append(y, m.level[i]-m.level[i-1])
	}
	beta := ridge(x, y, columns)
	m.Intercept, m.Slope, m.Lag, m.CycleLag = beta[0], beta[1], 1-beta[2], beta[3]
	m.Damping = persistence(m.level)
}

// ridge is the mean of the ridge regressions of y on the first columns of x over
// all strengths, weighed by their leave-one-out errors: with g the mean squared one
// and g₀ the smallest, a strength weighs exp(−(g − g₀)/g₀). The errors come from
// the leverages h: e/(1 − h).
func ridge(x [][4]float64, y []float64, columns int) [4]float64 {
	var gram [4][4]float64
	for _, r := range x {
		for a := range columns {
			for b := range columns {
				gram[a][b] += r[a] * r[b]
			}
		}
	}
	values, vectors := eigen(gram, columns)
	z := make([][4]float64, len(x)) // x in the directions of the eigenvectors
	var zy [4]float64
	for i, r := range x {
		for c := range columns {
			for a := range columns {
				z[i][c] += r[a] * vectors[a][c]
			}
			zy[c] += z[i][c] * y[i]
		}
	}
	var error2 [strengths]float64
	var along [strengths][4]float64
	best := math.Inf(1)
	for s := range strengths {
		alpha := math.Pow(10, weakest+(strongest-weakest)*float64(s)/(strengths-1))
		for i, r := range z {
			fit, leverage := 0.0, 0.0
			for c := range columns {
				fit += r[c] * zy[c] / (values[c] + alpha)
				leverage += r[c] * r[c] / (values[c] + alpha)
			}
			e := (y[i] - fit) / math.Max(1-leverage, 1e-10)
			error2[s] += e * e / float64(len(z))
		}
		for c := range columns {
			along[s][c] = zy[c] / (values[c] + alpha)
		}
		best = math.Min(best, error2[s])
	}
	var mean, beta [4]float64
	total := 0.0
	for s := range strengths {
		w := math.Exp(-(error2[s] - best) / math.Max(best, 1e-10))
		if len(z) == 0 {
			w = 1
		}
		total += w
		for c := range columns {
			mean[c] += w * along[s][c]
		}
	}
	for a := range columns {
		for c := range columns {
			beta[a] += vectors[a][c] * mean[c] / total
		}
	}
	return beta
}

// eigen gives the eigenvalues and, in columns, the eigenvectors of the leading
// n × n part of a symmetric matrix by Jacobi's rotations (Golub and Van Loan,
// Matrix Computations, 4th ed. 2013, §8.5).
func eigen(a [4][4]float64, n int) (values [4]float64, vectors [4][4]float64) {
	for i := range n {
		vectors[i][i] = 1
	}
	for range 30 {
		off := 0.0
		for p := range n {
			for q := p + 1; q < n; q++ {
				off += a[p][q] * a[p][q]
				rotate(&a, &vectors, p, q, n)
			}
		}
		if off == 0 {
			break
		}
	}
	for i := range n {
		values[i] = math.Max(0, a[i][i])
	}
	return values, vectors
}

// rotate makes a[p][q] zero.
func rotate(a, v *[4][4]float64, p, q, n int) {
	if math.Abs(a[p][q]) <= 1e-300 {
		a[p][q], a[q][p] = 0, 0
		return
	}
	tau := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := math.Copysign(1, tau) / (math.Abs(tau) + math.Hypot(1, tau))
	c := 1 / math.Hypot(1, t)
	s := t * c
	for k := range n {
		kp, kq := a[k][p], a[k][q]
		a[k][p], a[k][q] = c*kp-s*kq, s*kp+c*kq
	}
	for k := range n {
		pk, qk := a[p][k], a[q][k]
		a[p][k], a[q][k] = c*pk-s*qk, s*pk+c*qk
		kp, kq := v[k][p], v[k][q]
		v[k][p], v[k][q] = c*kp-s*kq, s*kp+c*kq
	}
	a[p][q], a[q][p] = 0, 0
}

// persistence is φ: the first autocorrelation of the steps of the level, at least
// 0 and below 1; 0 below five steps.
func persistence(level []float64) float64 {
	k := len(level) - 1
	if k < 5 {
		return 0
	}
	mean := (level[k] - level[0]) / float64(k)
	var c0, c1 float64
	for i := range k {
		d := level[i+1] - level[i] - mean
		c0 += d * d
		if i > 0 {
			c1 += d * (level[i] - level[i-1] - mean)
		}
	}
	if c0 < 1e-20 {
		return 0
	}
	return math.Min(math.Max(c1/c0, 0), 1-1e-10)
}
