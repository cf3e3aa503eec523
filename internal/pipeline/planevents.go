package pipeline

import (
	"strings"

	"foresight/models"
)

// kindWhatIf is the subject of what a plan that is not decided would do.
const kindWhatIf = "whatif"

// overrideEvents puts planners' figures beside a forecast's points. Of several on one
// point the last configured counts.
func overrideEvents(events []models.Event, f models.Forecast) {
	for _, o := range f.Overrides {
		for _, at := range o.Points {
			for i, p := range f.Points {
				if !p.Time.Equal(at.Time) {
					continue
				}
				if body, ok := events[i].Body.(models.ForecastEvent); ok {
					value := models.Number(at.Value)
					body.Override, body.OverrideID, body.OverrideBy = &value, o.Override.ID, o.Override.Author
					events[i].Body = body
				}
			}
		}
	}
}

// whatIfs sends what plans that are not decided would do: once a day, and when it has
// changed.
func (c *composer) whatIfs(s *study, r *models.SignalResult) {
	for _, f := range r.Forecasts {
		for _, w := range f.WhatIfs {
			subject := models.Subject{Customer: f.Subject.Customer, Service: f.Subject.Service, Signal: f.Subject.Signal,
				Kind: kindWhatIf, Episode: strings.Join(w.Plans, "+") + "/" + string(f.Measure)}
			revision := whatIfRevision(w)
			if !c.news(subject.ID(), revision) {
				continue
			}
			h := c.head(subject, revision)
			c.add([]models.Event{c.event(models.SourcetypeWhatIf, h, whatIfEvent(h, f, w))},
				models.Said{Subject: subject.ID(), Query: s.key(), Revision: revision, AsOf: f.AsOf, State: models.StatePast, Basis: c.basis(subject)})
		}
	}
}

// whatIfRevision hashes what a reader would act on, sizes to two digits.
func whatIfRevision(w models.WhatIf) string {
	content := []any{w.Name, w.Assumes, w.Err, day(w.Peak.Time), models.Round(w.Peak.Expected, 2), models.Round(w.PeakWas.Expected, 2)}
	for _, c := range []*models.Crossed{w.With, w.Without} {
		if c != nil {
			content = append(content, day(c.Early), day(c.Expected), day(c.Late), day(c.NeedBy), models.Round(c.NeededLimit, 2))
		}
	}
	return models.Revision(content...)
}

func whatIfEvent(h models.Head, f models.Forecast, w models.WhatIf) models.WhatIfEvent {
	e := models.WhatIfEvent{Head: h, Plans: strings.Join(w.Plans, ","), Name: w.Name, Assumes: w.Assumes, Error: w.Err, Measure: f.Measure}
	if w.Err != "" {
		return e
	}
	e.PeakDay, e.PeakSize, e.PeakWas = day(w.Peak.Time), optional(w.Peak.Expected), optional(w.PeakWas.Expected)
	if c := w.With; c != nil {
		e.Early, e.Expected, e.Late, e.Cautious, e.NeedBy = day(c.Early), day(c.Expected), day(c.Late), day(c.Cautious), day(c.NeedBy)
		e.Probability, e.NeededLimit = optional(c.Probability), optional(c.NeededLimit)
	}
	if c := w.Without; c != nil {
		e.NeedByWas, e.Was, e.NeededWas = day(c.NeedBy), optional(c.Probability), optional(c.NeededLimit)
	}
	return e
}
