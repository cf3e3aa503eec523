package regress

import (
	"math"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// task is a set of origins over a file's series.
type task struct {
	name, file, country string
	horizon             int
	origins             []string // last training day
	keep                int      // days of history, 0: all
}

func originsFrom(from string, n, step int) []string {
	d, _ := time.Parse(time.DateOnly, from)
	var out []string
	for i := range n {
		out = append(out, d.AddDate(0, 0, i*step).Format(time.DateOnly))
	}
	return out
}

var tasks = []task{
	{"X grocery", "grocery_shops_daily.csv.gz", "EC", 120, []string{"2014-09-15"}, 0},
	{"M grocery", "grocery_shops_daily.csv.gz", "EC", 90, []string{"2014-02-20", "2015-02-20"}, 0},
	{"x35 grocery", "grocery_shops_daily.csv.gz", "EC", 35, []string{"2014-11-26"}, 0},
	{"walkers", "melbourne_walkers_daily.csv.gz", "AU", 90, originsFrom("2023-01-10", 8, 80), 0},
	{"births", "us_births_daily.csv.gz", "US", 90, originsFrom("2009-03-01", 10, 200), 0},
	{"births 3y", "us_births_daily.csv.gz", "US", 90, originsFrom("2009-03-01", 8, 200), 1096},
	{"rides", "chicago_cta_daily.csv.gz", "US", 90, originsFrom("2009-03-01", 8, 180), 0},
	{"units", "walmart_m5_daily.csv.gz", "US", 90, originsFrom("2014-01-01", 8, 100), 0},
	{"pageviews", "textbook_pageviews_daily.csv.gz", "AU", 90, originsFrom("2020-06-01", 8, 90), 0},
	{"bitcoin", "bitcoin_transactions_daily.csv.gz", "", 90, originsFrom("2013-01-01", 10, 300), 1096},
}

// TestRolling prints MASE (in units of the history's mean weekly difference), the
// mean error of the level and the error of the largest day's size for the
// regression, and for the seasonal naive of 364 days, when REGRESS_ROLLING is set.
func TestRolling(t *testing.T) {
	if os.Getenv("REGRESS_ROLLING") == "" {
		t.Skip("set REGRESS_ROLLING=1 to see the errors on ../shared/data")
	}
	t.Log("figures regression: | task, days ahead | forecasts | MASE | naive | peak % | naive |\nfigures regression: |---|---|---|---|---|---|")
	for _, k := range tasks {
		run(t, k)
	}
}

// score is what one origin gives.
type score struct{ mase, naive, peak, naivePeak, bias, seconds float64 }

func run(t *testing.T, k task) {
	var sum score
	n := 0.0
	for _, s := range readDaily(t, k.file) {
		for _, o := range k.origins {
			day, err := time.Parse(time.DateOnly, o)
			require.NoError(t, err)
			i := int(day.Sub(s.times[0])/(24*time.Hour)) + 1
			if i < 371 || i+k.horizon > len(s.y) {
				continue
			}
			c := scoreAt(t, k, s, i)
			if os.Getenv("REGRESS_ROLLING") == "2" {
				t.Logf("   %s %s %+.3v", s.name, o, c)
			}
			n++
			sum.mase, sum.naive, sum.bias = sum.mase+c.mase, sum.naive+c.naive, sum.bias+math.Abs(c.bias)
			sum.peak, sum.naivePeak = sum.peak+math.Abs(c.peak), sum.naivePeak+math.Abs(c.naivePeak)
			sum.seconds += c.seconds
		}
	}
	t.Logf("%-12s n=%2.0f MASE %.3f (naive %.3f) peak %4.1f%% (naive %4.1f%%) |bias| %.3f  %.1f ms", k.name, n,
		sum.mase/n, sum.naive/n, sum.peak/n, sum.naivePeak/n, sum.bias/n, 1000*sum.seconds/n)
	t.Logf("figures regression: | %s, %d | %.0f | %.3f | %.3f | %.1f | %.1f |", k.name, k.horizon, n, sum.mase/n, sum.naive/n, sum.peak/n, sum.naivePeak/n)
}

// scoreAt fits on the days before i and compares the k.horizon days from i on.
func scoreAt(t *testing.T, k task, s series, i int) score {
	from := 0
	if k.keep > 0 {
		from = max(0, i-k.keep)
	}
	train, future := s.y[from:i], s.y[i:i+k.horizon]
	begun := time.Now()
	m := fit(t, s.times[from:i], train, Options{Calendar: testCalendar(t, k.country)})
	p := m.Predict(s.times[i : i+k.horizon])
	c := score{seconds: time.Since(begun).Seconds()}
	naive := make([]float64, k.horizon)
	for h := range naive {
		naive[h] = s.y[i+h-364]
		if math.IsNaN(naive[h]) {
			naive[h] = s.y[i-7+h%7]
		}
	}
	scale, pairs := 0.0, 0.0
	for j := 7; j < len(train); j++ {
		if d := math.Abs(train[j] - train[j-7]); d == d {
			scale, pairs = scale+d, pairs+1
		}
	}
	scale /= pairs
	days := 0.0
	for h, v := range future {
		if v == v && naive[h] == naive[h] {
			days++
			c.mase += math.Abs(p[h]-v) / scale
			c.naive += math.Abs(naive[h]-v) / scale
			c.bias += math.Log(math.Max(p[h], 1) / math.Max(v, 1))
		}
	}
	c.mase, c.naive, c.bias = c.mase/days, c.naive/days, c.bias/days
	c.peak, c.naivePeak = 100*(most(p)/most(future)-1), 100*(most(naive)/most(future)-1)
	return c
}

func most(v []float64) float64 {
	m := math.Inf(-1)
	for _, x := range v {
		if x > m {
			m = x
		}
	}
	return m
}
