package analytics

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// drawPaths draws n joint paths whose values at each lead are exactly the published quantiles at
// the probabilities (rank − ½)/n. How the leads hang together comes from the backtest: a part
// that stays for the whole path (the level missed) and moving blocks of the standardized errors
// (Künsch 1989); the ranks of their sum are given the published marginals (the Schaake shuffle,
// Clark et al. 2004).
func drawPaths(s *spread, f distribution, n, block int, seed uint64) [][]float64 {
	h := len(f.median)
	if n == 0 {
		return nil
	}
	rng := rand.New(rand.NewPCG(seed, uint64(h)))
	paths := scorePaths(s, n, h, block, rng)
	at := f.curves(middles(n))
	order := newRanking(n)
	for t := range h {
		for i := range paths {
			order.set(i, paths[i][t])
		}
		for r, i := range order.ascending() {
			paths[i][t] = at(t, r)
		}
	}
	return paths
}

// ranking sorts places by score. Score and place travel in one integer, which sorts five times
// faster than places compared through their scores: the score's upper bits, made to ascend as the
// float64 does, and the place in the lower ones, which settles ties.
type ranking struct {
	keys  []uint64
	place uint64 // mask of the lower bits
	order []int
}

func newRanking(n int) *ranking {
	return &ranking{keys: make([]uint64, n), place: 1<<bits.Len(uint(max(0, n-1))) - 1, order: make([]int, n)}
}

// set gives place i its score, in ascending order of i.
func (r *ranking) set(i int, score float64) {
	b := math.Float64bits(score)
	if b>>63 == 1 {
		b = ^b
	} else {
		b |= 1 << 63
	}
	r.keys[i] = b&^r.place | uint64(i)
}

// ascending lists the places by rising score. It holds until the next set.
func (r *ranking) ascending() []int {
	slices.Sort(r.keys)
	for rank, k := range r.keys {
		r.order[rank] = int(k & r.place)
	}
	return r.order
}

// scorePaths draws the dependence: unit-variance scores [n][h].
func scorePaths(s *spread, n, h, block int, rng *rand.Rand) [][]float64 {
	pool := deviations(s.errors)
	keep, move := math.Sqrt(s.persistence), math.Sqrt(1-s.persistence)
	flat := make([]float64, n*h)
	paths := make([][]float64, n)
	for i := range paths {
		path := flat[i*h : (i+1)*h]
		level := keep * rng.NormFloat64()
		for t := 0; t < h; {
			length := min(block, h-t)
			if len(pool) == 0 {
				// No errors to draw from: a noise that forgets within a block.
				ar(path[t:t+length], move, rng)
			} else {
				from := pool[rng.IntN(len(pool))]
				at := rng.IntN(max(1, len(from)-length+1))
				for j := range length {
					path[t+j] = move * from[(at+j)%len(from)]
				}
			}
			t += length
		}
		for t := range path {
			// A small jitter breaks ties between paths that drew the same block.
			path[t] += level + 0.05*rng.NormFloat64()
		}
		paths[i] = path
	}
	return paths
}

// ar fills x with a first-order autoregression of coefficient ½ and standard deviation sd.
func ar(x []float64, sd float64, rng *rand.Rand) {
	v := rng.NormFloat64()
	for i := range x {
		x[i] = sd * v
		v = 0.5*v + math.Sqrt(0.75)*rng.NormFloat64()
	}
}

// deviations takes each origin's mean out of its errors and scales them all to unit variance;
// missing errors become zero. Nothing comes back where they do not vary.
func deviations(errors [][]float64) [][]float64 {
	var out [][]float64
	var sum, n float64
	for _, e := range errors {
		m := mean(e)
		if math.IsNaN(m) {
			continue
		}
		d := make([]float64, len(e))
		for i, v := range e {
			if !math.IsNaN(v) {
				d[i] = v - m
				sum, n = sum+d[i]*d[i], n+1
			}
		}
		out = append(out, d)
	}
	sd := math.Sqrt(sum / math.Max(n, 1))
	if !(sd > 1e-9) {
		return nil
	}
	for _, d := range out {
		for i := range d {
			d[i] /= sd
		}
	}
	return out
}
