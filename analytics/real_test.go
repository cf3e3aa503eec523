package analytics

import (
	"fmt"
	"math"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
)

// TestDevelopmentSeries forecasts some of each kind of the development series, where they lie
// beside the checkout: never an error, a missing number, a negative or a crossing quantile.
func TestDevelopmentSeries(t *testing.T) {
	for _, k := range []struct {
		file    string
		step    calendar.Step
		country string
		horizon int
		every   int
	}{
		{"m3_monthly.csv.gz", stepMonth, "", 18, 80},
		{"grocery_shops_daily.csv.gz", stepDay, "EC", 90, 8},
		{"walmart_m5_daily.csv.gz", stepDay, "US", 90, 1},
		{"dc_bikeshare_hourly.csv.gz", stepHour, "US", 2160, 1},
		{"m4_weekly_train.csv.gz", stepWeek, "", 13, 120},
	} {
		for i, s := range readShared(t, k.file, k.step) {
			if i%k.every == 0 {
				f := run(t, s.Series, Options{Horizon: k.horizon, Calendar: calendarOf(t, k.country), Quantiles: accuracyQuantiles, Paths: 100})
				checkSane(t, f)
				assert.Empty(t, f.Fallback, "%s %s", k.file, s.name)
			}
		}
	}
}

func BenchmarkRun(b *testing.B) {
	noise := noisy(1, 10)
	week := func(i int, at time.Time) float64 {
		return (300+0.1*float64(i))*(1+0.2*math.Sin(float64(i)*2*math.Pi/7)+0.1*math.Sin(float64(at.YearDay())/58)) + noise()
	}
	cal := calendarOf(b, "SE")
	for _, k := range []struct {
		name string
		s    Series
		h    int
	}{
		{"months=50,h=18", made(stepMonth, day(2020, 1, 1), 50, week), 18},
		{"months=110,h=18", made(stepMonth, day(2015, 1, 1), 110, week), 18},
		{"months=360,h=18", made(stepMonth, day(1994, 1, 1), 360, week), 18},
		{"weeks=156,h=13", made(stepWeek, day(2021, 1, 4), 156, week), 13},
		{"weeks=520,h=52", made(stepWeek, day(2014, 1, 6), 520, week), 52},
		{"days=365,h=90", made(stepDay, day(2023, 1, 1), 365, week), 90},
		{"days=1095,h=90", made(stepDay, day(2021, 1, 1), 1095, week), 90},
		{"days=3650,h=90", made(stepDay, day(2014, 1, 1), 3650, week), 90},
		{"days=1095,h=400", made(stepDay, day(2021, 1, 1), 1095, week), 400},
		{"hours=26280,h=2160", made(stepHour, day(2021, 1, 1), 26280, func(_ int, at time.Time) float64 { return office(at) + math.Abs(noise()) }), 2160},
	} {
		limits := make([]float64, k.h)
		for i := range limits {
			limits[i] = 1000
		}
		b.Run(k.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run(b, k.s, Options{Horizon: k.h, Calendar: cal, Limits: limits})
			}
		})
	}
}

// BenchmarkRunReal forecasts the last three years of the longer development series, as `make bars` does.
func BenchmarkRunReal(b *testing.B) {
	var all []Series
	for _, file := range []string{"us_births", "chicago_cta", "walmart_m5", "melbourne_walkers", "textbook_pageviews", "bitcoin_transactions"} {
		for _, s := range readShared(b, file+"_daily.csv.gz", stepDay) {
			all = append(all, s.last(1095))
		}
	}
	cal := calendarOf(b, "US")
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range all {
			run(b, s, Options{Horizon: 90, Calendar: cal, Quantiles: accuracyQuantiles})
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*len(all)), "ms/series")
}

// BenchmarkUpdate is the next day's forecast from what the day before left.
func BenchmarkUpdate(b *testing.B) {
	cal := calendarOf(b, "SE")
	for _, h := range []int{90, 400} {
		s := shopDays(1, 1096)
		o := Options{Horizon: h, Calendar: cal}
		o.State = stored(b, run(b, s.first(1095), o).State)
		b.Run(fmt.Sprintf("days=1095,h=%d", h), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run(b, s, o)
			}
		})
	}
}
