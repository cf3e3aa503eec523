package incident

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"foresight/models"
)

// ErrFoundNothing says that an inventory's search came back empty: a register is not lost in a day, a
// search is.
var ErrFoundNothing = errors.New("it finds nothing")

// row is one result of an inventory's search: the values of each field.
type row map[string][]string

// one is a field's first value.
func (r row) one(field string) string {
	if v := r[field]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// ReadInventory makes components or groups of a search's rows. Rows that it cannot understand are left
// out and named; without one that it can, the error says why.
func ReadInventory(c models.Customer, inv models.Inventory, rows []map[string][]string) (models.Found, error) {
	f := models.Found{Customer: c.ID, Inventory: inv.ID}
	if len(rows) == 0 {
		return f, ErrFoundNothing
	}
	for n, fields := range rows {
		var err error
		switch inv.Of {
		case models.InventoryComponents:
			err = addComponent(&f, c, inv, fields)
		default:
			err = addMember(&f, c, inv, fields)
		}
		if err != nil {
			f.Left = append(f.Left, fmt.Sprintf("row %d: %v", n+1, err))
		}
	}
	f.Groups = slices.DeleteFunc(f.Groups, func(g models.RedundantGroup) bool {
		if len(g.Members) > g.Needed {
			return false
		}
		f.Left = append(f.Left, fmt.Sprintf("group %s: of %d members %d are needed, and none may fail", g.ID, len(g.Members), g.Needed))
		return true
	})
	if len(f.Components)+len(f.Groups) == 0 {
		return f, fmt.Errorf("no row is understood: %s", f.Left[0])
	}
	return f, nil
}

// serviceOf is the service that a row names, or the inventory's.
func serviceOf(c models.Customer, inv models.Inventory, r row) (string, error) {
	id := r.one("service")
	if id == "" {
		id = inv.Service
	}
	for _, s := range c.Services {
		if s.ID == id {
			return id, nil
		}
	}
	return "", fmt.Errorf("there is no service %q", id)
}

func addComponent(f *models.Found, c models.Customer, inv models.Inventory, r row) (err error) {
	i := models.Item{ID: r.one("component"), Name: r.one("name"), Version: r.one("version"), TLS: r.one("tls")}
	if i.ID == "" {
		return errors.New("it has no component")
	}
	if slices.ContainsFunc(f.Components, func(x models.Item) bool { return x.ID == i.ID }) {
		return fmt.Errorf("component %s is there twice", i.ID)
	}
	if i.Name == "" {
		i.Name = i.ID
	}
	if i.Service, err = serviceOf(c, inv, r); err != nil {
		return err
	}
	if i.EndOfSupport, err = dayOf(r.one("end_of_support"), home(c)); err != nil {
		return fmt.Errorf("end_of_support of %s: %w", i.ID, err)
	}
	if i.Expires, err = dayOf(r.one("certificate_expires"), home(c)); err != nil {
		return fmt.Errorf("certificate_expires of %s: %w", i.ID, err)
	}
	if _, _, wrong := net.SplitHostPort(i.TLS); i.TLS != "" && wrong != nil {
		return fmt.Errorf("tls of %s: %q is not host:port", i.ID, i.TLS)
	}
	if i.EndOfSupport.IsZero() && i.Expires.IsZero() && i.TLS == "" {
		return fmt.Errorf("%s has no date: end_of_support, certificate_expires or tls", i.ID)
	}
	var notice int
	if notice, err = wholeOf(r, "notice_days"); err != nil {
		return err
	}
	if i.LeadDays, err = wholeOf(r, "lead_days"); err != nil {
		return err
	}
	i.Notice = time.Duration(notice) * 24 * time.Hour
	for _, lines := range r["tests"] {
		for _, test := range strings.Split(lines, "\n") {
			if test = strings.TrimSpace(test); test != "" {
				i.Tests = append(i.Tests, test)
			}
		}
	}
	f.Components = append(f.Components, i)
	return nil
}

// addMember adds a row's components to its group: of one row a member, or all of them.
func addMember(f *models.Found, c models.Customer, inv models.Inventory, r row) error {
	id := r.one("group")
	if id == "" || r.one("member") == "" {
		return errors.New("it has no group and member")
	}
	service, err := serviceOf(c, inv, r)
	if err != nil {
		return err
	}
	needed, err := wholeOf(r, "needed")
	if err != nil {
		return err
	}
	at := slices.IndexFunc(f.Groups, func(g models.RedundantGroup) bool { return g.ID == id })
	if at < 0 {
		at = len(f.Groups)
		f.Groups = append(f.Groups, models.RedundantGroup{ID: id, Service: service, Needed: 1})
	}
	g := &f.Groups[at]
	if g.Service != service {
		return fmt.Errorf("group %s is of service %s and of %s", id, g.Service, service)
	}
	g.Needed = max(g.Needed, needed)
	for _, m := range r["member"] {
		if m = strings.TrimSpace(m); m != "" && !slices.Contains(g.Members, m) {
			g.Members = append(g.Members, m)
		}
	}
	slices.Sort(g.Members)
	return nil
}

// dayOf reads a day: as 2027-05-31, as RFC 3339, or as seconds since 1970; zero for none.
func dayOf(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return day, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 1e8 && seconds < 1e11 {
		return time.Unix(int64(seconds), 0).In(zone), nil
	}
	return time.Time{}, fmt.Errorf("%q is not a day; write it as 2027-05-31", text)
}

// wholeOf reads a field that is a whole number of 0 to 1000; 0 for none.
func wholeOf(r row, field string) (int, error) {
	text := r.one(field)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1000 {
		return 0, fmt.Errorf("%s: %q is not between 0 and 1000", field, text)
	}
	return n, nil
}

// WithFound is what a customer's process goes by with what inventories have found. What is configured comes
// first: of a component or a group that is there already what was found is left.
func WithFound(p models.Process, found []models.Found) models.Process {
	if len(found) == 0 {
		return p
	}
	p.Components, p.Groups = slices.Clone(p.Components), slices.Clone(p.Groups)
	member := map[string]bool{}
	for _, g := range p.Groups {
		for _, m := range g.Members {
			member[g.Service+"\x1f"+m] = true
		}
	}
	for _, f := range found {
		if !slices.ContainsFunc(p.Inventories, func(i models.Inventory) bool { return i.ID == f.Inventory }) {
			continue // it is no longer configured
		}
		for _, i := range f.Components {
			if !slices.ContainsFunc(p.Components, func(x models.Item) bool { return x.ID == i.ID }) {
				p.Components = append(p.Components, i)
			}
		}
		for _, g := range f.Groups {
			taken := slices.ContainsFunc(g.Members, func(m string) bool { return member[g.Service+"\x1f"+m] })
			if taken || slices.ContainsFunc(p.Groups, func(x models.RedundantGroup) bool { return x.ID == g.ID }) {
				continue // a component belongs to one group of a service
			}
			for _, m := range g.Members {
				member[g.Service+"\x1f"+m] = true
			}
			p.Groups = append(p.Groups, g)
		}
	}
	return p
}

// InventoryTrouble reports that an inventory's search fails, from the second time in a row on, and that it is
// answered again.
func InventoryTrouble(c models.Customer, inv models.Inventory, f models.Found) models.Report {
	r := models.Report{
		Customer: c.ID, Service: inv.Service, Key: "inventory:" + inv.ID, Keyed: true, Source: SourceRegister, Kind: models.CaseInventory, At: f.Tried, Alone: true, Standing: true,
		Level: models.LevelProactive, Title: "The search of the inventory " + inv.ID + " fails", Impact: models.GradeLow, Urgency: models.GradeMedium, Cleared: f.Failed < 2,
	}
	if r.Service == "" && len(c.Services) > 0 {
		r.Service = c.Services[0].ID
	}
	known := "Nothing was ever found by it."
	if !f.At.IsZero() {
		known = fmt.Sprintf("What was found at %s stays in force.", f.At.In(home(c)).Format(time.RFC3339))
	}
	r.Detail = f.Error + ". " + known
	return r
}
