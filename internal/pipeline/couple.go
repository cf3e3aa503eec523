package pipeline

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"foresight/analytics/reconcile"
	"foresight/models"
)

// couple orders the paths so that the series' paths of one number belong together as
// their histories do: each draws its paths by itself, and parts taken as independent
// would give their total too narrow a range. The levels of the paths are given the
// ranks of normal scores with the correlations, shrunk, of the changes from a season
// before (a Gaussian copula).
func (f *family) couple() {
	n := len(f.all[0].forecast.Paths)
	scores := f.scores(n)
	for i, m := range f.all {
		paths := m.forecast.Paths
		byLevel, byScore := ordered(n, func(k int) float64 { return sum(paths[k]) }), ordered(n, func(k int) float64 { return scores[k][i] })
		coupled := make([][]float64, n)
		for r, k := range byScore {
			coupled[k] = paths[byLevel[r]]
		}
		m.forecast.Paths = coupled
	}
}

// ordered returns 0 … n−1 in ascending order of a key.
func ordered(n int, key func(int) float64) []int {
	keys, order := make([]float64, n), make([]int, n)
	for k := range order {
		keys[k], order[k] = key(k), k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(keys[a], keys[b]) })
	return order
}

// seasons is how many buckets ago a bucket of the same season is (four weeks, so that
// what changes slowly counts too: on the grocery shops a week leaves the total's 90 %
// range 0.876 of what came, four weeks 0.889, a year 0.858), and changes how many of
// the last changes the correlations are learned from.
var seasons = map[models.Span]int{models.SpanDay: 28, models.SpanWeek: 4, models.SpanMonth: 12}

const changes = 400

// scores draws n vectors of normal scores with the series' correlations; seeded, so
// that a run repeats.
func (f *family) scores(n int) [][]float64 {
	k := len(f.all)
	root := f.root()
	rng := rand.New(rand.NewPCG(5, uint64(k)))
	out := make([][]float64, n)
	z := make([]float64, k)
	for d := range out {
		for i := range z {
			z[i] = rng.NormFloat64()
		}
		out[d] = make([]float64, k)
		for i := range k {
			for c := range i + 1 {
				out[d][i] += root.At(i, c) * z[c]
			}
		}
	}
	return out
}

// root is the lower Cholesky factor of the series' correlations; the identity where
// the history is too short to tell.
func (f *family) root() *mat.TriDense {
	k := len(f.all)
	root := mat.NewTriDense(k, mat.Lower, nil)
	for i := range k {
		root.SetTri(i, i, 1)
	}
	w, _, err := reconcile.Shrink(f.changes())
	if err != nil {
		return root
	}
	r := mat.NewSymDense(k, nil)
	const ridge = 1e-3 // a total and its parts are one too many
	for i := range k {
		r.SetSym(i, i, 1+ridge)
		for c := range i {
			if d := math.Sqrt(w.At(i, i) * w.At(c, c)); d > 0 {
				r.SetSym(i, c, w.At(i, c)/d)
			}
		}
	}
	var chol mat.Cholesky
	if chol.Factorize(r) {
		chol.LTo(root)
	}
	return root
}

// changes are the series' last changes from a season before, of the same buckets.
func (f *family) changes() [][]float64 {
	back := seasons[f.histories[0].span]
	times := f.histories[0].points
	times = times[max(0, len(times)-changes-back):]
	out := make([][]float64, len(f.histories))
	for i, h := range f.histories {
		at := make(map[int64]float64, len(h.points))
		for _, p := range h.points {
			at[p.Time.Unix()] = p.Total
		}
		get := func(t int) float64 {
			v, known := at[times[t].Time.Unix()]
			if !known { // a part that had not begun
				return 0
			}
			return v
		}
		for t := back; t < len(times); t++ {
			out[i] = append(out[i], get(t)-get(t-back))
		}
	}
	return out
}
