package configs

import (
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"foresight/models"
)

// longestRunbook bounds a text that people are to read while something fails.
const longestRunbook = 64 << 10

// fileRunbook is a text for whoever has a case, as it is written.
type fileRunbook struct {
	ID       string   `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Name     string   `yaml:"name" jsonschema_description:"For people (default: the id)."`
	Kinds    []string `yaml:"kinds" jsonschema:"enum=fault,enum=alarm,enum=redundancy,enum=heartbeat,enum=inventory,enum=overload,enum=peak,enum=drift,enum=data_missing,enum=level_shift,enum=anomaly,enum=upgrade,enum=certificate" jsonschema_description:"Of what opened the case (default: all)."`
	Services []string `yaml:"services" jsonschema_description:"Ids of the services (default: all). Of two runbooks that fit a case the first counts."`
	File     string   `yaml:"file" jsonschema_description:"File of the text (Markdown); relative to this file. It is read at the start and when the configuration is read again."`
	Text     string   `yaml:"text" jsonschema_description:"The text itself (Markdown), instead of file."`
	text     string
}

// runbookKinds are the kinds of a case, as the file calls them.
var runbookKinds = []string{
	models.CaseFault, models.CaseAlarm, models.CaseRedundancy, models.CaseHeartbeat, models.CaseInventory, models.KindOverload, models.KindPeak, models.KindDrift,
	models.KindDataMissing, models.KindLevelShift, models.KindAnomaly, "upgrade", "certificate",
}

// runbooks checks the texts, and reads those that are in files.
func (v validator) runbooks(key string, all []fileRunbook, services []string) {
	ids := v.unique()
	for n := range all {
		b, at := &all[n], fmt.Sprintf("%s[%d]", key, n)
		ids(at, b.ID)
		for _, k := range b.Kinds {
			v.oneOf(at+".kinds", k, runbookKinds...)
		}
		for _, s := range b.Services {
			v.oneOf(at+".services", s, services...)
		}
		v.runbook(at, b)
	}
}

func (v validator) runbook(key string, b *fileRunbook) {
	b.text = b.Text
	switch {
	case b.File != "" && b.Text != "":
		v.fail(key, "both file and text are given; keep one")
		return
	case b.File != "":
		key += ".file"
		text, err := os.ReadFile(resolve(v.path, b.File))
		if err != nil {
			v.fail(key, "%v; mend the path (it is relative to this file)", err)
			return
		}
		b.text = string(text)
	}
	switch {
	case strings.TrimSpace(b.text) == "":
		v.fail(key, "the runbook says nothing; write what to do, as text or in file")
	case len(b.text) > longestRunbook:
		v.fail(key, "the runbook has more than %d KB; nobody reads that while something fails: part it", longestRunbook>>10)
	case !utf8.ValidString(b.text):
		v.fail(key, "the runbook is not UTF-8; save it so")
	}
}

// runbooksOf builds the texts.
func runbooksOf(all []fileRunbook) (out []models.Runbook) {
	for _, f := range all {
		b := models.Runbook{ID: f.ID, Name: named(f.Name, f.ID), Services: f.Services, Text: f.text}
		for _, k := range f.Kinds {
			if own, there := planKinds[k]; there {
				k = own.finding
			}
			b.Kinds = append(b.Kinds, k)
		}
		out = append(out, b)
	}
	return out
}
