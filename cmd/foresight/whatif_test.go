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

// campaigned is a file of one series a that sells half as much again on 6 to 8 May
// 2024, up to the end of the year.
func campaigned(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "series.csv")
	text := daily(t, "a", "2023-01-01", "2025-01-01", func(_ int, d time.Time) float64 {
		v := growing(0, d)
		if d.Format("2006-01") == "2024-05" && d.Day() >= 6 && d.Day() <= 8 {
			v *= 1.5
		}
		return v
	})
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// columns runs a forecast of 60 days and returns a column by date.
func columns(t *testing.T, path, column string, args ...string) map[string]float64 {
	t.Helper()
	o := plain(t, append([]string{"forecast", path, "--horizon", "60", "--country", "SE", "--model", "theta"}, args...)...)
	require.Equal(t, app.ExitFine, o.code, o)
	rows, err := csv.NewReader(strings.NewReader(o.out)).ReadAll()
	require.NoError(t, err)
	out := map[string]float64{}
	for at, name := range rows[0] {
		if name != column {
			continue
		}
		for _, row := range rows[1:] {
			if out[row[1]], err = strconv.ParseFloat(row[at], 64); err != nil {
				require.NoError(t, err, "%v", row)
			}
		}
	}
	require.Len(t, out, 60, "the column %s", column)
	return out
}

func TestWhatIfShowsInTheColumns(t *testing.T) {
	t.Parallel()
	path := campaigned(t)
	usual := columns(t, path, "q0.95")
	ratio := func(day string, args ...string) float64 { return columns(t, path, "q0.95", args...)[day] / usual[day] }
	assert.InDelta(t, 1.2, ratio("2025-01-20", "--growth", "1.2"), 1e-6)
	assert.InDelta(t, 1.2, ratio("2025-01-20", "--growth", "1.2@2025-01-20"), 1e-6)
	assert.InDelta(t, 1, ratio("2025-01-19", "--growth", "1.2@2025-01-20"), 1e-6)
	assert.InDelta(t, 1, ratio("2025-01-23", "--growth", "1.2@2025-01-20..2025-01-22"), 1e-6)
	assert.InDelta(t, 1.2*0.5, ratio("2025-01-22", "--growth", "1.2@2025-01-20..2025-01-22", "--growth", "0.5"), 1e-6, "two at once")
	assert.InDelta(t, 1.5, ratio("2025-01-14", "--campaign", "2025-01-13 like 2024-05-06..2024-05-08"), 0.05)
	assert.InDelta(t, 1, ratio("2025-01-16", "--campaign", "2025-01-13..2025-01-15 like 2024-05-06..2024-05-08"), 1e-6)
	assert.InDelta(t, 0.7, ratio("2025-01-13", "--effect", "2025-01-13=-30%"), 1e-6)
	assert.InDelta(t, usual["2025-01-13"]+500, columns(t, path, "q0.95", "--effect", "2025-01-13=+500")["2025-01-13"], 1e-3)
	wide := columns(t, path, "q0.95", "--effect", "2025-01-13=+0%..+20%..+60%")["2025-01-13"]
	assert.Greater(t, wide, 1.25*usual["2025-01-13"], "a range widens")
}

func TestACampaignLikeAnEvent(t *testing.T) {
	t.Parallel()
	path := campaigned(t)
	events := filepath.Join(t.TempDir(), "events.csv")
	require.NoError(t, os.WriteFile(events, []byte("date,event\n2024-05-06,Spring sale\n2024-05-07,Spring sale\n2024-05-08,Spring sale\n"), 0o600))
	usual := columns(t, path, "q0.5", "--events", events)
	sale := columns(t, path, "q0.5", "--events", events, "--campaign", "2025-01-13 like spring sale")
	for _, day := range []string{"2025-01-13", "2025-01-14", "2025-01-15"} {
		assert.InDelta(t, 1.5, sale[day]/usual[day], 0.05, day)
	}
	assert.InDelta(t, 1, sale["2025-01-16"]/usual["2025-01-16"], 1e-6)
}

func TestAddedCapacityLowersTheProbability(t *testing.T) {
	t.Parallel()
	path := campaigned(t)
	args := []string{"--capacity", "900", "--campaign", "2025-01-20 like 2024-05-06..2024-05-08"}
	tight := columns(t, path, "overload_probability", args...)
	roomy := columns(t, path, "overload_probability", append(args, "--add-capacity", "2025-01-18=800")...)
	assert.Greater(t, tight["2025-01-25"], 0.9)
	assert.Less(t, roomy["2025-01-25"], 0.6)
	assert.InDelta(t, tight["2025-01-17"], roomy["2025-01-17"], 1e-9, "it is not there before it comes")
	for day, p := range roomy {
		assert.LessOrEqual(t, p, tight[day], day)
	}
}

func TestTheSummaryTellsAPlannerWhatToBuy(t *testing.T) {
	t.Parallel()
	path := campaigned(t)
	o := plain(t, "forecast", path, "--horizon", "60", "--format", "json", "--capacity", "1000", "--growth", "1.4@2025-01-20")
	require.Equal(t, app.ExitFine, o.code, o)
	var rows []map[string]any
	require.NoError(t, json.Unmarshal([]byte(o.out), &rows))
	require.Len(t, rows, 60)
	for i, row := range rows {
		assert.Equal(t, "a", row["series"])
		assert.Contains(t, row, "q0.95")
		_, has := row["summary"]
		assert.Equal(t, i == 0, has, "the first row of a series has the summary, row %d", i)
	}
	var first struct {
		Summary struct {
			Method     string
			Members    []struct{ Weight, Score float64 }
			Backtest   struct{ Origins, MASE float64 }
			Components []struct {
				Name   string
				Values []float64
			}
			Crossing struct{ Expected, Cautious, DateP10, DateP50, DateP90 *string }
			Needed   struct{ Risk, Limit, Ratio float64 } `json:"needed_capacity"`
			Maximum  struct {
				Quantiles          map[string]float64
				Expected, Cautious *string
			}
			WhatIf  []string `json:"what_if"`
			Without struct {
				Crossing struct{ Expected *string }
				Needed   struct{ Limit float64 } `json:"needed_capacity"`
			} `json:"without_what_if"`
		}
	}
	text, err := json.Marshal(rows[0])
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &first))
	s := first.Summary
	assert.NotEmpty(t, s.Method)
	total := 0.0
	for _, m := range s.Members {
		total += m.Weight
	}
	assert.InDelta(t, 1, total, 1e-6)
	assert.Greater(t, s.Backtest.Origins, 0.0)
	assert.Equal(t, "growth 1.4@2025-01-20", s.Components[len(s.Components)-1].Name)
	assert.Len(t, s.Components[0].Values, 60)
	require.NotNil(t, s.Crossing.Expected)
	require.NotNil(t, s.Crossing.Cautious)
	assert.GreaterOrEqual(t, *s.Crossing.Expected, "2025-01-20")
	assert.LessOrEqual(t, *s.Crossing.Cautious, *s.Crossing.Expected)
	assert.Nil(t, s.Without.Crossing.Expected, "without the growth it is not crossed")
	assert.InEpsilon(t, 1.4*s.Without.Needed.Limit, s.Needed.Limit, 0.06)
	assert.InEpsilon(t, s.Needed.Limit/1000, s.Needed.Ratio, 1e-6)
	assert.InDelta(t, 0.05, s.Needed.Risk, 1e-9)
	assert.InEpsilon(t, s.Needed.Limit, s.Maximum.Quantiles["q0.95"], 0.02)
	require.NotNil(t, s.Maximum.Expected)
	assert.Equal(t, []string{"--growth 1.4@2025-01-20"}, s.WhatIf)

	o = plain(t, "forecast", path, "--horizon", "10", "--format", "json")
	require.Equal(t, app.ExitFine, o.code, o)
	assert.Contains(t, o.out, `"crossing":null`)
	assert.NotContains(t, o.out, `"what_if"`)
}

func TestWhatIfRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	path := campaigned(t)
	for _, tt := range []struct{ flag, text, says string }{
		{"--growth", "fast", "write 1.2"},
		{"--growth", "0", "above 0"},
		{"--growth", "1.2@March", `"March" is not a date`},
		{"--growth", "1.2@2025-02-01..2025-01-01", "swap them"},
		{"--effect", "2025-01-13", "DATE[..DATE]=EFFECT"},
		{"--effect", "2025-01-13=+10%..+20", "low..expected..high"},
		{"--effect", "2025-01-13=+10%..20..+30%", "mixes"},
		{"--effect", "2025-01-13=+30%..+20%..+40%", "ascend"},
		{"--effect", "2025-01-13=-130%", "more than everything"},
		{"--campaign", "2025-01-13", "like what"},
		{"--campaign", "2025-01-13 like next year", `"next year" is neither past days nor a known occasion`},
		{"--campaign", "2025-01-13..2025-01-14 like 2024-05-06..2024-05-08", "first day alone"},
		{"--add-capacity", "2025-01-13=500", "give --capacity too"},
	} {
		fails(t, plain(t, "forecast", path, "--horizon", "60", tt.flag, tt.text), app.ExitUsage, tt.flag, tt.text, tt.says)
	}
	for _, text := range []string{"2025-01-13", "2025-01-13=lots", "soon=500"} {
		fails(t, plain(t, "forecast", path, "--capacity", "900", "--add-capacity", text), app.ExitUsage, "--add-capacity", text)
	}
	fails(t, plain(t, "forecast", path, "--horizon", "60", "--growth", "1.2@2026-01-01"), app.ExitFailed, `series "a"`, "2025-01-01 to 2025-03-01", "--horizon")
	fails(t, plain(t, "forecast", path, "--horizon", "60", "--campaign", "2025-01-13 like 2013-05-06..2013-05-08"), app.ExitFailed, `series "a"`, "give days of its history")
}
