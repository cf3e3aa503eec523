package models

import "time"

// Deed is what somebody did by the pages, or tried to.
type Deed struct {
	ID       string
	At       time.Time
	Who      string // "": nobody signs in there
	Did      string // the verb
	Of       string // what it was done to
	Customer string // whose that is; "": nobody's
	Remote   string // the address that it came from
	Refused  string // why it was not done; "": it was
}

// DeedFilter chooses deeds. What is empty chooses all.
type DeedFilter struct {
	Customers []string // those of these customers; nil: all, also what is nobody's
	Who       string
	Refused   bool // only what was not done
	Before    Deed // older ones than this: At and ID of it count; zero: the newest
	Most      int
}
