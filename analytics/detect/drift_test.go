package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func phi(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// errorsOf draws n errors of standard deviation 1, each depending on the last, as the
// transforms of a forecast that knows only their distribution.
func errorsOf(r *rand.Rand, n int, rho float64) []float64 {
	z, out := r.NormFloat64(), make([]float64, n)
	for i := range out {
		z = rho*z + math.Sqrt(1-rho*rho)*r.NormFloat64()
		out[i] = z
	}
	return out
}

func transformed(z []float64, shift float64) []float64 {
	out := make([]float64, len(z))
	for i, x := range z {
		out[i] = phi(x + shift)
	}
	return out
}

// alarms counts the years, looked at every day, that had an alarm.
func alarms(years int, rho, spread float64) (n int) {
	r := rand.New(rand.NewPCG(11, uint64(1000*rho)))
	for range years {
		z := errorsOf(r, 90+365, rho)
		for i := range z {
			z[i] *= spread
		}
		pit := transformed(z, 0)
		for day := 90; day <= len(pit); day++ {
			if Drift(pit[day-90 : day]).Drifts {
				n++
				break
			}
		}
	}
	return n
}

func TestCalibratedForecastsDoNotDrift(t *testing.T) {
	const years = 500
	for _, c := range []struct {
		rho  float64
		most int // years with an alarm
	}{{0, years / 100}, {0.3, years / 100}, {0.6, years / 100}, {0.8, years / 20}} {
		n := alarms(years, c.rho, 1)
		t.Logf("errors with autocorrelation %.1f: %d of %d years with a false alarm", c.rho, n, years)
		assert.LessOrEqual(t, n, c.most, "autocorrelation %.1f", c.rho)
	}
	n := alarms(years, 0, 0.8)
	assert.LessOrEqual(t, n, 1, "ranges that are too wide")
}

func TestAShiftDrifts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, c := range []struct {
		rho    float64
		within int // days
	}{{0, 14}, {0.3, 16}, {0.5, 24}} {
		rho, within := c.rho, c.within
		late := 0
		for range 500 {
			sign := float64(1 - 2*r.IntN(2))
			z := errorsOf(r, 90+within, rho)
			pit := append(transformed(z[:90], 0), transformed(z[90:], 3*sign)...)
			found := false
			for day := 91; day <= len(pit) && !found; day++ {
				found = Drift(pit[day-90 : day]).Drifts
			}
			if !found {
				late++
			}
		}
		t.Logf("errors with autocorrelation %.1f: %d of 500 shifts not found within %d days", rho, late, within)
		assert.LessOrEqual(t, late, 25, "autocorrelation %.1f", rho)
	}
}

func TestWhatIsOverDriftsNoLonger(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	z := errorsOf(r, 90+14+7, 0)
	pit := append(transformed(z[:90], 0), transformed(z[90:104], 4)...)
	require.True(t, Drift(pit).Drifts)
	for range 7 {
		pit = append(pit, 0.5)
	}
	d := Drift(pit)
	assert.False(t, d.Drifts, d)
	assert.Less(t, d.P, driftLevel, "the days before still stand out")
}

func TestRangesThatAreTooNarrowDrift(t *testing.T) {
	assert.Greater(t, alarms(50, 0, 3), 45, "errors three times as large as said")
}

// Whatever comes in, the answer is a probability, counts what is there, and does not
// depend on which side is which.
func TestDriftIsSoundAndSymmetric(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		pit := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) float64 {
			if n := rapid.IntRange(-10, 100).Draw(r, "percent"); n >= 0 {
				return float64(n) / 100
			}
			return math.NaN()
		}), 0, 150).Draw(r, "pit")
		d := Drift(pit)
		require.GreaterOrEqual(r, d.P, 0.0)
		require.LessOrEqual(r, d.P, 1.0)
		require.LessOrEqual(r, d.Below+d.Above, d.Known)
		require.LessOrEqual(r, d.Effective, float64(d.Known))
		mirrored := make([]float64, len(pit))
		for i, u := range pit {
			mirrored[i] = 1 - u
		}
		m := Drift(mirrored)
		require.Equal(r, d.Known, m.Known)
		require.Equal(r, d.Drifts, m.Drifts)
		if d.Below+d.Above == 0 {
			require.False(r, d.Drifts)
			require.InDelta(r, 1, d.P, 0)
		}
	})
}

func TestDriftNeedsSomeDays(t *testing.T) {
	assert.Equal(t, Drifting{P: 1}, Drift(nil))
	few := make([]float64, driftLeast-1)
	assert.Equal(t, Drifting{P: 1, Known: driftLeast - 1, Below: driftLeast - 1}, Drift(few))
	assert.True(t, Drift(make([]float64, 14)).Drifts)
}
