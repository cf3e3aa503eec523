package backtest_test

import (
	"fmt"
	"testing"

	"foresight/analytics/backtest"
)

func ExampleMASE() {
	training := []float64{10, 20, 12, 22, 14, 24} // a season of two, growing by 2
	fmt.Println(backtest.MASE(training, 2, []float64{16, 26}, []float64{15, 25}))
	// Output: 0.5
}

// Four origins, thirty days apart, each scored on the sixty days after it.
func ExamplePlan_Origins() {
	fmt.Println(backtest.Plan{Length: 400, Horizon: 60, Count: 4, Train: 200, Span: 90}.Origins())
	// Output: [250 280 310 340]
}

// A median forecast of 100 with half of the values in 90 to 110, and what came: the further out, the
// more it costs.
func ExampleCRPS() {
	probabilities, quantiles := []float64{0.25, 0.5, 0.75}, [][]float64{{90, 100, 110}}
	for _, came := range []float64{100, 110, 130} {
		fmt.Printf("%.1f ", backtest.CRPS(probabilities, []float64{came}, quantiles))
	}
	fmt.Println()
	// Output: 3.8 6.2 26.2
}

func ExampleNaive2() {
	var training []float64
	for i := range 12 {
		training = append(training, []float64{50, 150}[i%2])
	}
	fmt.Println(backtest.Naive2(training, 2, 4))
	// Output: [50 150 50 150]
}

func ExampleOWA() {
	fmt.Printf("%.2f\n", backtest.OWA(12, 0.9, 15, 1))
	// Output: 0.85
}

func ExampleMSIS() {
	training := []float64{10, 20, 12, 22}
	fmt.Println(backtest.MSIS(0.95, training, 2, []float64{14, 24}, []float64{12, 22}, []float64{16, 26}))
	// Output: 2
}

func ExampleCRPSFromPaths() {
	paths := [][]float64{{9, 11}, {11, 13}}
	fmt.Println(backtest.CRPSFromPaths([]float64{10, 12}, paths))
	// Output: 0.5
}

func ExamplePeakError() {
	p, _ := backtest.PeakError([]float64{100, 200, 120}, []float64{110, 150, 180})
	fmt.Printf("%.0f %% in size, %d day late\n", 100*p.Size, p.Offset)
	// Output: -10 % in size, 1 day late
}

func ExampleReliability() {
	for _, b := range backtest.Reliability([]float64{0.1, 0.3, 0.8, 0.9}, []bool{false, true, true, true}, 2) {
		fmt.Printf("%.1f to %.1f: said %.2f, came %.2f of %d\n", b.Low, b.High, b.Forecast, b.Observed, b.N)
	}
	// Output:
	// 0.0 to 0.5: said 0.20, came 0.50 of 2
	// 0.5 to 1.0: said 0.85, came 1.00 of 2
}

func ExampleBrier() {
	fmt.Printf("%.2f\n", backtest.Brier([]float64{0.9, 0.2}, []bool{true, false}))
	// Output: 0.03
}

func BenchmarkNaive2(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		y := make([]float64, n)
		for i := range y {
			y[i] = 100 + float64(i%7)*float64(i%13)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				backtest.Naive2(y, 7, 90)
			}
		})
	}
}

func BenchmarkCRPSFromPaths(b *testing.B) {
	for _, n := range []int{100, 2000} {
		actual, paths := make([]float64, 90), make([][]float64, n)
		for i := range paths {
			paths[i] = make([]float64, 90)
			for t := range paths[i] {
				paths[i][t] = float64((i*7919 + t*31) % 1009)
			}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				backtest.CRPSFromPaths(actual, paths)
			}
		})
	}
}
