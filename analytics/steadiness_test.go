package analytics

import (
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSteadiness prints how much forecasts move from one day to the next, without a state and with
// the one of the day before, and what the state costs in accuracy.
func TestSteadiness(t *testing.T) {
	if os.Getenv("FORESIGHT_ACCURACY") == "" {
		t.Skip("takes minutes and the optional development series: make accuracy runs it (FORESIGHT_ACCURACY=all)")
	}
	const days, horizon = 28, 90
	t.Log("figures steadiness: | series | days | medians move a day %, without a state | with | members change, without | with | error with over without |\nfigures steadiness: |---|---|---|---|---|---|---|")
	for _, k := range []struct{ file, country string }{
		{"grocery_shops_daily.csv.gz", "EC"}, {"us_births_daily.csv.gz", "US"}, {"chicago_cta_daily.csv.gz", "US"}, {"walmart_m5_daily.csv.gz", "US"},
	} {
		var moved, errors [2][]float64 // without and with a state
		changes := [2]int{}
		for i, s := range readShared(t, k.file, stepDay) {
			if i%4 != 0 {
				continue
			}
			var before [2]Forecast
			for d := range days {
				n := len(s.Values) - horizon - days + d
				for with := range 2 {
					o := Options{Horizon: horizon, Calendar: calendarOf(t, k.country)}
					if with == 1 && d > 0 {
						o.State = stored(t, before[1].State)
					}
					f, err := Run(t.Context(), s.first(n), o)
					require.NoError(t, err)
					if d > 0 {
						moved[with] = append(moved[with], movement(before[with], f))
						if !slices.Equal(names(before[with].Members), names(f.Members)) {
							changes[with]++
						}
					}
					errors[with] = append(errors[with], mean(missedBy(f, s.Values[n:])))
					before[with] = f
				}
			}
		}
		t.Logf("figures steadiness: | %s | %d | %.2f | %.2f | %d | %d | %.3f |", k.file[:len(k.file)-len("_daily.csv.gz")], len(moved[0]),
			100*mean(moved[0]), 100*mean(moved[1]), changes[0], changes[1], mean(errors[1])/mean(errors[0]))
	}
}

// movement is the mean relative change of the medians of the buckets that both forecasts have.
func movement(before, now Forecast) float64 {
	var change []float64
	for i := range len(now.medians) - 1 {
		change = append(change, math.Abs(now.medians[i]-before.medians[i+1])/math.Max(1, math.Abs(before.medians[i+1])))
	}
	return mean(change)
}

// missedBy are the absolute errors of the medians.
func missedBy(f Forecast, actual []float64) []float64 {
	out := make([]float64, len(f.medians))
	for i, m := range f.medians {
		out[i] = math.Abs(actual[i] - m)
	}
	return out
}

// names are the members' names in their own order.
func names(members []Member) []string {
	var out []string
	for _, m := range members {
		out = append(out, m.Name)
	}
	slices.Sort(out)
	return out
}
