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
		Opened: stamp(i.Opened), Resolved: stamp(i.Resolved), Occurrences: i.Occurrences, Facts: len(i.Facts), Silenced: i.Silenced, FindingID: i.Finding, Verdict: i.Verdict,
		Kind: i.Kind, ProblemID: i.Problem, Runbook: i.Runbook,
		Acknowledge: deadline(i, models.ClockAcknowledge), Update: deadline(i, models.ClockUpdate), Resolve: deadline(i, models.ClockResolve), Restore: deadline(i, models.ClockRestore),
		Change: string(last.Kind), ChangedBy: last.By, ChangeText: last.Text,
		TicketID: i.ID, Status: string(i.State), Severity: severity(i.Priority), PriorityOf: fmt.Sprint(int(i.Priority)), Description: i.Detail,
		Submitted: stamp(i.Opened), User: last.By, Dest: i.Service, Vendor: "Foresight",
	}
	for _, f := range i.Facts {
		if i.Fires(f) {
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
	parcels := []models.Parcel{{Subject: i.ID, Events: []models.Event{{
		Time: i.Changed, Sourcetype: models.SourcetypeIncident, Source: "foresight", Host: i.Customer, Body: e, EventID: h.EventID, Subject: i.ID,
	}}}}
	return append(parcels, tellTasks(i, entries)...)
}

// tellTasks tells of the plan's tasks where a change was about the plan: all of them, since who reads
// one wants to see the others as they are.
func tellTasks(i models.Incident, entries []models.Entry) (all []models.Parcel) {
	about := false
	for _, x := range entries {
		about = about || x.Kind == models.EntryPlan || x.Kind == models.EntryTask || x.Kind == models.EntryOpened
	}
	if !about {
		return nil
	}
	for n, t := range i.Plan {
		if n == 0 && t.State == models.TaskOpen {
			continue // the pipeline's own: a run tells of it until somebody begins it
		}
		revision := models.Revision("task", t.State, t.Title, day(t.NeedBy), day(t.LatestStart), t.Late, t.Owner)
		h := models.Head{EventID: models.EventID(t.Action, i.Changed, revision), Subject: t.Action, Revision: revision, AsOf: i.Changed.UTC().Format(time.RFC3339Nano),
			IssuedAt: i.Changed.UTC().Format(time.RFC3339Nano), Customer: i.Customer, Service: i.Service}
		e := models.ActionEvent{
			Head: h, ActionID: t.Action, FindingID: i.Finding, Kind: t.ID, State: models.StateOpen, Title: t.Title, Reason: i.Title, NeedBy: day(t.NeedBy), LatestStart: day(t.LatestStart),
			LeadDays: t.LeadDays, Late: t.Late, Incident: i.ID, Owner: t.Owner,
			Verb: "modified", ChangeType: "maintenance", Object: i.Service, ObjectID: t.Action, Status: string(t.State), Vendor: "Foresight", Dest: i.Service,
		}
		if t.Late {
			e.StillHelps = t.StillHelps
		}
		all = append(all, models.Parcel{Subject: t.Action, Events: []models.Event{{Time: i.Changed, Sourcetype: models.SourcetypeAction, Source: "foresight", Host: i.Customer, Body: e, EventID: h.EventID, Subject: t.Action}}})
	}
	return all
}

// day writes a date, and "" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
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
