package access

import "foresight/models"

// Right is something that somebody may do with what is of a customer.
type Right string

// The rights.
const (
	See    Right = "see"    // read cases, work, reports, and who is on call
	Work   Right = "work"   // report faults, work on cases and on the tasks of their plans
	Cover  Right = "cover"  // put somebody into a turn on call, and take that back
	Audit  Right = "audit"  // read who did what from where
	Access Right = "access" // read who may do what, and end people's sessions
	Outbox Right = "outbox" // send what Splunk refused once more, or drop it
)

// least is the least of the roles that have a right.
var least = map[Right]models.Role{
	See: models.RoleViewer, Work: models.RoleOperator, Cover: models.RoleOperator,
	Audit: models.RoleAdmin, Access: models.RoleAdmin, Outbox: models.RoleAdmin,
}

// ranks order the roles: each may what those before it may.
var ranks = map[models.Role]int{models.RoleViewer: 1, models.RoleOperator: 2, models.RoleAdmin: 3}

// May reports whether somebody has a right with a customer, or with models.EveryCustomer. A right that
// is not known nobody has.
func (w Who) May(right Right, customer string) bool {
	role, known := least[right]
	return known && w.role(customer) >= ranks[role]
}

// Administers reports whether they are an admin of any customer.
func (w Who) Administers() bool {
	for _, g := range w.grants {
		if g.Role == models.RoleAdmin {
			return true
		}
	}
	return false
}
