package models

import "slices"

// Turn is what one change of the incident process leaves behind, kept whole or not at all:
// cases as they are now, what their timelines gain, what Splunk is told, and who is.
type Turn struct {
	Incidents []Incident
	Entries   []Entry
	Parcels   []Parcel
	Notices   []Notice // whom people's channels tell
	Withdrawn []Withdrawal
	Problems  []Problem // as they are now

	Answers []NoteAnswer // to notes of which this is what comes
}

// Withdrawal is a case whose pages before a place in it (Notice.Seq) need not be sent any more; with a
// clock it is the warnings of that.
type Withdrawal struct {
	Incident string
	Before   int
	Clock    ClockKind
}

// With is both turns as one, in this order.
func (t Turn) With(next Turn) Turn {
	for _, i := range next.Incidents {
		at := slices.IndexFunc(t.Incidents, func(was Incident) bool { return was.ID == i.ID })
		if at < 0 {
			t.Incidents = append(t.Incidents, i)
		} else {
			t.Incidents[at] = i // a case is kept as it is in the end
		}
	}
	t.Entries = append(t.Entries, next.Entries...)
	t.Parcels = append(t.Parcels, next.Parcels...)
	t.Notices = append(t.Notices, next.Notices...)
	t.Withdrawn = append(t.Withdrawn, next.Withdrawn...)
	t.Answers = append(t.Answers, next.Answers...)
	for _, p := range next.Problems {
		at := slices.IndexFunc(t.Problems, func(was Problem) bool { return was.ID == p.ID })
		if at < 0 {
			t.Problems = append(t.Problems, p)
		} else {
			t.Problems[at] = p
		}
	}
	return t
}

// IncidentFilter picks cases; what is empty picks all.
type IncidentFilter struct {
	Customer string
	Service  string
	Level    Level
	States   []IncidentState
	Most     int // 0: all
}
