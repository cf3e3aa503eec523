package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// sample writes the first series of a shared data set, at most n and only the rows
// that take keeps, as a file of its own.
func sample(t *testing.T, name string, n int, take func(series, time string) bool) string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", name))
	if os.IsNotExist(err) {
		t.Skipf("the data set %s is not beside the project", name)
	}
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // only read
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	lines := bufio.NewScanner(z)
	var b strings.Builder
	seen := map[string]bool{}
	for lines.Scan() {
		columns := strings.SplitN(lines.Text(), ",", 3)
		if b.Len() == 0 {
			b.WriteString(lines.Text() + "\n")
			continue
		}
		if take != nil && !take(columns[0], columns[1]) {
			continue
		}
		if !seen[columns[0]] {
			if len(seen) == n {
				continue // a file may be sorted by time
			}
			seen[columns[0]] = true
		}
		b.WriteString(lines.Text() + "\n")
	}
	require.NoError(t, lines.Err())
	path := filepath.Join(t.TempDir(), "sample.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

// ordered reads a forecast and wants horizon rows a series, finite numbers, and
// quantiles that ascend and are not negative.
func ordered(t *testing.T, text string, horizon int) (series []string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"series", "time", "mean", "q0.05", "q0.5", "q0.95"}, rows[0])
	count := map[string]int{}
	for _, row := range rows[1:] {
		if count[row[0]]++; count[row[0]] == 1 {
			series = append(series, row[0])
		}
		last := 0.0
		for _, cell := range row[3:] {
			x, err := strconv.ParseFloat(cell, 64)
			require.NoError(t, err, "%v", row)
			require.False(t, x != x || x < last, "a missing, negative or crossing quantile in %v", row)
			last = x
		}
	}
	for name, n := range count {
		require.Equal(t, horizon, n, "rows of %s", name)
	}
	return series
}

func TestForecastOfSharedData(t *testing.T) {
	t.Parallel()
	recent := func(_, at string) bool { return at >= "2012" }
	for _, tt := range []struct {
		file    string
		series  int
		take    func(series, at string) bool
		horizon int
		args    []string
	}{
		{"grocery_shops_daily.csv.gz", 2, nil, 90, []string{"--country", "EC"}},
		{"walmart_m5_daily.csv.gz", 1, nil, 90, []string{"--country", "US"}},
		{"m3_monthly.csv.gz", 4, nil, 18, nil},
		{"dc_bikeshare_hourly.csv.gz", 1, recent, 2160, nil},
	} {
		t.Run(tt.file, func(t *testing.T) {
			path := sample(t, tt.file, tt.series, tt.take)
			o := plain(t, append([]string{"forecast", path, "--horizon", strconv.Itoa(tt.horizon)}, tt.args...)...)
			require.Equal(t, app.ExitFine, o.code, o.err)
			assert.Empty(t, o.err)
			assert.Len(t, ordered(t, o.out, tt.horizon), tt.series)
		})
	}
}

// twoYears is a file of series in the given order, for forecasts of the command.
func twoYears(t *testing.T, names ...string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("series,time,value\n")
	for i, name := range names {
		_, rows, _ := strings.Cut(daily(t, name, "2023-01-01", "2025-01-01", func(n int, d time.Time) float64 { return growing(n, d) * float64(i+1) }), "\n")
		b.WriteString(rows)
	}
	return b.String()
}

func TestForecastKeepsOrderAndIsEachSeriesOwn(t *testing.T) {
	t.Parallel()
	text := twoYears(t, "b", "a", "c")
	read := func(in string, args ...string) outcome {
		return execution{Clock: time.Now, in: in}.run(t.Context(), append([]string{"forecast", "-", "--horizon", "30"}, args...)...)
	}
	whole := read(text)
	require.Equal(t, app.ExitFine, whole.code, whole.err)
	assert.Equal(t, []string{"b", "a", "c"}, ordered(t, whole.out, 30))
	assert.Equal(t, whole, read(text, "--jobs", "1"), "the same with one series at a time")

	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := io.WriteString(z, text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	assert.Equal(t, whole, read(packed.String()), "the same out of gzip")

	alone := read(twoYears(t, "b"))
	require.Equal(t, app.ExitFine, alone.code, alone.err)
	assert.True(t, strings.HasPrefix(whole.out, alone.out), "a series' forecast depends on that series alone")
}

func TestForecastOptionsShowInTheAnswer(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "series.csv")
	require.NoError(t, os.WriteFile(path, []byte(twoYears(t, "a")), 0o600))
	o := plain(t, "forecast", path, "--horizon", "60", "--capacity", "1300", "--quantiles", "0.1,0.5")
	require.Equal(t, app.ExitFine, o.code, o.err)
	rows, err := csv.NewReader(strings.NewReader(o.out)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"series", "time", "mean", "q0.1", "q0.5", "overload_probability"}, rows[0])
	last := 0.0
	for _, row := range rows[1:] {
		p, err := strconv.ParseFloat(row[5], 64)
		require.NoError(t, err)
		require.True(t, p >= last && p <= 1, "the share of paths that have crossed by then only grows: %v", row)
		last = p
	}
	o = plain(t, "forecast", path, "--horizon", "3", "--format", "json")
	require.Equal(t, app.ExitFine, o.code, o.err)
	assert.Contains(t, o.out, "2025-01-01")
}

// With a zone, the wall-clock hour that comes twice in autumn is two buckets, and
// the one that does not exist in spring is the series' error, naming the row.
func TestForecastAcrossChangesOfTheClock(t *testing.T) {
	t.Parallel()
	zone := location(t, "Europe/Stockholm")
	wall := func(from, to time.Time) string {
		var b strings.Builder
		b.WriteString("series,time,value\n")
		for h := from; h.Before(to); h = h.Add(time.Hour) {
			fmt.Fprintf(&b, "a,%s,%g\n", h.In(zone).Format("2006-01-02T15:04:05"), 100+telling(h))
		}
		return b.String()
	}
	read := func(in string) outcome {
		return execution{Clock: time.Now, in: in}.run(t.Context(), "forecast", "-", "--horizon", "30", "--tz", "Europe/Stockholm")
	}
	autumn := wall(time.Date(2024, 10, 1, 0, 0, 0, 0, zone), time.Date(2024, 11, 1, 0, 0, 0, 0, zone))
	require.Equal(t, 2, strings.Count(autumn, "a,2024-10-27T02:00:00,"))
	o := read(autumn)
	require.Equal(t, app.ExitFine, o.code, o.err)
	assert.Contains(t, o.out, "a,2024-11-01T00:00:00+01:00,", "times with their offset")

	spring := wall(time.Date(2025, 3, 1, 0, 0, 0, 0, zone), time.Date(2025, 3, 30, 0, 0, 0, 0, zone))
	o = read(spring)
	require.Equal(t, app.ExitFine, o.code, o.err)
	assert.Contains(t, o.out, "a,2025-03-30T01:00:00+01:00,")
	assert.NotContains(t, o.out, "a,2025-03-30T02:", "the hour that does not exist")
	assert.Contains(t, o.out, "a,2025-03-30T03:00:00+02:00,")

	fails(t, read(spring+"a,2025-03-30T02:00:00,5\n"), app.ExitFailed, `series "a"`, fmt.Sprintf("row %d", 2+29*24), "2025-03-30T02:00:00")
	fails(t, read(autumn+"a,2024-10-27T02:00:00,5\n"), app.ExitFailed, `series "a"`)
}

// series runs a forecast of rows of one series a.
func series(t *testing.T, rows []string, args ...string) outcome {
	t.Helper()
	in := "series,time,value\n"
	for i, at := range rows {
		in += fmt.Sprintf("a,%s,%d\n", at, 10+i%3)
	}
	return execution{Clock: time.Now, in: in}.run(t.Context(), append([]string{"forecast", "-", "--horizon", "24"}, args...)...)
}

// Days taken by the hour are no hourly series, and no forecast of one.
func TestForecastFinerThanTheRowsIsRefused(t *testing.T) {
	t.Parallel()
	var days, months, sparse []string
	for i := range 40 {
		days = append(days, date(t, "2024-01-01").AddDate(0, 0, i).Format(time.DateOnly))
		months = append(months, date(t, "2020-01-01").AddDate(0, i, 0).Format(time.DateOnly))
		if i%10 < 2 { // two neighbours, then a gap
			sparse = append(sparse, days[i])
		}
	}
	for _, tt := range []struct {
		rows  []string
		freq  string
		words string
	}{
		{days, "1h", "its rows are 24h apart; --freq 1h is finer: use --freq D or leave it out"},
		{days, "90min", "its rows are 24h apart; --freq 90min is finer: use --freq D"},
		{months, "D", "its rows are 28 days apart; --freq D is finer: use --freq M or leave it out"},
		{[]string{"2024-01-01T00:00", "2024-01-01T01:30", "2024-01-01T03:00"}, "30min", "its rows are 1h30m apart; --freq 30min is finer: use --freq 90min"},
	} {
		o := series(t, tt.rows, "--freq", tt.freq)
		fails(t, o, app.ExitFailed, `series "a": `+tt.words)
		assert.NotContains(t, o.out, "a,", "no row of it")
	}
	for _, freq := range []string{"D", "auto", "24h"} {
		o := series(t, sparse, "--freq", freq)
		assert.Equal(t, app.ExitFine, o.code, o)
	}
}

// One row has no width: its buckets are as wide as they are asked to be, and told apart.
func TestForecastOfOneRowShowsTheStep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args  []string
		times []string // the first two
	}{
		{[]string{"--freq", "1h"}, []string{"2024-10-26T01:00:00", "2024-10-26T02:00:00"}},
		{[]string{"--freq", "15min", "--tz", "Europe/Stockholm"}, []string{"2024-10-26T00:15:00+02:00", "2024-10-26T00:30:00+02:00"}},
		{[]string{"--freq", "24h", "--tz", "Europe/Stockholm"}, []string{"2024-10-27T00:00:00+02:00", "2024-10-27T23:00:00+01:00"}},
		{[]string{"--freq", "D", "--tz", "Europe/Stockholm"}, []string{"2024-10-27", "2024-10-28"}},
		{nil, []string{"2024-10-27", "2024-10-28"}},
	} {
		o := series(t, []string{"2024-10-26"}, tt.args...)
		require.Equal(t, app.ExitFine, o.code, o)
		rows, err := csv.NewReader(strings.NewReader(o.out)).ReadAll()
		require.NoError(t, err)
		seen := map[string]bool{}
		for i, row := range rows[1:] {
			require.False(t, seen[row[1]], "%s twice by %v", row[1], tt.args)
			seen[row[1]] = true
			if i < 2 {
				assert.Equal(t, tt.times[i], row[1])
			}
		}
	}
}

// That ranges are guesses is said once, beside the answer and not in it.
func TestForecastSaysWhatIsGuessed(t *testing.T) {
	t.Parallel()
	read := func(in string) outcome {
		return execution{Clock: time.Now, in: in}.run(t.Context(), "forecast", "-", "--horizon", "5")
	}
	long := twoYears(t, "long")
	short := "x,2024-01-01,1\nx,2024-01-02,2\nx,2024-01-03,4\n"
	alone, o := read(long), read(long+short+"y,2024-01-01,1\n")
	assert.Empty(t, alone.err)
	require.Equal(t, app.ExitFine, o.code, o)
	assert.True(t, strings.HasPrefix(o.out, alone.out))
	assert.Equal(t, "foresight: 2 of 3 series have too little history for a backtest (first \"x\": only 3 values: their mean); their ranges are guesses\n", o.err)
	assert.Contains(t, read(long+short).err, "1 of 2 series has too little history for a backtest (first \"x\": ")
	o = read("series,time,value\n" + short + "bad,2024-01-01,many\n")
	assert.Equal(t, app.ExitFailed, o.code)
	assert.Regexp(t, "(?s)many.*1 of 2 series has too little.*1 of 2 series could not be forecast\n$", o.err)
}

// What the flags take and mean is in the help.
func TestHelpSaysWhatIsTaken(t *testing.T) {
	t.Parallel()
	for command, words := range map[string][]string{
		"forecast": append(app.Countries(), app.Models()...),
		"backtest": append(app.Countries(), "--origins origins", "--step buckets", "Brier"),
		"sandbox":  {"search_token", "hec_token"},
		"run":      {"run [-c FILE]", `(default "foresight.yml")`},
		"serve":    {"serve [-c FILE]"},
		"check":    {"check [-c FILE]", "--as-of moment", "missing secrets"},
	} {
		o := plain(t, command, "--help")
		require.Equal(t, app.ExitFine, o.code, o)
		for _, w := range words {
			assert.Contains(t, o.out, w, command)
		}
	}
	assert.Contains(t, plain(t, "forecast", "--help").out, "cumulative: the share of paths that have crossed the limit by then")
}
