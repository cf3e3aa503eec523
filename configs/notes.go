package configs

import (
	"regexp"
	"time"
)

// Notes is where people write about cases inside Splunk: a collection of an app's KV store.
type Notes struct {
	App, Collection string
	Every           time.Duration
}

type fileNotes struct {
	App        string   `yaml:"app" jsonschema_description:"App whose collection it is (default foresight)."`
	Collection string   `yaml:"collection" jsonschema_description:"Collection of the KV store, and lookup of the same name (default foresight_notes)."`
	Every      duration `yaml:"every" jsonschema_description:"How often serve reads it (default 1m, at least 10s)."`
}

func notesDefaults(n *fileNotes) {
	if n == nil {
		return
	}
	or(&n.App, "foresight")
	or(&n.Collection, "foresight_notes")
	or(&n.Every, duration(time.Minute))
}

// kvName is what apps and collections are called.
var kvName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

func (v validator) notes(f *fileSplunk) {
	n := f.Notes
	if n == nil {
		return
	}
	const key = "splunk.notes"
	if f.CloudServices != nil {
		v.fail(key, "Splunk Cloud Services has no KV store; take it out")
	}
	for name, value := range map[string]string{"app": n.App, "collection": n.Collection} {
		if !kvName.MatchString(value) {
			v.fail(key+"."+name, "%q cannot be one; use letters, digits, _, - and full stops", value)
		}
	}
	if n.Every < duration(10*time.Second) {
		v.fail(key+".every", "people do not write that often; write 10s or more")
	}
}

func notesOf(f *fileNotes) *Notes {
	if f == nil {
		return nil
	}
	return &Notes{App: f.App, Collection: f.Collection, Every: time.Duration(f.Every)}
}
