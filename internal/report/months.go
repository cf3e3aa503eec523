package report

import (
	"time"

	"foresight/models"
)

// monthTable is the collapsed table of monthly figures.
type monthTable struct {
	Adds bool // the signal adds up, so that a month has a total
	Rows []monthRow
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
// median, with that day's own 90 % range.
func (b builder) months(s models.SignalResult, f models.Forecast) monthTable {
	t := monthTable{Adds: adds(s, f)}
	past := map[string]float64{}
	for _, h := range s.History {
		if v := value(h, f.Measure); finite(v) {
			k := h.Time.In(b.loc).Format("2006-01")
			if old, ok := past[k]; !t.Adds && ok && old > v {
				continue
			} else if t.Adds {
				v += old
			}
			past[k] = v
		}
	}
	for i := 0; i < len(f.Points); {
		month := f.Points[i].Time.In(b.loc).Format("2006-01")
		j, sum := i, 0.0
		var fan []fanPoint
		for ; j < len(f.Points) && f.Points[j].Time.In(b.loc).Format("2006-01") == month; j++ {
			sum += f.Points[j].Mean
			fan = append(fan, fanPoint{f.Points[j].Time, f.Points[j].Quantiles})
		}
		t.Rows = append(t.Rows, b.monthRow(f, fan, sum, f.Points[j-1].Overload, past))
		i = j
	}
	return t
}

// monthRow words one month.
func (b builder) monthRow(f models.Forecast, fan []fanPoint, sum, overload float64, past map[string]float64) monthRow {
	first := fan[0].t.In(b.loc)
	best := largest(fan)
	row := monthRow{Month: first.Format("Jan 2006"), Total: figure(sum), Top: figure(best.q[models.Q50]),
		TopDay: b.say.when(best.t, f.Span, b.loc), TopRange: spanOf(best.q[models.Q05], best.q[models.Q95]), Before: "–", Overload: "–"}
	days := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if f.Span == models.SpanDay && len(fan) < days {
		row.Days = b.say.plural(len(fan), "day", "days") + " of " + whole(days)
	}
	if v, ok := past[first.AddDate(-1, 0, 1-first.Day()).Format("2006-01")]; ok {
		row.Before = figure(v)
	}
	if finite(overload) {
		row.Overload = percent(overload)
	}
	return row
}
