package smoothing_test

import (
	"encoding/json"
	"fmt"

	"foresight/analytics/smoothing"
)

// sales of five years by quarter, growing, with a strong third quarter.
var sales = []float64{30, 34, 52, 31, 36, 40, 61, 37, 41, 47, 71, 42, 46, 53, 79, 48, 53, 60, 90, 54}

func ExampleAuto() {
	m, err := smoothing.Auto(sales, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Spec)
	fmt.Printf("%.1f\n", m.Predict(4))
	// Output:
	// ETS(M,Ad,M)
	// [59.8 67.3 100.9 60.0]
}

func ExampleRun() {
	m, err := smoothing.Run(sales,
		smoothing.Spec{Trend: true, Season: smoothing.SeasonMultiplicative, Period: 4},
		smoothing.Params{Alpha: 0.3, Beta: 0.1, Gamma: 0.1},
		smoothing.State{Level: 34, Trend: 1.5, Season: []float64{0.85, 0.95, 1.4, 0.8}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("SSE %.1f, next %.1f\n", m.SSE, m.Predict(1))
	// Output: SSE 12.9, next [58.3]
}

func ExampleAverage() {
	a, err := smoothing.Average(sales, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, m := range a.Models {
		fmt.Printf("%v %.2f\n", m.Spec, a.Weights[i])
	}
	fmt.Printf("%.1f\n", a.Mean(4))
	// Output:
	// ETS(M,Ad,M) 0.98
	// ETS(M,N,M) 0.02
	// [59.7 67.2 100.7 59.9]
}

func ExampleStored_Refit() {
	var w smoothing.Workspace // one a worker
	m, err := w.Fit(sales[:16], smoothing.Spec{Season: smoothing.SeasonMultiplicative, Period: 4, Relative: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	kept, err := json.Marshal(m.Stored)
	if err != nil {
		fmt.Println(err)
		return
	}

	// A year later.
	var stored smoothing.Stored
	if err := json.Unmarshal(kept, &stored); err != nil {
		fmt.Println(err)
		return
	}
	m, err = w.Refit(stored, sales)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", m.Predict(4))
	// Output:
	// [57.9 63.6 93.0 54.0]
}

func ExampleFitDouble() {
	// Six weeks of four readings a day: more at noon, less at the weekend.
	var y []float64
	for i := range 6 * 28 {
		v := []float64{10, 40, 60, 20}[i%4]
		if day := i / 4 % 7; day > 4 {
			v -= 8
		}
		y = append(y, v+float64(i*7919%11)/10)
	}
	m, err := smoothing.FitDouble(y, smoothing.DoubleSpec{Short: 4, Long: 28, AR: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.DoubleSpec)
	fmt.Printf("Monday %.0f\n", m.Predict(4))
	fmt.Printf("Sunday %.0f\n", m.Predict(28)[24:])
	// Output:
	// double(4,28), AR(1)
	// Monday [11 41 61 20]
	// Sunday [3 32 52 13]
}
