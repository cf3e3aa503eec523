package incident

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

var inventoried = models.Customer{ID: "nord", Services: []models.Service{{ID: "shop"}, {ID: "till"}}}

func TestComponentsFromRows(t *testing.T) {
	inv := models.Inventory{ID: "cmdb", Of: models.InventoryComponents, Service: "shop"}
	f, err := ReadInventory(inventoried, inv, []map[string][]string{
		{"component": {"db"}, "name": {"Database"}, "version": {"13"}, "end_of_support": {"2027-11-11"}, "lead_days": {"20"}, "notice_days": {"120"}, "tests": {"restore", "report\nsums\n"}},
		{"component": {"front"}, "service": {"till"}, "certificate_expires": {"1798761600"}, "tls": {"front:443"}},
		{"component": {"db"}, "end_of_support": {"2027-11-11"}},
		{"component": {"x"}, "service": {"nope"}, "end_of_support": {"2027-11-11"}},
		{"component": {"y"}, "end_of_support": {"soon"}},
		{"component": {"z"}},
		{"component": {"w"}, "tls": {"w"}},
		{"component": {"v"}, "end_of_support": {"2027-11-11T00:00:00Z"}, "lead_days": {"-1"}},
		{"host": {"u"}},
	})
	require.NoError(t, err)
	require.Equal(t, []models.Item{
		{ID: "db", Name: "Database", Service: "shop", Version: "13", EndOfSupport: time.Date(2027, 11, 11, 0, 0, 0, 0, time.UTC), LeadDays: 20, Notice: 120 * 24 * time.Hour, Tests: []string{"restore", "report", "sums"}},
		{ID: "front", Name: "front", Service: "till", TLS: "front:443", Expires: time.Unix(1798761600, 0).UTC()},
	}, f.Components)
	require.Equal(t, []string{
		"row 3: component db is there twice", `row 4: there is no service "nope"`, `row 5: end_of_support of y: "soon" is not a day; write it as 2027-05-31`,
		"row 6: z has no date: end_of_support, certificate_expires or tls", `row 7: tls of w: "w" is not host:port`, `row 8: lead_days: "-1" is not between 0 and 1000`, "row 9: it has no component",
	}, f.Left)
	_, err = ReadInventory(inventoried, inv, nil)
	require.ErrorIs(t, err, ErrFoundNothing)
	_, err = ReadInventory(inventoried, inv, []map[string][]string{{"host": {"u"}}})
	require.ErrorContains(t, err, "no row is understood: row 1: it has no component")
}

func TestGroupsFromRows(t *testing.T) {
	f, err := ReadInventory(inventoried, models.Inventory{ID: "pairs", Of: models.InventoryGroups, Service: "shop"}, []map[string][]string{
		{"group": {"db"}, "member": {"db2"}}, {"group": {"db"}, "member": {"db1"}}, {"group": {"db"}, "member": {"db1"}},
		{"group": {"net"}, "member": {"b", "a", "c"}, "service": {"till"}, "needed": {"2"}},
		{"group": {"db"}, "member": {"t1"}, "service": {"till"}},
		{"group": {"alone"}, "member": {"x"}},
		{"group": {"empty"}},
	})
	require.NoError(t, err)
	require.Equal(t, []models.RedundantGroup{{ID: "db", Service: "shop", Members: []string{"db1", "db2"}, Needed: 1}, {ID: "net", Service: "till", Members: []string{"a", "b", "c"}, Needed: 2}}, f.Groups)
	require.Equal(t, []string{"row 5: group db is of service shop and of till", "row 7: it has no group and member", "group alone: of 1 members 1 are needed, and none may fail"}, f.Left)
}

func TestWhatIsConfiguredComesFirst(t *testing.T) {
	p := models.Process{
		Components:  []models.Item{{ID: "db", Name: "written"}},
		Groups:      []models.RedundantGroup{{ID: "db", Service: "shop", Members: []string{"db1", "db2"}, Needed: 1}},
		Inventories: []models.Inventory{{ID: "cmdb"}},
	}
	now := WithFound(p, []models.Found{{Inventory: "cmdb", Components: []models.Item{{ID: "db", Name: "found"}, {ID: "mq"}}, Groups: []models.RedundantGroup{
		{ID: "db", Service: "till", Members: []string{"x", "y"}}, {ID: "other", Service: "shop", Members: []string{"db1", "db3"}}, {ID: "mq", Service: "shop", Members: []string{"m1", "m2"}, Needed: 1},
	}}, {Inventory: "gone", Components: []models.Item{{ID: "old"}}}})
	require.Equal(t, []models.Item{{ID: "db", Name: "written"}, {ID: "mq"}}, now.Components)
	require.Equal(t, []string{"db", "mq"}, []string{now.Groups[0].ID, now.Groups[1].ID})
	require.Len(t, now.Groups, 2)
	require.Len(t, p.Components, 1, "the configuration stays as it is")
	require.Equal(t, now, WithFound(now, []models.Found{{Inventory: "cmdb", Components: []models.Item{{ID: "mq"}}}}))
}

// A certificate whose expiry a search knows needs no look at its endpoint; what is seen there holds.
func TestACertificateThatASearchKnows(t *testing.T) {
	c := inventoried
	c.Process.Components = []models.Item{{ID: "front", Name: "Front", Service: "shop", Expires: start.AddDate(0, 0, 20)}}
	all := Upkeep(c, planned(t), nil, start)
	require.Len(t, all, 1)
	require.False(t, all[0].Cleared)
	require.Contains(t, all[0].Title, "The certificate of Front expires on 2026-12-15")
	require.True(t, Upkeep(c, planned(t), map[string]time.Time{"front": start.AddDate(1, 0, 0)}, start)[0].Cleared)
}
