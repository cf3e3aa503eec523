package analytics

import (
	"math"
	"time"

	"foresight/analytics/calendar"
)

// daysAMonth is the mean length of a month.
const daysAMonth = 365.25 / 12

// lengths are how much longer than the mean month each bucket is, where the options say that values
// are sums and the step is of months; else nil. A steady rate a day makes months of 28 to 31 days of
// it, which is no season: February has a day more every fourth year (calendar adjustment, Hyndman &
// Athanasopoulos, "Forecasting: Principles and Practice", 3.1).
func lengths(o Options, step calendar.Step, times []time.Time) []float64 {
	if !o.Sums || step.Unit != calendar.Month {
		return nil
	}
	out := make([]float64, len(times))
	mean := daysAMonth * float64(max(1, step.N))
	for i, t := range times {
		d := calendar.DateOf(t) // whichever of the month's days the bucket is stamped with
		first := calendar.Date{Year: d.Year, Month: d.Month, Day: 1}
		out[i] = float64(calendar.NewDate(d.Year, d.Month+time.Month(max(1, step.N)), 1).Sub(first)) / mean
	}
	return out
}

// level takes the lengths out of the history.
func (p *prepared) level(o Options) {
	for i, f := range lengths(o, p.Step, p.Times) {
		p.Values[i] /= f
	}
}

// lengthen gives a finished forecast the lengths of its own months.
func (f *Forecast) lengthen(o Options, lower, upper float64, step calendar.Step) {
	factors := lengths(o, step, f.Times)
	if factors == nil {
		return
	}
	within := func(v float64) float64 { return math.Min(upper, math.Max(lower, v)) }
	medians := make([]float64, len(f.medians))
	for t, by := range factors {
		for j := range f.Quantiles[t] {
			f.Quantiles[t][j] = within(by * f.Quantiles[t][j])
		}
		f.Mean[t], f.Baseline[t], medians[t] = within(by*f.Mean[t]), within(by*f.Baseline[t]), within(by*f.medians[t])
		for _, path := range f.Paths {
			path[t] = within(by * path[t])
		}
	}
	f.medians = medians
	f.Components = append(f.Components, Component{Name: "month length", Multiplicative: true, Values: factors})
}
