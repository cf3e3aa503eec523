package main

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// backtest runs the command on rows from standard input.
func backtest(t *testing.T, in string, args ...string) outcome {
	t.Helper()
	return execution{Clock: time.Now, in: in}.run(t.Context(), append([]string{"backtest", "-"}, args...)...)
}

// perfect repeats one week exactly, for two years and more.
func perfect(t *testing.T) string {
	t.Helper()
	return daily(t, "perfect", "2022-01-03", "2024-04-01", func(n int, _ time.Time) float64 {
		return [7]float64{500, 900, 700, 700, 800, 200, 100}[n%7]
	})
}

// figure finds a value in the long form.
func figure(t *testing.T, text, series, origin, band, metric string) float64 {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"series", "origin", "band", "metric", "value"}, rows[0])
	for _, row := range rows[1:] {
		if row[0] == series && row[1] == origin && row[2] == band && row[3] == metric {
			v, err := strconv.ParseFloat(row[4], 64)
			require.NoError(t, err, "%v", row)
			return v
		}
	}
	require.FailNow(t, "no such figure", "%s %s %s %s", series, origin, band, metric)
	return 0
}

// The table for people, with two growing series and one that is too short: its form, and that
// its last rows are means of the others. What it looks like to the byte is internal/app's test.
func TestBacktestTable(t *testing.T) {
	t.Parallel()
	_, store, _ := strings.Cut(daily(t, "a store with a name that is far too long", "2023-01-01", "2025-01-01", func(n int, d time.Time) float64 {
		return 900 + growing(n, d)/4 + float64(n*n*31%211)
	}), "\n")
	o := backtest(t, twoYears(t, "shop")+store+"short,2024-01-01,5\nshort,2024-01-02,6\n",
		"--horizon", "60", "--origins", "4", "--capacity", "1450", "--model", "ridge")
	fails(t, o, app.ExitFailed, `series "short": `, "2 buckets, and 60 ahead need at least 74", "shorten the horizon", "1 of 3 series could not be backtested")
	lines := strings.Split(o.out, "\n")
	assert.Equal(t, strings.Fields("buckets WAPE MASE CRPS within peak size peak date Brier"), strings.Fields(lines[0]))
	assert.Equal(t, strings.Fields("series ahead origins ours naive ours naive ours naive OWA 80 % 95 % ours naive ours naive ours naive"), strings.Fields(lines[1]))
	var rows [][]float64
	for i, want := range []struct{ name, ahead string }{
		{"shop", "60 4"}, {"a store with a name that is far…", "60 4"}, {"", ""}, {"all 2 series", ""},
		{"  of these,", "1-7"}, {"  of these,", "8-30"}, {"  of these,", "31-60"},
	} {
		line, found := strings.CutPrefix(lines[2+i], want.name)
		require.True(t, found, "%q in %q", want.name, lines[2+i])
		fields := strings.Fields(strings.ReplaceAll(line, " %", ""))
		lead := strings.Fields(want.ahead)
		require.Equal(t, lead, fields[:len(lead)], line)
		var row []float64
		for _, field := range fields[len(lead):] {
			if field != "-" { // a band has no peak of its own
				v, err := strconv.ParseFloat(field, 64)
				require.NoError(t, err, line)
				require.False(t, math.IsNaN(v) || math.IsInf(v, 0), line)
				row = append(row, v)
			}
		}
		rows = append(rows, row)
	}
	const figures = 15 // of a row, counted by hand in the headings
	require.Len(t, rows[3], figures)
	for i, all := range rows[3] {
		assert.InDelta(t, (rows[0][i]+rows[1][i])/2, all, 0.1, "figure %d", i) // shown with one decimal at least
	}
	assert.Contains(t, o.out, "overload within the horizon, by how likely it was said to be")
}

func TestAPerfectSeriesScoresZero(t *testing.T) {
	t.Parallel()
	o := backtest(t, perfect(t), "--horizon", "60", "--origins", "3", "--format", "csv", "--capacity", "850", "--model", "seasonal naive")
	require.Equal(t, app.ExitFine, o.code, o)
	for _, metric := range []string{"mae", "wape", "bias", "smape", "mase", "peak_size", "peak_date", "brier", "brier_by_date", "naive_mae", "naive_crps"} {
		assert.Zero(t, figure(t, o.out, "perfect", "all", "all", metric), metric)
	}
	auto := backtest(t, perfect(t), "--horizon", "60", "--origins", "3", "--format", "csv")
	require.Equal(t, app.ExitFine, auto.code, auto)
	assert.Less(t, figure(t, auto.out, "perfect", "all", "all", "wape"), 0.005, "and is nearly perfect when the engine chooses")
}

func TestBacktestLongForm(t *testing.T) {
	t.Parallel()
	in := twoYears(t, "b", "a")
	read := func(args ...string) outcome {
		return backtest(t, in, append([]string{"--horizon", "40", "--origins", "3", "--step", "20", "--quantiles", "0.1,0.9"}, args...)...)
	}
	o := read("--format", "csv", "--capacity", "1500")
	require.Equal(t, app.ExitFine, o.code, o)
	assert.Equal(t, o, read("--format", "csv", "--capacity", "1500", "--jobs", "1"), "the same with one series at a time")
	assert.Less(t, strings.Index(o.out, "\nb,"), strings.Index(o.out, "\na,"), "in the input's order")
	for _, at := range []string{"2024-10-13", "2024-11-02", "2024-11-22"} { // 2025-01-01 less 40 days, and 20 before each other
		assert.InDelta(t, 40, figure(t, o.out, "b", at, "all", "n"), 0)
		p := figure(t, o.out, "b", at, "all", "overload_probability")
		assert.True(t, p >= 0 && p <= 1)
		came := figure(t, o.out, "b", at, "all", "largest") > 1500
		assert.Equal(t, came, figure(t, o.out, "b", at, "all", "overloaded") == 1)
		assert.Positive(t, figure(t, o.out, "b", at, "all", "needed_capacity"))
	}
	assert.InDelta(t, 731-40-40, figure(t, o.out, "a", "2024-10-13", "all", "training"), 0)
	assert.InDelta(t, 7*3, figure(t, o.out, "a", "all", "1-7", "n"), 0)
	assert.InDelta(t, 10*3, figure(t, o.out, "a", "all", "31-40", "naive_n"), 0)
	assert.Less(t, figure(t, o.out, "a", "all", "all", "mase"), figure(t, o.out, "a", "all", "all", "naive_mase"))
	below := figure(t, o.out, "a", "all", "all", "below_q0.1")
	assert.LessOrEqual(t, below, figure(t, o.out, "a", "all", "all", "below_q0.9"))
	assert.NotContains(t, o.out, "NaN")

	j := read("--format", "json")
	require.Equal(t, app.ExitFine, j.code, j)
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(j.out), &all))
	assert.Equal(t, "b", all[0]["series"])
	assert.NotContains(t, j.out, "brier", "no limit, no crossing")
}

func TestBacktestRefusesMistakenFlags(t *testing.T) {
	t.Parallel()
	for words, args := range map[string][]string{
		"--origins 0: at least one origin":            {"--origins", "0"},
		"--step -2: at least one bucket between":      {"--step", "-2"},
		"--horizon 0: at least one bucket":            {"--horizon", "0"},
		`the format "xml" is not known; use table`:    {"--format", "xml"},
		`no model "oracle": choose auto`:              {"--model", "oracle"},
		"--tz Mars: no such time zone":                {"--tz", "Mars"},
		`--quantiles "half": "half" is not a number`:  {"--quantiles", "half"},
		`--capacity "much" is not a number`:           {"--capacity", "much"},
		"quantile 0.1 comes after 0.9: give them in ": {"--quantiles", "0.9,0.1"},
	} {
		fails(t, backtest(t, perfect(t), args...), app.ExitUsage, words)
	}
}

func TestBacktestOfSharedData(t *testing.T) {
	t.Parallel()
	path := sample(t, "m3_monthly.csv.gz", 3, nil)
	o := plain(t, "backtest", path, "--horizon", "18", "--origins", "2", "--format", "csv")
	require.Equal(t, app.ExitFine, o.code, o)
	assert.Contains(t, o.out, ",13-18,", "months come in thirds")
}
