package regress

import (
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
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

// TestRolling prints MASE (over the in-sample seasonal naive of 364 days... the
// weekly difference is too easy) and the error of the largest day's size for the
// regression and for the seasonal naive, when REGRESS_ROLLING is set.
func TestRolling(t *testing.T) {
	if os.Getenv("REGRESS_ROLLING") == "" {
		t.Skip("set REGRESS_ROLLING=1 to see the errors on ../shared/data")
	}
	for _, k := range tasks {
		run(t, k)
	}
}

func run(t *testing.T, k task) {
	var mase, naive, peak, npeak, bias, level, took float64
	n := 0.0
	for _, s := range readDaily(t, k.file) {
		for _, o := range k.origins {
			day, _ := time.Parse(time.DateOnly, o)
			i := int(day.Sub(s.times[0])/(24*time.Hour)) + 1
			if i < 370 || i+k.horizon > len(s.y) {
				continue
			}
			from := 0
			if k.keep > 0 {
				from = max(0, i-k.keep)
			}
			train, future := s.y[from:i], s.y[i:i+k.horizon]
			begun := time.Now()
			m, err := Fit(s.times[from:i], train, Options{Step: calendar.Step{Unit: calendar.Day, N: 1}, Calendar: testCalendar(t, k.country)})
			require.NoError(t, err)
			p := m.Predict(s.times[i : i+k.horizon])
			took += time.Since(begun).Seconds()
			sn := make([]float64, k.horizon)
			for h := range sn {
				sn[h] = s.y[i+h-364*((h/364)+1)]
				if math.IsNaN(sn[h]) {
					sn[h] = s.y[i-7+h%7]
				}
			}
			scale := 0.0
			c := 0.0
			for j := 7; j < len(train); j++ {
				if d := math.Abs(train[j] - train[j-7]); d == d {
					scale, c = scale+d, c+1
				}
			}
			scale /= c
			e1, e2, b, a := 0.0, 0.0, 0.0, 0.0
			for h := range future {
				if future[h] == future[h] && sn[h] == sn[h] {
					e1, e2, a = e1+math.Abs(p[h]-future[h]), e2+math.Abs(sn[h]-future[h]), a+1
					b += math.Log(math.Max(p[h], 1) / math.Max(future[h], 1))
				}
			}
			mase, naive = mase+e1/a/scale, naive+e2/a/scale
			bias += b / a
			level += math.Abs(b / a)
			pe := 100 * math.Abs(most(p)/most(future)-1)
			peak, npeak = peak+pe, npeak+100*math.Abs(most(sn)/most(future)-1)
			if os.Getenv("REGRESS_ROLLING") == "2" {
				fmt.Printf("   %s %s mase %.3f naive %.3f peak %+.1f bias %+.3f sigma %.3f p %d damp %.2f slope %.2f shifts %d\n", s.name, o, e1/a/scale, e2/a/scale, 100*(most(p)/most(future)-1), b/a, m.Sigma(), len(m.design.cols), m.damp, m.sol.beta[m.design.index[key{block: blockSlope}]], len(m.design.shifts))
			}
			n++
		}
	}
	fmt.Printf("%-12s n=%2.0f MASE %.3f (naive %.3f)  peak %4.1f%% (naive %4.1f%%)  bias %+.3f |level| %.3f  %.1f ms\n", k.name, n, mase/n, naive/n, peak/n, npeak/n, bias/n, level/n, 1000*took/n)
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
