package models

import "time"

// TaskState is where a task of a plan stands.
type TaskState string

// The states of a task. Done and dropped are final.
const (
	TaskOpen    TaskState = "open"
	TaskStarted TaskState = "started"
	TaskDone    TaskState = "done"
	TaskDropped TaskState = "dropped"
)

// Words are the state for people, in English.
func (s TaskState) Words() string { return string(s) }

// Over reports whether nothing is left to do.
func (s TaskState) Over() bool { return s == TaskDone || s == TaskDropped }

// Task is one piece of the work that a prediction asks for.
type Task struct {
	ID          string    `json:"id"` // within the plan; never changes
	Action      string    `json:"action"`
	Title       string    `json:"title"`
	Owner       string    `json:"owner,omitzero"`
	NeedBy      time.Time `json:"need_by,omitzero"`      // local midnight of the day it must be finished
	LatestStart time.Time `json:"latest_start,omitzero"` // of the last day to start
	LeadDays    int       `json:"lead_days,omitzero"`    // working days
	After       []string  `json:"after,omitzero"`        // tasks that must be over before it can start
	State       TaskState `json:"state"`
	By          string    `json:"by,omitzero"` // who moved it last
	At          time.Time `json:"at,omitzero"`
	Late        bool      `json:"late,omitzero"`        // its last day to start has passed
	StillHelps  string    `json:"still_helps,omitzero"` // when late
}

// PlanTemplate is what a kind of prediction asks for beside the pipeline's own action.
type PlanTemplate struct {
	Kind     string   // of the finding
	Services []string // none: all
	Tasks    []TaskTemplate
}

// TaskTemplate is a task as a customer's plans have it.
type TaskTemplate struct {
	ID         string
	Title      string // {service} is the service's name
	Owner      string
	LeadDays   int      // working days that it takes
	BeforeDays int      // working days before the day of need by which it must be finished
	After      []string // ids of tasks that must be over before it can start
	StillHelps string   // when its last day to start has passed
}
