package decompose

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// parts is one result of R's stl.
type parts struct{ Seasonal, Trend, Remainder []float64 }

// reference is AirPassengers by R 4.2.2: stl of the logarithm, decompose of the series.
type reference struct {
	Observations   []float64
	Periodic       parts                      `json:"stl_periodic"`
	PeriodicRobust parts                      `json:"stl_periodic_robust"`
	Seven          parts                      `json:"stl_7"`
	SevenRobust    parts                      `json:"stl_7_robust"`
	Additive       struct{ Figure []float64 } `json:"decompose_additive"`
	Multiplicative struct{ Figure []float64 } `json:"decompose_multiplicative"`
}

func readR(t testing.TB) reference {
	raw, err := os.ReadFile("testdata/airpassengers_r.json")
	require.NoError(t, err)
	var r reference
	require.NoError(t, json.Unmarshal(raw, &r))
	return r
}

func logs(y []float64) []float64 {
	out := make([]float64, len(y))
	for i, v := range y {
		out[i] = math.Log(v)
	}
	return out
}

// R printed 15 digits of values of about 5: 1e-12 is rounding.
func TestSTLGivesRsComponents(t *testing.T) {
	r := readR(t)
	for _, c := range []struct {
		name string
		o    Options
		want parts
		// medians holds, by robust loop, where R's median is wrong (see width), 6 × the
		// value that R's sort leaves in the middle: worked out by running Chambers' algorithm
		// 410 with the places n/2+1 and n/2, in that order.
		medians map[int]float64
		asIs    float64 // tolerance with the true medians throughout
	}{
		{"periodic", Options{Period: 12}, r.Periodic, nil, 1e-12},
		{"window 7", Options{Period: 12, SeasonalWindow: 7}, r.Seven, nil, 1e-12},
		{"periodic robust", Options{Period: 12, Robust: true}, r.PeriodicRobust,
			map[int]float64{5: 0.10385544172203429, 7: 0.10034751675547002, 8: 0.09827343391403455}, 5e-4},
		{"window 7 robust", Options{Period: 12, SeasonalWindow: 7, Robust: true}, r.SevenRobust,
			map[int]float64{11: 0.064047241922810222, 13: 0.06896890719424717}, 5e-3},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := STL(logs(r.Observations), c.o)
			require.NoError(t, err)
			same(t, c.want, got, c.asIs)

			p, err := c.o.plan(len(r.Observations))
			require.NoError(t, err)
			w := newWork(p, logs(r.Observations))
			for loop := range w.outer + 1 {
				for range w.inner {
					w.refine()
				}
				if loop < w.outer {
					h := w.width()
					if wrong, ok := c.medians[loop]; ok {
						h = wrong
					}
					w.weigh(h)
				}
			}
			require.InDeltaSlice(t, c.want.Trend, w.trend, 1e-12)
			if p.periodic {
				repeat(w.season, p.period)
			}
			require.InDeltaSlice(t, c.want.Seasonal, w.season, 1e-12)
		})
	}
}

func same(t *testing.T, want parts, got Components, tol float64) {
	t.Helper()
	require.InDeltaSlice(t, want.Trend, got.Trend, tol)
	require.InDeltaSlice(t, want.Seasonal, got.Season, tol)
	require.InDeltaSlice(t, want.Remainder, got.Remainder, 2*tol)
}

func TestClassicalGivesRsFigures(t *testing.T) {
	r := readR(t)
	got, err := Classical(r.Observations, 12, false)
	require.NoError(t, err)
	require.InDeltaSlice(t, r.Additive.Figure, got.Season[:12], 1e-12)

	got, err = Classical(r.Observations, 12, true)
	require.NoError(t, err)
	require.InDeltaSlice(t, r.Multiplicative.Figure, got.Season[:12], 1e-13)
}
