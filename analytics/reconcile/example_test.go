package reconcile_test

import (
	"fmt"

	"foresight/analytics/reconcile"
)

// Card and cash payments and their total were forecast apart; the total is the
// surest of the three, so the parts give way most.
func Example() {
	p, err := reconcile.Total(2).WLS([]float64{2, 6, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	y := []float64{1000, 800, 250} // total, card, cash
	p.Apply(y)
	fmt.Println(y)
	// Output: [1010 770 240]
}
