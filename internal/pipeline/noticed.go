package pipeline

import (
	"fmt"
	"math"
	"strings"
	"time"

	"foresight/models"
)

// How long what was noticed in the history is told: a new level until a season has
// had time to show, an odd day for a week.
const (
	shiftDays   = 90
	anomalyDays = 7
)

// noticed tells of what the history has lately done that no season explains: its
// latest change of level, and odd stretches of the last days.
func noticed(j Job, s *study, h history, f models.Forecast) []models.Finding {
	var found []models.Finding
	if n := len(f.Shifts); n > 0 && !f.Shifts[n-1].Time.Before(j.AsOf.AddDate(0, 0, -shiftDays)) {
		found = append(found, levelShift(j, s, h, f.Shifts[n-1]))
	}
	for _, t := range f.Treated {
		odd := t.Kind == models.TreatedOneOff || t.Kind == models.TreatedOutage
		if odd && t.To.After(j.AsOf.AddDate(0, 0, -anomalyDays)) {
			found = append(found, anomaly(j, s, h, t))
		}
	}
	return found
}

// levelShift is one finding a signal, of its latest change: its day may move as more
// days come.
func levelShift(j Job, s *study, h history, x models.Shift) models.Finding {
	way := "risen"
	if x.Ratio && x.Size < 1 || !x.Ratio && x.Size < 0 {
		way = "fallen"
	}
	by := number(math.Abs(x.Size), h.signal.Unit)
	if x.Ratio {
		by = fmt.Sprintf("%.0f %%", 100*math.Abs(x.Size-1))
	}
	return models.Finding{
		Subject: subject(j, s, h.signal, models.KindLevelShift, ""), State: models.StateOpen, AsOf: j.AsOf,
		Title: fmt.Sprintf("The level of %s has %s by %s around %s", h.signal.Name, way, by, x.Time.Format("2 January 2006")),
		Detail: "The change has lasted and is taken for the level from now on, not for a season or for growth. " +
			"If it has an end (a campaign, a test), list it among the calendar's events or the outages.",
	}
}

// anomaly tells of a stretch by its first day, so that one that goes on stays one finding.
func anomaly(j Job, s *study, h history, t models.Treated) models.Finding {
	when := "on " + t.From.Format("2 January 2006")
	switch {
	case h.span == models.SpanWeek:
		when = "in the week of " + t.From.Format("2 January 2006")
	case h.span == models.SpanMonth:
		when = "in " + t.From.Format("January 2006")
	case t.Buckets > 1:
		when = "from " + t.From.Format("2 January 2006") + " to " + t.Last.Format("2 January 2006")
	}
	what := strings.TrimSpace("was " + t.Reason)
	detail := "No season, feast or event of the calendar explains it: it is taken for a one-off event and hardly learned from. " +
		"If it will come again, list it among the calendar's events."
	if t.Kind == models.TreatedOutage {
		what, detail = "was next to nothing", "The signal never is: it is taken for an outage and not learned from. If it was none, check the search and the service."
	} else if t.Reason == "" {
		what = "was out of the ordinary"
	}
	return models.Finding{
		Subject: subject(j, s, h.signal, models.KindAnomaly, t.From.Format(time.DateOnly)), State: models.StateOpen, AsOf: j.AsOf,
		Title: fmt.Sprintf("%s %s %s", h.signal.Name, what, when), Detail: detail,
	}
}
