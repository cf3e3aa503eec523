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

// The past errors of the total, cards and cash say who gives way: cash was forecast well.
func ExampleHierarchy_MinT() {
	errors := [][]float64{
		{9, -12, 15, -8, 11, -14, 10, -11}, // total
		{10, -11, 13, -9, 12, -13, 8, -12}, // cards
		{1, 1, -1, -1, 1, 1, -1, -1},       // cash
	}
	h := reconcile.Total(2)
	p, err := h.MinT(errors)
	if err != nil {
		fmt.Println(err)
		return
	}
	y := []float64{1000, 800, 250}
	p.Apply(y)
	fmt.Printf("%.0f adds up: %v\n", y, y[0] == y[1]+y[2])
	// Output: [1027 778 249] adds up: true
}
