package configs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
)

// intended is base with plans and overrides, a line for each thing that a mistake is
// made of.
var intended = strings.Replace(base, "    services:\n", `    plans:
      - id: bank
        kind: growth
        signals: [payments]
        from: 2026-10-01
        factor: 1.15
        low: 1.05
        high: 1.3
        committed: true
        author: Sales
        decided_on: 2026-06-15
      - id: again
        name: Sale again
        kind: campaign
        signals: [payments/transactions, payments/transactions/card]
        from: 2026-11-09
        like: {from: 2026-05-01, to: 2026-05-03}
      - {id: stock, kind: effect, signals: [payments/transactions], from: 2026-12-28, amount: -400}
      - {id: third, kind: capacity, signals: [payments/transactions], from: 2026-11-16, amount: 20}
    overrides:
      - id: friday
        signals: [payments/transactions]
        from: 2026-11-27
        value: 12000
        author: Anna
        reason: less competition
        decided_on: 2026-09-01
    services:
`, 1)

func TestPlansAreRead(t *testing.T) {
	cfg, err := configs.Parse("f.yml", []byte(intended), exampleEnv)
	require.NoError(t, err)
	c := cfg.Customers[0]
	on := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, c.Zone) }
	require.Len(t, c.Plans, 4)
	assert.Equal(t, models.Plan{
		ID: "bank", Name: "bank", Kind: models.PlanGrowth, Signals: []string{"payments"}, From: on(2026, 10, 1),
		Factor: &models.Band{Low: 1.05, Value: 1.15, High: 1.3}, Committed: true, Author: "Sales", DecidedOn: on(2026, 6, 15),
	}, c.Plans[0])
	assert.Equal(t, &models.Like{From: on(2026, 5, 1), To: on(2026, 5, 3)}, c.Plans[1].Like)
	assert.Equal(t, &models.Band{Low: -400, Value: -400, High: -400}, c.Plans[2].Amount)
	assert.Equal(t, c.Plans[2].From, c.Plans[2].To, "an effect lasts a day when nothing else is said")
	assert.True(t, c.Plans[3].To.IsZero())
	require.Len(t, c.Overrides, 1)
	o := c.Overrides[0]
	assert.InDelta(t, 12000, *o.Value, 0)
	assert.Equal(t, on(2026, 11, 27), o.To)
	assert.Equal(t, o.To, o.Expires, "it holds to its last day when nothing else is said")

	assert.False(t, c.Plans[0].KnownBy(on(2026, 6, 15)), "the run stands on the day's first moment")
	assert.True(t, c.Plans[0].KnownBy(on(2026, 6, 16)))
	count, load := models.Signal{ID: "transactions", Kind: models.KindCount}, models.Signal{ID: "load", Kind: models.KindGauge}
	assert.True(t, c.Plans[0].Applies("payments", count))
	assert.False(t, c.Plans[0].Applies("payments", load), "a service means its counts")
	part := models.Signal{ID: "transactions/card", Kind: models.KindCount}
	assert.True(t, c.Plans[0].Applies("payments", part))
	assert.False(t, c.Plans[2].Applies("payments", part), "an amount is the whole's")
}

func TestOneMistakeOfAPlan(t *testing.T) {
	const p, o = "customers[0].plans", "customers[0].overrides[0]"
	for _, said := range oneMistake(t, intended, exampleEnv, []mistake{
		{"        kind: growth\n", "", p + "[0].kind", "growth, campaign, effect, capacity"},
		{"kind: growth", "kind: groth", p + `[0].kind: "groth" is not known`, `did you mean "growth"?`},
		{"        factor: 1.15\n        low: 1.05\n        high: 1.3\n", "", p + "[0].factor: growth needs one", "1.2"},
		{"        low: 1.05\n", "", p + "[0]: low and high must both be given", "neither"},
		{"low: 1.05", "low: 1.2", p + "[0].low: 1.2 lies above factor", "5 % quantile"},
		{"high: 1.3", "high: 1.1", p + "[0].high: 1.1 lies below factor", "95 % quantile"},
		{"factor: 1.15\n        low: 1.05", "factor: -1\n        low: -2", p + "[0].factor: -1 is not a factor", "1.2"},
		{"signals: [payments]", "signals: [payment]", p + `[0].signals[0]: there is no service or signal "payment"`, `did you mean "payments"?`},
		{"signals: [payments]", "signals: []", p + "[0].signals: no signal is named", "list"},
		{"committed: true", "committed: yes", p + `[0].committed: "yes" is neither true nor false`, "write one"},
		{"        author: Sales\n", "", p + "[0].author: the plan is committed", "who did"},
		{"        decided_on: 2026-06-15\n", "", p + "[0].decided_on: the plan is committed on no day", "when"},
		{"        from: 2026-10-01\n", "", p + "[0].from: the first day is missing", "2026-12-24"},
		{"factor: 1.15", "factor: 1.15\n        to: 2026-09-01", p + "[0].to: 2026-09-01 lies before from", "swap"},
		{"factor: 1.15", "factor: 1.15\n        amount: 3", p + "[0].amount: it means nothing for kind: growth", "take it out"},
		{"        like: {from: 2026-05-01, to: 2026-05-03}\n", "", p + "[1].like: a campaign repeats something", "like: {event"},
		{"like: {from: 2026-05-01, to: 2026-05-03}", "like: {}", p + "[1].like: it names nothing", "event"},
		{"like: {from: 2026-05-01, to: 2026-05-03}", "like: {event: sale, from: 2026-05-01}", p + "[1].like: both days and an event", "keep one"},
		{"like: {from: 2026-05-01, to: 2026-05-03}", "like: {from: 2026-12-01}", p + "[1].like.from: 2026-12-01 is no past", "before"},
		{"from: 2026-11-09", "from: 2026-11-09\n        to: 2026-11-09", p + "[1].to: the campaign and what it is like last differently long", "leave to out"},
		{"id: stock, kind: effect", "id: stock, kind: effect, factor: 2", p + "[2]: an effect is either", "one of them"},
		{"id: third, kind", "id: stock, kind", p + `[3].id: "stock" is the id of customers[0].plans[2] too`, "its own"},
		{"id: third, kind: capacity", "id: third, kind: capacity, committed: true, author: A, decided_on: 2026-01-01", p + "[3].committed: capacity that is decided", "take the plan out"},
		{"        value: 12000\n", "", o + ": an override is either", "one of them"},
		{"        author: Anna\n", "", o + ".author: the override has no author", "whom to ask"},
		{"        reason: less competition\n", "", o + ".reason: the override has no reason", "why"},
		{"decided_on: 2026-09-01", "decided_on: 2026-12-01", o + ".expires: 2026-11-27 lies before decided_on", "mend"},
		{"value: 12000", "vale: 12000", o + ".vale: unknown key", `did you mean "value"?`},
	}) {
		assert.Regexp(t, `^f\.yml:\d+:\d+: `, said)
	}
}
