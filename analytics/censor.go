package analytics

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/detect"
	"foresight/analytics/regress"
)

// Ceiling is the most that could be measured in a bucket during a time: what a saturated system let
// through. A value at or above it is not the demand but a lower bound of it.
type Ceiling struct {
	Value    float64
	From, To time.Time // [From, To); zero: since ever, without end
}

// TreatedCensored values lie at a ceiling and count as at least that: the members see what the history
// makes of such a bucket above its bound, and no error is learned from it.
const TreatedCensored TreatmentKind = "censored"

// censor marks the saturated buckets: those at the given ceilings, else those of a plateau that the
// series itself shows.
func (p *prepared) censor(o Options) {
	var which []int
	reasons := map[int]string{}
	mark := func(i int, reason string) {
		which = append(which, i)
		reasons[i] = reason
	}
	top, found := math.Inf(1), false
	if o.Ceilings == nil {
		top, found = plateau(p.Values, o.Upper)
	}
	for i, v := range p.Values {
		if found && v == top {
			mark(i, fmt.Sprintf(sayPlateau, brief(top)))
		}
		if c, ok := ceilingAt(o.Ceilings, p.Times[i]); ok && v >= c {
			mark(i, fmt.Sprintf(sayCeiling, brief(c)))
		}
	}
	if len(which) == 0 {
		return
	}
	p.censored = make([]bool, len(p.Values))
	for _, i := range which {
		p.censored[i] = true
	}
	p.treat(TreatedCensored, which, reasons)
}

// beside returns the values [from, to) without those that are only lower bounds, for scores: what
// came above a ceiling is known to nobody.
func beside(values []float64, censored []bool, from, to int) []float64 {
	if censored == nil || !slices.Contains(censored[from:to], true) {
		return values[from:to]
	}
	out := slices.Clone(values[from:to])
	for i := range out {
		if censored[from+i] {
			out[i] = math.NaN()
		}
	}
	return out
}

// ceilingAt is the lowest ceiling in force.
func ceilingAt(all []Ceiling, t time.Time) (value float64, ok bool) {
	value = math.Inf(1)
	for _, c := range all {
		if !t.Before(c.From) && (c.To.IsZero() || t.Before(c.To)) {
			value, ok = math.Min(value, c.Value), true
		}
	}
	return value, ok
}

// brief prints a number for people, without noise digits.
func brief(v float64) string { return fmt.Sprintf("%.6g", v) }

// What makes a plateau: how often the largest value must come at least, in how many separate runs,
// at most in which share of the buckets (a reading that is usually at its top is no saturation), how
// many times oftener than any other value near the top, and how improbable that must be.
const (
	plateauLeast  = 5
	plateauRuns   = 2
	plateauShare  = 1.0 / 3
	plateauOften  = 3
	plateauChance = 1e-6
	plateauNear   = 0.9 // of the largest value: how far down the density of values is looked at,
	plateauAlike  = 0.5 // and how far down for other values that come again and again
)

// plateau returns the largest value where it comes improbably often: with r the least step between
// distinct values near it and m values in [0.9·top, top), a top that is one value like the others
// comes about λ = m·r/(0.1·top) times, and rather less, as the tail falls; its count is judged by the
// Poisson distribution. A top of 1 or 100, or at the upper bound of what is possible, is the end of a
// share's scale rather than a saturated system.
func plateau(values []float64, upper *float64) (top float64, found bool) {
	top = math.Inf(-1)
	n := 0
	for _, v := range values {
		if !math.IsNaN(v) {
			n++
			top = math.Max(top, v)
		}
	}
	if !(top > 0) || top == 1 || top == 100 || upper != nil && top >= *upper {
		return 0, false
	}
	count, runs, inside := 0, 0, false
	var near []float64
	for _, v := range values {
		if v == top {
			count++
			if !inside {
				runs++
			}
		} else if v >= plateauAlike*top {
			near = append(near, v)
		}
		if !math.IsNaN(v) {
			inside = v == top
		}
	}
	if count < plateauLeast || runs < plateauRuns || float64(count) > plateauShare*float64(n) {
		return 0, false
	}
	expected, common := density(near, top)
	return top, count >= plateauOften*common && poissonAtLeast(count, math.Max(expected, 1)) < plateauChance
}

// density returns how many of the values below the top there are to one step between distinct values,
// near the top, and how often the commonest of all comes. It sorts the values.
func density(below []float64, top float64) (perStep float64, common int) {
	slices.Sort(below)
	width := (1 - plateauNear) * top
	step, near, same := width, 0, 0
	for i, v := range below {
		if same++; i > 0 && v != below[i-1] {
			same = 1
		}
		common = max(common, same)
		if v < plateauNear*top {
			continue
		}
		near++
		next := top
		if i+1 < len(below) {
			next = below[i+1]
		}
		if next > v {
			step = math.Min(step, next-v)
		}
	}
	return float64(near) * step / width, common
}

// poissonAtLeast is the probability that a Poisson count of the given mean is n or more, bounded from
// above by (eλ/n)ⁿ·e^(−λ) for n > λ (Chernoff).
func poissonAtLeast(n int, mean float64) float64 {
	k := float64(n)
	if k <= mean {
		return 1
	}
	return math.Exp(k - mean + k*math.Log(mean/k))
}

// liftRounds is how often expectation and fit take turns; the third moves peaks by less than a
// hundredth.
const liftRounds = 4

// liftMost bounds a lifted value, in multiples of its bound.
const liftMost = 5

// unscored marks the values for which no forecast is scored: lower bounds and outages. Nil is none.
func (p *prepared) unscored() []bool {
	if p.lost == nil {
		return p.censored
	}
	out := make([]bool, len(p.Values))
	copy(out, p.censored)
	for _, i := range p.lost {
		out[i] = true
	}
	return out
}

// lift puts, in place of each censored value, what is expected of it above its bound, and makes lost
// ones missing. A history too short for that keeps the bounds.
func (p *prepared) lift(o Options) {
	for _, i := range p.lost {
		p.Values[i] = math.NaN()
	}
	if p.censored == nil {
		return
	}
	_, highest := bounds(o, p.Values)
	least := slices.Clone(p.Values)
	set := func(i int, v float64) {
		if !math.IsNaN(v) {
			p.Values[i] = math.Max(least[i], math.Min(v, math.Min(highest, liftMost*math.Abs(least[i]))))
		}
	}
	switch r := rhythmOf(p.Step); {
	case r.perDay > 1:
		p.liftBuckets(least, r.perDay, o.Calendar, set)
	default:
		p.liftByRegression(least, o.Calendar, set)
	}
}

// liftByRegression takes turns of the regression and the expectation by it, beginning without the
// censored values.
func (p *prepared) liftByRegression(least []float64, cal *calendar.Calendar, set func(int, float64)) {
	var times []time.Time
	var bound []float64
	var at []int
	y := slices.Clone(least)
	for i, c := range p.censored {
		if c {
			times, bound, at = append(times, p.Times[i]), append(bound, least[i]), append(at, i)
			y[i] = math.NaN()
		}
	}
	var prior *regress.Prior
	shared := &regress.Shared{}
	for range liftRounds {
		m, err := regress.Fit(p.Times, y, regress.Options{Step: p.Step, Calendar: cal, Prior: prior, Shared: shared})
		if err != nil {
			return
		}
		if prior == nil {
			prior = m.Prior()
		}
		for k, v := range m.AtLeast(times, bound) {
			set(at[k], v)
			y[at[k]] = p.Values[at[k]]
		}
	}
}

// liftDays is over how many days around a bucket its profile is learned.
const liftDays = 120

// liftBuckets does the same by the levels of the days, which the buckets below the ceiling tell, and
// the profile of the weeks around.
func (p *prepared) liftBuckets(least []float64, perDay int, cal *calendar.Calendar, set func(int, float64)) {
	lower, _ := bounds(Options{}, least)
	ratio := lower >= 0
	work := Series{Times: p.Times, Values: slices.Clone(least), Step: p.Step}
	for i, c := range p.censored {
		if c {
			work.Values[i] = math.NaN()
		}
	}
	for range liftRounds {
		g := newGrid(work, perDay, cal, 0)
		middle, ok := g.middles(ratio)
		if !ok {
			return
		}
		sd := spreadBelow(least, middle, p.censored, ratio)
		for i, c := range p.censored {
			if c && !math.IsNaN(middle[i]) {
				if ratio && middle[i] > 0 && least[i] > 0 {
					set(i, math.Exp(regress.Above(math.Log(middle[i]), sd, math.Log(least[i]))))
				} else if !ratio {
					set(i, regress.Above(middle[i], sd, least[i]))
				}
				work.Values[i] = p.Values[i]
			}
		}
	}
}

// middles are what each bucket of the history should be by its day's level and the profile of the
// weeks around it; false when there are too few days.
func (g *grid) middles(ratio bool) ([]float64, bool) {
	n := len(g.values)
	levels := g.levels(nil)
	if observed(levels) < leastDays/2 { // many days lack a saturated hour: take them by a first profile
		levels = g.levels(flatProfile(g.slots, ratio))
	}
	if observed(levels) < leastDays/2 {
		return nil, false
	}
	around := func(levels []float64, day int) profile {
		return g.profileBy(levels, max(0, day-liftDays), min(n, day+liftDays+1), func(d int) float64 {
			return math.Exp(-math.Abs(float64(d-day)) / recentDays)
		}, ratio)
	}
	p := around(levels, n/2)
	levels = g.levels(&p)
	out := make([]float64, len(g.cells))
	week := -1
	for i, c := range g.cells {
		if w := c.day / 7; w != week {
			week, p = w, around(levels, min(n-1, 7*w+3))
		}
		out[i] = p.apply(levels[c.day], g.class[c.day], c.slot)
	}
	return out, true
}

// flatProfile is the profile of a day that is the same at all hours.
func flatProfile(slots int, ratio bool) *profile {
	p := profile{ratio: ratio}
	for c := range p.shapes {
		p.shapes[c] = p.normal(make([]float64, slots))
	}
	return &p
}

// spreadBelow is the robust standard deviation of the uncensored values about their middles, of
// logarithms with ratio, where the middle comes near a bound.
func spreadBelow(y, middle []float64, censored []bool, ratio bool) float64 {
	var bounds []float64
	for i, c := range censored {
		if c {
			bounds = append(bounds, y[i])
		}
	}
	sort.Float64s(bounds)
	var rest []float64
	for i, v := range y {
		switch {
		case censored[i] || math.IsNaN(v) || math.IsNaN(middle[i]) || middle[i] < bounds[0]/2:
		case !ratio:
			rest = append(rest, v-middle[i])
		case v > 0 && middle[i] > 0:
			rest = append(rest, math.Log(v/middle[i]))
		}
	}
	if len(rest) < leastDays {
		return 0
	}
	_, sd := detect.Robust(rest)
	return sd
}

// Uncensor returns a series' values with what is expected of the saturated ones above their bounds in
// their place, by the options' Ceilings, Masks, Calendar, Lower and Upper, and which those are: for who
// makes days of hours before forecasting. Nil where nothing is saturated. Masked values are missing.
func Uncensor(s Series, o Options) ([]float64, []Treatment) {
	p := prepare(s, o)
	if p.censored == nil {
		return nil, nil
	}
	p.lift(o)
	out := make([]float64, len(s.Values)-len(p.Values), len(s.Values))
	for i := range out {
		out[i] = math.NaN()
	}
	treated := slices.DeleteFunc(p.treated, func(t Treatment) bool { return t.Kind != TreatedCensored })
	return append(out, p.Values...), treated
}
