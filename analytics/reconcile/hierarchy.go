package reconcile

import (
	"errors"
	"fmt"
)

// ErrHierarchy says that sums and parts do not fit together.
var ErrHierarchy = errors.New("the sums do not fit the parts")

// Hierarchy says which sums there are. Its series are the sums in their order and
// then the parts.
type Hierarchy struct {
	parts int
	sums  [][]int
}

// New makes a hierarchy of parts 0 … parts−1 and sums of some of them. It errs,
// wrapping ErrHierarchy, when there is no part or no sum, when a sum is empty, or
// holds a part twice or one that does not exist.
func New(parts int, sums ...[]int) (Hierarchy, error) {
	if parts < 1 || len(sums) < 1 {
		return Hierarchy{}, fmt.Errorf("making a hierarchy of %d parts and %d sums: %w: give at least one of each", parts, len(sums), ErrHierarchy)
	}
	for s, members := range sums {
		seen := map[int]bool{}
		for _, p := range members {
			if p < 0 || p >= parts || seen[p] {
				return Hierarchy{}, fmt.Errorf("making a hierarchy: sum %d holds part %d of %d: %w: give each part once", s, p, parts, ErrHierarchy)
			}
			seen[p] = true
		}
		if len(seen) == 0 {
			return Hierarchy{}, fmt.Errorf("making a hierarchy: sum %d is empty: %w: leave it out", s, ErrHierarchy)
		}
	}
	return Hierarchy{parts: parts, sums: sums}, nil
}

// Total is a total and its parts; it panics for less than one part.
func Total(parts int) Hierarchy {
	h, err := New(parts, all(parts))
	if err != nil {
		panic(err)
	}
	return h
}

// Groups is a total, the groups in their order, and the parts, group[p] ≥ 0 being
// the group of part p. Errors are those of New: a group without a part.
func Groups(group []int) (Hierarchy, error) {
	sums := [][]int{all(len(group))}
	for p, g := range group {
		if g < 0 || g >= len(group) {
			return Hierarchy{}, fmt.Errorf("making a hierarchy: part %d is of group %d: %w: number the groups from 0", p, g, ErrHierarchy)
		}
		for len(sums) <= g+1 {
			sums = append(sums, nil)
		}
		sums[g+1] = append(sums[g+1], p)
	}
	return New(len(group), sums...)
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Series is the number of series, sums and parts.
func (h Hierarchy) Series() int { return len(h.sums) + h.parts }

// Sum writes the sums of the parts y[len(sums):] into the front of y.
func (h Hierarchy) Sum(y []float64) {
	parts := y[len(h.sums):]
	for s, members := range h.sums {
		y[s] = 0
		for _, p := range members {
			y[s] += parts[p]
		}
	}
}

// gap is Uᵀy: how far each sum lies above the sum of its parts.
func (h Hierarchy) gap(dst, y []float64) {
	parts := y[len(h.sums):]
	for s, members := range h.sums {
		dst[s] = y[s]
		for _, p := range members {
			dst[s] -= parts[p]
		}
	}
}
