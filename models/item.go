package models

import "time"

// Item is a part of a service in the register whose upkeep has a date: software whose support ends, a
// certificate that expires.
type Item struct {
	ID, Name     string
	Service      string
	Version      string
	EndOfSupport time.Time     // local midnight; zero: nobody knows
	TLS          string        // host:port whose certificate is looked at; "" none
	Expires      time.Time     // of its certificate, where that is known without looking; zero: it is not
	Notice       time.Duration // how long before the day a case is opened; 0: the default
	LeadDays     int           // working days that an upgrade takes
	Tests        []string      // what to verify afterwards, so that the whole still works
}

// The kinds of upkeep.
const (
	KindUpgrade     = "upgrade_due"
	KindCertificate = "certificate_expires"
)
