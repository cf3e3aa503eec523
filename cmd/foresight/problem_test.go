package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// What comes back a third time is a problem; its known error and the runbook stand in each new case.
func TestAProblemByCommands(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "pool.md"), []byte("# Pool\n\n1. Look at `pool_size`.\n"), 0o600))
	w.configure(shop, "    services:\n", `    process:
      runbooks: [{id: pool, name: Full pools, kinds: [alarm], file: pool.md}]
    services:
`)
	comes := func(day int) string {
		w.now = time.Date(2025, 2, day, 9, 0, 0, 0, time.UTC)
		out := w.incident("open", "--service", "web", "--key", "pool", "--title", "pool is full").out
		id, _, opened := strings.Cut(out, " opened: ")
		require.True(t, opened, out)
		w.now = w.now.Add(time.Minute)
		w.incident("open", "--service", "web", "--key", "pool", "--title", "pool is full", "--over")
		return id
	}
	comes(3)
	comes(4)
	assert.NotContains(t, w.incident("problems").out, "shop-P1")
	third := comes(5)
	assert.Regexp(t, `(?m)^shop-P1 +open +web +3 +shop-3 .*pool is full`, w.incident("problems").out)
	assert.Contains(t, w.incident("show", third).out, "problem shop-P1: open, 3 cases")
	fails(t, w.incident("problem", "shop-P9"), app.ExitUsage, "there is no problem shop-P9")
	fails(t, w.incident("problem", "shop-P1", "--resolved"), app.ExitUsage, "say why")
	fails(t, w.incident("problem", "shop-P1", "--cause", "x", "--seen", "7"), app.ExitUsage, "version 7, now 1")
	assert.Contains(t, w.incident("problem", "shop-P1", "--cause", "the driver leaks", "--workaround", "restart the pool", "--by", "eva").out, "shop-P1: known error: pool is full")

	show := w.incident("show", comes(6)).out
	for _, words := range []string{"it comes back: problem shop-P1. Known error: the driver leaks. What helps meanwhile: restart the pool", "  known error: the driver leaks", "runbook Full pools:\n  # Pool\n\n  1. Look at `pool_size`."} {
		assert.Contains(t, show, words)
	}
	assert.Contains(t, w.incident("problem", "shop-P1", "--resolved", "-m", "driver 4.2 is in").out, "resolved")
	record := w.incident("problem", "shop-P1").out
	for _, words := range []string{"shop-P1: resolved, web, version 4: pool is full", "cases: shop-1, shop-2, shop-3, shop-4", "eva", "driver 4.2 is in"} {
		assert.Contains(t, record, words)
	}
	assert.NotContains(t, w.incident("problems").out, "shop-P1")
	assert.Contains(t, w.incident("problems", "--all").out, "shop-P1")

	w.now = time.Time{}
	w.run("2025-03-01") // sends what is held
	var states []string
	for _, e := range w.events("foresight:problem") {
		states = append(states, fmt.Sprint(e.text("state"), " ", e.number("times")))
	}
	assert.Equal(t, []string{"open 3", "known_error 3", "known_error 4", "resolved 4"}, states)
}

// A group that a search finds is in force in whatever comes in; check says what each search finds.
func TestInventoriesOfSplunk(t *testing.T) {
	w := recent(t)
	now := time.Now()
	for _, host := range []string{"db1", "db2"} {
		w.load(daily(t, host, now.AddDate(0, 0, -5).Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly), growing), "Europe/Stockholm")
	}
	searches := `    process:
      inventories:
        - {id: pairs, of: groups, back: 7d, search: 'index=main sourcetype="foresight:demo" series=db* | dedup series | eval group="databases" | rename series as member | table group member'}
        - {id: old, of: components, search: "index=main series=nothing | table component end_of_support"}
    services:
`
	w.configure(shop, "    services:\n", searches)
	check := w.foresight("check", "-c", w.config())
	fails(t, check, app.ExitFailed, "not everything is in order")
	assert.Contains(t, check.out, "ok    inventory pairs of shop: 0 components and 1 redundant group")
	assert.Contains(t, check.out, "FAIL  inventory old of shop: it finds nothing")
	_, site := serving(t, w, "    services:\n", searches)
	eventually(t, "the group on the page", time.Minute, func() bool {
		_, page := get(t, site+"/services")
		return strings.Contains(page, "databases: all are up")
	})
	out := w.incident("open", "--service", "web", "--component", "db2", "--key", "fan", "--title", "fan failed").out
	assert.Contains(t, out, "opened: level 2")
}
