// Package calendar knows days: civil dates and steps of time in a zone, the
// public holidays, feasts, retail days, paydays, bridge days and half days of
// twelve countries with the years in which they hold, a customer's own events
// with the day from which they were known, working days, and the latest day to
// start work that must be done by a date.
//
// It reads no clock and does no I/O; a Calendar is safe for concurrent use.
package calendar
