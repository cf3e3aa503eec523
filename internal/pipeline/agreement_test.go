package pipeline

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics"
	"foresight/analytics/backtest"
	"foresight/analytics/calendar"
	"foresight/models"
)

// TestAccuracyOfAgreement prints what bringing 16 shops and their total to add up
// does to their forecasts: `make accuracy`, where ../shared is.
func TestAccuracyOfAgreement(t *testing.T) {
	if os.Getenv("FORESIGHT_ACCURACY") == "" {
		t.Skip("minutes: set FORESIGHT_ACCURACY=all")
	}
	shops := shopsOf(t, "../../../shared/data/grocery_shops_daily.csv.gz")
	cal, err := calendar.New("EC", calendar.Options{})
	require.NoError(t, err)
	var own, agreed agreementTally
	const ahead = 90
	for _, back := range []int{90, 150, 210, 270, 330} {
		f := family{positive: true}
		n := len(shops[0].Values) - back
		for _, s := range shops {
			past := analytics.Series{Times: s.Times[:n], Values: s.Values[:n], Step: s.Step}
			forecast, err := analytics.Run(t.Context(), past, analytics.Options{Horizon: ahead, Quantiles: models.Probabilities[:], Calendar: cal, Paths: 1000})
			require.NoError(t, err)
			m := &measured{measure: models.MeasureTotal, series: past, forecast: forecast, points: make([]models.ForecastPoint, ahead)}
			h := history{span: models.SpanDay}
			for i, v := range past.Values {
				h.points = append(h.points, models.HistoryPoint{Time: past.Times[i], Total: v})
			}
			f.all, f.histories = append(f.all, m), append(f.histories, h)
		}
		score := func(a *agreementTally) {
			for i, m := range f.all {
				a.add(i == 0, m, shops[i].Values[n:n+ahead])
			}
		}
		score(&own)
		require.Empty(t, f.reconcile())
		score(&agreed)
	}
	t.Log(tallyHeader("agreement"))
	t.Log("figures agreement: | the total, by itself " + own.total.String())
	t.Log("figures agreement: | the total, brought to add up " + agreed.total.String())
	t.Log("figures agreement: | the shops, by themselves " + own.parts.String())
	t.Log("figures agreement: | the shops, brought to add up " + agreed.parts.String())
}

// tallyHeader heads a table of errorTally's rows in docs/methods.md (.ci/figures).
func tallyHeader(table string) string {
	return "figures " + table + ": | forecast | WAPE % | pinball % | in 90 % | width of the 90 % range % |\nfigures " + table + ": |---|---|---|---|---|"
}

// agreementTally gathers errors of the total and of the parts.
type agreementTally struct{ total, parts errorTally }

func (a *agreementTally) add(total bool, m *measured, actual []float64) {
	into := &a.parts
	if total {
		into = &a.total
	}
	for t, v := range actual {
		q := m.forecast.Quantiles[t]
		if math.IsNaN(v) {
			continue
		}
		into.off += math.Abs(v - q[models.Q50])
		into.size += v
		into.n++
		into.width += q[models.Q95] - q[models.Q05]
		if q[models.Q05] <= v && v <= q[models.Q95] {
			into.in++
		}
		for k, p := range models.Probabilities {
			into.pinball += backtest.Pinball(p, v, q[k]) / float64(len(models.Probabilities))
		}
	}
}

type errorTally struct{ off, size, in, n, pinball, width float64 }

// String is the end of a table's row, all in per cent; of the volume but for the range's hits.
func (e errorTally) String() string {
	return fmt.Sprintf("| %.2f | %.3f | %.1f | %.1f |", 100*e.off/e.size, 100*e.pinball/e.size, 100*e.in/e.n, 100*e.width/e.size)
}

// shopsOf reads the shops' days, their total first.
func shopsOf(t *testing.T, path string) []analytics.Series {
	t.Helper()
	rows := recordsOf(t, path)
	day := calendar.Step{Unit: calendar.Day, N: 1}
	var first, last time.Time
	values := map[string]map[time.Time]float64{}
	var names []string
	for _, r := range rows {
		at, err := time.Parse(time.DateOnly, r.time)
		require.NoError(t, err)
		if values[r.series] == nil {
			values[r.series], names = map[time.Time]float64{}, append(names, r.series)
		}
		values[r.series][at] = r.value
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	all := make([]analytics.Series, len(names)+1)
	for at := first; !at.After(last); at = at.AddDate(0, 0, 1) {
		total := 0.0
		for i, name := range names {
			v := values[name][at] // a closed day sold nothing
			total += v
			all[i+1].Times, all[i+1].Values = append(all[i+1].Times, at), append(all[i+1].Values, v)
		}
		all[0].Times, all[0].Values = append(all[0].Times, at), append(all[0].Values, total)
	}
	for i := range all {
		all[i].Step = day
	}
	return all
}

// record is a row of a tidy CSV file.
type record struct {
	series, time string
	value        float64
}

// recordsOf reads a gzipped tidy CSV file; rows without a value are left out, and a
// test whose file is not at hand is skipped.
func recordsOf(t *testing.T, path string) []record {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Skipf("needs %s", path)
	}
	defer func() { require.NoError(t, file.Close()) }()
	zipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	rows, err := csv.NewReader(zipped).ReadAll()
	require.NoError(t, err)
	var all []record
	for _, r := range rows[1:] {
		if v, err := strconv.ParseFloat(r[2], 64); err == nil {
			all = append(all, record{r[0], r[1], v})
		}
	}
	return all
}
