package smoothing

import "math"

// value is what the search makes small at x: ln Σe² for additive errors, and
//
//	ln Σ(e/μ)² + (2/n)·Σ ln μ
//
// for relative ones; −n/2 times it is the log-likelihood. It is +Inf where the
// form has no meaning: a forecast, level or season not above zero in a form that
// divides by it, or beyond the finite numbers.
func (p *problem) value(x []float64) float64 {
	u := p.get(x)
	var sse, logs float64
	if p.Season == SeasonMultiplicative {
		sse, logs = p.productPass(u)
	} else {
		sse, logs = p.sumPass(u)
	}
	if math.IsNaN(sse) || math.IsInf(sse, 0) {
		return math.Inf(1)
	}
	return math.Log(math.Max(sse, p.floor)) + 2*logs/float64(p.n)
}

// product takes logarithms of many factors at the cost of few.
type product struct{ factor, logs float64 }

func (a *product) times(v float64) {
	a.factor *= v
	if a.factor < 1e-100 || a.factor > 1e100 {
		a.logs += math.Log(a.factor)
		a.factor = 1
	}
}

func (a *product) log() float64 { return a.logs + math.Log(a.factor) }

// sumPass runs the additive recursion and gives Σe² (or Σ(e/μ)²) and Σ ln μ.
func (p *problem) sumPass(u unknowns) (sse, logs float64) {
	l, b, at := u.level, u.slope, 0
	gain, slopeGain := u.Gamma*(1-u.Alpha), u.Alpha*u.Beta
	prod := product{factor: 1}
	ring := p.ring
	for _, v := range p.y {
		b *= u.Phi
		l += b
		mu := l + ring[at]
		if e := v - mu; !math.IsNaN(e) {
			l += u.Alpha * e
			b += slopeGain * e
			ring[at] += gain * e
			if p.Relative {
				if mu < least {
					return math.Inf(1), 0
				}
				e /= mu
				prod.times(mu)
			}
			sse += e * e
		}
		if at++; at == len(ring) {
			at = 0
		}
	}
	return sse, prod.log()
}

// least value of what is divided by, in the search's units (the largest
// observation is about one).
const least = 1e-12

// productPass is sumPass for a multiplicative season.
func (p *problem) productPass(u unknowns) (sse, logs float64) {
	l, b, at := u.level, u.slope, 0
	gain, slopeGain := u.Gamma*(1-u.Alpha), u.Alpha*u.Beta
	prod := product{factor: 1}
	ring := p.ring
	for _, v := range p.y {
		b *= u.Phi
		q, s := l+b, ring[at]
		l = q
		if q < least || s < least {
			return math.Inf(1), 0
		}
		mu := q * s
		if e := v - mu; !math.IsNaN(e) {
			r := e / s
			l += u.Alpha * r
			b += slopeGain * r
			if p.Relative {
				ring[at] += gain * e / q
				e /= mu
				prod.times(mu)
			} else {
				if l < least {
					return math.Inf(1), 0
				}
				ring[at] += gain * e / l
			}
			sse += e * e
		}
		if at++; at == len(ring) {
			at = 0
		}
	}
	return sse, prod.log()
}
