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
				break
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
