package detect_test

import (
	"fmt"
	"math"

	"foresight/analytics/detect"
)

// What a pattern left over, with a burst and a missing day among it: neither moves the middle or the
// spread.
func ExampleRobust() {
	middle, sd := detect.Robust([]float64{2, -1, 0, 3, 80, math.NaN(), -2})
	fmt.Printf("%.1f ± %.2f\n", middle, sd)
	// Output: 1.0 ± 2.97
}

// Fifty a day are expected but on the closed fourth; the collector was down for three days around it.
func ExampleOutages() {
	came := []float64{48, 51, 0, 0, math.NaN(), 53, 47}
	expected := []float64{50, 50, 50, 0, 50, 50, 50}
	fmt.Println(detect.Outages(came, expected, detect.OutageOptions{}))
	// Output: [{2 5}]
}
