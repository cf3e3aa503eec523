package smoothing

import (
	"fmt"
	"math"
)

// Refit fits the stored form again to y, a series that begins where the model's
// did: the search starts from the stored parameters and states, which costs a
// tenth of FitDouble. Where these are no numbers it is FitDouble.
//
// Errors: those of FitDouble.
func (s DoubleStored) Refit(y []float64) (*Double, error) {
	w := pool.Get().(*Workspace)
	defer pool.Put(w)
	return w.RefitDouble(s, y)
}

// RefitDouble is DoubleStored.Refit in w.
func (w *Workspace) RefitDouble(s DoubleStored, y []float64) (*Double, error) {
	n, err := s.ready(y)
	if err != nil {
		return nil, fmt.Errorf("fitting %v again: %w", s.DoubleSpec, err)
	}
	if !s.usable() {
		return w.FitDouble(y, s.DoubleSpec)
	}
	w.begin(y[leading(y):], n)
	p := &w.double
	p.prepare(w, s.DoubleSpec)
	p.resume(s)
	if math.IsInf(p.value(p.x), 1) {
		return w.FitDouble(y, s.DoubleSpec)
	}
	return p.finish(y)
}

// Advance is Stored.Advance for a double seasonal model, with its errors.
func (s DoubleStored) Advance(y []float64, gone int) (DoubleStored, error) {
	gone += leading(y[gone:])
	if gone == len(y) {
		return DoubleStored{}, fmt.Errorf("advancing: %w", ErrNoData)
	}
	if leading(y[:gone]) == gone {
		return s, nil
	}
	m, err := RunDouble(y[:gone], s.DoubleSpec, s.DoubleParams, s.Start)
	if err != nil {
		return DoubleStored{}, fmt.Errorf("advancing: %w", err)
	}
	s.Start = m.End
	return s, nil
}

// usable says whether a search can start from s.
func (s DoubleStored) usable() bool {
	return len(s.Start.Short) == s.Short && len(s.Start.Long) == s.Long && finite(s.Start.Short...) && finite(s.Start.Long...) &&
		finite(s.Start.Level, s.Start.Trend, s.Alpha, s.Beta, s.Delta, s.Omega, s.Phi, s.Rho)
}

// resume takes parameters and states from s.
func (p *doubleProblem) resume(s DoubleStored) {
	for i, v := range s.Start.Short {
		p.short[i] = math.Ldexp(v, -p.exp)
	}
	for i, v := range s.Start.Long {
		p.long[i] = math.Ldexp(v, -p.exp)
	}
	p.before = math.Ldexp(s.Start.Error, -p.exp)
	p.x[p.level] = math.Ldexp(s.Start.Level-p.centre, -p.exp)
	if p.slope >= 0 {
		p.x[p.slope] = math.Ldexp(s.Start.Trend, -p.exp)
	}
	q := s.DoubleParams
	delta, omega := share(q.Delta, 1-q.Alpha), share(q.Omega, 1-q.Alpha-q.Delta)
	p.put(DoubleParams{Alpha: q.Alpha, Beta: q.Beta, Delta: delta, Omega: omega, Phi: q.Phi, Rho: q.Rho})
}

// share is v of what there is.
func share(v, of float64) float64 {
	if of <= 0 {
		return 0
	}
	return v / of
}
