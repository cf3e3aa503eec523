package models

import "time"

// Process is what a customer's cases go by.
type Process struct {
	Week          [7][]Opening // by time.Weekday: the agreement's hours; all empty: round the clock
	Targets       map[Priority]ServiceTargets
	Warn          float64 // share of a target after which its clock warns; 0: the default
	Groups        []RedundantGroup
	Components    []Item         // whose upkeep has a date
	Plans         []PlanTemplate // the first that fits a prediction counts; without one the default does
	Inventories   []Inventory    // searches that find more components and groups
	Runbooks      []Runbook      // the first that fits a case counts
	Windows       []Maintenance
	QuietFor      time.Duration // how long a forecast must have said so no longer before its case is resolved; 0: the default
	Integrations  []Integration
	ReopenWithin  time.Duration // how soon after its end a fact that comes again reopens its case; 0: the default
	ReviewWithin  time.Duration // when the review of a priority 1 or 2 is due; 0: the default
	ProblemAfter  int           // how often a fact must come back to be a problem; 0: the default
	ProblemWithin time.Duration // within how long; 0: the default

	Contacts []Contact
	Rotas    []Rota
	Policies []Policy               // the first that fits a case counts
	Channels map[string]ChannelKind // those that may be used, by id
}

// Opening is a stretch of a local day, in minutes from its midnight: [From, To).
type Opening struct{ From, To int }

// ServiceTargets are the times promised for one priority (service level agreement); zero
// promises none.
type ServiceTargets struct {
	Acknowledge, Update, Resolve, Restore time.Duration
	Always                                bool // counted round the clock, whatever the agreement's hours
}

// Of is the target of a clock.
func (t ServiceTargets) Of(k ClockKind) time.Duration {
	switch k {
	case ClockAcknowledge:
		return t.Acknowledge
	case ClockUpdate:
		return t.Update
	case ClockResolve:
		return t.Resolve
	case ClockRestore:
		return t.Restore
	}
	return 0
}

// RedundantGroup is components of which some must be up for the service to be up.
type RedundantGroup struct {
	ID, Service string
	Members     []string
	Needed      int // at least 1
}

// Maintenance is a window planned ahead: what its services and components report is recorded
// and wakes nobody.
type Maintenance struct {
	ID, Name   string
	Services   []string // none: all of the customer's
	Components []string // none: all of those services
	From, To   time.Time
}
