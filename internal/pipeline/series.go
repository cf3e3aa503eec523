package pipeline

import (
	"math"
	"slices"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/models"
)

// history is one signal's past in buckets of the forecast's span: local days, or
// the query's own weeks or months.
type history struct {
	say     voice         // the customer's language
	signal  models.Signal // of a part: with the part's ID and Name
	part    bool
	span    models.Span
	points  []models.HistoryPoint
	busy    time.Duration // width of the bucket that Busiest is the largest of; 0 when not measured
	buckets int           // fetched buckets of the window since the first row
	holes   int           // of which unknown
	silent  time.Time     // since when nothing has come in, zero while data flow
	longest time.Duration // the longest silence before, to judge this one by

	inside    map[time.Duration]analytics.Within // how the load moves inside the busiest bucket, by the width looked at
	fetch     time.Duration                      // width of the query's own buckets; 0 for days and longer
	trained   []models.HistoryPoint              // days of the query's buckets without their ceilings; nil: points
	saturated []models.Treated                   // which buckets those are

	beyond  int      // values of the split beyond its cap, which the total alone holds
	reviews []review // how right earlier forecasts of it were

	fine *fine // the total's own buckets of late; nil for days and longer

	paths   int  // joint paths wanted besides those that limits need
	jointly int  // joint paths of the totals of a split, the same for all; 0: as many as each needs
	hidden  bool // helps others' forecasts and is not told itself
}

// speak has a history told in a language.
func (h *history) speak(say voice) {
	h.say = say
	for i, t := range h.saturated {
		h.saturated[i].Reason = say.engine(t.Reason)
	}
}

// settle turns a complete answer into histories: the total first, then the parts
// of a split. Every bucket without a row becomes zero or hole by the query's rule.
func settle(q models.Query, f models.Fetched, zone *time.Location) []history {
	grid := newGrid(q, f, zone)
	histories := make([]history, 0, len(f.Columns))
	for i, c := range f.Columns {
		signal := q.Signal
		if i > 0 {
			signal.ID = models.PartID(q.Signal.ID, c.Split)
			signal.Name = q.Signal.Name + " · " + c.Split
			// A limit is of the whole; a part has none of its own.
			signal.Capacity, signal.Ceilings = nil, nil
		}
		h := grid.history(signal, c)
		h.part = i > 0
		if !h.part {
			h.beyond = f.Dropped
		}
		if h.part {
			h.fine = nil
		}
		histories = append(histories, h)
	}
	return histories
}

// grid is the window cut into fetched buckets, with what the query's rule says of
// those without a row.
type grid struct {
	query  models.Query
	zone   *time.Location
	starts []int64 // epoch seconds, one more than there are buckets
	days   []calendar.Date
	spoke  []bool // the witness spoke in the bucket's witness span
	first  int    // bucket of the first row of the total; before it nothing is known
	silent int    // first bucket of the silence that lasts to the end, else len
	// longest is the longest silence before that one, in buckets.
	longest int
}

func newGrid(q models.Query, f models.Fetched, zone *time.Location) *grid {
	g := &grid{query: q, zone: zone}
	g.cut(f.Window)
	g.hear(f)
	g.listen(f.Columns[0].Points)
	return g
}

// cut lays out the buckets' starts: instants for spans below a day, else local
// midnights.
func (g *grid) cut(w models.Window) {
	if width := g.query.Span.Duration(); width > 0 {
		step := int64(width / time.Second)
		for t := w.From.Unix(); t <= w.To.Unix(); t += step {
			g.starts = append(g.starts, t)
		}
	} else {
		for d, end := calendar.DateOf(w.From.In(g.zone)), calendar.DateOf(w.To.In(g.zone)); !d.After(end); d = nextPeriod(g.query.Span, d) {
			g.starts = append(g.starts, d.In(g.zone).Unix())
		}
	}
	for _, t := range g.starts {
		g.days = append(g.days, calendar.DateOf(time.Unix(t, 0).In(g.zone)))
	}
}

// nextPeriod returns the first day after the day, week or month that starts at d.
func nextPeriod(s models.Span, d calendar.Date) calendar.Date {
	switch s {
	case models.SpanWeek:
		return d.AddDays(7)
	case models.SpanMonth:
		return periodStart(s, calendar.NewDate(d.Year, d.Month, 1).AddDays(31))
	}
	return d.AddDays(1)
}

func (g *grid) buckets() int { return len(g.starts) - 1 }

// hear marks the buckets in whose witness span the witness spoke.
func (g *grid) hear(f models.Fetched) {
	g.spoke = make([]bool, g.buckets())
	if g.query.Witness == nil {
		return
	}
	for i := range g.spoke {
		// The last span that begins at or before the bucket.
		at, found := slices.BinarySearch(f.Witness, g.starts[i])
		if !found {
			at--
		}
		g.spoke[i] = at >= 0 && g.starts[i] < g.witnessEnd(f.Witness[at])
	}
}

// witnessEnd returns where the witness span that begins at t ends.
func (g *grid) witnessEnd(t int64) int64 {
	if width := g.query.Witness.Span.Duration(); width > 0 {
		return t + int64(width/time.Second)
	}
	d := calendar.DateOf(time.Unix(t, 0).In(g.zone))
	return nextPeriod(g.query.Witness.Span, d).In(g.zone).Unix()
}

// listen finds the first row, and a silence up to the end that is longer than any
// the series has shown: ingest that stopped, not a falling volume. While the witness
// speaks there is no silence.
func (g *grid) listen(points []models.Point) {
	g.first, g.silent = g.buckets(), g.buckets()
	heard := slices.Clone(g.spoke)
	for _, p := range points {
		if i, found := slices.BinarySearch(g.starts, p.Time); found && i < g.buckets() { // the client has refused what lies off the grid
			heard[i], g.first = true, min(g.first, i)
		}
	}
	last := g.first
	for i := g.first; i < g.buckets(); i++ {
		if heard[i] {
			g.longest, last = max(g.longest, i-last-1), i
		}
	}
	if gap := g.buckets() - 1 - last; gap > 2*g.longest && g.starts[g.buckets()]-g.starts[last+1] >= 86400 {
		g.silent = last + 1
	}
}

// empty returns what bucket i is when it has no row: 0 or NaN.
func (g *grid) empty(i int) float64 {
	switch {
	case i >= g.silent:
		return math.NaN()
	case g.query.Empty == models.EmptyZero && i >= g.first, g.query.Empty == models.EmptyWitness && g.spoke[i]:
		return 0
	}
	return math.NaN()
}

// history builds one column's series in the forecast's span.
func (g *grid) history(signal models.Signal, c models.Column) history {
	values, weights := make([]float64, g.buckets()), make([]float64, g.buckets())
	has := make([]bool, g.buckets())
	for _, p := range c.Points {
		if i, found := slices.BinarySearch(g.starts, p.Time); found && i < g.buckets() {
			values[i], weights[i], has[i] = p.Value, p.Weight, true
		}
	}
	h := history{signal: signal, span: g.query.Span}
	for i := range values {
		if !has[i] {
			values[i], weights[i] = g.empty(i), 0
		}
		if i >= g.first {
			h.buckets++
			if math.IsNaN(values[i]) {
				h.holes++
			}
		}
	}
	if g.silent < g.buckets() {
		h.silent = time.Unix(g.starts[g.silent], 0).In(g.zone)
		h.longest = time.Duration(g.longest) * g.query.Span.Duration()
	}
	if g.query.Span.Duration() > 0 {
		h.span, h.fetch = models.SpanDay, g.query.Span.Duration()
		h.busy = busyWidth(g.query)
		h.points = g.daily(signal, values, weights, h.busy)
		up := g.up(signal, values)
		h.lift(g, values, weights)
		h.inside, h.fine = g.inside(signal, up, weights, h.busy), g.fine(up, weights)
	} else {
		h.points = make([]models.HistoryPoint, g.buckets())
		for i := range values {
			h.points[i] = models.HistoryPoint{Time: time.Unix(g.starts[i], 0).In(g.zone), Total: combine(signal, values[i:i+1], weights[i:i+1]), Busiest: math.NaN()}
		}
	}
	// Before the first known bucket there is no history, only the window.
	for len(h.points) > 0 && math.IsNaN(h.points[0].Total) {
		h.points = h.points[1:]
		h.trained = h.trained[min(1, len(h.trained)):]
	}
	return h
}
