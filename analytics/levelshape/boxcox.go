package levelshape

import "math"

// least is the smallest level, as a share of the mean one, and the smallest
// factor of a cycle: a closed week is low, not minus infinity.
const least = 1e-3

// transform finds the power of the level's Box-Cox transform (Box and Cox,
// "An analysis of transformations", JRSS B 26 (1964) 211-252, eq. 8), and applies
// it. What comes out is counted from its last value, in a unit that makes its
// standard deviation 10: then the ridge's strengths mean the same for every series,
// from next to none to a random walk.
func (m *Model) transform(level []float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, v := range level {
		level[i] = math.Max(least, v)
		lo, hi = math.Min(lo, level[i]), math.Max(hi, level[i])
	}
	m.Lambda = power(level)
	m.level = make([]float64, len(level))
	for i, v := range level {
		m.level[i] = boxCox(v, m.Lambda)
	}
	m.last, m.unit = m.level[len(level)-1], 1
	if sd := math.Sqrt(variance(m.level)); sd > 1e-10 {
		m.unit = 10 / sd
	}
	for i := range m.level {
		m.level[i] = (m.level[i] - m.last) * m.unit
	}
	m.low = (boxCox(math.Max(least, 2*lo-hi), m.Lambda) - m.last) * m.unit
	m.high = (boxCox(2*hi-lo, m.Lambda) - m.last) * m.unit
}

// variance of v about its mean.
func variance(v []float64) float64 {
	var mean, square float64
	for i, x := range v {
		d := x - mean
		mean += d / float64(i+1)
		square += d * (x - mean)
	}
	return square / float64(len(v))
}

func boxCox(v, lambda float64) float64 {
	if lambda == 0 {
		return math.Log(v)
	}
	return math.Expm1(lambda*math.Log(v)) / lambda
}

func inverse(z, lambda float64) float64 {
	if lambda == 0 {
		return math.Exp(z)
	}
	return math.Exp(math.Log1p(math.Max(z*lambda, least-1)) / lambda)
}

// power is the power in [0, 1] with the largest profile likelihood; 1 below ten
// levels, which tell nothing about it.
func power(level []float64) float64 {
	n := float64(len(level))
	if n < 10 {
		return 1
	}
	logs := make([]float64, len(level))
	sum := 0.0
	for i, v := range level {
		logs[i] = math.Log(v)
		sum += logs[i]
	}
	z := make([]float64, len(level))
	loss := func(lambda float64) float64 {
		for i, l := range logs {
			z[i] = l
			if lambda > 0 {
				z[i] = math.Expm1(lambda*l) / lambda
			}
		}
		return n/2*math.Log(math.Max(variance(z), 1e-300)) - (lambda-1)*sum
	}
	return golden(loss, 1e-7)
}

// golden is the minimum of f, which has one bottom, in [0, 1]; an end where that is
// no worse.
func golden(f func(float64) float64, tol float64) float64 {
	ratio := (math.Sqrt(5) - 1) / 2
	lo, hi := 0.0, 1.0
	a, b := hi-ratio*(hi-lo), lo+ratio*(hi-lo)
	fa, fb := f(a), f(b)
	for hi-lo > tol {
		if fa <= fb {
			hi, b, fb = b, a, fa
			a = hi - ratio*(hi-lo)
			fa = f(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + ratio*(hi-lo)
			fb = f(b)
		}
	}
	best, at := math.Min(fa, fb), (lo+hi)/2
	for _, end := range [...]float64{0, 1} {
		if f(end) <= best {
			best, at = f(end), end
		}
	}
	return at
}
