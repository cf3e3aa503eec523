package configs

import (
	"fmt"
	"math"
	"time"

	"foresight/models"
)

// fileCeiling is what a saturated system let through, as it is written.
type fileCeiling struct {
	Value *float64 `yaml:"value" jsonschema:"required" jsonschema_description:"The most that could be measured in a bucket of the query, in the signal's unit."`
	From  date     `yaml:"from" jsonschema_description:"First day (default: since ever)."`
	To    date     `yaml:"to" jsonschema_description:"Last day, included (default: no end)."`
}

func (v validator) ceilings(key string, q fileQuery) {
	for i, c := range q.Signal.Ceilings {
		at := fmt.Sprintf("%s.ceilings[%d]", key, i)
		switch {
		case c.Value == nil:
			v.fail(at+".value", "the ceiling has no value; write the most that a bucket of %s could hold", q.Span)
		case !(*c.Value > 0) || math.IsInf(*c.Value, 0):
			v.fail(at+".value", "%v is not above 0; write the most that a bucket of %s could hold", *c.Value, q.Span)
		}
		if !c.From.IsZero() && !c.To.IsZero() && c.To.Before(c.From.Time) {
			v.fail(at+".to", "%s lies before from, %s; swap them", c.To.Format(time.DateOnly), c.From.Format(time.DateOnly))
		}
	}
	if len(q.Signal.Ceilings) > 0 && (q.Signal.Kind == string(models.KindRatio) || q.Signal.Kind == string(models.KindCumulative)) {
		v.fail(key+".ceilings", "a %s has no ceiling that hides a demand; take it out", q.Signal.Kind)
	}
}

// ceilings builds checked ceilings.
func ceilings(all []fileCeiling, zone *time.Location) []models.Ceiling {
	var out []models.Ceiling
	for _, c := range all {
		m := models.Ceiling{Value: *c.Value, From: c.From.in(zone)}
		if !c.To.IsZero() {
			m.To = date{c.To.AddDate(0, 0, 1)}.in(zone)
		}
		out = append(out, m)
	}
	return out
}
