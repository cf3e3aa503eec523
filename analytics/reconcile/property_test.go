package reconcile

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/internal/anyseries"
)

// anything draws a hierarchy of one or two levels and a projection of it.
func anything(t *rapid.T) (Hierarchy, *Projection) {
	n := rapid.IntRange(1, 12).Draw(t, "parts")
	h := Total(n)
	if rapid.Bool().Draw(t, "groups") && n > 1 {
		group := make([]int, n)
		for i := range group {
			group[i] = i * 2 / n
		}
		var err error
		h, err = Groups(group)
		require.NoError(t, err)
	}
	switch rapid.IntRange(0, 3).Draw(t, "method") {
	case 0:
		return h, h.BottomUp()
	case 1:
		return h, h.OLS()
	case 2:
		return h, h.Structural()
	}
	p, err := h.WLS(rapid.SliceOfN(rapid.Float64Range(0.01, 100), h.Series(), h.Series()).Draw(t, "variance"))
	require.NoError(t, err)
	return h, p
}

func values(t *rapid.T, n int) []float64 {
	return rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), n, n).Draw(t, "y")
}

// gapOf is the largest disagreement between a sum and its parts.
func gapOf(h Hierarchy, y []float64) float64 {
	sums := append([]float64(nil), y...)
	h.Sum(sums)
	worst := 0.0
	for i := range h.sums {
		worst = math.Max(worst, math.Abs(sums[i]-y[i]))
	}
	return worst
}

func TestPartsAddUpExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, p := anything(t)
		y := values(t, h.Series())
		if rapid.Bool().Draw(t, "positive") {
			p.ApplyPositive(y)
			for _, v := range y {
				require.GreaterOrEqual(t, v, 0.0)
			}
		} else {
			p.Apply(y)
		}
		require.Zero(t, gapOf(h, y), "to the last bit")
	})
}

func TestCoherentForecastsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, p := anything(t)
		y := values(t, h.Series())
		h.Sum(y)
		was := append([]float64(nil), y...)
		p.Apply(y)
		require.InDeltaSlice(t, was, y, 1e-7)
	})
}

func TestScalingScales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, p := anything(t)
		y := values(t, h.Series())
		by := rapid.Float64Range(0.01, 100).Draw(t, "by")
		scaled := make([]float64, len(y))
		for i := range y {
			scaled[i] = by * y[i]
		}
		p.Apply(y)
		p.Apply(scaled)
		for i := range y {
			require.InDelta(t, by*y[i], scaled[i], 1e-5*by)
		}
	})
}

// The order in which the parts are named changes nothing but their order.
func TestTheOrderOfPartsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "parts")
		order := rapid.Permutation(Total(n).sums[0]).Draw(t, "order")
		variance := rapid.SliceOfN(rapid.Float64Range(0.01, 100), n+1, n+1).Draw(t, "variance")
		y := values(t, n+1)
		shuffle := func(x []float64) []float64 {
			out := append([]float64(nil), x...)
			for i, j := range order {
				out[1+i] = x[1+j]
			}
			return out
		}
		p, err := Total(n).WLS(variance)
		require.NoError(t, err)
		q, err := Total(n).WLS(shuffle(variance))
		require.NoError(t, err)
		z := shuffle(y)
		p.Apply(y)
		q.Apply(z)
		require.InDeltaSlice(t, shuffle(y), z, 1e-6)
	})
}

// TestMeansAndPathsAgree: the mean of reconciled paths is the reconciled mean.
func TestMeansAndPathsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, p := anything(t)
		const buckets = 3
		n := h.Series()
		paths, mean := make([][][]float64, 4), make([][]float64, n)
		for i := range mean {
			mean[i] = make([]float64, buckets)
		}
		for k := range paths {
			paths[k] = make([][]float64, n)
			for i := range paths[k] {
				paths[k][i] = rapid.SliceOfN(rapid.Float64Range(-1e3, 1e3), buckets, buckets).Draw(t, "path")
				for b, v := range paths[k][i] {
					mean[i][b] += v / float64(len(paths))
				}
			}
			p.Series(paths[k], false)
		}
		p.Series(mean, false)
		for i := range mean {
			for b := range mean[i] {
				sum := 0.0
				for k := range paths {
					sum += paths[k][i][b] / float64(len(paths))
				}
				require.InDelta(t, mean[i][b], sum, 1e-8)
			}
		}
	})
}

func FuzzMinT(f *testing.F) {
	f.Add(uint8(2), []byte{})
	seed := []byte{}
	for _, e := range errorsOf(12) {
		for _, v := range e {
			seed = binary.LittleEndian.AppendUint64(seed, math.Float64bits(v))
		}
	}
	f.Add(uint8(6), seed)
	odd := append([]byte(nil), seed...)
	for i, x := range []float64{math.NaN(), math.Inf(1), math.MaxFloat64, 5e-324, 0} {
		binary.LittleEndian.PutUint64(odd[8*13*i:], math.Float64bits(x))
	}
	f.Add(uint8(6), odd)
	for i, s := range anyseries.Seeds() {
		f.Add(uint8(i), s.Raw)
	}
	f.Fuzz(func(t *testing.T, parts uint8, raw []byte) {
		h := Total(int(parts%30) + 1)
		errors := make([][]float64, h.Series())
		all := anyseries.Of(raw, 0, anyseries.Longest)
		for i := range all[:len(all)/len(errors)*len(errors)] {
			errors[i%len(errors)] = append(errors[i%len(errors)], all[i])
		}
		check := func(p *Projection, err error) {
			if err != nil {
				require.ErrorIs(t, err, ErrSingular)
				return
			}
			y := make([]float64, h.Series())
			for i := range y {
				y[i] = float64(i * i)
			}
			p.ApplyPositive(y)
			for _, v := range y {
				require.False(t, math.IsNaN(v) || math.IsInf(v, 0) || v < 0)
			}
		}
		check(h.MinT(errors))
		if len(all) >= h.Series() {
			check(h.WLS(all[:h.Series()]))
		}
	})
}
