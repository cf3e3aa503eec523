package app

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics"
	"foresight/internal/tidy"
)

// judged are scores whose every figure of the table is told apart from the others.
func judged(wape float64) analytics.Scores {
	return analytics.Scores{
		N: 240, WAPE: wape, MASE: 10 * wape, CRPS: 7 * wape, OWA: 0.84, Coverage80: 0.789, Coverage95: 0.9444,
		PeakSize: wape / 2, PeakDate: 40 * wape, Brier: wape / 4,
	}
}

// unknown is judged without what a band, or a series that repeats itself, cannot tell.
func unknown(s analytics.Scores) analytics.Scores {
	s.PeakSize, s.PeakDate, s.OWA = math.NaN(), math.NaN(), math.Inf(1)
	return s
}

// tabled writes two backtests with known scores; limit is NaN for none.
func tabled(t *testing.T, limit float64) string {
	t.Helper()
	var out strings.Builder
	names := []string{"shop", "a store with a name that is far too long"}
	table := newScoreTable(&out, request{ForecastOptions: ForecastOptions{Capacity: limit}}, []tidy.Series{{Name: names[0]}, {Name: names[1]}})
	for i, wape := range []float64{0.06, 0.12} {
		require.NoError(t, table.put(scored{name: names[i], BacktestResult: analytics.BacktestResult{
			Horizon: 60,
			Origins: []analytics.BacktestOrigin{{Overload: 0.9 + wape/10, Overloaded: true}, {Overload: 0.3 + wape/10, Overloaded: i == 0}},
			Bands: []analytics.BacktestBand{
				{From: 8, To: 60, Scores: unknown(judged(wape)), Naive: unknown(judged(2 * wape))},
				{From: 1, To: 7, Scores: unknown(judged(wape / 2)), Naive: unknown(judged(wape))},
			},
			Scores: judged(wape), Naive: judged(2 * wape),
		}}))
	}
	require.NoError(t, table.end())
	return out.String()
}

// The means are those of 0.06 and 0.12, by hand.
const tableWithLimit = `
                                  buckets            WAPE            MASE          CRPS                 within        peak size       peak date         Brier
series                              ahead  origins     ours  naive    ours naive    ours naive    OWA     80 %    95 %     ours  naive    ours naive    ours  naive
shop                                   60        2    6.0 % 12.0 %    0.60  1.20    0.42  0.84   0.84   78.9 %  94.4 %    3.0 %  6.0 %     2.4   4.8   0.015  0.030
a store with a name that is far…       60        2   12.0 % 24.0 %    1.20  2.40    0.84  1.68   0.84   78.9 %  94.4 %    6.0 % 12.0 %     4.8   9.6   0.030  0.060

all 2 series                                          9.0 % 18.0 %    0.90  1.80    0.63  1.26   0.84   78.9 %  94.4 %    4.5 %  9.0 %     3.6   7.2   0.022  0.045
  of these,                           1-7             4.5 %  9.0 %    0.45  0.90    0.32  0.63      -   78.9 %  94.4 %        -      -       -     -   0.011  0.022
  of these,                          8-60             9.0 % 18.0 %    0.90  1.80    0.63  1.26      -   78.9 %  94.4 %        -      -       -     -   0.022  0.045

overload within the horizon, by how likely it was said to be
   20 to  40 %   said  31 % on average   came in  50 % of 2
   80 to 100 %   said  91 % on average   came in 100 % of 2
`

func TestScoreTable(t *testing.T) {
	assert.Equal(t, strings.TrimPrefix(tableWithLimit, "\n"), tabled(t, 1450))
}

func TestScoreTableWithoutLimitSaysNothingOfOverload(t *testing.T) {
	text := tabled(t, math.NaN())
	assert.NotContains(t, text, "Brier")
	assert.Contains(t, text, "peak date")
}
