package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// hourlyRows is a series a of hours from a local midnight on.
func hourlyRows(t *testing.T, from string, hours int, width time.Duration) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("series,time,value\n")
	for i := range hours {
		at := date(t, from).Add(time.Duration(i) * width)
		fmt.Fprintf(&b, "a,%s,%g\n", at.Format("2006-01-02T15:04:05"), bustle(at)*width.Hours())
	}
	return file(t, "fine.csv", b.String())
}

// bustle is a steady rate with a day, a quiet Sunday, and a few per cent of its own.
func bustle(at time.Time) float64 {
	v := 40 + 20*math.Cos(2*math.Pi*float64(at.Hour()-13)/24)
	if at.Weekday() == time.Sunday {
		v /= 2
	}
	return v * (1 + float64(at.Unix()/900*7919%23-11)/300)
}

func TestCoarserFrequenciesAreAggregated(t *testing.T) {
	path := hourlyRows(t, "2024-01-01", 24*150+5, time.Hour)
	read := func(args ...string) [][]string {
		o := plain(t, append([]string{"forecast", path}, args...)...)
		require.Equal(t, app.ExitFine, o.code, o)
		rows, err := csv.NewReader(strings.NewReader(o.out)).ReadAll()
		require.NoError(t, err)
		return rows[1:]
	}
	days := read("--freq", "D", "--aggregate", "sum", "--horizon", "7")
	require.Len(t, days, 7)
	assert.Equal(t, "2024-05-30T00:00:00", days[0][1], "the day that is not over is forecast")
	hours := read("--horizon", strconv.Itoa(24*8))
	for d, row := range days[1:] {
		want, err := strconv.ParseFloat(row[2], 64)
		require.NoError(t, err)
		sum := 0.0
		for _, h := range hours {
			if h[1][:10] == row[1][:10] {
				x, err := strconv.ParseFloat(h[2], 64)
				require.NoError(t, err)
				sum += x
			}
		}
		assert.InDelta(t, 1, sum/want, 0.05, "hours of day %d", d+1)
	}
	largest, err := strconv.ParseFloat(read("--freq", "D", "--aggregate", "max", "--horizon", "1")[0][2], 64)
	require.NoError(t, err)
	total, err := strconv.ParseFloat(days[0][2], 64)
	require.NoError(t, err)
	assert.Less(t, largest, total/10)
	o := plain(t, "backtest", path, "--freq", "D", "--aggregate", "sum", "--horizon", "7")
	assert.Equal(t, app.ExitFine, o.code, o)
}

func TestBadFrequencies(t *testing.T) {
	hours, quarters := hourlyRows(t, "2024-01-01", 24*40, time.Hour), hourlyRows(t, "2024-01-01", 96*30, 15*time.Minute)
	weeks := file(t, "weeks.csv", weekly(t, 120))
	for _, tt := range []struct {
		path  string
		args  []string
		code  int
		words []string
	}{
		{hours, []string{"--freq", "D"}, app.ExitFailed, []string{"its rows are 1h wide", "--aggregate sum, mean, max, last"}},
		{hours, []string{"--freq", "90min", "--aggregate", "sum"}, app.ExitFailed, []string{"no whole number makes --freq 90min"}},
		{hours, []string{"--aggregate", "sum"}, app.ExitUsage, []string{"--aggregate sum", "--freq"}},
		{hours, []string{"--freq", "D", "--aggregate", "p95"}, app.ExitUsage, []string{`"p95"`, "sum, mean, max, last", "percentiles"}},
		{hours, []string{"--freq", "30min", "--aggregate", "sum"}, app.ExitFailed, []string{"finer"}},
		{weeks, []string{"--freq", "M", "--aggregate", "sum"}, app.ExitFailed, []string{"do not fit into each other"}},
		{quarters, []string{"--horizon", "1345"}, app.ExitFailed, []string{"14 days ahead at most (--horizon 1344)", "--freq 1h --aggregate sum", "--horizon 337"}},
	} {
		for _, command := range []string{"forecast", "backtest"} {
			fails(t, plain(t, append([]string{command, tt.path}, tt.args...)...), tt.code, tt.words...)
		}
	}
	o := plain(t, "forecast", quarters, "--freq", "1h", "--aggregate", "sum", "--horizon", "337")
	assert.Equal(t, app.ExitFine, o.code, o)
}

// weekly is a series of weeks from a Monday on.
func weekly(t *testing.T, n int) string {
	t.Helper()
	text := "series,time,value\n"
	for i := range n {
		text += fmt.Sprintf("a,%s,%d\n", date(t, "2022-01-03").AddDate(0, 0, 7*i).Format(time.DateOnly), 100+i%5)
	}
	return text
}

// Ceilings and masks are of the rows, whatever is made of them.
func TestAggregatedRowsKeepTheirCeilings(t *testing.T) {
	path := hourlyRows(t, "2024-01-01", 24*150, time.Hour)
	masks := file(t, "masks.csv", "from,to,reason\n2024-04-01T10:00,2024-04-01T14:00,release\n")
	o := plain(t, "forecast", path, "--freq", "D", "--aggregate", "sum", "--horizon", "7", "--mask", masks, "--ceiling", "55")
	require.Equal(t, app.ExitFine, o.code, o)
	assert.Contains(t, o.err, `1 of 1 series has 1 bucket masked, and not learned from (first "a" 2024-04-01T00:00:00, release)`)
	assert.Regexp(t, `1 of 1 series has \d+ buckets at a ceiling`, o.err)
}

// Monthly rows that are said to be sums keep the length of their months.
func TestMonthsOfSumsKeepTheirLength(t *testing.T) {
	text := "series,time,value\n"
	for i := range 30 {
		at := date(t, "2021-08-01").AddDate(0, i, 0)
		text += fmt.Sprintf("a,%s,%g\n", at.Format(time.DateOnly), at.AddDate(0, 1, 0).Sub(at).Hours()/24*(100+float64(i%3)/4))
	}
	o := plain(t, "forecast", file(t, "months.csv", text), "--freq", "M", "--aggregate", "sum", "--horizon", "2")
	require.Equal(t, app.ExitFine, o.code, o)
	rows, err := csv.NewReader(strings.NewReader(o.out)).ReadAll()
	require.NoError(t, err)
	for i, want := range []float64{2900, 3100} { // February of a leap year, March
		got, err := strconv.ParseFloat(rows[i+1][2], 64)
		require.NoError(t, err)
		assert.InDelta(t, want, got, 0.02*want, rows[i+1][1])
	}
}
