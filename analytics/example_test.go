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

// Four days come in no order and one is missing: time stays put, and a gap is not zero.
func ExampleRegularize() {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	s, err := analytics.Regularize([]time.Time{day(4), day(1), day(2), day(5)}, []float64{40, 10, 20, 50}, calendar.Step{Unit: calendar.Day, N: 1})
	fmt.Println(s.Values, err)
	// Output: [10 20 NaN 40 50] <nil>
}

// Of four paths two are above the limit by the third day, one of them from the first day on.
func ExampleCross() {
	paths := [][]float64{{9, 5, 5}, {1, 2, 9}, {1, 2, 3}, {3, 2, 1}}
	c := analytics.Cross(paths, []float64{8, 8, 8}, 0.2)
	fmt.Println(c.Probability, "half of the paths by bucket", c.Expected)
	// Output: [0.25 0.25 0.5] half of the paths by bucket 2
}

// A spare part that is asked for on two days of seven: nothing is the likeliest, and the stock for
// nine days in ten is a demand's size.
func ExampleRun_intermittent() {
	var times []time.Time
	var values []float64
	for i := range 400 {
		times = append(times, time.Date(2025, 1, 1+i, 0, 0, 0, 0, time.UTC))
		values = append(values, 0)
		if k := i * 37 % 101; k%7 < 2 {
			values[i] = float64(5 + k%3)
		}
	}
	series, err := analytics.Regularize(times, values, calendar.Step{Unit: calendar.Day, N: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := analytics.Run(context.Background(), series, analytics.Options{Horizon: 30, Quantiles: []float64{0.05, 0.5, 0.9}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %.0f\n", f.Method, f.Quantiles[0])
	// Output: tsb: [0 0 7]
}
