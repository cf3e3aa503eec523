package smoothing

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestObjectiveAllocatesNothing(t *testing.T) {
	y := wave(110, 12)
	for _, s := range everyForm(12) {
		p := ready(y, len(y), s)
		p.put(p.x, Params{Alpha: 0.3, Beta: 0.1, Gamma: 0.1, Phi: 0.9}, p.fixed)
		assert.Zero(t, testing.AllocsPerRun(3, func() { p.search(fine, 2, rounds) }), "%v", s)
	}
}

// A model is two allocations, itself and its numbers, however long the series.
func TestFitAllocatesItsResultOnly(t *testing.T) {
	for _, n := range []int{60, 600} {
		y, w := wave(n, 7), new(Workspace)
		for _, s := range everyForm(7) {
			assert.LessOrEqual(t, testing.AllocsPerRun(2, func() { _, _ = w.Fit(y, s) }), 2.0, "%v", s)
		}
		assert.LessOrEqual(t, testing.AllocsPerRun(2, func() { _, _ = w.Auto(y, 7) }), 2.0)
	}
	y, w := shifts(1000), new(Workspace)
	assert.LessOrEqual(t, testing.AllocsPerRun(2, func() { _, _ = w.FitDouble(y, DoubleSpec{Short: 24, Long: 168, AR: true}) }), 2.0)
}

// What a workspace did before leaves no trace.
func TestWorkspaceForgets(t *testing.T) {
	w := new(Workspace)
	for _, n := range []int{200, 40, 120, 30} {
		y := wave(n, 7)
		got, err := w.Auto(y, 7)
		require.NoError(t, err)
		want, err := new(Workspace).Auto(y, 7)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		first, err := w.Average(y, 7)
		require.NoError(t, err)
		_, err = w.Fit(shifts(500), Spec{Trend: true})
		require.NoError(t, err)
		again, err := new(Workspace).Average(y, 7)
		require.NoError(t, err)
		assert.Equal(t, again, first, "a model shares no memory with its workspace")
	}
}
