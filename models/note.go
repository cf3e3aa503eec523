package models

import "time"

// Note is what a person wrote inside Splunk about a case.
type Note struct {
	ID       string // the same for the same record of the same collection
	Key      string // of the record
	Incident string // case; as it was written
	Verb     string // ack, note
	Text     string
	By       string    // who wrote it, as Splunk says
	At       time.Time // when, as it says; zero: it does not
}

// NoteAnswer is what became of a note.
type NoteAnswer struct {
	Note    Note
	At      time.Time
	Refused string // why nothing came of it; "": it is in the case
}
