package configs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
)

// templated is base with plans of its own.
var templated = strings.Replace(base, "    services:\n", `    process:
      plan_templates:
        - kind: overload
          services: [SERVICE]
          tasks:
            - {id: order, title: "Order hosts for {service}", owner: buying, lead_days: 20, depends_on: [approve]}
            - {id: approve, title: Have it approved, lead_days: 5, still_helps: Call the board}
            - {id: test, title: Load test, before_days: 2, depends_on: [add_capacity, order]}
        - {kind: upgrade, tasks: []}
    services:
`, 1)

func TestPlanTemplates(t *testing.T) {
	text, service := ofItsService(t, templated)
	cfg, err := configs.Parse("f.yml", []byte(text), exampleEnv)
	require.NoError(t, err)
	assert.Equal(t, []models.PlanTemplate{
		{Kind: models.KindOverload, Services: []string{service}, Tasks: []models.TaskTemplate{
			{ID: "order", Title: "Order hosts for {service}", Owner: "buying", LeadDays: 20, After: []string{"approve"}},
			{ID: "approve", Title: "Have it approved", LeadDays: 5, StillHelps: "Call the board"},
			{ID: "test", Title: "Load test", BeforeDays: 2, After: []string{"add_capacity", "order"}},
		}},
		{Kind: models.KindUpgrade},
	}, cfg.Customers[0].Process.Plans)
}

func TestOneMistakeOfAPlanTemplate(t *testing.T) {
	text, service := ofItsService(t, templated)
	const p = "customers[0].process.plan_templates"
	oneMistake(t, text, exampleEnv, []mistake{
		{"kind: overload", "kind: overlod", p + `[0].kind: "overlod" is not known`, `"overload"?`},
		{"services: [" + service + "]", "services: [x]", p + `[0].services: "x" is not known`, service},
		{"{kind: upgrade, tasks: []}", "{kind: upgrade}", p + "[1].tasks: the tasks are missing", "[] for none"},
		{"id: test", "id: order", p + `[0].tasks[2].id: "order" is the id of`, "its own"},
		{"id: test", "id: add_capacity", p + `[0].tasks[2].id: "add_capacity" is a task of Foresight's own`, "another id"},
		{"title: Load test", `title: ""`, p + "[0].tasks[2].title: the task says nothing", "what to do"},
		{"lead_days: 20", "lead_days: -1", p + "[0].tasks[0].lead_days: -1 is not between", "working days"},
		{"before_days: 2", "before_days: 2000", p + "[0].tasks[2].before_days: 2000 is not between", "working days"},
		{"depends_on: [approve]", "depends_on: [aprove]", p + `[0].tasks[0].depends_on: "aprove" is not known`, `"approve"?`},
		{"lead_days: 5", "lead_days: 5, depends_on: [order]", p + "[0].tasks: order and approve wait for each other", "take one"},
		{"lead_days: 5", "lead_days: 5, depends_on: [approve]", p + "[0].tasks: approve waits for itself", "take it out"},
		{"lead_days: 5", "lead_days: 5, depends_on: [test]", p + "[0].tasks: order, approve, test wait for each other in turn", "take one"},
	})
}
