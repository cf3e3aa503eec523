package analytics

import (
	"fmt"
	"math"

	"foresight/analytics/backtest"
	"foresight/analytics/calendar"
	"foresight/analytics/intermittent"
)

// A series of which many values are zero, here and there, has no median to put an error around: a
// quantile is 0 up to the share of zeros, and beyond it the size of a demand. TSB (package
// intermittent, Teunter 2011) says both. It competes with the combination of the other members as a
// whole, by the same rolling origins, and is not mixed with them.

// tsb is its name as a member.
const tsb = "tsb"

// leastZeros is the share of zeros, closed weekdays apart, from which on a series is taken for
// intermittent; mixing is how many of the stretches of zeros that chance would make there must be:
// a summer's closure or an outage is one long one.
const (
	leastZeros  = 0.25
	leastMixing = 0.25
	fewDemands  = 4
	mostGain    = 0.1 // of TSB: what comes together by chance at the end is no news for a horizon
)

// comesAndGoes says that a series is intermittent.
func comesAndGoes(s Series) bool {
	if s.Step.Unit != calendar.Day && s.Step.Unit != calendar.Week && s.Step.Unit != calendar.Month {
		return false
	}
	shut := shutWeekdays(s)
	var n, zeros, runs float64
	last := math.NaN() // of those counted, after the first demand
	for i, v := range s.Values {
		switch {
		case v < 0:
			return false
		case math.IsNaN(v) || shut[s.Times[i].Weekday()]:
			continue
		case math.IsNaN(last) && v == 0:
			continue
		}
		n++
		if v == 0 {
			zeros++
			if last > 0 {
				runs++
			}
		}
		last = v
	}
	if n < 12 || n-zeros < fewDemands {
		return false
	}
	q := zeros / n
	return q >= leastZeros && runs >= leastMixing*n*q*(1-q)
}

// shutWeekdays are the weekdays of a daily series that hardly ever have anything while others do.
func shutWeekdays(s Series) (shut [7]bool) {
	if s.Step != (calendar.Step{Unit: calendar.Day, N: 1}) {
		return shut
	}
	var n, zeros [7]float64
	for i, v := range s.Values {
		if !math.IsNaN(v) {
			w := s.Times[i].Weekday()
			n[w]++
			if v == 0 {
				zeros[w]++
			}
		}
	}
	open := false
	for w := range n {
		shut[w] = n[w] >= 3 && zeros[w] >= 0.95*n[w]
		open = open || n[w] > 0 && zeros[w] < 0.5*n[w]
	}
	if !open { // where every day is mostly empty none is closed by rule
		return [7]bool{}
	}
	return shut
}

// fitDemand fits TSB with a week for days; nil where a value is negative.
func fitDemand(y []float64, r rhythm, step calendar.Step) *intermittent.Model {
	o := intermittent.Options{Most: mostGain}
	if step.Unit == calendar.Day && r.period == 7 {
		o.Period = r.period
	}
	m, err := intermittent.Fit(y, o)
	if err != nil {
		return nil
	}
	return m
}

// meanDemand are TSB's mean demands, for who asks for it by name.
func meanDemand(w *window) []float64 {
	m := fitDemand(w.Values, w.rhythm, w.Step)
	if m == nil {
		return nil
	}
	return m.Predict(len(w.ahead))
}

// ofDemand is a model's predictive distribution of the buckets ahead.
func (e *engine) ofDemand(m *intermittent.Model, h int) distribution {
	d := distribution{demand: m, lower: e.dist.lower, upper: e.dist.upper, median: make([]float64, h)}
	for t := range d.median {
		d.median[t] = d.clip(m.Quantile(t, 0.5))
	}
	return d
}

// tryDemand takes TSB's distribution in place of the combination's where the series is intermittent,
// unless its mean pinball loss at the origins is the worse one by what drops a member (its ranges
// come from the past alone, the combination's from all other origins), or where it is asked for.
func (e *engine) tryDemand() {
	if e.layered || e.options.Model != tsb && (e.options.Model != "" || !comesAndGoes(e.series)) {
		return
	}
	whole := fitDemand(e.series.Values, e.rhythm, e.series.Step)
	theirs := make([]distribution, len(e.trials))
	for k, t := range e.trials {
		m := fitDemand(e.series.Values[:t.origin], e.rhythm, e.series.Step)
		if m == nil || whole == nil {
			return
		}
		theirs[k] = e.ofDemand(m, len(t.actual))
	}
	loss, ours := pinball(e.trials, theirs), pinball(e.trials, e.combined())
	limit, was := e.turn()
	taken := loss <= ours*limit || e.options.Model == tsb
	if taken || was {
		e.result.Choice = chosenFrom(len(e.trials)) + ": " + fmt.Sprintf(sayShareOfLoss, tsb, fmt.Sprintf("%.2f", loss/ours))
	}
	if !taken {
		return
	}
	for k, d := range theirs {
		e.medians[k] = d.median
	}
	score := loss / pinballOf(e.trials, 0, e.size)
	e.dist = e.ofDemand(whole, e.options.Horizon)
	e.dist.spread = demandSpread(e.trials, theirs, e.size)
	e.usual = nil
	e.result.Members = []Member{{Name: tsb, Weight: 1, Score: known(score)}}
	e.result.Components = []Component{{Name: "level", Values: append([]float64(nil), e.dist.median...)}}
	e.result.Backtest = e.scoreOf(theirs)
	// Its fit is quick: the state says what was chosen, and begins nothing.
	e.result.State.Members, e.result.State.Backtest, e.result.State.Choice = e.result.Members, e.result.Backtest, e.result.Choice
}

// turn is how much worse than the combination TSB may be to be taken, and whether the run before took
// it. What was taken then is kept unless it lies beyond that by more than noise.
func (e *engine) turn() (limit float64, was bool) {
	const noise = 1.05
	limit = worse(len(e.trials))
	before, _ := e.earlier()
	switch {
	case before == nil:
		return limit, false
	case before.Members[0].Name == tsb:
		return limit * noise, true
	}
	return limit / noise, false
}

// pinball is the mean loss of distributions at the probabilities that the choice looks at.
func pinball(trials []trial, of []distribution) float64 {
	var sum, n float64
	for k, t := range trials {
		for i, row := range of[k].quantiles(scoredQuantiles[:]) {
			for j, p := range scoredQuantiles {
				if l := backtest.Pinball(p, t.actual[i], row[j]); !math.IsNaN(l) {
					sum, n = sum+l, n+1
				}
			}
		}
	}
	return sum / n
}

// demandSpread says how the buckets ahead hang together: by the normal scores of what came at the
// origins, within what was forecast for it. Its ranges are not used.
func demandSpread(trials []trial, of []distribution, size sizer) *spread {
	s := &spread{size: size, persistence: 0.1}
	var between, within, n float64
	for k, t := range trials {
		scores := make([]float64, len(t.actual))
		for i, v := range t.actual {
			scores[i] = normalScore(of[k].demand.Middle(i, v))
		}
		s.errors = append(s.errors, scores)
		m := mean(scores)
		if math.IsNaN(m) {
			continue
		}
		seen := float64(observed(scores))
		square := 0.0
		for _, v := range scores {
			if !math.IsNaN(v) {
				square += (v - m) * (v - m)
			}
		}
		// What chance leaves of a mean of so many is no level that was missed.
		between += m*m - square/(seen*seen)
		within, n = within+square/seen, n+1
	}
	if n >= 3 && within > 0 {
		s.persistence = math.Min(0.9, math.Max(0.02, between/math.Max(between+within, within)))
	}
	return s
}
