package analytics

import (
	"slices"

	"foresight/analytics/calendar"
)

// member is one method of forecasting.
type member struct {
	name string
	// fit forecasts the medians of the window's buckets ahead; nil when the window does not
	// carry the method.
	fit func(w *window) []float64
	// dated says that its forecast holds the calendar's occasions.
	dated bool
	// rung says that it serves the fallback ladder and who asks for it by name, and does not
	// compete: on the monthly M3 series a flat mean that won a few origins cost 2 % of accuracy, and
	// beside the regression that it leans on the aligned naive cost as much as it gave.
	rung bool
	// only names the steps that it competes for, nil all: what knows no weekday is no match for
	// days, and level × shape none for weeks and months, whose seasons are weak.
	only []calendar.Unit
}

// yardstick is the member that every other is measured against.
const yardstick = "seasonal naive"

// Steps with a week in them, and the others; a short history of hours or minutes is forecast with
// the day as its season.
var (
	notDays = []calendar.Unit{calendar.Minute, calendar.Hour, calendar.Week, calendar.Month}
	toADay  = []calendar.Unit{calendar.Minute, calendar.Hour, calendar.Day}
)

// catalogue returns the methods in the order in which they are tried and reported.
func catalogue() []member {
	return []member{
		{name: yardstick, fit: seasonalNaive, only: notDays},
		{name: "ridge", fit: ridge, dated: true},
		{name: "aligned naive", fit: aligned, dated: true, rung: true},
		{name: "holt-winters", fit: holtWinters, dated: true},
		{name: "stl", fit: decomposed, dated: true},
		{name: "theta", fit: dynamicTheta, dated: true},
		{name: "level × shape", fit: levelShape, dated: true, only: toADay},
		{name: "drift", fit: drift, only: notDays},
		{name: "mean", fit: flatMean, rung: true},
		{name: tsb, fit: meanDemand, rung: true}, // competes as a whole: see tryDemand
	}
}

// Models lists the names that Options.Model takes, besides "auto".
func Models() []string {
	var names []string
	for _, m := range catalogue() {
		names = append(names, m.name)
	}
	return names
}

// competes says whether the member takes part in a run in a run of the step for the model asked for ("" all).
func (m member) competes(model string, step calendar.Step) bool {
	if model == "" {
		return !m.rung && (m.only == nil || slices.Contains(m.only, step.Unit))
	}
	return m.name == model
}

// dated is the weight of the members whose forecasts hold the calendar's occasions.
func dated(members []member, used []Member) float64 {
	total := 0.0
	for _, u := range used {
		for _, m := range members {
			if m.name == u.Name && m.dated {
				total += u.Weight
			}
		}
	}
	return total
}

// run calls the member and takes only a whole, finite answer.
func (m member) run(w *window) []float64 {
	f := m.fit(w)
	if len(f) != len(w.ahead) || !finite(f) {
		return nil
	}
	return f
}
