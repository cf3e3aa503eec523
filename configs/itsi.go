package configs

import (
	"fmt"
	"regexp"
	"time"
)

// ITSI has maintenance windows kept in the calendar of Splunk ITSI.
type ITSI struct {
	At    time.Duration // after midnight, local: when the window of a work begins, the night before its day of need
	For   time.Duration // how long it lasts
	Tasks []string      // of plans that are work on the system itself
}

type fileITSI struct {
	At    *clockTime `yaml:"at" jsonschema_description:"When the window of a work begins, in the customer's zone, on the day before it must be finished (default 22:00)."`
	For   duration   `yaml:"for" jsonschema_description:"How long it lasts (default 4h, at most 24h)."`
	Tasks []string   `yaml:"tasks" jsonschema_description:"Ids of tasks of plans that are work on the system itself (default [add_capacity])."`
}

func itsiDefaults(f *fileITSI) {
	if f == nil {
		return
	}
	if f.At == nil {
		at := clockTime(22 * 60)
		f.At = &at
	}
	or(&f.For, duration(4*time.Hour))
	if len(f.Tasks) == 0 {
		f.Tasks = []string{"add_capacity"}
	}
}

// itsiKey is the _key of a service in ITSI: a UUID, or what a template has made of it.
var itsiKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$`)

func (v validator) itsi(f *file) {
	const key = "splunk.itsi"
	known := false
	for i, c := range f.Customers {
		for j, s := range c.Services {
			if s.ITSI == "" {
				continue
			}
			known = true
			if !itsiKey.MatchString(s.ITSI) {
				v.fail(fmt.Sprintf("customers[%d].services[%d].itsi", i, j), "%q cannot be the _key of a service in ITSI; copy it from the service's address there", s.ITSI)
			}
		}
	}
	if f.Splunk.ITSI == nil {
		return
	}
	if f.Splunk.CloudServices != nil {
		v.fail(key, "Splunk Cloud Services has no ITSI; take it out")
	}
	if d := time.Duration(f.Splunk.ITSI.For); d < time.Minute || d > 24*time.Hour {
		v.fail(key+".for", "a window of %s is none that anybody works in; write 1m to 24h", d)
	}
	if !known {
		v.fail(key, "no service has an itsi; name the _key of each service's counterpart there")
	}
}

func itsiOf(f *fileITSI) *ITSI {
	if f == nil {
		return nil
	}
	return &ITSI{At: time.Duration(*f.At) * time.Minute, For: time.Duration(f.For), Tasks: f.Tasks}
}
