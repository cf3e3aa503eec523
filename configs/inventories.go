package configs

import (
	"fmt"
	"strings"
	"time"

	"foresight/models"
)

// fileInventory is a search of components or groups, as it is written.
type fileInventory struct {
	ID      string   `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Of      string   `yaml:"of" jsonschema:"required,enum=components,enum=groups" jsonschema_description:"What a row is: a component (fields component, name, service, version, end_of_support, certificate_expires, tls, notice_days, lead_days, tests), or a member of a redundant group (group, member, service, needed)."`
	Search  string   `yaml:"search" jsonschema:"required" jsonschema_description:"SPL, such as | inputlookup cmdb.csv | rename host as component. What is configured comes before what it finds."`
	Service string   `yaml:"service" jsonschema_description:"Id of the service of rows that name none (default: the customer's only one)."`
	Back    duration `yaml:"back" jsonschema_description:"How far it looks back (default 1d)."`
	Every   duration `yaml:"every" jsonschema_description:"How often serve asks (default 1h, at least 5m)."`
}

// inventories checks searches of the register.
func (v validator) inventories(key string, all []fileInventory, services []string) {
	ids := v.unique()
	for n, i := range all {
		at := fmt.Sprintf("%s[%d]", key, n)
		ids(at, i.ID)
		v.oneOf(at+".of", i.Of, string(models.InventoryComponents), string(models.InventoryGroups))
		v.among(at+".service", i.Service, services)
		if strings.TrimSpace(i.Search) == "" {
			v.fail(at+".search", "the search is missing; write such as | inputlookup cmdb.csv")
		}
		if i.Every != 0 && i.Every < duration(5*time.Minute) {
			v.fail(at+".every", "a register does not change that often; write 5m or more")
		}
	}
}

// inventoriesOf builds them; only is the customer's only service, "" when there are more.
func inventoriesOf(all []fileInventory, only string) (out []models.Inventory) {
	for _, f := range all {
		i := models.Inventory{ID: f.ID, Of: models.InventoryKind(f.Of), Search: strings.TrimSpace(f.Search), Service: f.Service, Back: time.Duration(f.Back), Every: time.Duration(f.Every)}
		if i.Service == "" {
			i.Service = only
		}
		if i.Back <= 0 {
			i.Back = 24 * time.Hour
		}
		if i.Every <= 0 {
			i.Every = time.Hour
		}
		out = append(out, i)
	}
	return out
}
