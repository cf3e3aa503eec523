package analytics

import (
	"math"
	"slices"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/detect"
)

// TreatedOutage values are next to nothing in a series that never is: an outage that nobody has told
// of, missing like a masked one.
const TreatedOutage TreatmentKind = "outage"

// What makes an outage: up to which share of what is expected a bucket counts as nothing; up to which
// it is weak, which a series that has outages rather than quiet days hardly ever is; the largest
// share of weak buckets, and of those with nothing; how many days it lasts at most, what lasts longer
// being a business that paused; and below which share of a usual bucket nothing is made of a zero.
const (
	outageNothing = 0.02
	outageWeak    = 0.4
	outageRare    = 0.005
	outageShare   = 0.1
	outageDays    = 28
	outageBusy    = 0.3
)

// outages marks the stretches in which next to nothing came (detect.Outages). What is expected is the
// median of the same place of the week in the five weeks on both sides, of the four neighbours for
// weeks and months; days that the calendar has an occasion on, and those on which nothing came a year
// before or after either, are closed rather than down.
func (p *prepared) outages(cal *calendar.Calendar) {
	r := rhythmOf(p.Step)
	expected := p.usual(r)
	if expected == nil || signed(p.Values) { // what can be negative has no "nothing"
		return
	}
	busy := outageBusy * median(expected)
	var looked, nothing, weak int
	for i, v := range p.Values {
		if !(expected[i] > busy) {
			expected[i] = math.NaN()
		}
		if math.IsNaN(v) || math.IsNaN(expected[i]) {
			continue
		}
		looked++
		switch share := v / expected[i]; {
		case share <= outageNothing:
			nothing++
		case share <= outageWeak:
			weak++
		}
	}
	if nothing == 0 || float64(nothing) > outageShare*float64(looked) || float64(weak) > math.Max(1, outageRare*float64(looked)) {
		return
	}
	p.forgive(expected, cal, r)
	var which []int
	for _, s := range detect.Outages(p.Values, expected, detect.OutageOptions{Share: outageNothing, MinExpected: math.SmallestNonzeroFloat64}) {
		which = append(which, p.within(s)...)
	}
	if len(which) == 0 {
		return
	}
	p.lost = which
	p.treat(TreatedOutage, which, map[int]string{})
}

// within are the buckets of a stretch that came and were next to nothing, quiet hours between
// included; none where it lasts too long.
func (p *prepared) within(s detect.Span) []int {
	if s.To-s.From > 1 && p.end(s.To-1).Sub(p.Times[s.From]) > outageDays*24*time.Hour {
		return nil
	}
	var which []int
	for i := s.From; i < s.To; i++ {
		if !math.IsNaN(p.Values[i]) {
			which = append(which, i)
		}
	}
	return which
}

// usual is what each bucket would be by its neighbours; nil for a series too short to have any.
func (p *prepared) usual(r rhythm) []float64 {
	lag, reach := 1, 4
	switch {
	case r.perDay > 0:
		lag, reach = 7*r.perDay, 5
	case p.Step.Unit == calendar.Day && r.period == 7:
		lag, reach = 7, 5
	}
	n := len(p.Values)
	if n < 3*lag+2*reach {
		return nil
	}
	out := make([]float64, n)
	around := make([]float64, 0, 2*reach)
	for i := range out {
		around = around[:0]
		for k := -reach; k <= reach; k++ {
			if at := i + k*lag; k != 0 && at >= 0 && at < n && !math.IsNaN(p.Values[at]) {
				around = append(around, p.Values[at])
			}
		}
		out[i] = math.NaN()
		if len(around) > 2 {
			slices.Sort(around)
			out[i] = around[len(around)/2]
		}
	}
	return out
}

// forgive takes the expectation from days that are closed by occasion or habit.
func (p *prepared) forgive(expected []float64, cal *calendar.Calendar, r rhythm) {
	perDay := max(1, r.perDay)
	if p.Step.Unit == calendar.Week || p.Step.Unit == calendar.Month {
		perDay = 0
	}
	usual := slices.Clone(expected)
	shut := map[calendar.Date]bool{}
	if cal != nil && perDay > 0 {
		for _, o := range cal.Between(calendar.DateOf(p.Times[0]), calendar.DateOf(p.Times[len(p.Times)-1])) {
			if moves(o) || o.Closed {
				shut[o.Date] = true
			}
		}
	}
	for i, v := range p.Values {
		if !(v <= outageNothing*expected[i]) {
			continue
		}
		if shut[calendar.DateOf(p.Times[i])] || p.yearly(i, usual, perDay) {
			expected[i] = math.NaN()
		}
	}
}

// yearly says that a zero came at about the same time of another year too.
func (p *prepared) yearly(i int, usual []float64, perDay int) bool {
	year, slack := 365*perDay, 3*perDay
	switch p.Step.Unit {
	case calendar.Week:
		year, slack = 52, 1
	case calendar.Month:
		year, slack = 12, 0
	}
	for _, at := range []int{i - year, i + year} {
		for k := max(0, at-slack); k <= min(len(p.Values)-1, at+slack); k++ {
			if p.Values[k] <= outageNothing*usual[k] {
				return true
			}
		}
	}
	return false
}
