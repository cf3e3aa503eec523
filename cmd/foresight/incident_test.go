package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// agreement is a customer's agreement and its pair of databases, put before its services.
const agreement = `    process:
      hours:
        - {days: [mon, tue, wed, thu, fri], from: "08:00", to: "17:00"}
      sla:
        - {priority: 1, acknowledge: 15m, update: 1h, resolve: 4h, round_the_clock: true}
        - {priority: 3, acknowledge: 1h, resolve: 8h, restore: 3d}
      redundancy:
        - {id: databases, service: web, members: [db1, db2]}
    services:
`

func desked(t *testing.T) *world {
	t.Helper()
	w := stocked(t)
	w.configure(shop, "    services:\n", agreement)
	return w
}

func (w *world) incident(args ...string) outcome {
	w.t.Helper()
	return w.foresight(append([]string{"incident", args[0], "-c", w.config()}, args[1:]...)...)
}

// A case goes its way by commands, and each change reaches the index as an event.
func TestACaseByCommands(t *testing.T) {
	t.Parallel()
	w := desked(t)
	w.now = date(t, "2025-02-10").Add(9 * time.Hour)
	fails(t, w.incident("open", "--title", "Customers cannot pay"), app.ExitUsage, "--service is missing: which service fails? Customer shop has web")
	assert.Contains(t, w.incident("open", "--service", "web", "--title", "Customers cannot pay", "--impact", "1", "--urgency", "1", "--by", "eva").out,
		"shop-1 opened: level 1, priority 1, new: Customers cannot pay")
	assert.Contains(t, w.incident("open", "--service", "web", "--key", "latency", "--title", "p95 over 2 s").out, "shop-1 joined")
	assert.Contains(t, w.incident("open", "--service", "web", "--key", "latency", "--title", "p95 over 2 s").out, "shop-1 counted")
	list := w.incident("list").out
	assert.Contains(t, list, "acknowledge by 2025-02-10 10:15 CET", "as the customer's clock shows it")
	assert.Contains(t, list, "Customers cannot pay")

	assert.Contains(t, w.incident("ack", "shop-1", "--by", "bo").out, "acknowledged, bo")
	fails(t, w.incident("hold", "shop-1"), app.ExitUsage, "say why")
	fails(t, w.incident("hold", "shop-1", "-m", "x", "--seen", "1"), app.ExitUsage, "was changed at", "version 1, now 3")
	w.incident("update", "shop-1", "-m", "the bank is on it")
	assert.Contains(t, w.incident("resolve", "shop-1", "-m", "the bank has mended it", "--by", "bo").out, "resolved")
	template := w.incident("review", "shop-1").out
	for _, words := range []string{"# shop-1: Customers cannot pay", "## Why", "the bank has mended it"} {
		assert.Contains(t, template, words)
	}
	written := file(t, "review.md", "The bank changed its key, and nobody had told us.")
	assert.Equal(t, app.ExitFine, w.incident("review", "shop-1", "--file", written).code)
	assert.Equal(t, "The bank changed its key, and nobody had told us.\n", w.incident("review", "shop-1").out)
	fails(t, w.incident("review", "shop-1", "--file", "nowhere.md"), app.ExitUsage, "reading the review")
	assert.Contains(t, w.incident("close", "shop-1").out, "closed")
	fails(t, w.incident("start", "shop-1"), app.ExitUsage, "nothing more can be done")
	show := w.incident("show", "shop-1").out
	for _, words := range []string{"eva", "opened", "p95 over 2 s", "new → acknowledged", "the bank is on it", "acknowledged → resolved", "resolved → closed", "a review is due by", "the review is written", "opened 2025-02-10T10:00:00+01:00", "  2025-02-10T10:00:00+01:00  bo"} {
		assert.Contains(t, show, words)
	}
	assert.NotContains(t, w.incident("list").out, "shop-1")
	assert.Contains(t, w.incident("list", "--all").out, "shop-1")
	assert.Equal(t, 1, strings.Count(w.incident("export", "--all").out, "\n"))

	w.now = time.Time{}
	w.run("2025-03-01") // sends what is held
	var states []string
	for _, e := range w.events("foresight:incident") {
		states = append(states, e.text("state"))
		assert.Equal(t, "shop-1", e.text("ticket_id"))
		assert.Equal(t, "critical", e.text("severity"))
	}
	assert.Equal(t, []string{"new", "new", "acknowledged", "acknowledged", "resolved", "resolved", "closed"}, states, "in order, and no event for a mere repetition")
}

// One of two fails: level 2. The other too: the same case is level 1.
func TestRedundancyByCommands(t *testing.T) {
	w := desked(t)
	alarm := func(host string, more ...string) string {
		return w.incident(append([]string{"open", "--service", "web", "--component", host, "--key", host, "--title", "no answer"}, more...)...).out
	}
	assert.Contains(t, alarm("db2"), "shop-1 opened: level 2")
	assert.Contains(t, w.incident("show", "shop-1").out, "works, one failure from outage")
	assert.Contains(t, alarm("db1"), "shop-1 counted: level 1")
	assert.Contains(t, alarm("db1", "--over"), "shop-1 eased: level 2")
	assert.Contains(t, alarm("db2", "--over"), "shop-1 resolved: level 2")
	assert.Contains(t, alarm("db2", "--over"), "nothing is open for this alarm")
}

func TestCasesRefuseWhatTheyCannotMean(t *testing.T) {
	w := desked(t)
	fails(t, w.incident("open", "--service", "web"), app.ExitUsage, "--title is missing")
	fails(t, w.incident("open", "--service", "wep", "--title", "x"), app.ExitUsage, `no service "wep"; there are web`)
	fails(t, w.incident("open", "--service", "web", "--title", "x", "--impact", "4"), app.ExitUsage, "--impact 4: 1 is high")
	fails(t, w.incident("open", "--service", "web", "--title", "x", "--over"), app.ExitUsage, "give its --key")
	fails(t, w.incident("open", "--customer", "nord", "--service", "web", "--title", "x"), app.ExitUsage, `no customer "nord"; there are shop`)
	fails(t, w.incident("show", "shop-9"), app.ExitUsage, "there is no case shop-9")
	fails(t, w.incident("ack", "shop-9"), app.ExitUsage, "there is no case shop-9")
	require.Empty(t, w.incident("list").err)
}

// What the process knows of the past is not learned from: a grave failure of a service, and
// maintenance that was planned for all of it.
func TestTheForecastDoesNotLearnFromFailures(t *testing.T) {
	t.Parallel()
	w := desked(t)
	w.configure(shop, "    services:\n", strings.Replace(agreement, "      redundancy:", `      windows:
        - {id: move, name: new hall, services: [web], from: 2025-01-13, to: 2025-01-15}
        - {id: disk, name: a disk, services: [web], components: [db1], from: 2025-01-20, to: 2025-01-22}
      redundancy:`, 1))
	w.now = date(t, "2025-02-10").Add(9 * time.Hour)
	w.incident("open", "--service", "web", "--title", "Nobody can order", "--impact", "1", "--urgency", "1")
	w.incident("open", "--service", "web", "--title", "A typo", "--impact", "3", "--urgency", "3")
	w.now = date(t, "2025-02-11").Add(9 * time.Hour)
	w.incident("resolve", "shop-1", "-m", "the bank is back")
	w.now = time.Time{}
	w.run("2025-03-01")
	run := w.events("foresight:run")[0]
	assert.InDelta(t, 4, run.number("masked"), 0, "two days of the hall, and two that the failure touched: %s", run.text("treated"))
	for _, words := range []string{"new hall", "shop-1, Nobody can order"} {
		assert.Contains(t, run.text("treated"), words)
	}
	assert.NotContains(t, run.text("treated"), "a disk")
}
