package incident

import (
	"fmt"
	"strings"
	"time"

	"foresight/models"
)

// Tell is what Splunk is told of a change: the case as it stands. A change without an entry (one
// more occurrence of what is known) is told with the next that has one.
func Tell(i models.Incident, entries []models.Entry) []models.Parcel {
	if len(entries) == 0 {
		return nil
	}
	last := entries[len(entries)-1]
	revision := models.Revision(i.Version, i.State, i.Level, i.Priority, i.Assignee, i.Entries)
	h := models.Head{
		EventID: models.EventID(i.ID, i.Changed, revision), Subject: i.ID, Revision: revision, AsOf: i.Changed.UTC().Format(time.RFC3339Nano),
		IssuedAt: i.Changed.UTC().Format(time.RFC3339Nano), Customer: i.Customer, Service: i.Service,
	}
	e := models.IncidentEvent{
		Head: h, IncidentID: i.ID, Level: i.Level, State: i.State, HoldFor: i.HoldFor, Title: i.Title, Impact: i.Impact, Urgency: i.Urgency, Assignee: i.Assignee,
		Opened: stamp(i.Opened), Resolved: stamp(i.Resolved), Occurrences: i.Occurrences, Facts: len(i.Facts), Silenced: i.Silenced, FindingID: i.Finding,
		Acknowledge: deadline(i, models.ClockAcknowledge), Update: deadline(i, models.ClockUpdate), Resolve: deadline(i, models.ClockResolve), Restore: deadline(i, models.ClockRestore),
		Change: string(last.Kind), ChangedBy: last.By, ChangeText: last.Text,
		TicketID: i.ID, Status: string(i.State), Severity: severity(i.Priority), PriorityOf: fmt.Sprint(int(i.Priority)), Description: i.Detail,
		Submitted: stamp(i.Opened), User: last.By, Dest: i.Service, Vendor: "Foresight",
	}
	for _, f := range i.Facts {
		if f.Firing {
			e.Firing++
		}
	}
	if i.Redundancy != nil {
		spare := i.Redundancy.Spare()
		e.Group, e.Spare = i.Redundancy.Group, &spare
	}
	var late []string
	for _, c := range i.Clocks {
		if c.Breached {
			late = append(late, string(c.Kind))
		}
	}
	e.Breached = strings.Join(late, ",")
	if i.Review != nil && i.Review.Done.IsZero() {
		e.Review = stamp(i.Review.Due)
	}
	return []models.Parcel{{Subject: i.ID, Events: []models.Event{{
		Time: i.Changed, Sourcetype: models.SourcetypeIncident, Source: "foresight", Host: i.Customer, Body: e, EventID: h.EventID, Subject: i.ID,
	}}}}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// deadline is when a running clock of the case runs out.
func deadline(i models.Incident, k models.ClockKind) string {
	if c := clock(&i, k); c != nil && c.Running() {
		return stamp(c.Deadline)
	}
	return ""
}

// severity is a priority in the words of the Common Information Model.
func severity(p models.Priority) string {
	switch p {
	case 1:
		return "critical"
	case 2:
		return "high"
	case 3:
		return "medium"
	case 4:
		return "low"
	}
	return "informational"
}
