package smoothing

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A gap of any length is forecast as from before it, and counts for nothing.
func TestGapIsForecastFromBeforeIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, s := drawSeries(t)
		gap := rapid.IntRange(1, 60).Draw(t, "gap")
		m, err := Fit(y, s)
		require.NoError(t, err)
		holed, err := Run(append(append([]float64(nil), y...), holes(gap)...), s, m.Params, m.Start)
		require.NoError(t, err)
		for i, v := range m.Predict(gap) {
			assert.InEpsilon(t, v, holed.Fitted[len(y)+i], 1e-9)
		}
		assert.Equal(t, m.LogLik, holed.LogLik)
		assert.Equal(t, m.AICc, holed.AICc)
		assert.Equal(t, m.N, holed.N)
		for i, v := range m.Predict(gap + 10)[gap:] {
			assert.InEpsilon(t, v, holed.Predict(10)[i], 1e-9)
		}
	})
}

// The search's own passes hop over a gap as Run does.
func TestSearchCountsObservedValuesOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, s := drawSeries(t)
		p := Params{Alpha: 0.3, Beta: 0.1, Gamma: 0.2, Phi: 0.9}.effective(s)
		from := rapid.IntRange(1, len(y)-2).Draw(t, "from")
		for i := from; i < min(from+rapid.IntRange(1, 30).Draw(t, "gap"), len(y)); i++ {
			y[i] = math.NaN()
		}
		n, err := admit(y, s)
		require.NoError(t, err)
		q := ready(y, n, s)
		q.put(q.x, p, q.fixed)
		value := q.value(q.x)
		params, start := q.result(q.x)
		m, err := Run(y, s, params, start)
		if math.IsInf(value, 1) {
			return // a state not above zero, which Run may pass through
		}
		require.NoError(t, err)
		assert.InDelta(t, m.LogLik, q.loglik(value), 1e-6*(1+math.Abs(m.LogLik)))
	})
}

// Time before the first observation and after the last is no matter to a fit.
func TestEdgesMissingChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, s := drawSeries(t)
		m, err := Fit(y, s)
		require.NoError(t, err)
		head := rapid.IntRange(0, 20).Draw(t, "head")
		late, err := Fit(append(holes(head), y...), s)
		require.NoError(t, err)
		assert.Equal(t, m.Stored, late.Stored)
		assert.Equal(t, m.Predict(20), late.Predict(20))
	})
}
