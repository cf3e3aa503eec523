package main

import (
	"encoding/csv"
	"encoding/json"
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

// replay replays days of the shop and wants it to succeed.
func (w *world) replay(from, to string, more ...string) outcome {
	w.t.Helper()
	o := w.foresight(append([]string{"replay", "-c", w.config(), "--from", from, "--to", to}, more...)...)
	require.Equal(w.t, app.ExitFine, o.code, o)
	return o
}

// figuresOf reads a replay's CSV as figures by series, band and metric.
func figuresOf(t *testing.T, out string) map[string]float64 {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	all := map[string]float64{}
	for _, r := range rows[1:] {
		if r[4] != "" {
			v, err := strconv.ParseFloat(r[4], 64)
			require.NoError(t, err)
			all[r[0]+" "+r[2]+" "+r[3]] = v
		}
	}
	return all
}

// A replay says what runs of these days, one after the other, would have said, and
// nothing to Splunk unless asked to.
func TestAReplaySaysWhatTheRunsWouldHaveSaid(t *testing.T) {
	t.Parallel()
	runs, replayed := stocked(t), stocked(t)
	days := []string{"2025-02-10", "2025-02-11", "2025-02-12", "2025-02-13"}
	for _, day := range days {
		runs.run(day)
	}
	o := replayed.replay(days[0], days[3])
	assert.Empty(t, replayed.events(), "without --publish")
	assert.NoDirExists(t, filepath.Join(replayed.dir, "state"), "its state is its own")
	assert.Regexp(t, `(?m)^ *web/orders +total +1-7 +7 +7 +\d+\.\d % `, o.out)
	assert.Regexp(t, `(?m)^ *web/orders step base: first said on 2025-02-10, need by 2025-`, o.out)

	again := replayed.replay(days[0], days[3], "--publish")
	assert.Equal(t, o.out, again.out)
	assert.Equal(t, byID(t, runs.events()), byID(t, replayed.events()))
	assert.NotEmpty(t, runs.events("foresight:accuracy"), "what came is part of it")
}

func TestAReplayIsScoredAgainstWhatCame(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.now = location2025(t)
	o := w.replay("2025-01-01", "2025-02-01", "--step", "10", "--format", "csv")
	f := figuresOf(t, o.out)
	const orders = "shop:web:orders:forecast:total "
	// As of 1, 11, 21 and 31 January a week each; all days to the end of February.
	assert.InDelta(t, 28, f[orders+"1-7 n"], 0, o.out)
	assert.InDelta(t, 4*21-(31+28-30-28+8-9), f[orders+"8-28 n"], 12, o.out)
	assert.InDelta(t, 0.02, f[orders+"1-7 wape"], 0.02)
	assert.Greater(t, f[orders+"1-7 naive_wape"], 2*f[orders+"1-7 wape"], "a week before there was less")
	assert.NotContains(t, f, orders+"91-400 n", "nothing of that has come")

	var rows []map[string]any
	require.NoError(t, json.Unmarshal([]byte(w.replay("2025-01-01", "2025-02-01", "--step", "10", "--format", "json").out), &rows))
	assert.Len(t, rows, strings.Count(o.out, "\n")-1)
}

// location2025 is the moment after the stock's last day.
func location2025(t *testing.T) time.Time {
	t.Helper()
	return time.Date(2025, 3, 1, 12, 0, 0, 0, location(t, "Europe/Stockholm"))
}

// Events that came late are unknown to the days before they were indexed, and known to
// what the forecasts are compared with.
func TestAReplayDoesNotSeeWhatHadNotBeenIndexed(t *testing.T) {
	t.Parallel()
	publish := func(late bool) (*world, map[string]float64) {
		w := stocked(t)
		w.now = time.Date(2025, 3, 20, 12, 0, 0, 0, location(t, "Europe/Stockholm"))
		if late { // 30 days after its day each
			_, err := w.server.AddSeries(strings.NewReader(daily(t, "orders", "2025-01-20", "2025-02-10", func(int, time.Time) float64 { return 900 })), 30*24*time.Hour, location(t, "Europe/Stockholm"))
			require.NoError(t, err)
		}
		w.configure(shop, "empty: missing", "known_by: indextime\n            overlap: 56w\n            empty: missing")
		o := w.replay("2025-02-01", "2025-02-18", "--step", "17", "--publish", "--format", "csv")
		return w, figuresOf(t, o.out)
	}
	plain, usual := publish(false)
	doubled, late := publish(true)
	assert.Equal(t, byID(t, plain.events("foresight:forecast", "foresight:action")), byID(t, doubled.events("foresight:forecast", "foresight:action")),
		"on 18 February nothing of it had come: the first was indexed on the 19th")
	const said = "shop:web:orders:forecast:total 1-7 wape"
	assert.Less(t, usual[said], 0.1)
	assert.Greater(t, late[said], 0.2, "what came in the end is what the forecasts are compared with")

	// A day later the first of it is known.
	w := stocked(t)
	_, err := w.server.AddSeries(strings.NewReader(daily(t, "orders", "2025-01-20", "2025-02-10", func(int, time.Time) float64 { return 900 })), 30*24*time.Hour, location(t, "Europe/Stockholm"))
	require.NoError(t, err)
	w.configure(shop, "empty: missing", "known_by: indextime\n            overlap: 56w\n            empty: missing")
	w.replay("2025-02-26", "2025-02-26", "--publish")
	n := stocked(t)
	n.configure(shop, "empty: missing", "known_by: indextime\n            overlap: 56w\n            empty: missing")
	n.replay("2025-02-26", "2025-02-26", "--publish")
	assert.NotEqual(t, byID(t, n.events("foresight:forecast")), byID(t, w.events("foresight:forecast")))
}

func TestReplayRefusesWhatItCannotReplay(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	for _, tt := range []struct {
		args  []string
		words string
	}{
		{nil, "replay needs --from and --to"},
		{[]string{"--from", "2025-02-01"}, "replay needs --from and --to"},
		{[]string{"--from", "2025-02-02", "--to", "2025-02-01"}, "--to 2025-02-01 lies before --from 2025-02-02"},
		{[]string{"--from", "2025-02-01", "--to", "2999-02-01"}, "--to: "},
		{[]string{"--from", "soon", "--to", "2025-02-01"}, "--from: "},
		{[]string{"--from", "2025-02-01", "--to", "2025-02-02", "--step", "0"}, "--step 0"},
		{[]string{"--from", "2025-02-01", "--to", "2025-02-02", "--format", "xml"}, `"xml"`},
		{[]string{"--from", "2025-02-01", "--to", "2025-02-02", "--signal", "none"}, "no such signal"},
	} {
		fails(t, w.foresight(append([]string{"replay", "-c", w.config()}, tt.args...)...), app.ExitUsage, tt.words)
	}
	// Days before there was anything are said, and stop nothing.
	o := w.foresight("replay", "-c", w.config(), "--from", "2024-01-31", "--to", "2024-02-03", "--step", "3")
	fails(t, o, app.ExitFailed, "web/orders had no data at all on 1 of 2 days")
	assert.Contains(t, o.out, "shop as of 2024-01-31 to 2024-02-03, 2 runs")
}

func TestAReplayLeavesNothingBehind(t *testing.T) {
	w := stocked(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	w.replay("2025-02-10", "2025-02-10")
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	assert.Empty(t, left)
}
