package analytics

import "math"

// profile is the shape of the day: for each class of day (weekday, or closed) the factor of each
// slot about the day's mean, or the amount where values of both signs are.
type profile struct {
	ratio  bool // factors with mean 1; else amounts with mean 0
	shapes [closedClass + 1][]float64
}

const (
	recentDays  = 30.0 // days over which a past day's say in the profile falls by e
	seasonDays  = 17.0 // the same around the target's place in past years
	yearFades   = 0.8  // share of that say which is left a year further back
	borrowKind  = 1.0  // days' worth of the shape of all days in that of working days and of days off
	borrowDay   = 1.0  // days' worth of that in the shape of a weekday
	borrowSun   = 2.0  // days' worth of Sunday's shape in that of closed days
	leastOfADay = 0.5  // share of a day's profile that must be observed for its level
)

// The kinds of days: hours of a Tuesday tell more of a Wednesday's than those of a Saturday do.
const (
	workingKind = iota
	offKind
	kinds
)

func kindOf(class int) int {
	if class == 0 || class == 6 || class == closedClass {
		return offKind
	}
	return workingKind
}

// slotSums are weighted sums by slot.
type slotSums struct{ sum, weight []float64 }

func newSlotSums(slots int) slotSums {
	return slotSums{make([]float64, slots), make([]float64, slots)}
}

// drawn is the mean shape, drawn towards another by so many days' worth of it.
func (s slotSums) drawn(to []float64, borrow float64) []float64 {
	shape := make([]float64, len(to))
	for slot := range shape {
		shape[slot] = (s.sum[slot] + borrow*to[slot]) / (s.weight[slot] + borrow)
	}
	return shape
}

// profileAt learns the profile for the day target from the days before until, whose mean levels
// are given: recent days and those around the same place in past years say most. In ratio days
// count by their level, so that the noise of quiet days says little.
func (g *grid) profileAt(levels []float64, until, target int, ratio bool) profile {
	return g.profileBy(levels, 0, until, func(d int) float64 { return dayWeight(d, until, target) }, ratio)
}

// profileBy learns a profile from the days [from, until), each with its weight.
func (g *grid) profileBy(levels []float64, from, until int, weight func(d int) float64, ratio bool) profile {
	var s [closedClass + 1]slotSums
	for c := range s {
		s[c] = newSlotSums(g.slots)
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
		own := s[g.class[d]]
		for slot, v := range g.values[d] {
			if !math.IsNaN(v) {
				own.sum[slot] += w * (v - base) / unit
				own.weight[slot] += norm
			}
		}
	}
	return shrunk(s, ratio)
}

// dayWeight is a past day's say in the profile of the target day: by age, and by distance from the
// target's place in past years.
func dayWeight(d, until, target int) float64 {
	w := math.Exp(-float64(until-1-d) / recentDays)
	if years := math.Round(float64(target-d) / 365.25); years >= 1 {
		off := (float64(target-d) - 365.25*years) / seasonDays
		w += math.Pow(yearFades, years) * math.Exp(-off*off/2)
	}
	return w
}

// shrunk turns sums into shapes, each drawn towards what is known better: a weekday's towards that of
// its kind, a kind's towards that of all days, closed days' towards Sunday's.
func shrunk(s [closedClass + 1]slotSums, ratio bool) profile {
	slots := len(s[0].sum)
	all := newSlotSums(slots)
	var of [kinds]slotSums
	for k := range of {
		of[k] = newSlotSums(slots)
	}
	for c, own := range s {
		for slot, w := range own.weight {
			for _, into := range []slotSums{all, of[kindOf(c)]} {
				into.sum[slot] += own.sum[slot]
				into.weight[slot] += w
			}
		}
	}
	flat := make([]float64, slots)
	for slot := range flat {
		if ratio {
			flat[slot] = 1
		}
		if all.weight[slot] > 0 {
			flat[slot] = all.sum[slot] / all.weight[slot]
		}
	}
	p := profile{ratio: ratio}
	for c := range p.shapes {
		if c == closedClass {
			p.shapes[c] = p.normal(s[c].drawn(p.shapes[0], borrowSun))
			continue
		}
		p.shapes[c] = p.normal(s[c].drawn(of[kindOf(c)].drawn(flat, borrowKind), borrowDay))
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
