package theta

import "math"

// unscored is the number of first errors left out of the sum of squares.
const unscored = 3

// coefficients of a step.
type coefficients struct {
	alpha, omega float64
	dynamic      bool
}

func newCoefficients(v Variant, alpha, omega float64) coefficients {
	return coefficients{alpha: alpha, omega: omega, dynamic: v.dynamic()}
}

// state is what a model knows after t values.
type state struct {
	t                 float64
	level, mean, a, b float64
	decay             float64 // (1−α)^t
}

// begin is the state before the first value of z, which is observed.
func begin(z []float64, c coefficients, level float64) state {
	s := state{level: level, decay: 1}
	if !c.dynamic {
		s.a, s.b = line(z)
	}
	return s
}

// expect is μ of the next value.
func (s *state) expect(c coefficients) float64 {
	return s.level + c.omega*(s.decay*s.a+(1-s.decay*(1-c.alpha))/c.alpha*s.b)
}

// update moves the state over the next value.
func (s *state) update(c coefficients, y float64) {
	s.t++
	s.level += c.alpha * (y - s.level)
	s.decay *= 1 - c.alpha
	if !c.dynamic {
		return
	}
	if s.t == 1 {
		s.mean, s.a, s.b = y, y, 0
		return
	}
	s.b = ((s.t-2)*s.b + 6/s.t*(y-s.mean)) / (s.t + 1)
	s.mean += (y - s.mean) / s.t
	s.a = s.mean - (s.t+1)/2*s.b
}

// line is the least-squares line a + b·t of the observed values of z, t from 1.
func line(z []float64) (a, b float64) {
	var n, st, sy float64
	for i, v := range z {
		if !math.IsNaN(v) {
			n, st, sy = n+1, st+float64(i+1), sy+v
		}
	}
	st, sy = st/n, sy/n
	var stt, sty float64
	for i, v := range z {
		if !math.IsNaN(v) {
			d := float64(i+1) - st
			stt, sty = stt+d*d, sty+d*(v-sy)
		}
	}
	b = sty / stt
	return sy - b*st, b
}
