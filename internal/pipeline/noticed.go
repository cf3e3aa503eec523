package pipeline

import (
	"math"
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
	by := h.say.number(math.Abs(x.Size), h.signal.Unit)
	if x.Ratio {
		by = h.say.percent(math.Abs(x.Size - 1))
	}
	title := h.say.T("The level of %s has risen by %s around %s", h.signal.Name, by, h.say.date(x.Time))
	if x.Ratio && x.Size < 1 || !x.Ratio && x.Size < 0 {
		title = h.say.T("The level of %s has fallen by %s around %s", h.signal.Name, by, h.say.date(x.Time))
	}
	return models.Finding{
		Subject: subject(j, s, h.signal, models.KindLevelShift, ""), State: models.StateOpen, AsOf: j.AsOf,
		Title:  title,
		Detail: h.say.T("The change has lasted and is taken for the level from now on, not for a season or for growth. If it has an end (a campaign, a test), list it among the calendar's events or the outages."),
	}
}

// anomaly tells of a stretch by its first day, so that one that goes on stays one finding.
func anomaly(j Job, s *study, h history, t models.Treated) models.Finding {
	say := h.say
	when := say.T("when|on %s", say.date(t.From))
	switch {
	case h.span == models.SpanWeek:
		when = say.T("when|in %s", say.T("the %s", say.Week(t.From, "2 January 2006")))
	case h.span == models.SpanMonth:
		when = say.T("when|in %s", say.Date(t.From, "January 2006"))
	case t.Buckets > 1:
		when = say.T("from %s to %s", say.date(t.From), say.date(t.Last))
	}
	title := say.T("%s was %s %s", h.signal.Name, t.Reason, when)
	detail := say.T("No season, feast or event of the calendar explains it: it is taken for a one-off event and hardly learned from. If it will come again, list it among the calendar's events.")
	if t.Kind == models.TreatedOutage {
		title = say.T("%s was next to nothing %s", h.signal.Name, when)
		detail = say.T("The signal never is: it is taken for an outage and not learned from. If it was none, check the search and the service.")
	} else if t.Reason == "" {
		title = say.T("%s was out of the ordinary %s", h.signal.Name, when)
	}
	return models.Finding{
		Subject: subject(j, s, h.signal, models.KindAnomaly, t.From.Format(time.DateOnly)), State: models.StateOpen, AsOf: j.AsOf,
		Title: title, Detail: detail,
	}
}
