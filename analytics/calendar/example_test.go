package calendar_test

import (
	"fmt"
	"time"

	"foresight/analytics/calendar"
)

// Four weeks of work must be done before Black Friday, and nothing may be changed
// from 16 November on. Sweden's day before All Saints' (30 October) is worked, so that
// the twenty working days are 19 October to 13 November.
func ExampleCalendar_LatestStart() {
	c, err := calendar.New("SE", calendar.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	blackFriday := calendar.NewDate(2026, time.November, 27)
	freeze := calendar.Freeze{Name: "Christmas trade", From: calendar.NewDate(2026, time.November, 16), To: calendar.NewDate(2027, time.January, 8)}
	fmt.Println(c.LatestStart(blackFriday, 20, nil))
	fmt.Println(c.LatestStart(blackFriday, 20, []calendar.Freeze{freeze}))
	// Output:
	// 2026-10-30
	// 2026-10-19
}

func ExampleCalendar_On() {
	c, err := calendar.New("SE", calendar.Options{Own: []calendar.OwnEvent{{
		Name: "Summer sale",
		From: calendar.NewDate(2026, time.June, 18),
		To:   calendar.NewDate(2026, time.June, 30),
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range c.On(calendar.NewDate(2026, time.June, 19)) {
		fmt.Println(o.ID, "|", o.Name, "|", calendar.FamilyName(o.Family), "|", o.Kind, o.Closed)
	}
	// Output:
	// midsummer_eve | Midsummer Eve | Midsummer | feast true
	// own:Summer sale | Summer sale | Summer sale | own false
}

func ExampleStep_Add() {
	month := calendar.Step{Unit: calendar.Month, N: 1}
	end := time.Date(2026, time.February, 28, 0, 0, 0, 0, time.UTC)
	fmt.Println(month.Add(end, 1).Format(time.DateOnly)) // month ends stay month ends
	fmt.Println(month.PerDay() * 365.25)
	// Output:
	// 2026-03-31
	// 12
}

// The step is read off the times; a gap does not hide it.
func ExampleDetectStep() {
	var times []time.Time
	for _, month := range []time.Month{1, 2, 3, 5, 6} {
		times = append(times, time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC))
	}
	fmt.Println(calendar.DetectStep(times))
	// Output: M <nil>
}

// Five working days after the Wednesday before Easter 2026, in a country with Good Friday and Easter
// Monday off.
func ExampleCalendar_AddWorkingDays() {
	c, err := calendar.New("SE", calendar.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	wednesday := calendar.Easter(2026).AddDays(-4)
	fmt.Println(wednesday, "→", c.AddWorkingDays(wednesday, 5))
	// Output: 2026-04-01 → 2026-04-10
}
