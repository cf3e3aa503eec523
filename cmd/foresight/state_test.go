package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// shops are series of five shops that end on the day before end; the last opened in the autumn.
func shops(t *testing.T, end string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shops.csv")
	var text strings.Builder
	for i := range 5 {
		from := "2023-01-01"
		if i == 4 {
			from = "2024-11-15"
		}
		one := daily(t, fmt.Sprint("shop", i), from, end, func(n int, d time.Time) float64 {
			noise := math.Mod(float64(n*n%97)*float64(i+3), 13) - 6
			return (100 + 10*float64(i) + noise) * (1 + 0.5*float64(d.Weekday()/6))
		})
		if i > 0 {
			_, one, _ = strings.Cut(one, "\n")
		}
		text.WriteString(one)
	}
	require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))
	return path
}

// forecastShops runs a forecast of thirty days as JSON and returns the choice of each series.
func forecastShops(t *testing.T, path string, args ...string) (choices map[string]string, out string) {
	t.Helper()
	o := plain(t, append([]string{"forecast", path, "--horizon", "30", "--format", "json"}, args...)...)
	require.Equal(t, app.ExitFine, o.code, o)
	var rows []struct {
		Series  string
		Summary *struct{ Choice string }
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &rows))
	choices = map[string]string{}
	for _, r := range rows {
		if r.Summary != nil {
			choices[r.Series] = r.Summary.Choice
		}
	}
	return choices, o.out
}

func TestStateFromDayToDay(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state.json")
	first, out := forecastShops(t, shops(t, "2025-01-01"), "--state", state)
	assert.Contains(t, first["shop0"], "chosen from")
	_, again := forecastShops(t, shops(t, "2025-01-01"), "--state", state)
	assert.True(t, out == again, "twice for one day is the same")
	next, _ := forecastShops(t, shops(t, "2025-01-02"), "--state", state)
	assert.Equal(t, "as chosen on 2025-01-01", next["shop0"])
	later, _ := forecastShops(t, shops(t, "2025-01-12"), "--state", state)
	assert.NotContains(t, later["shop0"], "as chosen on", "it is looked at again after a week")

	kept, err := os.ReadFile(state)
	require.NoError(t, err)
	plain(t, "forecast", shops(t, "2025-01-13"), "--state", state, "--horizon", "0")
	now, err := os.ReadFile(state)
	require.NoError(t, err)
	assert.Equal(t, kept, now, "a run that fails leaves it as it is")
}

// Siblings are what the file knew before the run: it matters to the forecast that they were there.
func TestSiblingsTeach(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state.json")
	path := shops(t, "2025-01-01")
	forecastShops(t, path, "--state", state)
	_, alone := forecastShops(t, path)
	_, taught := forecastShops(t, path, "--state", state, "--siblings")
	assert.NotEqual(t, alone, taught)
}

func TestStateThatIsBad(t *testing.T) {
	path, dir := shops(t, "2025-01-01"), t.TempDir()
	file := func(name, text string) string {
		at := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(at, []byte(text), 0o600))
		return at
	}
	for name, k := range map[string]struct {
		args []string
		part string
	}{
		"torn":     {[]string{"--state", file("torn", `{"version":1,"ser`)}, "is damaged"},
		"newer":    {[]string{"--state", file("newer", `{"version":9}`)}, "has format 9"},
		"folder":   {[]string{"--state", dir}, "is a directory"},
		"siblings": {[]string{"--siblings"}, "--siblings needs --state FILE"},
	} {
		o := plain(t, append([]string{"forecast", path}, k.args...)...)
		assert.Equal(t, app.ExitUsage, o.code, name)
		assert.Contains(t, o.err, k.part, name)
	}
	empty := file("nothing", `{"version":1,"series":{"shop0":null,"shop1":{}}}`)
	assert.Equal(t, app.ExitFine, plain(t, "forecast", path, "--state", empty).code)
}
