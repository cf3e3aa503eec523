package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// file writes text to a file of its own.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// halved is a daily series a of two years whose last fortnight of May 2024 is nearly lost.
func halved(t *testing.T) string {
	t.Helper()
	return file(t, "series.csv", daily(t, "a", "2023-01-01", "2025-01-01", func(n int, d time.Time) float64 {
		v := growing(n, d)
		if d.Format("2006-01") == "2024-05" && d.Day() > 17 {
			v *= 0.3
		}
		return v
	}))
}

func TestMasksAreLeftOutAndToldOf(t *testing.T) {
	t.Parallel()
	path := halved(t)
	masks := file(t, "masks.csv", "from,to,reason\n2024-05-18,2024-06-01,flood in hall 2\n2031-01-01,2031-01-02,mistyped\n")
	o := plain(t, "forecast", path, "--horizon", "30", "--mask", masks, "--format", "json")
	require.Equal(t, app.ExitFine, o.code, o.err)
	assert.Contains(t, o.err, `1 of 1 series has 14 buckets masked, and not learned from (first "a" 2024-05-18 to 2024-05-31, flood in hall 2)`)
	assert.Contains(t, o.err, "masks that cover no bucket of the history, or too little of one: row 3 from 2031-01-01T00:00\n")
	var rows []struct {
		Summary struct {
			Treated []map[string]any `json:"treated"`
		} `json:"summary"`
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &rows))
	require.NotEmpty(t, rows[0].Summary.Treated)
	assert.Equal(t, map[string]any{"kind": "masked", "from": "2024-05-18", "to": "2024-06-01", "buckets": 14.0, "reason": "flood in hall 2"}, rows[0].Summary.Treated[0])

	o = plain(t, "backtest", path, "--horizon", "30", "--mask", masks)
	require.Equal(t, app.ExitFine, o.code, o.err)
	assert.Contains(t, o.err, "14 buckets masked")
}

// A mask over everything makes the series fail, and is not then said to cover nothing.
func TestMaskOverEverything(t *testing.T) {
	t.Parallel()
	path := halved(t)
	masks := file(t, "masks.csv", "from,to,reason\n2020-01-01,2030-01-01,all of it\n")
	for _, command := range []string{"forecast", "backtest"} {
		o := plain(t, command, path, "--horizon", "30", "--mask", masks)
		assert.Equal(t, app.ExitFailed, o.code, command)
		assert.Contains(t, o.err, "every observed value is masked", command)
		assert.NotContains(t, o.err, "cover no bucket", command)
	}
}

// A mask of one series leaves the others as they are.
func TestMasksOfOneSeries(t *testing.T) {
	t.Parallel()
	path := file(t, "series.csv", twoYears(t, "a", "b"))
	masks := file(t, "masks.csv", "from,to,reason,series\n2024-12-20T06:00,2024-12-20T18:00,release,b\n")
	with, without := plain(t, "forecast", path, "--horizon", "9", "--mask", masks), plain(t, "forecast", path, "--horizon", "9")
	require.Equal(t, app.ExitFine, with.code, with.err)
	assert.Contains(t, with.err, `1 of 2 series has 1 bucket masked, and not learned from (first "b" 2024-12-20, release)`)
	half := len(with.out) / 2
	assert.Equal(t, without.out[:half], with.out[:half])
	assert.NotEqual(t, without.out, with.out)
}

func TestBadMasks(t *testing.T) {
	t.Parallel()
	path := halved(t)
	for _, tt := range []struct {
		masks string
		code  int
		words []string
	}{
		{"", app.ExitUsage, []string{"--mask", "is empty"}},
		{"from,to\n2024-05-18,2024-06-01\n", app.ExitUsage, []string{"row 1", `no column "reason"`}},
		{"from,to,reason\n2024-05-18,1 June,flood\n", app.ExitUsage, []string{"row 2, column to", `"1 June"`, "ISO 8601"}},
		{"from,to,reason\nx,y,z\n", app.ExitUsage, []string{"row 2, column from"}},
		{"from,to,reason\n2024-05-18,2024-06-01,\n2024-07-02,2024-07-01,b\n", app.ExitUsage, []string{"row 3", "not after from", "swap"}},
		{"from,to,reason\n2024-05-18,2024-05-18,day\n", app.ExitUsage, []string{"row 2", "write 2024-05-19 for the whole day"}},
		{"from,to,reason\n2024-05-18T01:00Z,2024-05-18T05:00,night\n", app.ExitUsage, []string{"row 2", "has an offset and the other has none"}},
		{"from,to,reason,series\n2024-05-18,2024-06-01,flood,c\n", app.ExitUsage, []string{"row 2", `no series "c"`}},
		{"from,to,reason\n2024-05-18T01:00Z,2024-05-18T05:00Z,night\n", app.ExitFailed, []string{"row 2", "--tz"}},
		{"from,to,reason\n2020-01-01,2026-01-01,all\n", app.ExitFailed, []string{`series "a"`, "every observed value is masked"}},
		{"from,to,reason\n2024-05-18,2024-06-01\n", app.ExitUsage, []string{"row 2", "more or fewer cells"}},
	} {
		for _, command := range []string{"forecast", "backtest"} {
			o := plain(t, command, path, "--horizon", "5", "--mask", file(t, "masks.csv", tt.masks))
			fails(t, o, tt.code, tt.words...)
		}
	}
	fails(t, plain(t, "forecast", path, "--mask", "nowhere.csv"), app.ExitUsage, "--mask", "nowhere.csv")
}

// An outage of the configuration is masked in a run, its event and its report.
func TestARunMasksTheOutagesOfTheConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.load(daily(t, "orders", "2024-02-01", "2025-03-01", func(n int, d time.Time) float64 {
		if d.Format("2006-01") == "2025-02" && d.Day() >= 10 && d.Day() < 20 {
			return 100
		}
		return growing(n, d)
	}), "Europe/Stockholm")
	w.configure(shop, "              unit: orders\n", "              unit: orders\n              outages:\n                - {from: 2025-02-10, to: 2025-02-20, reason: flood in hall 2}\n")
	w.run("2025-03-01")
	run := w.events("foresight:run")
	require.Len(t, run, 1)
	assert.Equal(t, "web/orders: masked 2025-02-10 to 2025-02-19 (flood in hall 2)", run[0].text("treated"))
	assert.InDelta(t, 10, run[0].number("masked"), 0)

	w.configure(shop, "              unit: orders\n", "              unit: orders\n              outages:\n                - {from: 2025-02-10, to: 2025-02-10, reason: flood}\n")
	fails(t, w.foresight("run", "-c", w.config()), app.ExitUsage, ".outages[0].to", "write 2025-02-11 for the whole day")
}

// What nobody told of is found and told: an outage and an event.
func TestOutagesAndEventsAreFound(t *testing.T) {
	path := file(t, "series.csv", daily(t, "a", "2023-01-01", "2025-01-01", func(n int, d time.Time) float64 {
		switch d.Format(time.DateOnly) {
		case "2024-05-15", "2024-05-16":
			return 0
		case "2024-08-20":
			return 2 * growing(n, d)
		}
		return growing(n, d)
	}))
	o := plain(t, "forecast", path, "--horizon", "9", "--format", "json")
	require.Equal(t, app.ExitFine, o.code, o.err)
	assert.Equal(t, "foresight: 1 of 1 series has 2 buckets with next to nothing, taken for an outage and not learned from (first \"a\" 2024-05-15 to 2024-05-16)\n", o.err)
	var rows []struct {
		Summary struct {
			Treated []map[string]any `json:"treated"`
		} `json:"summary"`
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &rows))
	assert.Equal(t, []map[string]any{
		{"kind": "outage", "from": "2024-05-15", "to": "2024-05-17", "buckets": 2.0},
		{"kind": "one_off", "from": "2024-08-20", "to": "2024-08-21", "buckets": 1.0, "reason": "2 × what was expected"},
	}, rows[0].Summary.Treated)
}

func TestALevelShiftStandsInTheSummary(t *testing.T) {
	path := file(t, "series.csv", daily(t, "a", "2023-01-01", "2025-01-01", func(n int, d time.Time) float64 {
		if d.Year() == 2024 && d.Month() >= 9 {
			return 1.6 * growing(n, d)
		}
		return growing(n, d)
	}))
	o := plain(t, "forecast", path, "--horizon", "9", "--format", "json")
	require.Equal(t, app.ExitFine, o.code, o.err)
	var rows []struct {
		Summary struct {
			Shifts []struct {
				From   string  `json:"from"`
				Factor float64 `json:"factor"`
			} `json:"level_shifts"`
		} `json:"summary"`
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &rows))
	require.Len(t, rows[0].Summary.Shifts, 1)
	assert.Equal(t, "2024-09-01", rows[0].Summary.Shifts[0].From)
	assert.InDelta(t, 1.6, rows[0].Summary.Shifts[0].Factor, 0.1)
}
