package web

import (
	"fmt"
	"strings"
	"time"

	"foresight/models"
)

// The forms in which moments are shown.
const (
	dayForm    = "2 Jan 2006 (Mon)"
	momentForm = "2 Jan 2006, 15:04"
)

// zoneOf is the zone in which a customer's moments are shown.
func zoneOf(c models.Customer) *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// shown writes a moment in a zone; "" for none.
func shown(t time.Time, zone *time.Location, form string) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(form)
}

// stateWords is a state for people.
func stateWords(s models.IncidentState) string { return strings.ReplaceAll(string(s), "_", " ") }

// levelWords says what a level is of.
func levelWords(l models.Level) string {
	switch l {
	case models.LevelReactive:
		return "1 reactive"
	case models.LevelProactive:
		return "2 proactive"
	case models.LevelPredictive:
		return "3 predictive"
	}
	return fmt.Sprint(int(l))
}

// span says how long something is, in its two largest units.
func span(d time.Duration) string {
	d = d.Abs().Round(time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d min", minutes)
}

// due says how far a deadline is, or by how much it was missed.
func due(deadline, now time.Time) string {
	if deadline.Before(now) {
		return span(now.Sub(deadline)) + " too late"
	}
	return "in " + span(deadline.Sub(now))
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
