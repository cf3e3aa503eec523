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

// processed is base with what its customer's cases go by.
var processed = strings.Replace(base, "    services:\n", `    process:
      hours:
        - {days: [mon, fri], from: "13:00", to: "24:00"}
        - {days: [mon], from: "08:00", to: "12:00"}
      sla:
        - {priority: 1, acknowledge: 15m, resolve: 4h, round_the_clock: true}
      warn_at: 0.5
      redundancy:
        - {id: db, service: SERVICE, members: [db1, db2, db3], needed: 2}
      windows:
        - {id: move, name: new database, services: [SERVICE], from: "2026-03-04T22:00", to: "2026-03-05T04:00"}
    services:
`, 1)

func TestProcess(t *testing.T) {
	text, service := ofItsService(t, processed)
	cfg, err := configs.Parse("f.yml", []byte(text), exampleEnv)
	require.NoError(t, err)
	p := cfg.Customers[0].Process
	assert.Equal(t, []models.Opening{{From: 480, To: 720}, {From: 780, To: 1440}}, p.Week[time.Monday], "in order")
	assert.Empty(t, p.Week[time.Tuesday])
	assert.Equal(t, models.ServiceTargets{Acknowledge: 15 * time.Minute, Resolve: 4 * time.Hour, Always: true}, p.Targets[1])
	assert.InDelta(t, 0.5, p.Warn, 0)
	assert.Equal(t, []models.RedundantGroup{{ID: "db", Service: service, Members: []string{"db1", "db2", "db3"}, Needed: 2}}, p.Groups)
	require.Len(t, p.Windows, 1)
	assert.Equal(t, 6*time.Hour, p.Windows[0].To.Sub(p.Windows[0].From))
}

func TestOneMistakeOfAProcess(t *testing.T) {
	text, service := ofItsService(t, processed)
	const p = "customers[0].process"
	oneMistake(t, text, exampleEnv, []mistake{
		{"[mon, fri]", "[mon, fry]", p + `.hours[0].days: "fry" is not known`, `did you mean "fri"?`},
		{"[mon, fri]", "[]", p + ".hours[0].days: no day is given", "write such as"},
		{`to: "12:00"`, `to: "07:00"`, p + ".hours[1].to: it ends before it begins", "two entries"},
		{`from: "08:00"`, `from: "8 am"`, p + `.hours[1].from: "8 am" is not a time of day`, "08:00"},
		{"warn_at: 0.5", "warn_at: 75", p + ".warn_at: 75 is no share", "0.75"},
		{"priority: 1", "priority: 6", p + ".sla[0].priority: 6 is no priority", "1 to 5"},
		{"service: " + service, "service: nope", p + `.redundancy[0].service: "nope" is not known`, service},
		{"[db1, db2, db3]", "[db1, db2, db1]", p + `.redundancy[0].members: "db1" is in`, "belongs to one group"},
		{"needed: 2", "needed: 3", p + ".redundancy[0].needed: of 3 members 3 cannot be needed", "write 1 to 2"},
		{"[db1, db2, db3], needed: 2", "[db1]", p + ".redundancy[0].members: 1 are no redundancy", "two components"},
		{"services: [" + service + "]", "services: [x]", p + `.windows[0].services: "x" is not known`, service},
		{`to: "2026-03-05T04:00"`, `to: "2026-03-04T04:00"`, p + ".windows[0].to: 2026-03-04 04:00 is not after from", "swap"},
		{"name: new database", `name: " "`, p + ".windows[0].name: the window has no name", "what is done"},
	})
}
