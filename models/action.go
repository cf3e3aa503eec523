package models

import "time"

// Action is work that somebody must do because of a finding.
type Action struct {
	Subject     Subject // Kind is the action's kind: "add_capacity", "prepare_peak", "restore_data"
	Finding     string  // ID of the finding's subject
	State       State
	AsOf        time.Time
	Title       string    // what to do
	Reason      string    // why
	NeedBy      time.Time // the day it must be finished
	LatestStart time.Time // the last day to start: NeedBy − lead time in working days, outside freezes
	LeadDays    int       // working days
	Late        bool      // LatestStart lies before AsOf
	StillHelps  string    // what still helps when late
	Evidence    []string  // the figures it rests on, one sentence each
	Moved       []Move    // against what was last sent
	Work        TaskState // what people have done about it; "" nothing
}

// Move is one thing that differs from what was last said of a subject, and why.
type Move struct {
	Field    string // "latest_start", "due", "lead_time_days"
	From, To string
	Cause    string // data, model, calendar, capacity, plan: what most likely moved it

	// Also holds the other causes that changed since: which share each has in the move
	// cannot be told apart afterwards.
	Also []string
}

// Causes lists Cause and Also.
func (m Move) Causes() []string {
	if m.Cause == "" {
		return m.Also
	}
	return append([]string{m.Cause}, m.Also...)
}
