package analytics

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// leastGain is the share of its loss that a new choice must gain over the one before.
const leastGain = 0.005

// steady keeps the weights of an earlier run's choice unless the new ones gain over them in the same
// backtest: on average over the origins more than leastGain, and more than one standard error of
// that average, counting origins that overlap by what they add. It says what it did, for people.
func (e *engine) steady(trials []trial, fresh []float64, points [][]float64) (weights []float64, choice string) {
	choice = chosenFrom(len(trials))
	s, since := e.earlier()
	if s == nil {
		return fresh, choice
	}
	before := e.weightsOf(s)
	if before == nil || !carried(trials, before, points) {
		return fresh, choice + ": " + sayBeforeGone
	}
	gain, doubt := e.gain(trials, before, fresh)
	size, noise := fmt.Sprintf("%.1f", 100*gain), fmt.Sprintf("%.1f", 100*doubt)
	if gain > leastGain && gain > doubt {
		return fresh, choice + ": " + fmt.Sprintf(sayGain, size, noise)
	}
	if since == 0 {
		return before, s.Choice // the same run once more
	}
	return before, fmt.Sprintf(sayKept+": "+sayWouldGain, s.Chosen.Format(time.DateOnly), size, noise)
}

// carried says that every member with weight has points, now and from every origin.
func carried(trials []trial, weights []float64, points [][]float64) bool {
	for m, w := range weights {
		if w == 0 {
			continue
		}
		if points[m] == nil {
			return false
		}
		for _, t := range trials {
			if t.points[m] == nil {
				return false
			}
		}
	}
	return true
}

// gain is the mean over origins of what the new weights' loss is below the old ones', as a share of
// the old ones' mean loss, and its standard error; infinite with fewer than three origins.
func (e *engine) gain(trials []trial, before, fresh []float64) (gain, doubt float64) {
	old, latest := e.losses(trials, before), e.losses(trials, fresh)
	scale := mean(old)
	if !(scale > 0) {
		return 0, 0
	}
	d := make([]float64, len(old))
	for k := range d {
		d[k] = (old[k] - latest[k]) / scale
	}
	gain = mean(d)
	n := independent(trials, len(trials[0].actual))
	if len(d) < 3 {
		return gain, math.Inf(1)
	}
	var square float64
	for _, v := range d {
		square += (v - gain) * (v - gain) / float64(len(d)-1)
	}
	return gain, math.Sqrt(square / n)
}

// losses are a combination's mean pinball losses by origin.
func (e *engine) losses(trials []trial, weights []float64) []float64 {
	medians := make([][]float64, len(trials))
	for k, t := range trials {
		medians[k] = blend(t.points, weights, len(t.actual))
	}
	return originLosses(trials, medians, e.size)
}

// chosenFrom says from how many origins a choice was made.
func chosenFrom(n int) string {
	if n == 1 {
		return sayChosenOnce
	}
	return fmt.Sprintf(sayChosen, strconv.Itoa(n))
}
