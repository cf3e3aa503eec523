package smoothing

import "math"

// series is a series made ready for the search: scaled to about one by a power
// of two, so that no digit is lost, and centred where the form allows it, so
// that a series far from zero keeps its digits too.
type series struct {
	raw    []float64
	y      []float64 // (raw − centre)/2^exp; NaN missing
	n      int       // observations
	exp    int
	centre float64
	top    float64 // largest magnitude of raw/2^exp
}

// scale fills y, in room, from raw.
func (d *series) scale(room []float64, centre bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range d.raw {
		if !math.IsNaN(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	if centre {
		d.centre = lo + (hi-lo)/2
	}
	size := math.Max(hi-d.centre, d.centre-lo)
	_, d.exp = math.Frexp(size)
	d.y = room
	for i, v := range d.raw {
		d.y[i] = math.Ldexp(v-d.centre, -d.exp)
	}
	d.top = math.Ldexp(math.Max(math.Abs(lo), math.Abs(hi)), -d.exp)
}

// scaled writes the state st of the form s, in units of raw, into the search's
// units, its seasons into ring: one zero without a season.
func (d *series) scaled(st State, s Spec, ring []float64) State {
	c := State{Level: math.Ldexp(st.Level-d.centre, -d.exp), Season: ring}
	if s.Trend {
		c.Trend = math.Ldexp(st.Trend, -d.exp)
	}
	switch s.Season {
	case SeasonNone:
		ring[0] = 0
	case SeasonAdditive:
		for i, v := range st.Season {
			ring[i] = math.Ldexp(v, -d.exp)
		}
	case SeasonMultiplicative:
		copy(ring, st.Season)
	}
	return c
}

// loglik is Model.LogLik for a value of the search.
func (d *series) loglik(value float64) float64 {
	return -float64(d.n) * (value/2 + float64(d.exp)*math.Ln2)
}

// valueOf is the value of the search that has the log-likelihood.
func (d *series) valueOf(loglik float64) float64 {
	return -2 * (loglik/float64(d.n) + float64(d.exp)*math.Ln2)
}

// stretched is a difference in log-likelihood that is right for 150 observations,
// for as many as there are: what a search has not found yet grows with the series.
func (d *series) stretched(lag float64) float64 { return lag * math.Max(1, float64(d.n)/150) }
