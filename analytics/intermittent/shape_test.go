package intermittent_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/intermittent"
)

// days of an item that is asked for on two days in ten, on eight in ten of the fifth days of a week and
// never on the last; fifth days' demands are three times as large.
func days(n int, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	for i := range y {
		p, size := 0.2, 10.0
		switch i % 7 {
		case 4:
			p, size = 0.8, 30
		case 6:
			p = 0
		}
		if v := size * math.Exp(0.3*rng.NormFloat64()); rng.Float64() < p {
			y[i] = v
		}
	}
	return y
}

func TestAPlantedWeekIsFound(t *testing.T) {
	const seeds = 20
	chance, size := [7]float64{}, [7]float64{}
	for seed := range uint64(seeds) {
		m, err := intermittent.Fit(days(700, seed), intermittent.Options{Period: 7, Most: 0.1})
		require.NoError(t, err)
		for lead := range 7 {
			p, z := m.Demand(lead)
			chance[lead], size[lead] = chance[lead]+p/seeds, size[lead]+z/seeds
		}
		assert.Zero(t, m.Quantile(0, 0.6))
		assert.InEpsilon(t, 30, m.Quantile(4, 0.6), 0.3, "the middle of what comes four times in five")
	}
	for lead, want := range []float64{0.2, 0.2, 0.2, 0.2, 0.8, 0.2, 0} {
		assert.InDelta(t, want, chance[lead], 0.03, "lead %d", lead)
	}
	assert.InEpsilon(t, 10*math.Exp(0.045), size[0], 0.1, "the mean of the log-normal")
	assert.InEpsilon(t, 30*math.Exp(0.045), size[4], 0.1)
}

// Phases that differ by chance alone are drawn together: half of what chance makes is left at most.
func TestChanceMakesNoWeek(t *testing.T) {
	var left, chance float64
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 3))
		y, sums := make([]float64, 364), [7]float64{}
		for i := range y {
			if rng.Float64() < 0.3 {
				y[i] = 1
			}
			sums[i%7] += y[i]
		}
		s := intermittent.ShapeOf(y, 7)
		for w, f := range s.Probability {
			left += (f - 1) * (f - 1)
			raw := sums[w] / 52 / 0.3
			chance += (raw - 1) * (raw - 1)
		}
	}
	assert.Less(t, left, chance/2)
}

func TestQuantilesRiseFromTheZeros(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := sparse(t)
		o.Period = rapid.IntRange(0, 7).Draw(t, "period")
		m, err := intermittent.Fit(y, o)
		require.NoError(t, err)
		lead := rapid.IntRange(0, 30).Draw(t, "lead")
		chance, _ := m.Demand(lead)
		last := 0.0
		for _, p := range []float64{0.01, 0.2, 0.4, 0.6, 0.8, 0.9, 0.99} {
			q := m.Quantile(lead, p)
			require.GreaterOrEqual(t, q, last)
			if p <= 1-chance {
				require.Zero(t, q)
			}
			last = q
		}
		require.Less(t, m.Middle(lead, 0), m.Middle(lead, 1e9))
	})
}

func ExampleModel_Quantile() {
	m, err := intermittent.Fit(demand, intermittent.Options{Most: 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, size := m.Demand(0)
	fmt.Printf("%.0f %% of %.1f: %.1f, %.1f, %.1f\n", 100*p, size, m.Quantile(0, 0.5), m.Quantile(0, 0.9), m.Quantile(0, 0.99))
	// Output: 27 % of 3.0: 0.0, 3.5, 6.0
}
