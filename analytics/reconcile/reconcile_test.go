package reconcile

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// base is a total, two groups and four parts that do not add up.
func base() []float64 { return []float64{110, 48, 70, 30, 20, 45, 10} }

func twoLevels(t *testing.T) Hierarchy {
	t.Helper()
	h, err := Groups([]int{0, 0, 1, 1})
	require.NoError(t, err)
	return h
}

// Expected figures: numpy 2.4.6, S·solve(SᵀW⁻¹S, SᵀW⁻¹ŷ), i.e. the form of the paper's
// eq. 9 that inverts as many columns as there are parts.
func TestAgainstTheOtherFormOfTheFormula(t *testing.T) {
	h := twoLevels(t)
	byVariance, err := h.WLS([]float64{50, 20, 30, 9, 4, 16, 25})
	require.NoError(t, err)
	minT, err := h.MinT(errorsOf(12))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		p    *Projection
		want []float64
	}{
		"ols":        {h.OLS(), []float64{111.571428571429, 47.619047619048, 63.952380952381, 28.809523809524, 18.809523809524, 49.47619047619, 14.47619047619}},
		"structural": {h.Structural(), []float64{111, 48.75, 62.25, 29.375, 19.375, 48.625, 13.625}},
		"variance":   {byVariance, []float64{111.910896708286, 48.911010215664, 62.999886492622, 29.24608399546, 19.664926220204, 48.12190692395, 14.877979568672}},
		"mint":       {minT, []float64{110.750083378652, 49.124390603471, 61.625692775181, 29.428667862114, 19.695722741357, 49.542166446152, 12.083526329029}},
		"bottom-up":  {h.BottomUp(), []float64{105, 50, 55, 30, 20, 45, 10}},
	} {
		y := base()
		c.p.Apply(y)
		for i := range y {
			require.InDelta(t, c.want[i], y[i], 1e-9, "%s, series %d", name, i)
		}
	}
}

// errorsOf are past errors of the seven series over n buckets, the same as in the
// numpy script.
func errorsOf(n int) [][]float64 {
	e := make([][]float64, 7)
	for k := range n {
		t := float64(k)
		b := []float64{math.Sin(t) + 0.3*math.Cos(2.1*t), math.Cos(1.3 * t), 2*math.Sin(0.7*t+1) + 0.5*math.Sin(t), 1.5 * math.Cos(0.4*t)}
		row := append([]float64{b[0] + b[1] + b[2] + b[3] + 0.2*math.Sin(3*t), b[0] + b[1] + 0.1*math.Cos(5*t), b[2] + b[3] - 0.3*math.Cos(2*t)}, b...)
		for i, v := range row {
			e[i] = append(e[i], v)
		}
	}
	return e
}

// Expected: numpy 2.4.6 on errorsOf(12), the estimator written in matrix form
// (Var(r) = (XᵒᵀXᵒ − (XᵀX)²/n)/(n(n−1)) with Xᵒ the squares of the scaled errors).
func TestShrinkage(t *testing.T) {
	w, lambda, err := Shrink(errorsOf(12))
	require.NoError(t, err)
	require.InDelta(t, 0.2757192782051044, lambda, 1e-12)
	require.InDelta(t, 7.013959208514057, w.At(0, 0), 1e-12)
	require.InDelta(t, 0.9798876368143914, w.At(0, 1), 1e-12)

	// A time with a hole counts for none.
	holed := errorsOf(13)
	holed[3][12] = math.NaN()
	w2, lambda2, err := Shrink(holed)
	require.NoError(t, err)
	require.Equal(t, lambda, lambda2)
	require.True(t, mat.Equal(w, w2))

	_, _, err = Shrink(errorsOf(2))
	require.ErrorIs(t, err, ErrSingular)
	_, _, err = Shrink(nil)
	require.ErrorIs(t, err, ErrSingular)
}

func TestOneLevelIsTheFormulaByHand(t *testing.T) {
	// Gap 100 − 90 = 10; the total's variance is 6 of 6 + 3 + 1.
	p, err := Total(2).WLS([]float64{6, 3, 1})
	require.NoError(t, err)
	y := []float64{100, 60, 30}
	p.Apply(y)
	require.InDeltaSlice(t, []float64{94, 63, 31}, y, 1e-12)
	sure, err := Total(2).WLS([]float64{0, 3, 1})
	require.NoError(t, err)
	y = []float64{100, 60, 30}
	sure.Apply(y)
	require.InDeltaSlice(t, []float64{100, 67.5, 32.5}, y, 1e-12, "what is certain stays")
}

func TestWhatCannotBeWeighed(t *testing.T) {
	h := Total(2)
	for _, v := range [][]float64{{0, 0, 0}, {-1, 1, 1}, {math.NaN(), 1, 1}, {math.Inf(1), 1, 1}} {
		_, err := h.WLS(v)
		require.ErrorIs(t, err, ErrSingular)
	}
	_, err := h.MinT(make([][]float64, 3))
	require.ErrorIs(t, err, ErrSingular)
	_, err = h.Weighted(mat.NewSymDense(3, nil))
	require.ErrorIs(t, err, ErrSingular)
	// Errors that add up exactly, unshrunk, leave nothing to move by.
	_, err = h.Weighted(mat.NewSymDense(3, []float64{2, 1, 1, 1, 1, 0, 1, 0, 1}))
	require.ErrorIs(t, err, ErrSingular)
}

func TestHierarchies(t *testing.T) {
	for _, make := range []func() (Hierarchy, error){
		func() (Hierarchy, error) { return New(0, []int{0}) },
		func() (Hierarchy, error) { return New(2) },
		func() (Hierarchy, error) { return New(2, []int{}) },
		func() (Hierarchy, error) { return New(2, []int{0, 0}) },
		func() (Hierarchy, error) { return New(2, []int{0, 2}) },
		func() (Hierarchy, error) { return Groups([]int{0, 2, 2}) },
		func() (Hierarchy, error) { return Groups([]int{0, -1}) },
	} {
		_, err := make()
		require.ErrorIs(t, err, ErrHierarchy)
	}
	require.Panics(t, func() { Total(0) })
	require.Panics(t, func() { Total(2).OLS().Apply([]float64{1, 2}) })
	require.Equal(t, 7, twoLevels(t).Series())
}

func TestWhatCannotBeNegativeIsClippedAndSummedAnew(t *testing.T) {
	y := []float64{10, 12, 0.5}
	Total(2).OLS().ApplyPositive(y)
	require.InDeltaSlice(t, []float64{12 - 2.5/3, 12 - 2.5/3, 0}, y, 1e-12)
}
