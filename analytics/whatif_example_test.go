package analytics_test

import (
	"context"
	"fmt"
	"math"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
)

// till is a shop that sold half as much again on 6 and 7 May 2024, forecast 60 days ahead of
// December 2025 against what its till takes.
func till() (analytics.Series, analytics.Forecast, analytics.Options) {
	var s analytics.Series
	s.Step = calendar.Step{Unit: calendar.Day, N: 1}
	for i := range 700 {
		t := time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC)
		v := 100 + 2*math.Sin(float64(i)*2*math.Pi/7) + math.Sin(float64(i)*12.9898)
		if i == 126 || i == 127 {
			v *= 1.5
		}
		s.Times, s.Values = append(s.Times, t), append(s.Values, v)
	}
	o := analytics.Options{Horizon: 60, Limits: make([]float64, 60)}
	for i := range o.Limits {
		o.Limits[i] = 130
	}
	f, err := analytics.Run(context.Background(), s, o)
	if err != nil {
		panic(err)
	}
	return s, f, o
}

// What if the campaign of last May were repeated before Christmas, and what if 40 were added in
// time for it?
func ExampleWhatIf() {
	s, f, o := till()
	effect, err := analytics.EffectOfDays(s, calendar.NewDate(2024, time.May, 6), calendar.NewDate(2024, time.May, 7))
	if err != nil {
		fmt.Println(err)
		return
	}
	campaign := analytics.Campaign("May's again", effect, calendar.NewDate(2025, time.December, 15))
	more := analytics.AddCapacity("second till", 40, calendar.NewDate(2025, time.December, 1))
	for _, changes := range [][]analytics.Change{nil, {campaign}, {campaign, more}} {
		w, err := analytics.WhatIf(s, f, o, changes...)
		if err != nil {
			fmt.Println(err)
			return
		}
		date := "not within the horizon"
		if i := w.Crossing.Reading().Expected; i >= 0 {
			date = w.Times[i].Format(time.DateOnly)
		}
		fmt.Println(len(changes), "changes: the limit is crossed", date)
	}
	// Output:
	// 0 changes: the limit is crossed not within the horizon
	// 1 changes: the limit is crossed 2025-12-15
	// 2 changes: the limit is crossed not within the horizon
}

// The largest day of the horizon has a distribution of its own, above that of any one day.
func ExampleMaximumOf() {
	_, f, _ := till()
	m := analytics.MaximumOf(f.Paths, []float64{0.5, 0.95})
	largest := 0.0
	for _, q := range f.Quantiles {
		largest = max(largest, q[1])
	}
	fmt.Println("the median maximum lies above every day's median:", m.Quantiles[0] > largest)
	fmt.Println("needed for 5 %:", analytics.NeededCapacity(f.Paths, nil, 0) >= m.Quantiles[0])
	// Output:
	// the median maximum lies above every day's median: true
	// needed for 5 %: true
}
