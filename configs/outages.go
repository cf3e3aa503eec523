package configs

import (
	"fmt"
	"time"

	"github.com/invopop/jsonschema"

	"foresight/models"
)

// fileOutage is a known outage or maintenance window, as it is written.
type fileOutage struct {
	From   moment `yaml:"from" jsonschema:"required" jsonschema_description:"When it began, in the customer's zone: 2026-03-04T22:00, or a day for its first moment."`
	To     moment `yaml:"to" jsonschema:"required" jsonschema_description:"The first moment after it: the whole of 4 March is from 2026-03-04 to 2026-03-05."`
	Reason string `yaml:"reason" jsonschema:"required" jsonschema_description:"For people: shown where the history is masked."`
}

// moment is a time of the wall clock, or with an offset an instant; the zero moment
// is "not given".
type moment struct {
	time.Time
	placed bool // an offset was written
	whole  bool // a day without a time of day was
}

// momentForms are the forms of a moment, and whether they have an offset.
var momentForms = []struct {
	layout string
	placed bool
}{
	{time.DateOnly, false}, {"2006-01-02T15:04", false}, {"2006-01-02 15:04", false}, {"2006-01-02T15:04:05", false}, {time.DateTime, false},
	{"2006-01-02T15:04Z07:00", true}, {"2006-01-02 15:04Z07:00", true}, {time.RFC3339, true}, {"2006-01-02 15:04:05Z07:00", true},
}

func (m *moment) parse(text string) error {
	for _, f := range momentForms {
		t, err := time.Parse(f.layout, text)
		if err != nil {
			continue
		}
		if t.Year() < 1900 || t.Year() > 2200 {
			return fmt.Errorf("%q is not between 1900 and 2200; mend the year", text)
		}
		*m = moment{Time: t, placed: f.placed, whole: f.layout == time.DateOnly}
		return nil
	}
	return fmt.Errorf("%q is not a moment; write it as 2026-03-04T22:00, or as 2026-03-04 for the first moment of the day", text)
}

// JSONSchema describes a moment to editors.
func (moment) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?|.*\$\{.*)$`}
}

// in returns the moment's instant, wall-clock times being loc's.
func (m moment) in(loc *time.Location) time.Time {
	if m.placed || m.IsZero() {
		return m.Time
	}
	y, mo, d := m.Date()
	h, mi, s := m.Clock()
	return time.Date(y, mo, d, h, mi, s, 0, loc)
}

// outages checks a service's or a signal's outages.
func (v validator) outages(key string, all []fileOutage, zone *time.Location) {
	if zone == nil {
		zone = time.UTC // refused elsewhere
	}
	for i, o := range all {
		at := fmt.Sprintf("%s.outages[%d]", key, i)
		from, to := o.From.in(zone), o.To.in(zone)
		switch {
		case o.From.IsZero():
			v.fail(at+".from", "when it began is missing; write it as 2026-03-04T22:00")
		case o.To.IsZero():
			v.fail(at+".to", "when it ended is missing; write it as 2026-03-05T04:00")
		case from.Equal(to) && o.To.whole:
			v.fail(at+".to", "it ends where it begins; to is the first moment after it, so write %s for the whole day", o.To.AddDate(0, 0, 1).Format(time.DateOnly))
		case !from.Before(to):
			v.fail(at+".to", "%s is not after from, %s; swap or mend them", o.To.Format("2006-01-02 15:04"), o.From.Format("2006-01-02 15:04"))
		}
		if o.Reason == "" {
			v.fail(at+".reason", "the outage has no reason; write what people will recognise it by")
		}
	}
}

// outagesOf builds the outages of a signal: its own and its service's.
func outagesOf(service, own []fileOutage, zone *time.Location) []models.Outage {
	var all []models.Outage
	for _, list := range [][]fileOutage{service, own} {
		for _, o := range list {
			all = append(all, models.Outage{From: o.From.in(zone), To: o.To.in(zone), Reason: o.Reason})
		}
	}
	return all
}
