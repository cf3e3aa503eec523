package web

import (
	"fmt"
	"time"

	"foresight/models"
)

// The forms in which moments are shown.
const (
	dayForm    = "2 Jan 2006 (Mon)"
	momentForm = "2 Jan 2006, 15:04"
	weekForm   = "Mon 2 Jan 15:04"  // of the coming weeks
	inputForm  = "2006-01-02T15:04" // as a browser fills a field with day and time
)

// zoneOf is the zone in which a customer's moments are shown.
func zoneOf(c models.Customer) *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// shown writes a moment in a zone; "" for none.
func (v *server) shown(t time.Time, zone *time.Location, form string) string {
	if t.IsZero() {
		return ""
	}
	return v.say.Date(t.In(zone), form)
}

// levels say what a level is of, in English.
var levels = map[models.Level]string{models.LevelReactive: "1 reactive", models.LevelProactive: "2 proactive", models.LevelPredictive: "3 predictive"}

// levelWords says what a level is of.
func (v *server) levelWords(l models.Level) string {
	if words, known := levels[l]; known {
		return v.say.T(words)
	}
	return fmt.Sprint(int(l))
}

// span says how long something is, in its two largest units.
func (v *server) span(d time.Duration) string {
	d = d.Abs().Round(time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days > 0 && hours > 0:
		return v.say.T("%d d %d h", days, hours)
	case days > 0:
		return v.say.T("%d d", days)
	case hours > 0 && minutes > 0:
		return v.say.T("%d h %d min", hours, minutes)
	case hours > 0:
		return v.say.T("%d h", hours)
	}
	return v.say.T("%d min", minutes)
}

// due says how far a deadline is, or by how much it was missed.
func (v *server) due(deadline, now time.Time) string {
	if deadline.Before(now) {
		return v.say.T("%s too late", v.span(now.Sub(deadline)))
	}
	return v.say.T("in %s", v.span(deadline.Sub(now)))
}

// nextDue is the running clock of a case that runs out first; nil when none does.
func nextDue(i models.Incident) *models.Clock {
	var first *models.Clock
	for n := range i.Clocks {
		if c := &i.Clocks[n]; c.Running() && !c.Deadline.IsZero() && (first == nil || c.Deadline.Before(first.Deadline)) {
			first = c
		}
	}
	return first
}
