package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An overload of December is a case of level 3 in September, with a plan that is dated backwards: in the
// list of cases and of work, in the index and in the report. When the forecast moves the plan moves, under
// the same ids.
func TestAnOverloadOfDecemberIsForeseenInSeptember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// 800 orders a day and one more each: the limit is reached in December.
	w.load(daily(t, "orders", "2025-07-20", "2026-09-20", growing), "Europe/Stockholm")
	w.now = time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)
	w.configure(shop, "limit: 1300", "limit: 1395")
	w.run("")
	overloads := w.events("foresight:overload")
	require.Len(t, overloads, 1)
	assert.Contains(t, overloads[0].text("date_p50"), "2026-12", "%v", overloads[0].Event)
	cases := w.events("foresight:incident")
	require.Len(t, cases, 1)
	assert.InDelta(t, 3, cases[0].number("level"), 0)
	id := cases[0].text("incident_id")
	assert.Contains(t, w.incident("list").out, id)
	tasks := map[string]string{}
	for _, e := range of(w.events("foresight:action"), "incident_id", id) {
		tasks[e.text("kind")] = e.text("latest_start")
		assert.Less(t, e.text("latest_start"), e.text("due"))
	}
	assert.Contains(t, tasks, "load_test")
	assert.Contains(t, tasks, "provider_limits")
	before := w.foresight("action", "list", "-c", w.config()).out
	for _, task := range []string{id + "/add_capacity", id + "/load_test", id + "/provider_limits"} {
		assert.Contains(t, before, task)
	}
	page, err := os.ReadFile(filepath.Join(w.dir, "report", "shop.html"))
	require.NoError(t, err)
	assert.Contains(t, string(page), `id="process"`)
	assert.Contains(t, string(page), "Show by a load test that")

	// The limit was told wrongly: it is lower, and the day comes earlier.
	w.now = w.now.AddDate(0, 0, 1)
	w.configure(shop, "limit: 1300", "limit: 1375")
	w.run("")
	show := w.incident("show", id).out
	assert.Contains(t, show, "add_capacity moved: capacity")
	assert.Contains(t, show, "load_test moved: capacity")
	after := w.foresight("action", "list", "-c", w.config()).out
	assert.NotEqual(t, before, after)
	assert.Contains(t, after, id+"/load_test", "the same id")
	assert.NotContains(t, w.incident("list").out, "shop-2")
}
