package analytics_test

import (
	"context"
	"fmt"
	"math"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
)

// A shop sells half a piece more each day; its till takes 480 a day, which comes 60 days ahead.
func ExampleRun() {
	var times []time.Time
	var values []float64
	for i := range 700 {
		times = append(times, time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC))
		values = append(values, 100+0.5*float64(i)+2*math.Sin(float64(i)*2*math.Pi/7))
	}
	series, err := analytics.Regularize(times, values, calendar.Step{Unit: calendar.Day, N: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	limits := make([]float64, 90)
	for i := range limits {
		limits[i] = 480
	}
	f, err := analytics.Run(context.Background(), series, analytics.Options{Horizon: 90, Limits: limits})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("first day ahead:", f.Times[0].Format(time.DateOnly))
	fmt.Println("crossing in 50 to 65 days:", f.Crossing.Expected >= 50 && f.Crossing.Expected <= 65)
	fmt.Println("certain at the end:", f.Crossing.Probability[89] > 0.9)
	// Output:
	// first day ahead: 2025-12-01
	// crossing in 50 to 65 days: true
	// certain at the end: true
}
