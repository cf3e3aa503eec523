package decompose

import (
	"fmt"
	"math"
)

// STL parts y into trend + season + remainder by loess (C90), with the defaults
// of R's stl (whose robust results differ a little; see width). A missing value (NaN) is first laid on the straight line between
// the nearest observed values of its own season, whole periods before and after
// (level with the one there is, at the ends); a season never observed lies on the
// line between its neighbours in time. The remainder of a missing value is NaN.
//
// Errors: ErrTooShort below two periods, ErrNoData, ErrNotFinite.
func STL(y []float64, o Options) (Components, error) {
	p, err := o.plan(len(y))
	if err != nil {
		return Components{}, fmt.Errorf("decomposing by STL: %w", err)
	}
	if err := survey(y); err != nil {
		return Components{}, fmt.Errorf("decomposing by STL: %w", err)
	}
	w := newWork(p, Fill(y, p.period))
	w.run()
	if p.periodic {
		repeat(w.season, p.period)
	}
	c := Components{Trend: w.trend, Season: w.season, Remainder: make([]float64, len(y)), Weights: w.weights}
	for i, v := range y {
		c.Remainder[i] = v - c.Trend[i] - c.Season[i]
	}
	return c, nil
}

// work is one series under decomposition, with its buffers.
type work struct {
	plan
	y, trend, season, weights []float64
	robust                    bool // weights count

	cycle        []float64    // smoothed seasons, one period longer at both ends
	rest         []float64    // y without trend, or without season
	a, b         []float64    // of the low-pass filter
	sub          [3][]float64 // one season's series, its weights, its smooth
	local, sizes []float64
}

func newWork(p plan, y []float64) *work {
	n, long := len(y), len(y)+2*p.period
	w := &work{plan: p, y: y, trend: make([]float64, n), season: make([]float64, n), weights: make([]float64, n),
		cycle: make([]float64, long), rest: make([]float64, n), a: make([]float64, long), b: make([]float64, long),
		local: make([]float64, long), sizes: make([]float64, n)}
	for i := range w.sub {
		w.sub[i] = make([]float64, n/p.period+3)
	}
	for i := range w.weights {
		w.weights[i] = 1
	}
	return w
}

// run does the outer loops (C90 §2.4) around the inner ones (C90 §2.3).
func (w *work) run() {
	for outer := 0; ; outer++ {
		for range w.inner {
			w.refine()
		}
		if outer == w.outer {
			return
		}
		w.weigh(w.width())
	}
}

// refine is one inner loop: season from what the trend leaves, trend from what
// the season leaves. The steps are numbered as in C90 §2.3.
func (w *work) refine() {
	n := len(w.y)
	for i, v := range w.y { // 1: take the trend off
		w.rest[i] = v - w.trend[i]
	}
	w.smoothSeasons() // 2
	// 3: what of the seasons moves slowly belongs to the trend
	low := average(w.a, w.cycle, w.period)
	low = average(w.b, low, w.period)
	low = average(w.a, low, 3)
	w.lowpass.smooth(w.b[:n], low, nil, w.local)
	for i := range w.season { // 4: take it off the season
		w.season[i] = w.cycle[i+w.period] - w.b[i]
	}
	for i, v := range w.y { // 5: take the season off
		w.rest[i] = v - w.season[i]
	}
	w.plan.trend.smooth(w.trend, w.rest, w.given(w.weights), w.local) // 6
}

// given is the weights if they count.
func (w *work) given(weights []float64) []float64 {
	if w.robust {
		return weights
	}
	return nil
}

// smoothSeasons smooths the series of each season of the period and lengthens it
// by one period at both ends.
func (w *work) smoothSeasons() {
	for s := range w.period {
		k := 0
		for i := s; i < len(w.rest); i += w.period {
			w.sub[0][k], w.sub[1][k] = w.rest[i], w.weights[i]
			k++
		}
		y, weights, out := w.sub[0][:k], w.given(w.sub[1][:k]), w.sub[2][1:k+1]
		w.seasonal.smooth(out, y, weights, w.local)
		span := min(w.seasonal.span, k)
		before, ok := w.seasonal.at(-1, 0, span, y, weights, w.local)
		if !ok {
			before = out[0]
		}
		after, ok := w.seasonal.at(float64(k), k-span, k, y, weights, w.local)
		if !ok {
			after = out[k-1]
		}
		w.sub[2][0], w.sub[2][k+1] = before, after
		for i, v := range w.sub[2][:k+2] {
			w.cycle[s+i*w.period] = v
		}
	}
}

// width measures the remainder for the weights: six times the median of its
// size (C90 §2.4), here 3 × the sum of the two middle ones. It leaves the sizes
// in rest. (R's stl hands its partial sort the two middle places in falling
// order, which that sort does not allow: on series of even length some of R's
// medians are a neighbouring value. We take the true one.)
func (w *work) width() float64 {
	for i, v := range w.y {
		w.rest[i] = math.Abs(v - w.trend[i] - w.season[i])
	}
	copy(w.sizes, w.rest)
	lower, upper := middles(w.sizes)
	return 3 * (upper + lower)
}

// weigh renews the weights by the bisquare of the remainder's size over h.
func (w *work) weigh(h float64) {
	w.robust = true
	for i, r := range w.rest {
		switch {
		case r <= 0.001*h: // as R's stl
			w.weights[i] = 1
		case r <= 0.999*h:
			u := r / h
			w.weights[i] = (1 - u*u) * (1 - u*u)
		default:
			w.weights[i] = 0
		}
	}
}

// repeat makes every period of the season the mean one (R's s.window =
// "periodic").
func repeat(season []float64, period int) {
	for s := range period {
		sum, k := 0.0, 0
		for i := s; i < len(season); i += period {
			sum += season[i]
			k++
		}
		for i := s; i < len(season); i += period {
			season[i] = sum / float64(k)
		}
	}
}
