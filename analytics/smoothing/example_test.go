package smoothing_test

import (
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
