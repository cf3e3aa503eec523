package incident

import (
	"strings"
	"time"

	"foresight/models"
)

// Noted does to a case what a person wrote about it inside Splunk: note or ack, and nothing else. What
// is refused comes back as refused, and the case's timeline says so: it was written, and is not lost.
func Noted(i models.Incident, note models.Note, at time.Time, r Rules) (done models.Incident, entries []models.Entry, refused, err error) {
	if done, entries, refused = written(i, note, at, r); refused == nil {
		return done, entries, nil, nil
	}
	words := r.say().T("%s wrote in Splunk: %s. It was refused: %s", note.By, strings.TrimSpace(note.Verb+" "+note.Text), r.say().Why(refused))
	done, entries, err = Note(i, Act{At: at, By: Foresight, Text: words}, r)
	return done, entries, refused, err
}

func written(i models.Incident, note models.Note, at time.Time, r Rules) (models.Incident, []models.Entry, error) {
	act := Act{At: at, By: note.By, Text: strings.TrimSpace(note.Text + " (" + r.say().T("in Splunk") + ")")}
	if !note.At.IsZero() {
		act.Text = strings.TrimSpace(note.Text + " (" + r.say().T("in Splunk, %s", r.say().moment(note.At.In(r.Hours.zone()))) + ")")
	}
	switch {
	case note.Verb == "ack":
		return Do(i, Acknowledge, act, r)
	case note.Verb == "note" && note.Text == "":
		return i, nil, errNoText
	case note.Verb == "note":
		return Note(i, act, r)
	}
	return i, nil, models.Refuse("“%s” is not taken from Splunk, only ack and note: do the rest on the case's page", note.Verb)
}
