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

// inventoried is base with searches of the register.
var inventoried = strings.Replace(base, "    services:\n", `    process:
      inventories:
        - {id: cmdb, of: components, search: "| inputlookup cmdb.csv", every: 6h}
        - {id: pairs, of: groups, search: "index=cmdb pair=*", service: SERVICE, back: 7d}
    services:
`, 1)

func TestInventories(t *testing.T) {
	text, service := ofItsService(t, inventoried)
	cfg, err := configs.Parse("f.yml", []byte(text), exampleEnv)
	require.NoError(t, err)
	only := ""
	if c := cfg.Customers[0]; len(c.Services) == 1 {
		only = c.Services[0].ID
	}
	assert.Equal(t, []models.Inventory{
		{ID: "cmdb", Of: models.InventoryComponents, Search: "| inputlookup cmdb.csv", Service: only, Back: 24 * time.Hour, Every: 6 * time.Hour},
		{ID: "pairs", Of: models.InventoryGroups, Search: "index=cmdb pair=*", Service: service, Back: 7 * 24 * time.Hour, Every: time.Hour},
	}, cfg.Customers[0].Process.Inventories)
}

func TestOneMistakeOfAnInventory(t *testing.T) {
	text, service := ofItsService(t, inventoried)
	const p = "customers[0].process.inventories"
	oneMistake(t, text, exampleEnv, []mistake{
		{"of: groups", "of: group", p + `[1].of: "group" is not known`, `"groups"?`},
		{`"| inputlookup cmdb.csv"`, `" "`, p + "[0].search: the search is missing", "inputlookup"},
		{"service: " + service, "service: x", p + `[1].service: "x" is not known`, service},
		{"every: 6h", "every: 1m", p + "[0].every: a register does not change that often", "5m or more"},
		{"id: pairs", "id: cmdb", p + `[1].id: "cmdb" is the id of`, "its own"},
	})
}
