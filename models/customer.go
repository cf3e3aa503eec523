package models

import "time"

// Customer is one organisation whose systems are watched. Its ID never changes,
// since every event's identity is built on it; its Name may.
type Customer struct {
	ID      string
	Name    string
	Country string // ISO 3166-1 alpha-2, "" for no public holidays
	Zone    *time.Location
	// Language is what its people are spoken to in, ISO 639-1; "": English, or what a browser asks for.
	Language string

	Events   []CalendarEvent // the customer's own days
	Freezes  []Freeze        // no change may be made within
	LeadTime LeadTime        // default of its signals
	Plans    []Plan          // decided (part of every forecast) and not (what-ifs)
	// Overrides are planners' own figures, carried beside the forecasts.
	Overrides []Override
	Process   Process
	Services  []Service
}

// Languages are those in which people can be spoken to.
var Languages = []string{"en", "sv"}

// Service is what a customer's users would name: payments, the web shop.
type Service struct {
	ID      string
	Name    string
	Owner   string // who plans its capacity; free text
	ITSI    string // _key of its counterpart in Splunk ITSI; "" none
	Queries []Query
}

// CalendarEvent is a run of whole local days that move the volume: a campaign, a
// concert, a planned outage. All events of one name share one effect.
type CalendarEvent struct {
	Name      string
	From, To  time.Time // local midnights, both days included
	KnownFrom time.Time // zero: always known; a replay of an earlier day must not see it
}

// Freeze is a run of whole local days in which no maintenance may be done.
type Freeze struct {
	Name     string
	From, To time.Time // local midnights, both days included
}

// LeadTime is what passes between the decision and the finished work, in working
// days of the customer's calendar.
type LeadTime struct {
	WorkDays     int // delivery, installation, tests
	ApprovalDays int // before the order may be placed
}

// Days returns the whole lead time in working days.
func (l LeadTime) Days() int { return l.WorkDays + l.ApprovalDays }
