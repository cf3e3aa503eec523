package smoothing

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRefitFollowsAGrowingSeries(t *testing.T) {
	y := wave(250, 7)
	for _, s := range everyForm(7) {
		m, err := Fit(y[:240], s)
		require.NoError(t, err)
		warm, err := m.Refit(y)
		require.NoError(t, err)
		cold, err := Fit(y, s)
		require.NoError(t, err)
		assert.InDelta(t, cold.LogLik, warm.LogLik, 0.02, "%v", s)
	}
	m, err := Fit(y, Spec{Relative: true})
	require.NoError(t, err)
	_, err = m.Refit(y[:3])
	require.ErrorIs(t, err, ErrTooShort)
	y[249] = 0
	_, err = m.Refit(y)
	require.ErrorIs(t, err, ErrNotPositive)
	y[249] = 1e-9
	again, err := m.Refit(y)
	require.NoError(t, err)
	assert.True(t, finite(again.LogLik))
}

func TestStoredGoesThroughJSONWithoutLoss(t *testing.T) {
	y := wave(100, 7)
	for _, s := range everyForm(7) {
		m, err := Fit(y, s)
		require.NoError(t, err)
		raw, err := json.Marshal(m.Stored)
		require.NoError(t, err)
		var kept Stored
		require.NoError(t, json.Unmarshal(raw, &kept))
		assert.Equal(t, m.Stored, kept)
	}
	var s Stored
	require.ErrorContains(t, json.Unmarshal([]byte(`{"season":"X"}`), &s), "N, A or M")
}

func TestAdvanceFollowsTheWindow(t *testing.T) {
	y := wave(300, 7)
	for i := 100; i < 117; i++ {
		y[i] = math.NaN()
	}
	for _, s := range everyForm(7) {
		m, err := Fit(y, s)
		require.NoError(t, err)
		for _, gone := range []int{0, 1, 10, 99, 100, 105, 120} { // within the gap too
			left, err := m.Advance(y, gone)
			require.NoError(t, err)
			n, err := Run(y[gone:], left.Spec, left.Params, left.Start)
			require.NoError(t, err)
			closeTo(t, m.Predict(14), n.Predict(14), 1e-12, "forecast")
			again, err := left.Refit(y[gone:])
			require.NoError(t, err)
			assert.GreaterOrEqual(t, again.LogLik, n.LogLik-1e-6)
		}
	}
	m, err := Fit(y, Spec{})
	require.NoError(t, err)
	_, err = m.Advance(y, 300)
	require.ErrorIs(t, err, ErrNoData)
	late, err := m.Advance(append(holes(5), y...), 3)
	require.NoError(t, err)
	assert.Equal(t, m.Stored, late, "nothing observed is gone")
}

func TestRefitFromNoNumbersIsFit(t *testing.T) {
	y := wave(100, 7)
	s := Spec{Season: SeasonAdditive, Period: 7}
	want, err := Fit(y, s)
	require.NoError(t, err)
	for _, broken := range []Stored{
		{Spec: s},
		{Spec: s, Start: State{Level: math.NaN(), Season: make([]float64, 7)}},
		{Spec: s, Params: Params{Alpha: math.Inf(1)}, Start: State{Season: make([]float64, 7)}},
	} {
		got, err := broken.Refit(y)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}
