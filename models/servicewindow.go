package models

import "time"

// ServiceWindow is a maintenance window in the calendar of another system, such as Splunk ITSI.
type ServiceWindow struct {
	Ref      string // of what it is for: the same when that moves
	Title    string // of its own there; has Ref in it
	Comment  string
	Objects  []string // keys of services there
	From, To time.Time
}

// KeptWindow is a window that was made there, under its key.
type KeptWindow struct {
	Key string
	ServiceWindow
}
