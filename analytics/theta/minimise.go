package theta

import "math"

// minimise calls f on its way to a minimum in [lo, hi], to within tol, by parabolic
// steps kept safe by golden sections (Brent, Algorithms for Minimization without
// Derivatives, 1973, ch. 5). f remembers the best point it has seen.
func minimise(f func(float64) float64, lo, hi, tol float64) {
	golden := (3 - math.Sqrt(5)) / 2
	x := lo + golden*(hi-lo)
	w, v := x, x
	fx := f(x)
	fw, fv := fx, fx
	var step, before float64
	for range 60 {
		middle := (lo + hi) / 2
		if math.Abs(x-middle)+(hi-lo)/2 <= 2*tol {
			break
		}
		r := (x - w) * (fx - fv)
		q := (x - v) * (fx - fw)
		num, den := (x-v)*q-(x-w)*r, 2*(q-r)
		if den > 0 {
			num = -num
		}
		den = math.Abs(den)
		if math.Abs(num) < math.Abs(0.5*den*before) && num > den*(lo-x) && num < den*(hi-x) {
			before, step = step, num/den
		} else {
			before = hi - x
			if x >= middle {
				before = lo - x
			}
			step = golden * before
		}
		u := x + step
		if math.Abs(step) < tol {
			u = x + math.Copysign(tol, step)
		}
		fu := f(u)
		if fu <= fx {
			if u >= x {
				lo = x
			} else {
				hi = x
			}
			v, fv, w, fw, x, fx = w, fw, x, fx, u, fu
			continue
		}
		if u < x {
			lo = u
		} else {
			hi = u
		}
		if fu <= fw || w == x {
			v, fv, w, fw = w, fw, u, fu
		} else if fu <= fv || v == x || v == w {
			v, fv = u, fu
		}
	}
}
