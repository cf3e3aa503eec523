package analytics

import "math"

// profile is the shape of the day: for each class of day (weekday, or closed) the factor of each
// slot about the day's mean, or the amount where values of both signs are.
type profile struct {
	ratio  bool // factors with mean 1; else amounts with mean 0
	shapes [closedClass + 1][]float64
}

const (
	recentDays  = 35.0 // days over which a past day's say in the profile falls by e
	seasonDays  = 21.0 // the same around the target's place in past years
	borrowWeek  = 1.5  // days' worth of the shape of all days in that of a weekday
	borrowSun   = 2.0  // days' worth of Sunday's shape in that of closed days
	leastOfADay = 0.5  // share of a day's profile that must be observed for its level
)

// shapeSums are weighted sums by class and slot; the last class is of all days.
type shapeSums [closedClass + 2]struct{ sum, weight []float64 }

// profileAt learns the profile for the day target from the days before until, whose mean levels
// are given: recent days and those around the same place in past years say most. In ratio days
// count by their level, so that the noise of quiet days says little.
func (g *grid) profileAt(levels []float64, until, target int, ratio bool) profile {
	return g.profileBy(levels, 0, until, func(d int) float64 { return dayWeight(d, until, target) }, ratio)
}

// profileBy learns a profile from the days [from, until), each with its weight.
func (g *grid) profileBy(levels []float64, from, until int, weight func(d int) float64, ratio bool) profile {
	var s shapeSums
	for c := range s {
		s[c].sum, s[c].weight = make([]float64, g.slots), make([]float64, g.slots)
	}
	usual := median(levels[from:until])
	for d := from; d < until; d++ {
		level, w := levels[d], weight(d)
		if math.IsNaN(level) || w < 1e-4 || ratio && !(level > 0 && usual > 0) {
			continue
		}
		base, norm, unit := level, w, 1.0
		if ratio {
			base, norm, unit = 0, w*level/usual, usual
		}
		one, all := &s[g.class[d]], &s[closedClass+1]
		for slot, v := range g.values[d] {
			if math.IsNaN(v) {
				continue
			}
			part := w * (v - base) / unit
			one.sum[slot] += part
			one.weight[slot] += norm
			all.sum[slot] += part
			all.weight[slot] += norm
		}
	}
	return s.shrink(ratio)
}

// dayWeight is a past day's say in the profile of the target day: by age, and by distance from the
// target's place in past years.
func dayWeight(d, until, target int) float64 {
	w := math.Exp(-float64(until-1-d) / recentDays)
	if years := math.Round(float64(target-d) / 365.25); years >= 1 {
		off := (float64(target-d) - 365.25*years) / seasonDays
		w += math.Pow(0.6, years) * math.Exp(-off*off/2)
	}
	return w
}

// shrink turns sums into shapes: weekdays' towards all days', closed days' towards Sunday's.
func (s *shapeSums) shrink(ratio bool) profile {
	p := profile{ratio: ratio}
	slots := len(s[0].sum)
	all := make([]float64, slots)
	for slot := range all {
		if w := s[closedClass+1].weight[slot]; w > 0 {
			all[slot] = s[closedClass+1].sum[slot] / w
		} else if ratio {
			all[slot] = 1
		}
	}
	for c := range p.shapes {
		base, borrow := all, borrowWeek
		if c == closedClass {
			base, borrow = p.shapes[0], borrowSun
		}
		shape := make([]float64, slots)
		for slot := range shape {
			shape[slot] = (s[c].sum[slot] + borrow*base[slot]) / (s[c].weight[slot] + borrow)
		}
		p.shapes[c] = p.normal(shape)
	}
	return p
}

// normal gives a shape its mean of 1 (ratio) or 0.
func (p profile) normal(shape []float64) []float64 {
	m := mean(shape)
	for slot := range shape {
		switch {
		case !p.ratio:
			shape[slot] -= m
		case m > 0:
			shape[slot] /= m
		default:
			shape[slot] = 1
		}
	}
	return shape
}

// apply gives a day of mean level its value in a slot.
func (p profile) apply(level float64, class, slot int) float64 {
	if p.ratio {
		return level * p.shapes[class][slot]
	}
	return level + p.shapes[class][slot]
}

// levels are the mean levels of the days, by the profile where part of a day is missing:
//
//	ratio:  Σ y / Σ factor over the slots observed
//	amount: mean of y − amount
//
// NaN where less than leastOfADay of the day was observed. A nil profile takes plain means of
// whole days.
func (g *grid) levels(p *profile) []float64 {
	out := make([]float64, len(g.values))
	for d, row := range g.values {
		var sum, share, n float64
		for slot, v := range row {
			if math.IsNaN(v) {
				continue
			}
			n++
			switch {
			case p == nil:
				sum, share = sum+v, share+1
			case p.ratio:
				sum, share = sum+v, share+p.shapes[g.class[d]][slot]
			default:
				sum, share = sum+v-p.shapes[g.class[d]][slot], share+1
			}
		}
		out[d] = math.NaN()
		least := leastOfADay
		if p == nil {
			least = 0.9
		}
		if share >= least*float64(g.slots) && n > 0 {
			out[d] = sum / share
		}
	}
	return out
}
