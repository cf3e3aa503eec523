package main

import (
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// saturated is growing with a strong week, of which nothing above 1200 comes through.
func saturated(n int, d time.Time) float64 { return math.Min(1200, demand(n, d)) }

func demand(n int, d time.Time) float64 {
	if d.Weekday() == time.Friday {
		return 1.3 * growing(n, d)
	}
	return growing(n, d)
}

// largestMedian reads the largest q0.5 off a forecast.
func largestMedian(t *testing.T, o outcome) float64 {
	t.Helper()
	require.Equal(t, app.ExitFine, o.code, o)
	rows, err := csv.NewReader(strings.NewReader(o.out)).ReadAll()
	require.NoError(t, err)
	top := 0.0
	for _, row := range rows[1:] {
		x, err := strconv.ParseFloat(row[4], 64)
		require.NoError(t, err)
		top = math.Max(top, x)
	}
	return top
}

func TestCeilingsCountAsAtLeast(t *testing.T) {
	t.Parallel()
	open := file(t, "open.csv", daily(t, "a", "2023-01-01", "2024-01-28", demand))
	shut := file(t, "shut.csv", daily(t, "a", "2023-01-01", "2024-01-28", saturated))
	truth := largestMedian(t, plain(t, "forecast", open, "--horizon", "28"))
	off := func(args ...string) float64 {
		return math.Abs(largestMedian(t, plain(t, append([]string{"forecast", shut, "--horizon", "28"}, args...)...))/truth - 1)
	}
	none := off("--ceiling", "none")
	assert.Greater(t, none, 0.1)
	for _, args := range [][]string{{"--ceiling", "1200"}, {"--ceiling", "1200@2023-01-01"}, nil} {
		assert.Less(t, off(args...), none/2, "%v", args)
	}
	o := plain(t, "forecast", shut, "--horizon", "28")
	assert.Regexp(t, `1 of 1 series has \d+ buckets at a ceiling, which count as at least that \(first "a" 2023-\d\d-\d\d.*a plateau at 1200\)`, o.err)
	assert.Empty(t, plain(t, "forecast", open, "--horizon", "28").err)
	assert.Contains(t, plain(t, "backtest", shut, "--horizon", "28", "--ceiling", "1200").err, "at the ceiling of 1200")
}

// A ceiling that nothing comes up to is said to change nothing.
func TestACeilingOutOfReachIsTold(t *testing.T) {
	t.Parallel()
	path := halved(t)
	for _, command := range []string{"forecast", "backtest"} {
		assert.Contains(t, plain(t, command, path, "--horizon", "5", "--ceiling", "1e9").err, "comes up to --ceiling", command)
		assert.NotContains(t, plain(t, command, path, "--horizon", "5", "--ceiling", "none").err, "--ceiling", command)
	}
}

// A country is a country in any case of letters; no jobs at a time is nothing to do.
func TestSmallMistakesInFlags(t *testing.T) {
	path := halved(t)
	assert.Equal(t, plain(t, "forecast", path, "--horizon", "5", "--country", "SE").out, plain(t, "forecast", path, "--horizon", "5", "--country", "se").out)
	fails(t, plain(t, "forecast", path, "--jobs", "-1"), app.ExitUsage, "--jobs -1: at least one")
}

func TestBadCeilings(t *testing.T) {
	path := halved(t)
	for text, words := range map[string]string{
		"high": `"high" is not an amount`, "NaN": "not an amount", "": "not an amount",
		"1200@May": `"May" is not a date`, "1200@2024-02-01..2024-01-01": "swap them", "1200@2024-02-01..x": `"x" is not a date`,
	} {
		for _, command := range []string{"forecast", "backtest"} {
			fails(t, plain(t, command, path, "--horizon", "5", "--ceiling", text), app.ExitUsage, "--ceiling", words)
		}
	}
}

// A ceiling of the configuration counts in a run, and a bad one is a usage error.
func TestARunLiftsTheCeilingsOfTheConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.load(daily(t, "orders", "2024-02-01", "2025-03-01", saturated), "Europe/Stockholm")
	w.configure(shop, "              unit: orders\n", "              unit: orders\n              ceilings:\n                - {value: 1200}\n")
	w.run("2025-03-01")
	run := w.events("foresight:run")
	require.Len(t, run, 1)
	assert.Positive(t, run[0].number("censored"))
	assert.Contains(t, run[0].text("treated"), "web/orders: ")
	assert.Contains(t, run[0].text("treated"), "buckets at the ceiling of 1\u202f200, which count as at least that")

	w.configure(shop, "              unit: orders\n", "              unit: orders\n              ceilings:\n                - {value: 0}\n")
	fails(t, w.foresight("run", "-c", w.config()), app.ExitUsage, ".ceilings[0].value", "is not above 0")
}
