package theta

import "math"

// pass runs the recursion for α and ω and gives the sum of squares with the best
// ℓ_0. Every state is carried as its value at a base level and its derivative
// with respect to ℓ_0, in which the model is linear; both are exact. The
// derivatives of the line differ from zero only after a gap.
func (p *problem) pass(alpha, omega float64) at {
	base := (1 - omega) * p.z[0] // the level that makes μ_1 = z_1 without a trend
	keep := 1 - alpha
	level, slope := base, 1.0
	a, b, mean := p.a, p.b, 0.0
	var da, db, dmean float64
	if p.dynamic { // μ_1 = z_1, whatever ℓ_0
		level, slope = level+alpha*(p.z[0]-level), keep
		a, b, mean = p.z[0], 0, p.z[0]
	}
	decay := 1.0
	var xx, xy, yy float64
	for i, y := range p.z {
		if p.dynamic && i == 0 {
			decay = keep
			continue
		}
		next := decay * keep
		ramp := (1 - next) / alpha
		mu := level + omega*(decay*a+ramp*b)
		dmu := slope
		if p.gaps {
			dmu += omega * (decay*da + ramp*db)
		}
		dy := 0.0
		switch {
		case math.IsNaN(y):
			y, dy = mu, dmu
		case i >= unscored:
			e := y - mu
			xx += dmu * dmu
			xy += dmu * e
			yy += e * e
		}
		level += alpha * (y - level)
		slope = flush(slope + alpha*(dy-slope))
		decay = flush(next)
		if !p.dynamic {
			continue
		}
		t, share, after := float64(i+1), p.share[i+1], p.share[i+2]
		b = ((t-2)*b + 6*share*(y-mean)) * after
		mean += (y - mean) * share
		a = mean - (t+1)/2*b
		if p.gaps {
			db = ((t-2)*db + 6*share*(dy-dmean)) * after
			dmean += (dy - dmean) * share
			da = dmean - (t+1)/2*db
		}
	}
	off := 0.0
	if xx > 0 {
		off = math.Max(-p.reach, math.Min(p.reach, xy/xx))
	}
	return at{alpha: alpha, omega: omega, level: base + off, sse: math.Max(0, yy-off*(2*xy-off*xx)),
		held: math.Abs(off) == p.reach}
}

// flush spares the processor numbers too small for their form, which are slow.
func flush(v float64) float64 {
	if math.Abs(v) < 1e-30 {
		return 0
	}
	return v
}
