package drive_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"foresight/analytics/drive"
)

// A processor that takes 1.5 % per thousand transactions an hour, up to 60 000.
func Example() {
	rng := rand.New(rand.NewPCG(1, 2))
	var transactions, cpu []float64
	for hour := range 24 * 60 {
		v := 30_000 * (1 + 0.7*math.Sin(2*math.Pi*float64(hour)/24)) * math.Exp(0.1*rng.NormFloat64())
		transactions = append(transactions, v)
		cpu = append(cpu, 5+0.0015*v+2*rng.NormFloat64())
	}
	m, err := drive.Fit(transactions, cpu, drive.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	limit := m.Limit(85)
	fmt.Printf("at 40 000 an hour the processor is at %.0f %%\n", m.Resource(40_000))
	fmt.Printf("85 %% is reached at %.1fk (%.1fk to %.1fk) an hour\n", limit.P50/1000, limit.P10/1000, limit.P90/1000)
	fmt.Println("70 000 lies beyond any load seen:", m.Beyond(70_000))
	// Output:
	// at 40 000 an hour the processor is at 65 %
	// 85 % is reached at 53.4k (51.8k to 55.0k) an hour
	// 70 000 lies beyond any load seen: true
}
