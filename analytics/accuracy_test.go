package analytics

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"foresight/analytics/backtest"
	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// task is one development file forecast from a few origins that Run never sees beyond.
type task struct {
	file    string
	step    calendar.Step
	country string
	horizon int
	origins int
	apart   int // buckets between origins
	every   int // take every n-th series

	from []string // first days ahead, instead of origins and apart
}

// starts are the places of a series from which it is forecast.
func (k task) starts(s Series) []int {
	var out []int
	for i, at := range s.Times {
		if i > 60 && i+k.horizon <= len(s.Times) && slices.Contains(k.from, at.Format(time.DateOnly)) {
			out = append(out, i)
		}
	}
	if k.from != nil {
		return out
	}
	for j := range k.origins {
		if origin := len(s.Values) - k.horizon - j*k.apart; origin >= len(s.Values)/2 {
			out = append(out, origin)
		}
	}
	return out
}

var tasks = []task{
	{"grocery_shops_daily.csv.gz", stepDay, "EC", 90, 4, 60, 1, nil},
	{"grocery_shops_daily.csv.gz", stepDay, "EC", 120, 0, 0, 1, []string{"2014-09-01", "2014-09-08", "2014-09-15", "2014-09-22"}},
	{"grocery_shops_daily.csv.gz", stepDay, "EC", 90, 0, 0, 1, []string{"2014-02-24", "2014-03-10", "2015-02-23", "2015-03-09"}},
	{"us_births_daily.csv.gz", stepDay, "US", 120, 0, 0, 1, []string{"2005-09-01", "2007-09-15", "2009-09-01", "2011-09-15", "2012-03-01", "2013-09-01"}},
	{"chicago_cta_daily.csv.gz", stepDay, "US", 120, 0, 0, 1, []string{"2005-09-01", "2007-09-15", "2009-09-01", "2011-09-15", "2012-03-01", "2012-09-01"}},
	{"melbourne_walkers_daily.csv.gz", stepDay, "AU", 120, 0, 0, 1, []string{"2021-09-01", "2022-03-01", "2022-09-01", "2022-09-15", "2023-03-01", "2023-09-01", "2023-09-15", "2024-03-01"}},
	{"walmart_m5_daily.csv.gz", stepDay, "US", 120, 0, 0, 1, []string{"2013-09-01", "2014-03-01", "2014-09-01", "2014-09-15", "2015-03-01", "2015-09-01", "2015-09-15", "2015-12-15"}},
	{"melbourne_walkers_daily.csv.gz", stepDay, "AU", 90, 8, 60, 1, nil},
	{"us_births_daily.csv.gz", stepDay, "US", 90, 8, 60, 1, nil},
	{"chicago_cta_daily.csv.gz", stepDay, "US", 90, 8, 60, 1, nil},
	{"walmart_m5_daily.csv.gz", stepDay, "US", 90, 8, 60, 1, nil},
	{"textbook_pageviews_daily.csv.gz", stepDay, "", 90, 8, 60, 1, nil},
	{"bitcoin_transactions_daily.csv.gz", stepDay, "", 90, 8, 120, 1, nil},
	{"aus_retail_monthly.csv.gz", stepMonth, "AU", 12, 2, 12, 2, nil},
	{"us_census_mrts_monthly.csv.gz", stepMonth, "US", 12, 2, 12, 1, nil},
	{"dc_bikeshare_hourly.csv.gz", stepHour, "US", 2160, 6, 1500, 1, nil},
	{"metro_i94_traffic_hourly.csv.gz", stepHour, "US", 2160, 5, 1500, 1, nil},
	{"m4_weekly_train.csv.gz", stepWeek, "", 13, 1, 13, 3, nil},
}

var accuracyQuantiles = []float64{0.025, 0.05, 0.1, 0.5, 0.9, 0.95, 0.975}

// tally gathers one task's results.
type tally struct {
	mase, naive, peak, naivePeak, in80, in90, in95, seconds []float64
	low                                                     []float64
	dates                                                   int
	weights                                                 map[string]float64
}

func (a *tally) add(s Series, origin, h int, f Forecast, took time.Duration) {
	actual := s.Values[origin : origin+h]
	column := func(j int) []float64 {
		out := make([]float64, h)
		for i := range out {
			out[i] = f.Quantiles[i][j]
		}
		return out
	}
	r := rhythmOf(s.Step)
	naive := seasonalNaive(windowAt(s, origin, h, r, nil))
	mid := column(3)
	scale := backtest.NaiveScale(s.Values[:origin], r.period)
	a.mase = append(a.mase, backtest.MAE(actual, mid)/scale)
	a.naive = append(a.naive, backtest.MAE(actual, naive)/scale)
	a.in80 = append(a.in80, backtest.Coverage(actual, column(2), column(4)))
	a.in90 = append(a.in90, backtest.Coverage(actual, column(1), column(5)))
	a.in95 = append(a.in95, backtest.Coverage(actual, column(0), column(6)))
	top := func(x []float64) float64 { p := backtest.Present(x); return p[len(p)-1] }
	if len(backtest.Present(actual)) > 0 {
		a.peak = append(a.peak, math.Abs(top(mid)/top(actual)-1))
		a.low = append(a.low, top(mid)/top(actual)-1)
		if argmax(mid) == argmax(actual) {
			a.dates++
		}
		a.naivePeak = append(a.naivePeak, math.Abs(top(naive)/top(actual)-1))
	}
	a.seconds = append(a.seconds, took.Seconds())
	for _, m := range f.Members {
		a.weights[m.Name] += m.Weight
	}
}

func argmax(x []float64) int {
	best := -1
	for i, v := range x {
		if !math.IsNaN(v) && (best < 0 || v > x[best]) {
			best = i
		}
	}
	return best
}

func calendarOf(t testing.TB, country string) *calendar.Calendar {
	t.Helper()
	if country == "" {
		return nil
	}
	c, err := calendar.New(country, calendar.Options{})
	require.NoError(t, err)
	return c
}

// TestAccuracy prints the engine's accuracy on the development series; it runs only when
// FORESIGHT_ACCURACY is set (to the beginnings of files' names, by commas, or all), as it takes minutes.
func TestAccuracy(t *testing.T) {
	which := os.Getenv("FORESIGHT_ACCURACY")
	if which == "" {
		t.Skip("set FORESIGHT_ACCURACY=all to measure the accuracy on the optional development series")
	}
	t.Log("figures accuracy: " + accuracyHeader)
	for _, k := range tasks {
		if which != "all" && !slices.ContainsFunc(strings.Split(which, ","), func(prefix string) bool { return strings.HasPrefix(k.file, prefix) }) {
			continue
		}
		cal := calendarOf(t, k.country)
		a := tally{weights: map[string]float64{}}
		for i, s := range readShared(t, k.file, k.step) {
			if i%k.every != 0 {
				continue
			}
			for _, origin := range k.starts(s.Series) {
				begin := time.Now()
				f, err := Run(context.Background(), s.first(origin), Options{Horizon: k.horizon, Quantiles: accuracyQuantiles, Calendar: cal, Model: os.Getenv("FORESIGHT_MODEL")})
				require.NoError(t, err)
				checkSane(t, f)
				a.add(s.Series, origin, k.horizon, f, time.Since(begin))
			}
		}
		t.Logf("%-31s %3d %4d MASE %.3f naive %.3f ratio %.3f | peak %.3f (%+.3f) naive %.3f date %.2f | cover 80 %.3f 90 %.3f 95 %.3f | %.0f ms | %v", k.file[:len(k.file)-7], k.horizon, len(a.mase), mean(a.mase), mean(a.naive),
			mean(a.mase)/mean(a.naive), mean(a.peak), mean(a.low), mean(a.naivePeak), float64(a.dates)/float64(len(a.mase)), mean(a.in80), mean(a.in90), mean(a.in95), 1000*mean(a.seconds), shares(a.weights))
		t.Log("figures accuracy: " + a.row(k))
	}
}

// accuracyHeader heads the table of docs/methods.md that `make accuracy` fills (.ci/figures).
const accuracyHeader = "| series, buckets ahead | origins | forecasts | MASE | naive | ratio | peak % | naive | date right % | in 80 % | in 90 % | in 95 % |\n" +
	"figures accuracy: |---|---|---|---|---|---|---|---|---|---|---|---|"

// row is the task's line of that table.
func (a *tally) row(k task) string {
	origins := fmt.Sprintf("%d, %d apart", k.origins, k.apart)
	if k.from != nil {
		origins = fmt.Sprintf("%d from %s", len(k.from), k.from[0])
	}
	name := strings.NewReplacer("_train", "", "_", " ").Replace(k.file[:len(k.file)-len(".csv.gz")])
	return fmt.Sprintf("| %s, %d | %s | %d | %.3f | %.3f | %.3f | %.1f | %.1f | %.0f | %.1f | %.1f | %.1f |", name, k.horizon, origins, len(a.mase),
		mean(a.mase), mean(a.naive), mean(a.mase)/mean(a.naive), 100*mean(a.peak), 100*mean(a.naivePeak), 100*float64(a.dates)/float64(len(a.mase)),
		100*mean(a.in80), 100*mean(a.in90), 100*mean(a.in95))
}

// TestM3 prints OWA against R's Naive2 on the monthly M3 series that R's scores are there for: on
// every fourth, or every FORESIGHT_EVERY-th.
func TestM3(t *testing.T) {
	which := os.Getenv("FORESIGHT_ACCURACY")
	if which != "m3" && which != "all" {
		t.Skip("set FORESIGHT_ACCURACY=m3 to measure the accuracy on the optional M3 series")
	}
	f, err := os.Open("../../shared/reference/m3_monthly_r_scores.csv")
	if err != nil {
		t.Skip("optional: no reference scores beside the checkout")
	}
	defer func() { require.NoError(t, f.Close()) }()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	naive := map[string][2]float64{}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		if row[column["method"]] == "naive2" {
			a, _ := strconv.ParseFloat(row[column["smape"]], 64)
			b, _ := strconv.ParseFloat(row[column["mase"]], 64)
			naive[row[column["series"]]] = [2]float64{a, b}
		}
	}
	every, err := strconv.Atoi(cmp.Or(os.Getenv("FORESIGHT_EVERY"), "4"))
	require.NoError(t, err)
	var smape, mase, in80, in95 []float64
	var smape2, mase2 []float64
	weights := map[string]float64{}
	begin, n := time.Now(), 0
	for i, s := range readShared(t, "m3_monthly.csv.gz", stepMonth) {
		ref, ok := naive[s.name]
		if !ok || i%every != 0 {
			continue
		}
		f, err := Run(context.Background(), s.Series, Options{Horizon: 18, Quantiles: accuracyQuantiles, Model: os.Getenv("FORESIGHT_MODEL")})
		require.NoError(t, err)
		checkSane(t, f)
		n++
		for _, m := range f.Members {
			weights[m.Name] += m.Weight
		}
		q := func(j int) []float64 {
			out := make([]float64, 18)
			for i := range out {
				out[i] = f.Quantiles[i][j]
			}
			return out
		}
		smape, mase = append(smape, backtest.SMAPE(s.test, q(3))), append(mase, backtest.MASE(s.Values, 12, s.test, q(3)))
		smape2, mase2 = append(smape2, ref[0]), append(mase2, ref[1])
		in80, in95 = append(in80, backtest.Coverage(s.test, q(2), q(4))), append(in95, backtest.Coverage(s.test, q(0), q(6)))
	}
	owa := (mean(smape)/mean(smape2) + mean(mase)/mean(mase2)) / 2
	t.Logf("M3 n=%d sMAPE %.2f MASE %.3f OWA %.3f cover 80 %.3f 95 %.3f %.1f ms/series %v", n, mean(smape), mean(mase), owa, mean(in80), mean(in95), time.Since(begin).Seconds()*1000/float64(n), shares(weights))
	t.Log("figures m3: | series | sMAPE | MASE | OWA against R's Naive2 | in 80 % | in 95 % |\nfigures m3: |---|---|---|---|---|---|")
	t.Logf("figures m3: | every fourth of 1000, 18 ahead (%d) | %.2f | %.3f | %.3f | %.1f | %.1f |", n, mean(smape), mean(mase), owa, 100*mean(in80), 100*mean(in95))
}

// checkSane requires what must hold of every forecast: finite numbers, not below zero for data
// that never are, quantiles in order, paths within bounds.
func checkSane(t require.TestingT, f Forecast) {
	for i := range f.Times {
		for j, q := range f.Quantiles[i] {
			if math.IsNaN(q) || math.IsInf(q, 0) || q < 0 || j > 0 && q < f.Quantiles[i][j-1] {
				require.Fail(t, "a quantile is not sane", "bucket %d: %v", i, f.Quantiles[i])
			}
		}
		if math.IsNaN(f.Mean[i]) || f.Mean[i] < 0 || math.IsNaN(f.Baseline[i]) {
			require.Fail(t, "a mean is not sane", "bucket %d: mean %v, baseline %v", i, f.Mean[i], f.Baseline[i])
		}
	}
	assert.NotEmpty(t, f.Method)
}

// shares turns summed weights into whole per cent.
func shares(w map[string]float64) map[string]int {
	total := 0.0
	for _, v := range w {
		total += v
	}
	out := map[string]int{}
	for name, v := range w {
		out[name] = int(math.Round(100 * v / total))
	}
	return out
}
