package theta_test

import (
	"fmt"

	"foresight/analytics/theta"
)

// sales of five years by quarter, growing, with a strong third quarter.
var sales = []float64{30, 34, 52, 31, 36, 40, 61, 37, 41, 47, 71, 42, 46, 53, 79, 48, 53, 60, 90, 54}

func ExampleFit() {
	m, err := theta.Fit(sales, theta.Options{Season: theta.SeasonTested, Period: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Variant, m.Multiplicative)
	fmt.Printf("%.1f\n", m.Predict(4))
	// Output:
	// DOTM true
	// [59.1 66.3 99.6 59.3]
}

func ExampleRun() {
	m, err := theta.Run([]float64{10, 12, 11, 13, 12, 14}, theta.STM, theta.Params{Alpha: 0.5, Theta: 2, Level: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("SSE %.2f, next %.2f\n", m.SSE, m.Predict(2))
	// Output: SSE 4.31, next [13.62 13.94]
}
