package agenda

import (
	"time"

	ics "github.com/arran4/golang-ical"

	"foresight/models"
)

// Write is a feed as iCalendar (RFC 5545). It is the same as long as nothing has changed.
func Write(c models.Customer, all []models.Appointment) []byte {
	cal := ics.NewCalendarFor("-//Foresight//agenda//EN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName("Foresight: " + c.Name)
	cal.SetRefreshInterval("PT1H") // it says itself that its value is a duration
	for _, a := range all {
		e := cal.AddEvent(a.UID)
		e.SetDtStampTime(a.Changed.UTC())
		e.SetSequence(a.Sequence)
		e.SetSummary(a.Title)
		if a.Detail != "" {
			e.SetDescription(a.Detail)
		}
		e.SetProperty(ics.ComponentPropertyCategories, a.Kind)
		e.SetStatus(ics.ObjectStatusConfirmed)
		if a.Canceled {
			e.SetStatus(ics.ObjectStatusCancelled)
		}
		e.SetTimeTransparency(ics.TransparencyTransparent) // nobody is busy by it
		if a.Days {
			zone := zoneOf(c)
			e.SetProperty(ics.ComponentPropertyDtStart, a.From.In(zone).Format("20060102"), ics.WithValue("DATE"))
			e.SetProperty(ics.ComponentPropertyDtEnd, a.To.In(zone).Format("20060102"), ics.WithValue("DATE"))
		} else {
			e.SetStartAt(a.From.UTC().Truncate(time.Second))
			e.SetEndAt(a.To.UTC().Truncate(time.Second))
		}
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}
