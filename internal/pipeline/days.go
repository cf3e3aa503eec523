package pipeline

import (
	"math"
	"time"

	"foresight/models"
)

// daily builds local days of 23, 24 or 25 hours out of buckets. A day with a hole
// is a hole, except where the hole is the signal's habit (a shop that is closed
// at night and whose query calls silence missing).
func (g *grid) daily(signal models.Signal, values, weights []float64, busy time.Duration) []models.HistoryPoint {
	usual := g.habits(values)
	per := max(1, int(busy/g.query.Span.Duration()))
	var points []models.HistoryPoint
	for i := 0; i < g.buckets(); {
		end := i
		for end < g.buckets() && g.days[end] == g.days[i] {
			end++
		}
		p := models.HistoryPoint{Time: g.days[i].In(g.zone), Total: math.NaN(), Busiest: math.NaN()}
		if v, w, whole := g.known(values, weights, usual, i, end); whole {
			p.Total = combine(signal, v, w)
			p.Busiest = busiest(signal, v, w, per)
		}
		points = append(points, p)
		i = end
	}
	return points
}

// known returns the buckets from i to end less those that are habitually absent,
// and whether none other is missing and at least one is there.
func (g *grid) known(values, weights []float64, usual map[slot]bool, i, end int) (v, w []float64, whole bool) {
	for ; i < end; i++ {
		switch {
		case !math.IsNaN(values[i]):
			v, w = append(v, values[i]), append(w, weights[i])
		case !usual[g.slot(i)]:
			return nil, nil, false
		}
	}
	return v, w, len(v) > 0
}

// slot is a bucket's place in the local week.
type slot struct {
	day    time.Weekday
	minute int
}

func (g *grid) slot(i int) slot {
	t := time.Unix(g.starts[i], 0).In(g.zone)
	return slot{t.Weekday(), t.Hour()*60 + t.Minute()}
}

// habitShare is the share of weeks in which a place of the week must be empty for
// its silence to count as habit, and habitWeeks how many weeks must have been seen.
const (
	habitShare = 0.8
	habitWeeks = 4
)

// habits finds the places of the week that are nearly always without a value
// between the first row and the silence at the end.
func (g *grid) habits(values []float64) map[slot]bool {
	seen, missing := map[slot]int{}, map[slot]int{}
	for i := g.first; i < g.silent; i++ {
		s := g.slot(i)
		seen[s]++
		if math.IsNaN(values[i]) {
			missing[s]++
		}
	}
	usual := map[slot]bool{}
	for s, n := range missing {
		usual[s] = seen[s] >= habitWeeks && float64(n) >= habitShare*float64(seen[s])
	}
	return usual
}

// combine makes one longer bucket of several by the signal's aggregate. Ratios
// and means are taken over the sums of their parts, never averaged.
func combine(signal models.Signal, v, w []float64) float64 {
	if signal.Kind == models.KindRatio || signal.Aggregate == models.AggregateMean {
		return sum(v) / sum(w) // no weight at all: 0/0, unknown
	}
	switch signal.Aggregate {
	case models.AggregateSum:
		return sum(v)
	case models.AggregateMax:
		return largest(v)
	case models.AggregateLast:
		return v[len(v)-1]
	}
	if len(v) == 1 {
		return v[0]
	}
	return math.NaN() // AggregateNone cannot be rebuilt: fetched by the day
}

// busiest returns the largest run of per buckets, or NaN where that has no meaning.
func busiest(signal models.Signal, v, w []float64, per int) float64 {
	best := math.NaN()
	for i := 0; i+per <= len(v); i += per {
		x := combine(signal, v[i:i+per], w[i:i+per])
		if math.IsNaN(best) || x > best {
			best = x
		}
	}
	return best
}

func sum(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

func largest(v []float64) float64 {
	m := v[0]
	for _, x := range v[1:] {
		m = max(m, x)
	}
	return m
}

// widths of the limits that are shorter than a day.
var widths = map[models.Per]time.Duration{
	models.PerSecond: time.Second,
	models.PerMinute: time.Minute,
	models.Per5Min:   5 * time.Minute,
	models.PerHour:   time.Hour,
	models.PerDay:    24 * time.Hour,
}

// busyWidth is how wide the busiest bucket of a day is: the query's span, or the
// widest limit below a day that spans several buckets of something that adds up.
func busyWidth(q models.Query) time.Duration {
	width := q.Span.Duration()
	if q.Signal.Aggregate != models.AggregateSum {
		return width
	}
	for _, c := range q.Signal.Capacity {
		if w := widths[c.Per]; w < 24*time.Hour {
			width = max(width, w)
		}
	}
	return width
}
