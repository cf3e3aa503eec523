package analytics

import (
	"context"
	"fmt"
	"math"
	"time"

	"foresight/analytics/calendar"
)

// Series of less than a day's step are forecast in two layers: the mean level of each local day by
// the daily engine, and the shape of the day by weekday (profile). Bucket by bucket that competes
// with the seasonal naive and the mean of recent weeks, by the same rolling origins; the quantiles
// come from the errors of buckets. Local days are taken by actual instants: on a day of 23 or 25
// hours every bucket has its own slot by the wall clock.

// leastDays is how many days of levels make the layers worth it; below, buckets are forecast as
// they are with the day as their season.
const leastDays = 21

// A few days ahead, eight origins of a long history hold too few buckets of each hour to tell the spread
// by: there is one for so many days of history, up to twice as many.
const (
	shortHorizon = 14
	daysAnOrigin = 25
)

// The bucket members' places in a trial.
const (
	bucketNaive = iota
	bucketProfile
	bucketWeeks
	bucketDouble
	bucketMembers
)

// byDays forecasts by days and profile; it is not done where the history is too short for it.
func (e *engine) byDays(ctx context.Context) (done bool, err error) {
	first, last := calendar.DateOf(e.series.Times[0]), calendar.DateOf(e.final.ahead[len(e.final.ahead)-1])
	history := calendar.DateOf(e.series.Times[len(e.series.Times)-1]).Sub(first) + 1
	if history < leastDays {
		return false, nil
	}
	b := byDay{engine: e, grid: newGrid(e.series, e.rhythm.perDay, e.options.Calendar, last.Sub(first)+1), ratio: e.dist.lower >= 0}
	if !b.learnLevels() {
		return false, nil
	}
	if err := b.forecastDays(ctx, last); err != nil {
		return false, err
	}
	if len(b.days.trials) == 0 {
		return false, nil
	}
	return b.combine(), nil
}

// byDay is the work of one sub-daily run.
type byDay struct {
	*engine
	grid   *grid
	ratio  bool
	levels []float64 // of each day of the history, NaN missing
	odd    []bool    // days that stood still for once, of no level; nil: none
	days   *engine   // of the levels
	lead   int       // days of the grid before the daily engine's first
	double doubleSeasonal
	from   int // the first day without a level: the first that is forecast
}

// learnLevels finds the days' levels, twice: by whole days, then by the profile of these.
func (b *byDay) learnLevels() bool {
	g := b.grid
	b.levels = g.levels(nil)
	if observed(b.levels) < leastDays/2 {
		return false
	}
	p := g.profileAt(b.levels, len(b.levels), len(b.levels), b.ratio)
	b.levels = g.levels(&p)
	if b.ratio {
		b.odd = oneOffStills(b.levels, g.first, b.options.Calendar)
		for d, odd := range b.odd {
			if odd {
				b.levels[d] = math.NaN()
			}
		}
	}
	return observed(b.levels) >= leastDays
}

// forecastDays runs the daily engine up to the last day ahead.
func (b *byDay) forecastDays(ctx context.Context, last calendar.Date) error {
	n := len(b.levels)
	for math.IsNaN(b.levels[n-1]) {
		n-- // the unfinished last day is forecast
	}
	s := Series{Step: calendar.Step{Unit: calendar.Day, N: 1}, Values: b.levels[:n], Times: make([]time.Time, n)}
	for d := range s.Times {
		s.Times[d] = b.grid.first.AddDays(d).In(b.grid.zone)
	}
	o := b.options
	o.Horizon = max(1, last.Sub(b.grid.first)+1-n)
	clean, _ := s.cleaned()
	b.lead, b.from = n-len(clean.Values), n
	o.Paths, o.Limits = 0, nil
	if o.Origins == defaultOrigins && o.Horizon <= shortHorizon {
		o.Origins = min(2*defaultOrigins, max(defaultOrigins, n/daysAnOrigin))
	}
	b.days = newEngine(clean, o)
	b.days.layered = true
	if err := b.days.forecast(ctx); err != nil {
		return fmt.Errorf("forecasting days: %w", err)
	}
	return nil
}

// expand spreads day levels from day `from` on over the cells with the profiles learned before it.
// Levels of days before `from` are the observed ones.
func (b *byDay) expand(medians []float64, from int, cells []cell) []float64 {
	out := make([]float64, len(cells))
	const sameProfile = 7 // days ahead that share a profile
	var p profile
	week := -1
	for i, c := range cells {
		if w := (c.day - from) / sameProfile; w != week || i == 0 {
			week = w
			p = b.grid.profileAt(b.levels, from, from+w*sameProfile+sameProfile/2, b.ratio)
		}
		level := math.NaN()
		switch at := c.day - from; {
		case at < 0:
			level = b.levels[c.day]
		case at < len(medians):
			level = medians[at]
		}
		out[i] = p.apply(level, b.grid.class[c.day], c.slot)
	}
	return out
}

// points are the bucket members' medians for cells after day `from`.
func (b *byDay) points(medians []float64, from, until int, cells []cell) [][]float64 {
	points := make([][]float64, bucketMembers)
	points[bucketProfile] = b.expand(medians, from, cells)
	naive, weeks := make([]float64, len(cells)), make([]float64, len(cells))
	for i, c := range cells {
		level := math.NaN()
		if at := c.day - from; at >= 0 && at < len(medians) {
			level = medians[at]
		}
		naive[i] = b.weeksBack(c, from, 52, 1, level)
		weeks[i] = b.weeksBack(c, from, 1, 4, level)
	}
	points[bucketNaive], points[bucketWeeks] = naive, weeks
	points[bucketDouble] = b.smoothed(until, cells)
	for m, p := range points {
		if p == nil || !finite(p) {
			points[m] = nil
		}
	}
	return points
}

// weeksBack is the mean of the cell's slot up to `take` times, `step` weeks apart, in the days before
// `from`; single weeks apart where there is no history that far. The level stands in where nothing
// was observed.
func (b *byDay) weeksBack(c cell, from, step, take int, level float64) float64 {
	const tries = 8
	if from < 7*step+7 {
		step = 1
	}
	day := c.day - 7*step
	if day >= from {
		day -= 7 * step * ((day-from)/(7*step) + 1)
	}
	var sum, n float64
	for try := 0; day >= 0 && try < tries && int(n) < take; try++ {
		if v := b.grid.values[day][c.slot]; !math.IsNaN(v) && !b.stoodStill(day) {
			sum, n = sum+v, n+1
		}
		day -= 7 * step
	}
	if n == 0 {
		return level
	}
	return sum / n
}

// stoodStill says that a day of the history is no measure of others.
func (b *byDay) stoodStill(day int) bool { return b.odd != nil && b.odd[day] }

// notScored are the buckets by which nobody is scored, and those of days that stood still; nil: none.
func (b *byDay) notScored() []bool {
	if b.odd == nil {
		return b.unscored
	}
	out := make([]bool, len(b.series.Values))
	for i, c := range b.grid.cells {
		out[i] = b.odd[c.day] || b.unscored != nil && b.unscored[i]
	}
	return out
}

// backtrials turns the daily engine's trials into trials of buckets.
func (b *byDay) backtrials() []trial {
	var out []trial
	unscored := b.notScored()
	for k, t := range b.days.trials {
		from := t.origin + b.lead
		start := b.grid.starts[from]
		end := min(start+b.options.Horizon, len(b.series.Values))
		for end > start && b.grid.cells[end-1].day >= from+len(t.actual) {
			end--
		}
		if start == 0 || end <= start {
			continue
		}
		cells := b.grid.cells[start:end]
		out = append(out, trial{
			origin: start, actual: beside(b.series.Values, unscored, start, end),
			points: b.points(b.days.medians[k], from, start, cells),
			class:  b.hours(cells, classOfDays(b.options.Calendar, b.series.Step, b.series.Times[start:end])),
		})
	}
	return out
}

// hours gives each bucket the class of its hour, and of the days near occasions apart.
func (b *byDay) hours(cells []cell, near []int) []int {
	out := make([]int, len(cells))
	for i, c := range cells {
		out[i] = dayClasses * (c.slot * 24 / b.grid.slots)
		if near != nil {
			out[i] += near[i]
		}
	}
	return out
}

// combine weighs the bucket members and sets the buckets' distribution; false when none could
// forecast.
func (b *byDay) combine() bool {
	trials := b.backtrials()
	if len(trials) == 0 {
		return false
	}
	cells := b.grid.place(b.final.ahead)
	points := b.points(b.days.dist.median, b.from, len(b.series.Values), cells)
	score := scores(trials, bucketMembers, b.size)
	usable := append([]float64(nil), score...)
	for m := range usable {
		if points[m] == nil || b.options.Model != "" && (m == bucketNaive) != (b.options.Model == yardstick) || b.options.Model != "" && m > bucketProfile {
			usable[m] = math.NaN()
		}
	}
	names := []member{{name: yardstick}, {name: "days × profile"}, {name: "recent weeks"}, {name: "double seasonal"}}
	weights := weigh(usable, len(trials))
	b.dist.median = blend(points, weights, b.options.Horizon)
	if b.dist.median == nil {
		return false
	}
	b.dist.class = b.hours(cells, classOfDays(b.options.Calendar, b.series.Step, b.final.ahead))
	b.result.Members = reported(names, weights, score)
	b.settle(trials, weights)
	b.explainBuckets(cells, points[bucketProfile])
	b.tell(b.days)
	b.result.Method = describe(b.result.Members)
	if weights[bucketProfile] > 0 {
		b.result.Method += "; days by " + describe(b.days.result.Members)
	}
	return true
}

// explainBuckets spreads the days' components and usual days over the buckets.
func (b *byDay) explainBuckets(cells []cell, layered []float64) {
	day := make([]int, len(cells)) // ahead in the daily engine; the unfinished day counts as its first
	for i, c := range cells {
		day[i] = max(0, c.day-b.from)
	}
	for _, c := range b.days.result.Components {
		values := make([]float64, len(cells))
		for i := range values {
			values[i] = c.Values[day[i]]
		}
		b.result.Components = append(b.result.Components, Component{Name: c.Name, Family: c.Family, Multiplicative: c.Multiplicative, Values: values})
	}
	hour := Component{Name: "hour", Multiplicative: b.ratio, Values: make([]float64, len(cells))}
	rest := Component{Name: "bucket combination", Multiplicative: b.ratio, Values: make([]float64, len(cells))}
	b.usual = make([]float64, len(cells))
	usualDay := b.days.baseline()
	for i, d := range day {
		level := b.days.dist.median[d]
		hour.Values[i] = compare(layered[i], level, b.ratio)
		rest.Values[i] = compare(b.dist.median[i], apply(level, hour.Values[i], b.ratio), b.ratio)
		b.usual[i] = apply(apply(usualDay[d], hour.Values[i], b.ratio), rest.Values[i], b.ratio)
	}
	b.result.Components = append(b.result.Components, hour, rest)
}

// compare is v over base, or v less base; 1 over a base of zero. A share that is no number any more is
// the largest there is.
func compare(v, base float64, ratio bool) float64 {
	switch {
	case !ratio:
		return v - base
	case base > 0:
		return math.Min(v/base, math.MaxFloat64)
	}
	return 1
}

// apply undoes compare.
func apply(base, part float64, ratio bool) float64 {
	if ratio {
		return math.Min(base*part, math.MaxFloat64)
	}
	return base + part
}
