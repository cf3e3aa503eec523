package pipeline

import (
	"math"
	"time"

	"foresight/models"
)

// accuracies sums scores, in time order, by band and override.
func accuracies(m models.Measure, scores []models.Score, zone *time.Location) []models.Accuracy {
	type key struct {
		band     int
		override string
	}
	sums := map[key]*summed{}
	var order []key
	for _, s := range scores {
		for _, t := range s.Tallies {
			k := key{t.Band, t.Override}
			if sums[k] == nil {
				sums[k] = &summed{}
				order = append(order, k)
			}
			sums[k].add(s, t)
		}
	}
	var all []models.Accuracy
	for band := range models.LeadBands {
		for _, k := range order {
			if k.band == band {
				all = append(all, sums[k].accuracy(m, models.LeadBands[band], k.override, zone))
			}
		}
	}
	return all
}

// summed are the sums behind an accuracy.
type summed struct {
	t              models.Tally
	actual, naives float64 // Σ|actual| over the pairs, and over those whose naive is known
	buckets        int
	from           int64
	last           models.Score
}

func (s *summed) add(x models.Score, t models.Tally) {
	if s.buckets == 0 {
		s.from = x.Time
	}
	s.buckets++
	s.last = x
	s.actual += float64(t.N) * math.Abs(x.Actual)
	s.naives += float64(t.Naives) * math.Abs(x.Actual)
	s.t.N, s.t.Naives = s.t.N+t.N, s.t.Naives+t.Naives
	s.t.Abs, s.t.Signed, s.t.Naive = s.t.Abs+t.Abs, s.t.Signed+t.Signed, s.t.Naive+t.Naive
	s.t.Pinball, s.t.Forecast = s.t.Pinball+t.Pinball, s.t.Forecast+t.Forecast
	s.t.In50, s.t.In80, s.t.In90 = s.t.In50+t.In50, s.t.In80+t.In80, s.t.In90+t.In90
}

func (s *summed) accuracy(m models.Measure, band models.LeadBand, override string, zone *time.Location) models.Accuracy {
	n := float64(s.t.N)
	a := models.Accuracy{
		Measure: m, Band: band, Override: override, From: time.Unix(s.from, 0).In(zone), To: time.Unix(s.last.Time, 0).In(zone),
		Buckets: s.buckets, N: s.t.N, WAPE: share(s.t.Abs, s.actual), Naive: share(s.t.Naive, s.naives), Bias: share(s.t.Signed, s.actual),
		Relative: share(s.t.Abs/n, s.t.Naive/float64(s.t.Naives)),
		Beside:   math.NaN(), Coverage50: math.NaN(), Coverage80: math.NaN(), Coverage90: math.NaN(), Pinball: math.NaN(), Last: s.last,
	}
	a.Last.Tallies = nil
	if override != "" {
		a.Beside = share(s.t.Forecast, s.actual)
		return a
	}
	a.Coverage50, a.Coverage80, a.Coverage90 = float64(s.t.In50)/n, float64(s.t.In80)/n, float64(s.t.In90)/n
	a.Pinball = s.t.Pinball / n
	return a
}

// share is NaN of nothing.
func share(part, whole float64) float64 {
	if whole == 0 || whole != whole {
		return math.NaN()
	}
	return part / whole
}

// accuracy tells how right earlier forecasts of a signal were, once for what has newly
// come or was revised.
func (c *composer) accuracy(s *study, r *models.SignalResult, reviews []review) {
	for _, x := range reviews {
		if len(x.news) == 0 {
			continue
		}
		for _, a := range x.told {
			c.drafts = append(c.drafts, draft{events: []models.Event{c.accuracyEvent(s, r.Signal, a)}})
		}
	}
}

func (c *composer) accuracyEvent(s *study, signal models.Signal, a models.Accuracy) models.Event {
	kind, episode := "forecast", string(a.Measure)+"-"+a.Band.String()
	if a.Override != "" {
		kind, episode = "override", episode+"-"+a.Override
	}
	e := models.AccuracyEvent{
		Kind: kind, Measure: a.Measure, Band: a.Band.String(), LeadFrom: a.Band.From, LeadTo: a.Band.To, From: day(a.From), To: day(a.To), Buckets: a.Buckets, N: a.N,
		WAPE: optional(a.WAPE), Naive: optional(a.Naive), Relative: optional(a.Relative), Bias: optional(a.Bias),
		Coverage50: optional(a.Coverage50), Coverage80: optional(a.Coverage80), Coverage90: optional(a.Coverage90), Pinball: optional(a.Pinball),
		Override: a.Override, Beside: optional(a.Beside),
		LastActual: optional(a.Last.Actual), LastQ05: optional(a.Last.Low), LastQ50: optional(a.Last.Median), LastQ95: optional(a.Last.High),
	}
	revision := models.Revision(e.From, e.To, e.N, models.Round(a.WAPE, 4), models.Round(a.Bias, 3), models.Round(a.Pinball, 4), models.Round(a.Beside, 4), models.Round(a.Last.Actual, 6))
	e.Head = c.head(subject(c.job, s, signal, "accuracy", episode), revision)
	return c.event(models.SourcetypeAccuracy, e.Head, e)
}
