package regress_test

import (
	"fmt"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/regress"
)

// Two years of a shop that is closed on Sundays and sells double on its own two
// sale days; the third is to come.
func ExampleFit() {
	var own []calendar.OwnEvent
	for _, d := range []calendar.Date{
		calendar.NewDate(2023, time.October, 6), calendar.NewDate(2024, time.October, 4), calendar.NewDate(2025, time.January, 10),
	} {
		own = append(own, calendar.OwnEvent{Name: "Members' day", From: d, To: d})
	}
	cal, err := calendar.New("SE", calendar.Options{Own: own})
	if err != nil {
		fmt.Println(err)
		return
	}
	var times []time.Time
	var y []float64
	for d := calendar.NewDate(2023, time.January, 2); d.Before(calendar.NewDate(2025, time.January, 1)); d = d.AddDays(1) {
		v := 1000.0
		if d.Weekday() == time.Sunday {
			v = 0
		}
		if d == own[0].From || d == own[1].From {
			v *= 2
		}
		times, y = append(times, d.In(time.UTC)), append(y, v)
	}
	m, err := regress.Fit(times, y, regress.Options{Step: calendar.Step{Unit: calendar.Day, N: 1}, Calendar: cal})
	if err != nil {
		fmt.Println(err)
		return
	}
	ahead := []time.Time{own[2].From.In(time.UTC), own[2].From.AddDays(1).In(time.UTC), own[2].From.AddDays(2).In(time.UTC)}
	for i, p := range m.Predict(ahead) {
		fmt.Printf("%s %.0f, a usual such day %.0f\n", ahead[i].Format("Mon 2 Jan"), p, m.Baseline(ahead)[i])
	}
	// Output:
	// Fri 10 Jan 2000, a usual such day 1000
	// Sat 11 Jan 1000, a usual such day 1000
	// Sun 12 Jan 0, a usual such day 0
}
