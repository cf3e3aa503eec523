package regress

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// factor is the Cholesky factor L of a symmetric positive definite matrix A = LL'
// whose rows begin with zeros: row i of A, and so of L, is zero left of first[i]
// (an envelope, George and Liu 1981, ch. 4). With an occasion's columns first, which
// meet few others, and the seasons' last, this is a third of the dense work.
type factor struct {
	p, dense int // columns from dense on begin anywhere
	first    []int
	l        []float64 // p×p, lower triangle, row-major
	z        []float64 // scratch of inverseDiagonal
	v        []float64
	work     *work
}

// newFactor returns a factor for matrices whose non-zeros are among those of the
// lower triangle gram, p×p, row-major.
func newFactor(gram []float64, p, dense int, room *work) *factor {
	f := &factor{p: p, dense: dense, first: make([]int, p), l: sized(&room.l, p*p), v: make([]float64, p), work: room}
	for i := range f.first {
		f.first[i] = i
		for j, v := range gram[i*p : i*p+i] {
			if v != 0 {
				f.first[i] = j
				break
			}
		}
	}
	return f
}

// factorize computes L of A = gram·scale + diag(ridge); it returns false when A is
// not positive definite in floating point.
func (f *factor) factorize(gram []float64, scale float64, ridge []float64) bool {
	p := f.p
	for i := range p {
		li := f.l[i*p : i*p+p]
		for j := f.first[i]; j < i; j++ {
			lj := f.l[j*p : j*p+p]
			k := max(f.first[i], f.first[j])
			li[j] = (gram[i*p+j]*scale - dot(li[k:max(j, k)], lj[k:max(j, k)])) / lj[j]
		}
		row := li[f.first[i]:i]
		d := gram[i*p+i]*scale + ridge[i] - dot(row, row)
		if !(d > 0) || math.IsInf(d, 0) {
			return false
		}
		li[i] = math.Sqrt(d)
	}
	return true
}

func dot(a, b []float64) float64 {
	if len(a) == 0 {
		return 0
	}
	return floats.Dot(a, b)
}

// solve returns A⁻¹b.
func (f *factor) solve(b []float64) []float64 {
	p := f.p
	x := make([]float64, p)
	for i := range p {
		k := f.first[i]
		x[i] = (b[i] - dot(f.l[i*p+k:i*p+i], x[k:i])) / f.l[i*p+i]
	}
	for i := p - 1; i >= 0; i-- {
		x[i] /= f.l[i*p+i]
		k := f.first[i]
		floats.AddScaled(x[k:i], -x[i], f.l[i*p+k:i*p+i])
	}
	return x
}

// inverseDiagonal returns the diagonal of A⁻¹ by the recursion of Takahashi, Fagan
// and Chin (1973), which needs the inverse within the envelope only. With v the
// part of L's column j below its diagonal:
//
//	Z(i,j) = −(1/L(j,j)) Σₖ v(k) Z(i,k),  Z(j,j) = 1/L(j,j)² − (1/L(j,j)) Σₖ v(k) Z(k,j)
func (f *factor) inverseDiagonal() []float64 {
	p := f.p
	if f.z == nil {
		f.z = sized(&f.work.z, p*p)
		clear(f.z) // entries outside the envelope stay zero and meet zeros of v
	}
	out := make([]float64, p)
	for j := p - 1; j >= 0; j-- {
		inv := 1 / f.l[j*p+j]
		near := j + 1 // the sparse rows that reach column j end before near
		clear(f.v)
		for k := j + 1; k < p; k++ {
			if f.first[k] <= j {
				f.v[k] = f.l[k*p+j]
				if k < f.dense {
					near = k + 1
				}
			}
		}
		far := max(f.dense, j+1)
		sum := 0.0
		for i := j + 1; i < p; i++ {
			if f.first[i] > j {
				continue
			}
			zi := f.z[i*p : i*p+p]
			s := -inv * (dot(f.v[j+1:min(near, far)], zi[j+1:min(near, far)]) + dot(f.v[far:], zi[far:]))
			zi[j], f.z[j*p+i] = s, s
			sum += f.v[i] * s
		}
		out[j] = inv*inv - inv*sum
		f.z[j*p+j] = out[j]
	}
	return out
}
