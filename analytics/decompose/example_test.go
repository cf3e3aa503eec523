package decompose_test

import (
	"fmt"
	"math"

	"foresight/analytics/decompose"
)

// A rising series with a season of three. By hand: (12 + 18 + 15)/3 = 15 is the trend of the second
// value, which lies 3 above it, as every third one after it does.
func ExampleClassical() {
	y := []float64{12, 18, 15, 13, 19, 16, 14, 20, 17, 15, 21, 18}
	c, err := decompose.Classical(y, 3, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("trend %.2f\nseason %.2f\n", c.Trend[:4], c.Season[:3])
	// Output:
	// trend [NaN 15.00 15.33 15.67]
	// season [-2.67 3.00 -0.33]
}

// A missing day lies on the line between the same weekday of the weeks around, not between its
// neighbours. (The week has three days here.)
func ExampleFill() {
	fmt.Println(decompose.Fill([]float64{10, 50, 30, 12, math.NaN(), 32, 14, 54, 34}, 3))
	// Output: [10 50 30 12 52 32 14 54 34]
}
