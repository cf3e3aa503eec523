package smoothing

import "sync"

// Workspace is the memory of fits, kept from one to the next: a fit with a
// workspace allocates its result and nothing else. The zero value is ready. It
// serves one fit at a time: give each worker its own. Fit, FitFrom, Refit and
// Auto without one borrow it from a pool.
type Workspace struct {
	arena    arena
	plain    series // as it is
	centred  series // with its middle taken off
	problems [most]problem
	tried    []candidate
	double   doubleProblem
	forms    []Spec
}

// most forms that Auto tries.
const most = 10

// begin makes the workspace ready for a fit of y, whose first value is observed
// and which has n observations.
func (w *Workspace) begin(y []float64, n int) {
	w.arena.reset()
	w.plain, w.centred = series{}, series{}
	w.plain.raw, w.centred.raw = y, y
	w.plain.n, w.centred.n = n, n
}

// series is y, scaled for the form s.
func (w *Workspace) series(s Spec) *series {
	d := &w.centred
	if s.positive() {
		d = &w.plain
	}
	if d.y == nil {
		d.scale(w.arena.take(len(d.raw)), !s.positive())
	}
	return d
}

// pool holds the workspaces of those who bring none. It is memory, not state:
// no fit sees anything of an earlier one.
var pool = sync.Pool{New: func() any { return new(Workspace) }}

// borrowed runs a fit in a workspace of the pool.
func borrowed(fit func(*Workspace) (*Model, error)) (*Model, error) {
	w := pool.Get().(*Workspace)
	defer pool.Put(w)
	return fit(w)
}

// arena hands out stretches of one block, and takes all of them back at once.
type arena struct {
	block  []float64
	used   int
	wanted int // since the last reset, in all
}

// take gives n zeros. What does not fit into the block is allocated, and the
// next reset makes the block large enough.
func (a *arena) take(n int) []float64 {
	a.wanted += n
	if a.used+n > len(a.block) {
		return make([]float64, n)
	}
	out := a.block[a.used : a.used+n : a.used+n]
	a.used += n
	clear(out)
	return out
}

// reset takes back everything that was handed out.
func (a *arena) reset() {
	if a.wanted > len(a.block) {
		a.block = make([]float64, a.wanted)
	}
	a.used, a.wanted = 0, 0
}
