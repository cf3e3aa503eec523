package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/detect"
	"foresight/models"
)

// Track keeps what earlier runs said and how that met what came.
type Track interface {
	// Kept returns the forecasts of a subject that speak of the time from a moment on, up to
	// another where that is set: in order of their as-of, and with the points of that time.
	Kept(ctx context.Context, customer, subject string, from, until time.Time) ([]models.Kept, error)
	// Scores returns a subject's scores of the buckets from a moment on, in time order.
	Scores(ctx context.Context, customer, subject string, from time.Time) ([]models.Score, error)
}

// review is how right the earlier forecasts of one measure were.
type review struct {
	measure models.Measure
	news    []models.Score    // of what has come since the last run, or was revised
	told    []models.Accuracy // over the last months, news included
	drift   detect.Drifting
}

// How far back accuracy is told, in days, by the span of the forecasts.
var accuracyDays = map[models.Span]int{models.SpanDay: 90, models.SpanWeek: 364, models.SpanMonth: 731}

// review scores what has come of a signal since its last run. What cannot be read is said
// and done without: the forecast does not depend on it.
func (l *Line) review(ctx context.Context, j Job, s *study, h history) []review {
	if l.Track == nil || len(h.points) == 0 || h.hidden || s.aside {
		return nil
	}
	var all []review
	for _, m := range measuresOf(h) {
		r, err := l.reviewOf(ctx, j, s, h, m)
		if err != nil {
			if ctx.Err() == nil {
				l.Log.Warn().Err(err).Str("customer", j.Customer.ID).Str("signal", s.service.ID+"/"+h.signal.ID).
					Msg("earlier forecasts are not compared with what came: what was kept of them cannot be read")
			}
			return nil
		}
		all = append(all, r)
	}
	return all
}

func (l *Line) reviewOf(ctx context.Context, j Job, s *study, h history, m models.Measure) (review, error) {
	r := review{measure: m}
	id := subject(j, s, h.signal, "forecast", string(m)).ID()
	since := calendar.DateOf(j.AsOf).AddDays(-accuracyDays[h.span]).In(j.Customer.Zone)
	known, err := l.Track.Scores(ctx, j.Customer.ID, id, since)
	if err != nil {
		return r, fmt.Errorf("reading the scores of %s: %w", id, err)
	}
	// A run of a past day knows nothing of what came later.
	known = slices.DeleteFunc(known, func(s models.Score) bool { return s.Time >= j.AsOf.Unix() })
	c := cameOf(h, m, j.Customer.Zone)
	wanted := c.unscored(known, since, s.query.Overlap)
	if len(wanted) > 0 {
		kept, err := l.Track.Kept(ctx, j.Customer.ID, id, time.Unix(c.times[wanted[0]], 0), j.AsOf)
		if err != nil {
			return r, fmt.Errorf("reading the earlier forecasts of %s: %w", id, err)
		}
		r.news = c.score(id, kept, wanted)
	}
	scores := merged(known, r.news)
	r.told = accuracies(m, scores, j.Customer.Zone)
	r.drift = detect.Drift(transforms(c, scores))
	return r, nil
}

// unscored lists the buckets (places in c) that have come since the last one scored, and
// of the overlap before it those that have another value now.
func (c came) unscored(known []models.Score, since time.Time, overlap time.Duration) []int {
	scored := make(map[int64]float64, len(known))
	from, last := since.Unix(), int64(math.MinInt64)
	for _, s := range known {
		scored[s.Time], last = s.Actual, s.Time
	}
	if len(known) > 0 {
		from = max(from, last-int64(overlap/time.Second))
	}
	var wanted []int
	for i, t := range c.times {
		before, done := scored[t]
		if t >= from && c.values[i] == c.values[i] && (!done || before != c.values[i]) {
			wanted = append(wanted, i)
		}
	}
	return wanted
}

// merged lays later scores over earlier ones, both in time order.
func merged(known, news []models.Score) []models.Score {
	again := map[int64]bool{}
	for _, s := range news {
		again[s.Time] = true
	}
	all := slices.DeleteFunc(slices.Clone(known), func(s models.Score) bool { return again[s.Time] })
	all = append(all, news...)
	slices.SortStableFunc(all, func(a, b models.Score) int { return int(a.Time - b.Time) })
	return all
}

// driftLead is the most days ahead of a forecast that is still judged by its range: where
// no run was for longer, there is nothing to say of one.
const driftLead = 28

// transforms lists the scores' transforms bucket by bucket from the first score on, NaN
// where there is none. A forecast is told anew whenever it has changed materially, so that
// the one in force stands for that of the day before.
func transforms(c came, scores []models.Score) []float64 {
	if len(scores) == 0 {
		return nil
	}
	first, _ := slices.BinarySearch(c.times, scores[0].Time)
	pit := make([]float64, len(c.times)-first)
	for i := range pit {
		pit[i] = math.NaN()
	}
	for _, s := range scores {
		at, found := slices.BinarySearch(c.times, s.Time)
		if found && (s.Lead <= driftLead || c.span != models.SpanDay) {
			pit[at-first] = s.PIT
		}
	}
	return pit
}

// drifted reports whether a measure's forecasts have been left by what comes.
func drifted(reviews []review, m models.Measure) bool {
	return slices.ContainsFunc(reviews, func(r review) bool { return r.measure == m && r.drift.Drifts })
}

// drifts tells of the measures that what comes has left the range of.
func drifts(j Job, s *study, h history, reviews []review) []models.Finding {
	var found []models.Finding
	for _, r := range reviews {
		d := r.drift
		if !d.Drifts {
			continue
		}
		where, outside := h.say.T("outside"), d.Below+d.Above
		switch {
		case d.Above >= 3*d.Below:
			where, outside = h.say.T("above"), d.Above
		case d.Below >= 3*d.Above:
			where, outside = h.say.T("below"), d.Below
		}
		name := h.signal.Name
		if r.measure == models.MeasureBusiest {
			name += h.say.T(" (busiest bucket)")
		}
		found = append(found, models.Finding{
			Subject: subject(j, s, h.signal, models.KindDrift, string(r.measure)), State: models.StateOpen, AsOf: j.AsOf,
			Title: h.say.T("%s has left its forecast: what comes lies %s the 90 %% range more often than chance permits", name, where),
			Detail: h.say.T("Of the last %s known %s %s lay %s the 90 %% range of the forecast in force; the chance of that is below 1 in 10 000 if the ranges are right. The forecast has been fitted anew without what earlier runs had chosen. If something has changed for good, its size and range follow within weeks; if it will end, list it among the calendar's events or the outages.",
				h.say.count(d.Known), h.say.spans(h.span), h.say.count(outside), where),
		})
	}
	return found
}

// review puts what a signal's review brought beside its forecasts.
func (s *study) review(o *outlook) {
	s.reviews = append(s.reviews, o.reviews)
	for _, r := range o.reviews {
		o.signal.Accuracy = append(o.signal.Accuracy, r.told...)
	}
}

// scores are what the study's reviews have newly found.
func (s *study) scores() []models.Score {
	var all []models.Score
	for _, reviews := range s.reviews {
		for _, r := range reviews {
			all = append(all, r.news...)
		}
	}
	return all
}

// kept is a forecast as it will be compared with what comes; nil when it holds what is
// no number.
func (c *composer) kept(f models.Forecast, revision string) *models.Kept {
	k := &models.Kept{
		Subject: f.Subject.ID(), Service: f.Subject.Service, Signal: f.Subject.Signal, Measure: f.Measure, Span: f.Span,
		AsOf: f.AsOf, RunID: c.result.RunID, Revision: revision, Points: make([]models.KeptPoint, len(f.Points)),
	}
	for i, p := range f.Points {
		k.Points[i] = models.KeptPoint{Time: p.Time.Unix(), Mean: p.Mean, Quantiles: p.Quantiles}
		for _, v := range append(p.Quantiles[:], p.Mean) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil
			}
		}
	}
	for _, o := range f.Overrides {
		own := models.KeptOverride{ID: o.Override.ID, Author: o.Override.Author}
		for _, p := range o.Points {
			own.Points = append(own.Points, models.Median{Time: p.Time.Unix(), Value: p.Value})
		}
		k.Overrides = append(k.Overrides, own)
	}
	return k
}
