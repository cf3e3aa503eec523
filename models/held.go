package models

import "time"

// AlertClaim is what the webhook of a Splunk alert says of itself. It is unsigned: only
// Splunk can tell whether it is so.
type AlertClaim struct {
	SID    string
	Search string // "" for a search that has no name
	App    string
	Owner  string
}

// HeldIntake is a request that came in and is not believed yet.
type HeldIntake struct {
	ID     string // the same for the same request
	Intake Intake
	Claim  AlertClaim
	Held   time.Time // since
	Remote string    // where it came from

	Missed  bool   `json:",omitzero"` // Splunk did not know the search while it should
	Refused string `json:",omitzero"` // why it was refused; "": it was not
}
