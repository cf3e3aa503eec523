package theta

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The parabola says of its ω what the recursion says, and no ω is better.
func TestTheParabolaIsTheRecursions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SliceOfN(rapid.Float64Range(1, 100), 12, 60).Draw(t, "z")
		slope := rapid.Float64Range(-5, 5).Draw(t, "slope")
		for i := range z {
			z[i] += slope * float64(i)
		}
		alpha := rapid.Float64Range(minAlpha, maxAlpha).Draw(t, "alpha")
		p := newProblem(z, rapid.SampledFrom([]Variant{DOTM, OTM}).Draw(t, "variant"))
		v, ok := p.parabola(alpha)
		if !ok {
			return
		}
		same := p.pass(alpha, v.omega)
		require.InEpsilon(t, same.sse, v.sse, 1e-6)
		require.InDelta(t, same.level, v.level, 1e-6*math.Max(1, math.Abs(same.level)))
		for i := range 21 {
			require.LessOrEqual(t, v.sse, p.pass(alpha, float64(i)/20).sse*(1+1e-6))
		}
	})
}
