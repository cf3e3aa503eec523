package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// table reads an exported file by its header.
func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var all []map[string]string
	for _, r := range rows[1:] {
		one := map[string]string{}
		for i, name := range rows[0] {
			one[name] = r[i]
		}
		all = append(all, one)
	}
	return all
}

func (w *world) store(args ...string) outcome {
	w.t.Helper()
	o := w.foresight(append(append([]string{"store"}, args...), "-c", w.config())...)
	require.Equal(w.t, app.ExitFine, o.code, o)
	return o
}

// What is kept comes out as CSV: what was told, how it met what came, runs, findings.
func TestStoreExport(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	dir := filepath.Join(w.dir, "export")
	w.store("export", dir)
	assert.NoDirExists(t, dir, "nothing is kept yet")
	w.run("2025-02-10")
	w.run("2025-02-20")
	w.store("export", dir)

	points := of(w.events("foresight:forecast"), "as_of", "2025-02-10T00:00:00+01:00")
	told := table(t, filepath.Join(dir, "forecasts.csv"))
	require.NotEmpty(t, points)
	require.Len(t, told, len(w.events("foresight:forecast")))
	assert.Equal(t, "2025-02-10T00:00:00+01:00", told[0]["as_of"])
	assert.Equal(t, "2025-02-10T00:00:00+01:00", told[0]["time"])
	assert.InDelta(t, points[0].number("q50"), number(t, told[0]["q50"]), 0.01*points[0].number("q50"))

	scores := table(t, filepath.Join(dir, "scores.csv"))
	require.Len(t, scores, 10, "ten days have come of one forecast")
	assert.Equal(t, "1-7", scores[0]["days_ahead"])
	assert.Equal(t, "8-28", scores[9]["days_ahead"])
	assert.Equal(t, "2025-02-10T00:00:00+01:00", scores[0]["time"])
	assert.InDelta(t, number(t, scores[0]["in_force_q50"])-number(t, scores[0]["actual"]), number(t, scores[0]["error"]), 0.01)

	assert.Len(t, table(t, filepath.Join(dir, "runs.csv")), 2)
	findings := table(t, filepath.Join(dir, "findings.csv"))
	actions := table(t, filepath.Join(dir, "actions.csv"))
	require.NotEmpty(t, actions)
	assert.Equal(t, "shop:web:orders:overload:base", actions[0]["finding_id"])
	assert.NotEmpty(t, findings)
}

// number reads a cell.
func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return v
}

// A backup taken while serve works with the state is a state to go on from.
func TestStoreBackupBesideServe(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.run("2025-03-01")
	p, _ := serving(t, w)
	fails(t, w.foresight("store", "vacuum", "-c", w.config()), app.ExitFailed, "another foresight works with the state directory")
	file := filepath.Join(w.dir, "backup.db")
	w.store("backup", file)
	p.signal(os.Interrupt)
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	fails(t, w.foresight("store", "backup", file, "-c", w.config()), app.ExitUsage, file+" is there already", "--force")
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, kept, again, "what is there is not touched")
	w.store("backup", file, "--force")

	require.NoError(t, os.RemoveAll(filepath.Join(w.dir, "state")))
	require.NoError(t, os.MkdirAll(filepath.Join(w.dir, "state"), 0o750))
	require.NoError(t, os.Rename(file, filepath.Join(w.dir, "state", "foresight.db")))
	before := len(w.events("foresight:forecast"))
	w.run("2025-03-01")
	assert.Len(t, w.events("foresight:forecast"), before, "what was said before the backup is not said again")
}

func TestStoreVacuum(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	assert.Contains(t, w.store("vacuum").out, "no state is kept yet")
	assert.NoDirExists(t, filepath.Join(w.dir, "state"), "vacuuming makes nothing")
	w.run("2025-02-10")
	w.run("2025-02-20")
	w.now = time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	assert.Contains(t, w.store("vacuum").out, "removed 0 forecasts, 0 months of scores, 0 refused events and the records of 0 runs from before 2022-12-2")
	w.now = time.Date(2099, 6, 1, 0, 0, 0, 0, time.UTC)
	w.configure(shop, "web: {", "state: {retention: 90d}\nweb: {")
	assert.Regexp(t, `^removed [12] forecasts?, 1 month of scores, 0 refused events and the records of 2 runs from before 2099-03-03; the database took \d+\.\d MB and takes \d+\.\d MB\n$`, w.store("vacuum").out)
	fails(t, w.foresight("store", "backup", "-c", w.config()), app.ExitUsage, "accepts 1 arg")
	w.configure(shop, "web: {", "state: {url: {env: FORESIGHT_STATE_URL}}\nweb: {")
	w.env["FORESIGHT_STATE_URL"] = "postgres://u:p@127.0.0.1:1/none"
	fails(t, w.foresight("store", "backup", "x", "-c", w.config()), app.ExitUsage, "pg_dump")
}
