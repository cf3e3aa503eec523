package smoothing

import (
	"math"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The bars that the package has to reach. They read the clock and all of the
// shared data, so they run only where FORESIGHT_BARS is set, and print one line
// each:
//
//	FORESIGHT_BARS=1 go test -count=1 -v -run Bar ./analytics/smoothing

// bars skips a test of a bar in the fast suite.
func bars(t *testing.T) {
	if os.Getenv("FORESIGHT_BARS") == "" {
		t.Skip("FORESIGHT_BARS is not set: bars take seconds and read the clock")
	}
}

// cpu is the processor time that the process has used, in seconds.
func cpu(t testing.TB) float64 {
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return (time.Duration(u.Utime.Nano()) + time.Duration(u.Stime.Nano())).Seconds()
}

// In the form that R's ets chose, Fit is nowhere worse than R by more than 0.01 in
// log-likelihood, save on one series of a hundred.
func TestBarLikelihood(t *testing.T) {
	bars(t)
	train, _ := m3(t)
	worse, gain, deepest := 0, 0.0, 0.0
	for _, r := range ofR(t, "ets") {
		s, l, _ := formOf(t, r[2])
		m, err := Fit(train[r[0]], s)
		require.NoError(t, err, r[0])
		gain += (m.LogLik - l) / 1000
		deepest = max(deepest, l-m.LogLik)
		if m.LogLik < l-0.01 {
			worse++
		}
	}
	t.Logf("likelihood: no worse than R by more than 0.01 on %d of 1000 series (bar 990), mean gain %.2f, worst loss %.2f", 1000-worse, gain, deepest)
	require.LessOrEqual(t, worse, 10)
}

// Auto forecasts the 1000 series no worse than R's ets: OWA against Naive2.
func TestBarAccuracy(t *testing.T) {
	bars(t)
	train, test := m3(t)
	var owa [3]float64
	naive, ets := ofR(t, "naive2"), ofR(t, "ets")
	for k, forecast := range []func(int, string) []float64{
		func(i int, _ string) []float64 { return numbers(t, ets[i][3:]) },
		func(_ int, name string) []float64 {
			m, err := Auto(train[name], 12)
			require.NoError(t, err, name)
			return m.Mean(18)
		},
		func(_ int, name string) []float64 {
			m, err := Average(train[name], 12)
			require.NoError(t, err, name)
			return m.Mean(18)
		},
	} {
		owa[k] = overall(t, train, test, naive, 1, forecast)
	}
	t.Logf("accuracy: OWA %.4f of Auto, %.4f of Average on 1000 monthly series, R's ets %.4f (bar: no worse, to 0.001)", owa[1], owa[2], owa[0])
	require.LessOrEqual(t, owa[1], owa[0]+0.001)
	require.LessOrEqual(t, owa[2], owa[0]-0.005)
}

// Average takes no more than Auto may.
func TestBarAverageTime(t *testing.T) {
	bars(t)
	train, _ := m3(t)
	before := cpu(t)
	for _, y := range train {
		_, err := Average(y, 12)
		require.NoError(t, err)
	}
	ms := (cpu(t) - before) / float64(len(train)) * 1000
	t.Logf("monthly, averaged: %.2f ms of processor a series (bar 5)", ms)
	require.LessOrEqual(t, ms, 5.0)
}

// Auto takes at most 5 ms of processor a monthly series.
func TestBarMonthlyTime(t *testing.T) {
	bars(t)
	train, _ := m3(t)
	all := ofR(t, "ets")
	length := 0
	before := cpu(t)
	for _, r := range all {
		length += len(train[r[0]])
		_, err := Auto(train[r[0]], 12)
		require.NoError(t, err, r[0])
	}
	ms := (cpu(t) - before) / float64(len(all)) * 1000
	t.Logf("monthly: %.2f ms of processor a series of %d values on average (bar 5, stretch 1.5; statsforecast 97, R 566)", ms, length/len(all))
	require.LessOrEqual(t, ms, 5.0)
}

// Auto takes at most 30 ms of processor an hourly series of 750 to 1000 values.
func TestBarHourlyTime(t *testing.T) {
	bars(t)
	series := hours(t)
	before := cpu(t)
	for _, y := range series {
		_, err := Auto(y, 24)
		require.NoError(t, err)
	}
	ms := (cpu(t) - before) / float64(len(series)) * 1000
	t.Logf("hourly: %.2f ms of processor a series of 750 to 1000 values on average, %d series (bar 30; statsforecast 704, R 4208)", ms, len(series))
	require.LessOrEqual(t, ms, 30.0)
}

// hours cuts stretches of 750 and 1000 hours from two hourly collections, with one
// added so that no hour is zero and every form is tried.
func hours(t testing.TB) [][]float64 {
	var out [][]float64
	for _, name := range []string{"data/dc_bikeshare_hourly.csv.gz", "data/metro_i94_traffic_hourly.csv.gz"} {
		var y []float64
		for _, r := range rows(t, name) {
			if v, err := strconv.ParseFloat(r[2], 64); err == nil {
				y = append(y, v+1)
			}
		}
		for i := range 20 {
			n := 750 + 250*(i%2)
			at := i * (len(y) - n) / 20
			out = append(out, y[at:at+n])
		}
	}
	return out
}

// FitDouble takes at most 150 ms of processor for a year of hours, and two weeks
// ahead its forecasts are nearer than those of last week repeated.
func TestBarDoubleSeasonal(t *testing.T) {
	bars(t)
	const year, ahead, week = 8760, 336, 168
	logs, count, used := 0.0, 0.0, 0.0
	for _, name := range []string{"data/dc_bikeshare_hourly.csv.gz", "data/metro_i94_traffic_hourly.csv.gz"} {
		y := hourly(t, name)
		for o := range 10 {
			at := year + o*(len(y)-year-ahead)/9
			before := cpu(t)
			m, err := FitDouble(y[at-year:at], DoubleSpec{Short: 24, Long: week, AR: true})
			require.NoError(t, err)
			used += cpu(t) - before
			ours, naive := 0.0, 0.0
			for i, f := range m.Predict(ahead) {
				if v, last := y[at+i], y[at-week+i%week]; !math.IsNaN(v + last) {
					ours += math.Abs(v - f)
					naive += math.Abs(v - last)
				}
			}
			if naive > 0 {
				logs += math.Log(ours / naive)
			}
			count++
		}
	}
	ratio, ms := math.Exp(logs/count), used/count*1000
	t.Logf("double seasonal: %.1f ms of processor a year of hours (bar 150), error %.3f of last week's repeated, two weeks ahead (bar 1)", ms, ratio)
	require.LessOrEqual(t, ms, 150.0)
	require.LessOrEqual(t, ratio, 1.0)
}

// hourly reads a series by the hour, NaN where an hour has no value.
func hourly(t testing.TB, name string) []float64 {
	var y []float64
	var next time.Time
	for _, r := range rows(t, name) {
		at, err := time.Parse("2006-01-02T15:04:05", r[1])
		require.NoError(t, err)
		if at.Before(next) {
			continue // an hour that the clock repeats
		}
		for ; !next.IsZero() && next.Before(at); next = next.Add(time.Hour) {
			y = append(y, math.NaN())
		}
		v, err := strconv.ParseFloat(r[2], 64)
		if err != nil {
			v = math.NaN()
		}
		y, next = append(y, v), at.Add(time.Hour)
	}
	return y
}
