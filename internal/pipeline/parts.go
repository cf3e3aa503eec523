package pipeline

import (
	"cmp"
	"math"
	"slices"

	"foresight/analytics"
	"foresight/analytics/reconcile"
	"foresight/models"
)

// Reconciling path by path holds every part's paths at once: within partPoints
// values, and where that leaves at least fewPaths a series; else means are
// reconciled, and quantiles move with them.
const (
	partPoints = 8_000_000
	fewPaths   = 500
)

// partPaths is how many joint paths each of n series with so many points ahead may
// have; 0: none.
func (l *Line) partPaths(n, points int) int {
	wanted := cmp.Or(l.Paths, drivenPaths)
	most := min(wanted, partPoints/max(1, n*points))
	if most < min(wanted, fewPaths) {
		return 0
	}
	return most
}

// adds says that the histories are a total and parts that add up to it.
func adds(histories []history) bool {
	return len(histories) > 1 && histories[0].signal.Aggregate == models.AggregateSum
}

// withRest prepares a split for reconciling: the joint paths that it takes, and the
// rest of the total that the kept parts leave, as one more part that is not told. A
// split whose parts exceed their total is left as it is.
func (l *Line) withRest(histories []history) []history {
	if !adds(histories) {
		return histories
	}
	rest, over := restOf(histories)
	if over {
		return histories
	}
	if rest != nil {
		histories = append(histories, *rest)
	}
	n := l.partPaths(len(histories), bucketsAhead(histories[0].span, cmp.Or(l.Horizon, DefaultHorizon)))
	for i := range histories {
		histories[i].jointly = n
	}
	return histories
}

// tiny is the share of a total below which a difference is rounding.
const tiny = 1e-9

// restOf is the total less its parts where they leave anything; over says that they
// exceed it: an event counts in several.
func restOf(histories []history) (rest *history, over bool) {
	total := histories[0]
	r := history{signal: total.signal, part: true, hidden: true, span: total.span, points: slices.Clone(total.points)}
	r.signal.ID, r.signal.Name, r.signal.Capacity = models.PartID(total.signal.ID, "(rest)"), "the rest", nil
	r.signal.Ceilings = nil
	at := make(map[int64]int, len(r.points))
	for i := range r.points {
		at[r.points[i].Time.Unix()] = i
		r.points[i].Busiest = math.NaN()
	}
	for _, h := range histories[1:] {
		for _, p := range h.points {
			if i, known := at[p.Time.Unix()]; known {
				r.points[i].Total -= p.Total
			}
		}
	}
	any := false
	for i, p := range r.points {
		slack := tiny * math.Abs(total.points[i].Total)
		switch {
		case math.IsNaN(p.Total):
		case p.Total < -slack:
			return nil, true
		case p.Total <= slack:
			r.points[i].Total = 0
		default:
			any = true
		}
	}
	if !any {
		return nil, false
	}
	return &r, false
}

// family is a total and its parts on their way to agreement.
type family struct {
	histories []history
	all       []*measured // of their totals, in the order of the histories
	at        *reconcile.Projection
	positive  bool
}

// agree reconciles the day's totals of a split's parts with their total's. What
// stands in the way is said and changes nothing.
func agree(j Job, s *study, histories []history, outlooks []outlook) {
	if !adds(histories) {
		return
	}
	f := family{histories: histories, positive: true}
	why := ""
	if _, over := restOf(histories[:kept(histories)]); over {
		why = j.say().T("an event counts in several parts, so that they exceed their total")
	}
	for i := range outlooks {
		if why == "" && len(outlooks[i].measured) == 0 {
			why = j.say().T("%s has no forecast", histories[i].signal.Name)
		}
		if why == "" {
			f.all = append(f.all, &outlooks[i].measured[0])
		}
	}
	if why == "" && !f.aligned() {
		why = j.say().T("their forecasts are of different days")
	}
	if why == "" {
		why = f.reconcile()
	}
	f.tell(j, s, outlooks, why)
}

// kept counts the histories that are told.
func kept(histories []history) int {
	n := 0
	for n < len(histories) && !histories[n].hidden {
		n++
	}
	return n
}

// aligned says that all forecasts are of the same buckets.
func (f *family) aligned() bool {
	first := f.all[0].points
	for _, m := range f.all {
		if len(m.points) != len(first) || !m.points[0].Time.Equal(first[0].Time) {
			return false
		}
	}
	return true
}

// reconcile moves every forecast to where they add up, by weighted least squares
// with the variances of the forecasts themselves, bucket by bucket.
func (f *family) reconcile() (why string) {
	for _, m := range f.all {
		for _, v := range m.series.Values {
			f.positive = f.positive && !(v < 0)
		}
	}
	hierarchy := reconcile.Total(len(f.all) - 1)
	joint := f.joint()
	if joint {
		f.couple()
	}
	before := make([][]float64, len(f.all))
	for i, m := range f.all {
		before[i] = m.medians()
	}
	variance, means := make([]float64, len(f.all)), make([]float64, len(f.all))
	for t := range f.all[0].points {
		for i, m := range f.all {
			q := m.forecast.Quantiles[t]
			sd := (q[models.Q95] - q[models.Q05]) / 3.29
			variance[i], means[i] = sd*sd, m.forecast.Mean[t]
		}
		at, err := hierarchy.WLS(variance)
		if err != nil { // all are certain: what is certain and does not add up is split evenly
			at = hierarchy.Structural()
		}
		f.at = at
		if joint {
			f.paths(t)
		} else {
			f.means(t, means)
		}
	}
	for i, m := range f.all {
		components := m.forecast.Components
		if joint {
			m.replace(m.forecast.Paths)
		}
		moved := m.medians()
		for t := range moved {
			moved[t] -= before[i][t]
		}
		m.forecast.Components = append(slices.Clone(components), analytics.Component{Name: "reconciliation", Values: moved})
	}
	return ""
}

// medians copies the forecast's medians.
func (m *measured) medians() []float64 {
	out := make([]float64, len(m.forecast.Quantiles))
	for t, q := range m.forecast.Quantiles {
		out[t] = q[models.Q50]
	}
	return out
}

// joint says that all have paths, and equally many.
func (f *family) joint() bool {
	n := len(f.all[0].forecast.Paths)
	for _, m := range f.all {
		if len(m.forecast.Paths) != n || n == 0 {
			return false
		}
	}
	return true
}

// paths reconciles one bucket of each joint path.
func (f *family) paths(t int) {
	y := make([]float64, len(f.all))
	for k := range f.all[0].forecast.Paths {
		for i, m := range f.all {
			y[i] = m.forecast.Paths[k][t]
		}
		f.apply(y)
		for i, m := range f.all {
			m.forecast.Paths[k][t] = y[i]
		}
	}
}

// means reconciles one bucket's means, and moves quantiles and paths with them.
func (f *family) means(t int, y []float64) {
	was := slices.Clone(y)
	f.apply(y)
	for i, m := range f.all {
		by := y[i] - was[i]
		move := func(v float64) float64 {
			if v += by; f.positive {
				v = math.Max(0, v)
			}
			return v
		}
		m.forecast.Mean[t] = y[i]
		for q, v := range m.forecast.Quantiles[t] {
			m.forecast.Quantiles[t][q] = move(v)
		}
		for _, p := range m.forecast.Paths {
			p[t] = move(p[t])
		}
	}
}

func (f *family) apply(y []float64) {
	if f.positive {
		f.at.ApplyPositive(y)
		return
	}
	f.at.Apply(y)
}

// tell writes the reconciled numbers into the points and says what was done.
func (f *family) tell(j Job, s *study, outlooks []outlook, why string) {
	for i := range outlooks {
		if len(outlooks[i].measured) == 0 {
			continue
		}
		m := &outlooks[i].measured[0]
		note := j.say().T("Parts and total are forecast each by itself and then brought to add up, by the ranges of each.")
		if why != "" {
			note = j.say().T("Parts and total are forecast each by itself and need not add up: %s.", why)
		} else {
			m.fill(j, f.histories[i])
		}
		m.notes = append(m.notes, note)
		outlooks[i].signal.Forecasts[0] = m.record(j, s, f.histories[i])
	}
}
