package models

// IncidentEvent is a case as it stands after a change, with CIM Ticket Management fields.
type IncidentEvent struct {
	Head
	IncidentID  string        `json:"incident_id"`
	Level       Level         `json:"level"`
	State       IncidentState `json:"state"`
	HoldFor     string        `json:"on_hold_for,omitempty"`
	Title       string        `json:"title"`
	Impact      Grade         `json:"impact"`
	Urgency     Grade         `json:"urgency"`
	Assignee    string        `json:"assignee,omitempty"`
	Opened      string        `json:"opened"`
	Resolved    string        `json:"resolved,omitempty"`
	Occurrences int           `json:"occurrences"`
	Facts       int           `json:"facts"`
	Firing      int           `json:"facts_firing"`
	Group       string        `json:"redundancy_group,omitempty"`
	Spare       *int          `json:"redundancy_spare,omitempty"` // how many more may fail; below 0 it is down
	Silenced    string        `json:"silenced_by,omitempty"`
	Acknowledge string        `json:"acknowledge_by,omitempty"`
	Update      string        `json:"update_by,omitempty"`
	Resolve     string        `json:"resolve_by,omitempty"`
	Restore     string        `json:"restore_by,omitempty"`
	Breached    string        `json:"breached,omitempty"` // the clocks that ran out
	FindingID   string        `json:"finding_id,omitempty"`
	Kind        string        `json:"kind,omitempty"` // of what opened it
	ProblemID   string        `json:"problem_id,omitempty"`
	Runbook     string        `json:"runbook,omitempty"`
	Verdict     string        `json:"verdict,omitempty"` // on the prediction: came_true, avoided, false
	Review      string        `json:"review_by,omitempty"`
	Change      string        `json:"change"`      // what happened last, of the timeline
	ChangedBy   string        `json:"changed_by"`  //
	ChangeText  string        `json:"change_text"` //

	TicketID    string `json:"ticket_id"`
	Status      string `json:"status"`
	Severity    string `json:"severity"`
	PriorityOf  string `json:"priority"`
	Description string `json:"description"`
	Submitted   string `json:"time_submitted"`
	User        string `json:"user"`
	Dest        string `json:"dest"`
	Vendor      string `json:"vendor_product"`
}
