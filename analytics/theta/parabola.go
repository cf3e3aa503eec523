package theta

import "math"

// drawLines keeps the line through the values before each, which without gaps is the
// same for every α and ω.
func (p *problem) drawLines() {
	p.lines = make([]float64, 2*len(p.z))
	if !p.dynamic {
		for i := range p.z {
			p.lines[2*i], p.lines[2*i+1] = p.a, p.b
		}
		return
	}
	s := state{}
	for i, y := range p.z {
		p.lines[2*i], p.lines[2*i+1] = s.a, s.b
		s.update(coefficients{dynamic: true}, y)
	}
}

// parabola is best for a series without gaps, in one pass for all ω: then each error is
// e + ω·g − δ·s, linear in ω and in how far ℓ_0 lies from (1−ω)·z_1, with e, g and
// s free of both. It says no where the best δ is not within reach at every ω, and where
// rounding has left nothing of the sum of squares.
func (p *problem) parabola(alpha float64) (at, bool) {
	keep := 1 - alpha
	level, tilt, slope := p.z[0], -p.z[0], 1.0 // the level is level + ω·tilt + δ·slope
	decay, from := 1.0, 0
	if p.dynamic { // μ_1 = z_1, whatever ℓ_0
		tilt, slope, decay, from = keep*tilt, keep, keep, 1
	}
	var ee, eg, gg, es, gs, ss float64
	for i, y := range p.z[from:] {
		i += from
		next := decay * keep
		if i >= unscored {
			e := y - level
			g := -tilt - decay*p.lines[2*i] - (1-next)/alpha*p.lines[2*i+1]
			ee, eg, gg = ee+e*e, eg+e*g, gg+g*g
			es, gs, ss = es+e*slope, gs+g*slope, ss+slope*slope
		}
		level += alpha * (y - level)
		tilt, slope, decay = flush(tilt*keep), flush(slope*keep), flush(next)
	}
	if ss > 0 { // δ = (es + ω·gs)/ss
		if math.Max(math.Abs(es), math.Abs(es+gs)) >= p.reach*ss {
			return at{}, false
		}
		ee, eg, gg = ee-es*es/ss, eg-es*gs/ss, gg-gs*gs/ss
	} else {
		es, gs, ss = 0, 0, 1
	}
	omega := 0.0
	switch {
	case gg > 0:
		omega = math.Min(1, math.Max(0, -eg/gg))
	case eg < 0:
		omega = 1
	}
	sse := ee + omega*(2*eg+omega*gg)
	if !(sse > 1e-9*ee) {
		return at{}, false
	}
	return at{alpha: alpha, omega: omega, level: (1-omega)*p.z[0] + (es+omega*gs)/ss, sse: sse}, true
}
