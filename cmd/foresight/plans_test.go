package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// intended are the shop's plans and overrides.
const intended = `    plans:
      - id: bank
        name: New bank
        kind: growth
        signals: [web]
        from: 2025-03-10
        factor: 1.08
        committed: true
        author: Sales
        decided_on: 2025-01-10
      - id: rack
        name: Another rack
        kind: capacity
        signals: [web/orders]
        from: 2025-03-17
        amount: 600
      - id: again
        name: November again
        kind: campaign
        signals: [web/orders]
        from: 2025-03-24
        like: {from: 2024-11-25, to: 2024-11-27}
    overrides:
      - id: fair
        signals: [web/orders]
        from: 2025-03-10
        to: 2025-03-11
        value: 1500
        author: Anna
        reason: The fair is here
        decided_on: 2025-02-20
    services:
`

func TestPlansAndOverridesReachSplunkAndTheReport(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.configure(shop)
	w.run("2025-03-01")
	before := of(w.events("foresight:action"), "kind", "add_capacity")
	require.Len(t, before, 1)

	w.configure(shop, "    services:\n", intended)
	o := w.run("2025-03-01")
	assert.Contains(t, o.out, "what if   web/orders Another rack: more capacity needed")
	after := of(w.events("foresight:action"), "kind", "add_capacity")
	require.Len(t, after, 2)
	assert.Less(t, after[1].text("due"), before[0].text("due"), "growth brings the day nearer")
	assert.Equal(t, "plan", after[1].text("moved_cause"))
	assert.Equal(t, "plan", after[1].text("moved_causes"))
	assert.Contains(t, o.out, "(plan)")

	var told []string
	whatIfs := w.events("foresight:whatif")
	for _, e := range whatIfs {
		told = append(told, e.text("plans"))
	}
	assert.Equal(t, []string{"rack", "again", "rack,again"}, told)
	assert.NotEmpty(t, whatIfs[0].text("without_need_by"))
	assert.Greater(t, whatIfs[0].text("need_by")+"~", whatIfs[0].text("without_need_by"), "later, or not at all")
	assert.Greater(t, whatIfs[1].number("peak_size"), 0.0)

	points := w.events("foresight:forecast")
	carried := of(points, "override_id", "fair")
	require.Len(t, carried, 2)
	assert.InDelta(t, 1500, carried[0].number("override"), 0)
	assert.Equal(t, "Anna", carried[0].text("override_by"))
	assert.NotEqual(t, 1500, carried[0].number("q50"))
	overload := w.events("foresight:overload")
	last := overload[len(overload)-1]
	assert.LessOrEqual(t, last.text("date_p05"), last.text("date_p10"))

	page, err := os.ReadFile(filepath.Join(w.dir, "report", "shop.html"))
	require.NoError(t, err)
	for _, want := range []string{"What if", "Another rack.", "Planners&#39; overrides", "The fair is here", "Part of the forecast, since it is decided: “New bank”, 8 % more"} {
		assert.Contains(t, string(page), want)
	}

	w.run("2025-01-05")
	early := w.events("foresight:forecast")
	for _, e := range early[len(points):] {
		assert.Empty(t, e.text("override_id"), "a replay does not see what was decided later")
	}
}

func TestAPlanThatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	w.configure(shop, "    services:\n", `    plans:
      - {id: old, name: The year before, kind: campaign, signals: [web], from: 2025-03-24, like: {from: 2019-11-25}, committed: true, author: A, decided_on: 2025-01-01}
    services:
`)
	o := w.run("2025-03-01")
	assert.Contains(t, o.out, "not in it web/orders: plan old: reading the effect of 2019-11-25 to 2019-11-25")
	page, err := os.ReadFile(filepath.Join(w.dir, "report", "shop.html"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "is decided and is not in the forecast")

	w.configure(shop, "    services:\n", "    plans:\n      - {id: x, kind: growth, signals: [web/order], from: 2025-03-24, factor: 2}\n    services:\n")
	fails(t, w.foresight("check", "--offline", "-c", w.config()), app.ExitUsage, "foresight.yml:", "customers[0].plans[0].signals[0]", `did you mean "web/orders"?`)
}
