package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foresight/models"
)

// Hindsight is how all forecasts of one measure that were told met what came.
type Hindsight struct {
	Service  string
	Signal   models.Signal
	Measure  models.Measure
	Span     models.Span
	Subject  string // of the forecasts
	Accuracy []models.Accuracy
	Came     []models.HistoryPoint
}

// naiveReach is how long before a forecast the seasonal naive may have to look.
const naiveReach = 2 * 366 * 24 * time.Hour

// Hindsight compares every forecast since a moment that the line's track has kept of a
// customer with what has come by the job's day. It tells and keeps nothing.
func (l *Line) Hindsight(ctx context.Context, j Job, since time.Time) ([]Hindsight, error) {
	var all []Hindsight
	var failures []error
	for _, service := range j.Customer.Services {
		for _, q := range service.Queries {
			if j.Want != nil && !j.Want(service, q) {
				continue
			}
			q.History = max(q.History, j.AsOf.Sub(since)+naiveReach)
			s := newStudy(service, q)
			fetched, err := l.fetch(ctx, j, s)
			if err != nil {
				failures = append(failures, fmt.Errorf("%s: %w", s.key(), err))
				continue
			}
			for _, h := range settle(q, fetched, j.Customer.Zone) {
				for _, m := range measuresOf(h) {
					one, err := l.hindsight(ctx, j, s, h, m)
					if err != nil {
						return all, err
					}
					all = append(all, one)
				}
			}
		}
	}
	return all, errors.Join(failures...)
}

func (l *Line) hindsight(ctx context.Context, j Job, s *study, h history, m models.Measure) (Hindsight, error) {
	one := Hindsight{Service: s.service.ID, Signal: h.signal, Measure: m, Span: h.span, Subject: subject(j, s, h.signal, "forecast", string(m)).ID(), Came: h.points}
	kept, err := l.Track.Kept(ctx, j.Customer.ID, one.Subject, time.Time{}, time.Time{})
	if err != nil {
		return one, fmt.Errorf("reading the forecasts of %s: %w", one.Subject, err)
	}
	if len(kept) == 0 {
		return one, nil
	}
	c := cameOf(h, m, j.Customer.Zone)
	var wanted []int
	for i, t := range c.times {
		if t >= kept[0].Points[0].Time {
			wanted = append(wanted, i)
		}
	}
	one.Accuracy = accuracies(m, c.score(one.Subject, kept, wanted), j.Customer.Zone)
	return one, nil
}
