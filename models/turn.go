package models

// Turn is what one change of the incident process leaves behind, kept whole or not at all:
// cases as they are now, what their timelines gain, and what Splunk is told.
type Turn struct {
	Incidents []Incident
	Entries   []Entry
	Parcels   []Parcel
}

// IncidentFilter picks cases; what is empty picks all.
type IncidentFilter struct {
	Customer string
	Service  string
	Level    Level
	States   []IncidentState
	Most     int // 0: all
}
