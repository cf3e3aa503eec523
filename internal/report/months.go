package report

import (
	"time"

	"foresight/models"
)

// monthTable is the collapsed table of monthly figures.
type monthTable struct {
	Adds   bool // the signal adds up, so that a month has a total
	Single bool // the buckets are months: total and largest are one figure
	Rows   []monthRow
}

// monthRow is one month of the forecast.
type monthRow struct {
	Month, Days, Total, Top, TopDay, TopRange, Before, Overload string
}

// adds says whether a forecast's buckets add up to longer ones.
func adds(s models.SignalResult, f models.Forecast) bool {
	return f.Measure == models.MeasureTotal && s.Signal.Aggregate == models.AggregateSum
}

// months sums a forecast by month. Means add up and quantiles do not, so a month's
// total is the sum of its days' means; its largest day is the one with the largest
// median, with that day's own 90 % range. Where the buckets are months, that one
// figure is all there is.
func (b builder) months(s models.SignalResult, f models.Forecast) monthTable {
	t := monthTable{Adds: adds(s, f), Single: f.Span == models.SpanMonth}
	past := b.pastMonths(s, f)
	for i := 0; i < len(f.Points); {
		month := f.Points[i].Time.In(b.loc).Format("2006-01")
		j, sum := i, 0.0
		var fan []fanPoint
		for ; j < len(f.Points) && f.Points[j].Time.In(b.loc).Format("2006-01") == month; j++ {
			sum += f.Points[j].Mean
			fan = append(fan, fanPoint{f.Points[j].Time, f.Points[j].Quantiles})
		}
		row := b.monthRow(f, fan, sum, f.Points[j-1].Overload)
		if v, ok := b.yearBefore(f.Span, fan, past, t.Adds); ok {
			row.Before = b.say.figure(v)
		}
		t.Rows = append(t.Rows, row)
		i = j
	}
	return t
}

// monthRow words one month.
func (b builder) monthRow(f models.Forecast, fan []fanPoint, sum, overload float64) monthRow {
	first := fan[0].t.In(b.loc)
	best := largest(fan)
	row := monthRow{Month: b.say.month(first), Total: b.say.figure(sum), Top: b.say.figure(best.q[models.Q50]),
		TopDay: b.say.when(best.t, f.Span, b.loc), TopRange: b.say.spanOf(best.q[models.Q05], best.q[models.Q95]), Before: "–", Overload: "–"}
	if n := daysIn(first); f.Span == models.SpanDay && len(fan) < n {
		row.Days = b.say.T("part|%s of %s", b.say.count(len(fan), models.SpanDay), b.say.whole(n))
	}
	if finite(overload) {
		row.Overload = b.say.percent(overload)
	}
	return row
}

// daysIn counts the days of a day's month.
func daysIn(t time.Time) int { return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// pastMonths gathers the history by month ("2006-01"), in order of time.
func (b builder) pastMonths(s models.SignalResult, f models.Forecast) map[string][]point {
	past := map[string][]point{}
	for _, h := range s.History {
		k := h.Time.In(b.loc).Format("2006-01")
		past[k] = append(past[k], point{h.Time, value(h, f.Measure)})
	}
	return past
}

// yearBefore returns the total (or largest value) of the same span of days a year
// before, and false unless all of it is known: what compares a month with four days
// of another misleads. A span that reaches its month's end does so in both years.
func (b builder) yearBefore(span models.Span, fan []fanPoint, past map[string][]point, adds bool) (float64, bool) {
	first, last := fan[0].t.In(b.loc), fan[len(fan)-1].t.In(b.loc)
	month := time.Date(first.Year()-1, first.Month(), 1, 0, 0, 0, 0, b.loc)
	from, to, want := 1, 31, len(fan)
	if span == models.SpanDay {
		from, to = first.Day(), last.Day()
		if end := daysIn(month); to == daysIn(last) || to > end {
			to = end
		}
		want = to - from + 1
	}
	sum, most, known := 0.0, 0.0, 0
	for _, p := range past[month.Format("2006-01")] {
		if d := p.t.In(b.loc).Day(); d < from || d > to {
			continue
		}
		if !finite(p.v) {
			return 0, false
		}
		if known == 0 || p.v > most {
			most = p.v
		}
		sum += p.v
		known++
	}
	if known != want || known == 0 {
		return 0, false
	}
	if adds {
		return sum, true
	}
	return most, true
}
