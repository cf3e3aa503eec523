package analytics

import (
	"context"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/require"
)

func TestBikesHourly(t *testing.T) {
	s := readShared(t, "dc_bikeshare_hourly.csv.gz", calendar.Step{Unit: calendar.Hour, N: 1})[0]
	for _, h := range []int{2160, 24} {
		for _, origin := range []int{len(s.Values) - 2160, len(s.Values) - 2160 - 24*90 - 7} {
			begin := time.Now()
			f, err := Run(context.Background(), s.first(origin), Options{Horizon: h, Quantiles: accuracyQuantiles, Calendar: calendarOf(t, "US"), Paths: 1000})
			require.NoError(t, err)
			checkSane(t, f)
			a := tally{weights: map[string]float64{}}
			took := time.Since(begin)
			a.add(s.Series, origin, h, f, took)
			t.Logf("h=%d n=%d MASE %.3f naive %.3f | cover 80 %.3f 95 %.3f | %v | %s | %+v", h, origin, a.mase[0], a.naive[0], a.in80[0], a.in95[0], took, f.Method, f.Backtest)
		}
	}
}
