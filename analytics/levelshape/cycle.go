package levelshape

import "math"

// cycle is a longer period of the level: length levels of it, laid on a whole
// number of phases.
type cycle struct {
	length float64
	phases int // 0: none
	rounds int // full cycles in the history
}

// newCycle reads the longer cycle in k levels; none unless two fit.
func newCycle(o Options, k int) cycle {
	c := cycle{length: o.Cycle / float64(o.Period)}
	c.rounds = int(float64(k) / math.Max(1, c.length))
	if p := math.Round(c.length); c.length >= 1.5 && 2*p <= float64(k) && c.rounds >= 2 {
		c.phases = int(p)
	}
	return c
}

// phase of level i.
func (c cycle) phase(i int) int {
	turn := float64(i) / c.length
	return min(int((turn-math.Floor(turn))*float64(c.phases)+1e-9), c.phases-1)
}

// deseason finds the factors of the cycle's phases and takes them out of the
// level. Each is drawn from the phase's own mean toward the first harmonic, when
// that explains the means by BIC, or else toward 1: with r full cycles of c phases
// the own mean weighs r/(r+c).
func (m *Model) deseason(g folded) {
	c := m.cycle
	if c.phases == 0 {
		return
	}
	own := make([]float64, c.phases)
	count := make([]float64, c.phases)
	for i, v := range g.level {
		if g.known[i] {
			own[c.phase(i)] += v
			count[c.phase(i)]++
		}
	}
	mean := 0.0
	for p := range own {
		own[p] /= count[p]
		if count[p] == 0 {
			own[p] = 1
		}
		mean += own[p] / float64(c.phases)
	}
	if !(mean > 0) {
		m.cycle.phases = 0
		return
	}
	for p := range own {
		own[p] /= mean
	}
	prior := harmonic(own)
	w := float64(c.rounds) / float64(c.rounds+c.phases)
	m.Season, mean = make([]float64, c.phases), 0
	for p := range own {
		m.Season[p] = math.Max(least, w*own[p]+(1-w)*prior[p])
		mean += m.Season[p] / float64(c.phases)
	}
	for p := range m.Season {
		m.Season[p] /= mean
	}
	for i := range g.level {
		g.level[i] /= m.Season[c.phase(i)]
	}
}

// harmonic is the first harmonic of factors about 1, or 1 throughout, whichever has
// the smaller BIC.
func harmonic(own []float64) []float64 {
	c := float64(len(own))
	var a, b float64
	for p, v := range own {
		sin, cos := math.Sincos(2 * math.Pi * float64(p) / c)
		a += 2 / c * (v - 1) * cos
		b += 2 / c * (v - 1) * sin
	}
	out := make([]float64, len(own))
	var flat, bent float64
	for p, v := range own {
		sin, cos := math.Sincos(2 * math.Pi * float64(p) / c)
		out[p] = 1 + a*cos + b*sin
		flat += (v - 1) * (v - 1)
		bent += (v - out[p]) * (v - out[p])
	}
	bic := func(rss float64) float64 { return c * math.Log(math.Max(rss/c, 1e-30)) }
	if bic(bent)+2*math.Log(c) < bic(flat) {
		return out
	}
	for p := range out {
		out[p] = 1
	}
	return out
}
