package decompose

import (
	"fmt"
	"slices"
)

// MultipleOptions of MSTL. The zero value of each field but Periods is the default
// of R's forecast::mstl.
type MultipleOptions struct {
	// Periods are the observations per cycle, at least 2 each, all different, in any
	// order; they need not be whole: 365.25 days, 30.44 days, 52.18 weeks.
	Periods []float64
	// Windows are the seasonal windows of STL, one a period: 0 for a season that never
	// changes. nil means 11, 15, 19 … from the shortest period to the longest.
	Windows []int
	// Iterations over all the periods: 0 means 2, or 1 for a single period.
	Iterations int
	// STL holds every other choice, for each of the decompositions; its Period and
	// SeasonalWindow are not read.
	STL Options
}

// MultipleComponents of a series, of its length.
type MultipleComponents struct {
	Trend   []float64
	Seasons [][]float64 // one a period, in the order of MultipleOptions.Periods
	// Remainder is y − Trend − ΣSeasons; NaN where y is missing.
	Remainder []float64
	// Weights in [0, 1] of the last robust loop; 1 if it was not robust.
	Weights []float64
}

// MSTL parts y into a trend, one season for each of several periods, and a
// remainder (Bandara, Hyndman and Bergmeir, "MSTL: a seasonal-trend decomposition
// algorithm for time series with multiple seasonal patterns", arXiv 2107.13462,
// 2021, algorithm 1): from the shortest period to the longest, a season is found
// by STL in what the other seasons leave, and all again in the next iteration. The
// trend is that of the last STL.
//
// A cycle that is not whole is laid on ⌊period⌋ phases: the value at i belongs to
// phase step ⌊i·⌊period⌋/period⌋, values that share a step (one a cycle of 365.25
// days in four) are averaged, and STL works on the steps. Season is read back from
// the step, the trend on a straight line between the steps.
//
// A missing value (NaN) is first filled as Fill does by the shortest period, and
// from the second iteration on by the trend and the seasons found. Its remainder
// is NaN.
//
// Errors: ErrTooShort below two cycles of the longest period (leave that out),
// ErrNoData, ErrNotFinite.
func MSTL(y []float64, o MultipleOptions) (MultipleComponents, error) {
	m, err := newMultiple(y, o)
	if err != nil {
		return MultipleComponents{}, fmt.Errorf("decomposing by MSTL: %w", err)
	}
	rounds := or(o.Iterations, 2)
	if len(o.Periods) == 1 && o.Iterations == 0 {
		rounds = 1
	}
	for round := range rounds {
		if round > 0 {
			m.refill()
		}
		for _, k := range m.order {
			m.refine(k)
		}
	}
	c := MultipleComponents{Trend: m.trend, Seasons: m.seasons, Remainder: make([]float64, len(y)), Weights: m.weights}
	for i, v := range y {
		c.Remainder[i] = v - m.fitted(i)
	}
	return c, nil
}

// multiple is one series under decomposition.
type multiple struct {
	y       []float64
	full    []float64 // y with its missing values filled
	left    []float64 // full without the other seasons
	order   []int     // the periods from the shortest to the longest
	folds   []fold
	plans   []plan
	trend   []float64
	seasons [][]float64
	weights []float64
}

func newMultiple(y []float64, o MultipleOptions) (*multiple, error) {
	order, windows, err := o.sorted()
	if err != nil {
		return nil, err
	}
	n := len(y)
	m := &multiple{y: y, order: order, left: make([]float64, n), seasons: make([][]float64, len(order))}
	for k, period := range o.Periods {
		if !(float64(n) >= 2*period) {
			return nil, fmt.Errorf("%d values of period %v: %w", n, period, ErrTooShort)
		}
		f := newFold(n, period)
		s := o.STL
		s.Period, s.SeasonalWindow = f.phases, windows[k]
		p, err := s.plan(f.steps)
		if err != nil {
			return nil, err
		}
		m.folds, m.plans = append(m.folds, f), append(m.plans, p)
		m.seasons[k] = make([]float64, n)
	}
	if err := survey(y); err != nil {
		return nil, err
	}
	m.full = Fill(y, m.folds[order[0]].phases)
	return m, nil
}

// sorted gives the places of the periods from the shortest to the longest, and the
// seasonal window of each period.
func (o MultipleOptions) sorted() (order, windows []int, err error) {
	if len(o.Periods) == 0 {
		return nil, nil, fmt.Errorf("no period: name at least one")
	}
	if o.Iterations < 0 {
		return nil, nil, fmt.Errorf("%d iterations: choose 0 for the default, or above", o.Iterations)
	}
	for k, p := range o.Periods {
		if !(p >= 2) || slices.Contains(o.Periods[:k], p) {
			return nil, nil, fmt.Errorf("a period of %v: choose each once, at least 2", p)
		}
		order = append(order, k)
	}
	slices.SortFunc(order, func(a, b int) int {
		if o.Periods[a] < o.Periods[b] {
			return -1
		}
		return 1
	})
	if o.Windows != nil {
		if len(o.Windows) != len(o.Periods) {
			return nil, nil, fmt.Errorf("%d seasonal windows for %d periods: give one each, or none", len(o.Windows), len(o.Periods))
		}
		return order, o.Windows, nil
	}
	windows = make([]int, len(order))
	for rank, k := range order {
		windows[k] = 11 + 4*rank
	}
	return order, windows, nil
}

// refine finds season k in what the others leave, and the trend.
func (m *multiple) refine(k int) {
	for i, v := range m.full {
		m.left[i] = v
		for j, s := range m.seasons {
			if j != k {
				m.left[i] -= s[i]
			}
		}
	}
	f := m.folds[k]
	w := newWork(m.plans[k], f.gather(m.left))
	w.run()
	if w.periodic {
		repeat(w.season, w.period)
	}
	m.seasons[k] = f.steady(w.season)
	m.trend, m.weights = f.sloped(w.trend), f.steady(w.weights)
}

// fitted is trend and seasons at i.
func (m *multiple) fitted(i int) float64 {
	v := m.trend[i]
	for _, s := range m.seasons {
		v += s[i]
	}
	return v
}

// refill puts what has been found in place of the missing values.
func (m *multiple) refill() {
	for i, v := range m.y {
		if v != v {
			m.full[i] = m.fitted(i)
		}
	}
}
