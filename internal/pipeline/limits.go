package pipeline

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"foresight/models"
)

// limits is a signal's capacity as a limit on each point of one measure.
type limits struct {
	any    bool
	values []float64             // in the measure's unit; NaN where no step is in force
	steps  []models.CapacityStep // in force at each point
	within float64               // busiest instant over the bucket's mean, as used last; 1 when none
	sds    []float64             // spread of its logarithm at each point
	notes  []string
}

// limitsOf lays the dated steps over the points. A step counts for the measure
// that its width speaks of: one a day for the total, a shorter one for the busiest
// bucket.
func limitsOf(h history, m models.Measure, points []models.ForecastPoint) limits {
	l := limits{within: 1, values: make([]float64, len(points)), steps: make([]models.CapacityStep, len(points)), sds: make([]float64, len(points))}
	for i, p := range points {
		l.values[i] = math.NaN()
		for _, c := range h.signal.Capacity {
			if !c.From.After(p.Time) && speaksOf(h, c) == m {
				l.steps[i], l.any = c, true
				l.values[i], l.sds[i] = l.inBucket(h, c)
			}
		}
	}
	if l.any {
		l.notes = append(l.notes, h.say.T("The limit is taken as configured, with its dated steps and less its headroom; work is due when the probability of overload reaches %s.", h.say.percent(h.signal.Risk)))
	}
	return l
}

// speaksOf returns the measure that a step limits.
func speaksOf(h history, c models.CapacityStep) models.Measure {
	if len(measuresOf(h)) == 1 || c.Per == models.PerDay {
		return models.MeasureTotal
	}
	return models.MeasureBusiest
}

// inBucket turns a step's usable limit into one on a bucket of its measure, with the
// spread of the load inside it. What does not add up is compared as it is.
func (l *limits) inBucket(h history, c models.CapacityStep) (limit, sd float64) {
	if h.signal.Aggregate != models.AggregateSum || c.Per == models.PerBucket {
		return c.Usable(), 0
	}
	bucket := h.busy
	if speaksOf(h, c) == models.MeasureTotal {
		bucket = spanWidth(h.span)
	}
	width := widths[c.Per]
	limit = c.Usable() * float64(bucket) / float64(width)
	if width >= bucket {
		return limit, 0
	}
	within, sd, notes := load(h, c, bucket)
	l.within = within
	for _, note := range notes {
		if !slices.Contains(l.notes, note) {
			l.notes = append(l.notes, note)
		}
	}
	return limit / within, sd
}

// spanWidth is the mean width of a forecast's bucket.
func spanWidth(s models.Span) time.Duration {
	return time.Duration(24 / steps[s].PerDay() * float64(time.Hour))
}

// spread gives each path's each bucket its own peak inside, log-normal around the
// factor that the limit already holds; paths themselves stay as they are, since
// others are made of them. The generator is seeded: a run repeats.
func (l *limits) spread(paths [][]float64) [][]float64 {
	if len(l.sds) == 0 || slices.Max(l.sds) == 0 {
		return paths
	}
	normal := rand.New(rand.NewPCG(1, 2))
	loads := make([][]float64, len(paths))
	for i, path := range paths {
		loads[i] = make([]float64, len(path))
		for t, v := range path {
			loads[i][t] = v * math.Exp(l.sds[t]*normal.NormFloat64())
		}
	}
	return loads
}
