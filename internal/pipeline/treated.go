package pipeline

import (
	"math"
	"strings"
	"time"

	"foresight/analytics"
	"foresight/models"
)

// masksOf hands a signal's known outages to the engine.
func masksOf(s models.Signal) []analytics.Mask {
	masks := make([]analytics.Mask, 0, len(s.Outages))
	for _, o := range s.Outages {
		masks = append(masks, analytics.Mask{From: o.From, To: o.To, Reason: o.Reason})
	}
	return masks
}

// downShare is the share of a day, week or month from which on a known outage makes
// it no example, as in the engine.
const downShare = 1.0 / 24

// down reports whether known outages cover more than a share of a stretch of time.
func down(s models.Signal, from, to time.Time, share float64) bool {
	covered := time.Duration(0)
	for _, o := range s.Outages {
		begin, end := o.From, o.To
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		covered += max(0, end.Sub(begin))
	}
	return covered > 0 && float64(covered) >= share*float64(to.Sub(from))
}

// up returns the values with those that a known outage touches missing: what is
// learned from bucket to bucket has buckets enough.
func (g *grid) up(signal models.Signal, values []float64) []float64 {
	if len(signal.Outages) == 0 {
		return values
	}
	out := make([]float64, len(values))
	for i, v := range values {
		if out[i] = v; down(signal, time.Unix(g.starts[i], 0), time.Unix(g.starts[i+1], 0), 0) {
			out[i] = math.NaN()
		}
	}
	return out
}

// treatedOf is what the engine did to the history, as the other packages exchange it.
func treatedOf(say voice, all []analytics.Treatment) []models.Treated {
	var out []models.Treated
	for _, t := range all {
		out = append(out, models.Treated{Kind: models.TreatedKind(t.Kind), From: t.From, To: t.To, Last: t.Last, Buckets: t.Buckets, Reason: say.engine(t.Reason)})
	}
	return out
}

// shiftsOf are the engine's level shifts, as the other packages exchange them.
func shiftsOf(all []analytics.Shift) []models.Shift {
	var out []models.Shift
	for _, s := range all {
		out = append(out, models.Shift(s))
	}
	return out
}

// mostTreated is how many lines a run's event has of the history.
const mostTreated = 20

// counted adds up the points that were taken for one kind: each stretch once, though
// two measures leave it out.
func counted(signals []models.SignalResult, kind models.TreatedKind) int {
	n := 0
	for _, s := range signals {
		for _, f := range s.Forecasts[:min(1, len(s.Forecasts))] {
			for _, t := range f.Treated {
				if t.Kind == kind {
					n += t.Buckets
				}
			}
		}
	}
	return n
}

// treatedText names, over all signals, the history that was not learned from, and
// counts what is at a ceiling. One-off events are every signal's, and in its report.
func treatedText(say voice, signals []models.SignalResult) string {
	var lines []string
	for _, s := range signals {
		if len(s.Forecasts) == 0 {
			continue
		}
		name := s.Service.ID + "/" + s.Signal.ID + ": "
		for _, t := range s.Forecasts[0].Treated {
			switch t.Kind {
			case models.TreatedMasked:
				lines = append(lines, name+say.T("masked %s", say.stretch(t)))
			case models.TreatedOutage:
				lines = append(lines, name+say.T("an outage, as next to nothing came, %s", say.stretch(t)))
			case models.TreatedCensored, models.TreatedOneOff:
			}
		}
		if n, why := saturated(s.Forecasts[0].Treated); n > 0 {
			lines = append(lines, name+say.T("%s buckets %s, which count as at least that", say.count(n), why))
		}
	}
	if n := len(lines); n > mostTreated {
		lines = append(lines[:mostTreated], say.T("and %s others", say.count(n-mostTreated)))
	}
	return strings.Join(lines, "; ")
}

// saturated counts the buckets at a ceiling, and says at which in the latest of them.
func saturated(all []models.Treated) (n int, why string) {
	for _, t := range all {
		if t.Kind == models.TreatedCensored {
			n, why = n+t.Buckets, t.Reason
		}
	}
	return n, why
}

// stretch names a stretch by its first and last bucket, and its reason.
func (v voice) stretch(t models.Treated) string {
	text := t.From.Format(time.DateOnly)
	if t.Buckets > 1 {
		text += v.T("when| to %s", t.Last.Format(time.DateOnly))
	}
	if t.Reason != "" {
		text += " (" + t.Reason + ")"
	}
	return text
}
