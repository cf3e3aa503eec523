package anyseries_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"foresight/analytics/internal/anyseries"
)

func TestOf(t *testing.T) {
	raw := anyseries.Bytes(1, 2, 3)
	for _, c := range []struct {
		length, most int
		want         []float64
	}{
		{0, 9, []float64{1, 2, 3}},
		{5, 9, []float64{1, 2, 3, 1, 2}},
		{-5, 9, []float64{1, 2, 3, 1}},
		{math.MinInt, 4, []float64{1, 2, 3, 1}},
		{5, 2, []float64{1, 2}},
	} {
		assert.Equal(t, c.want, anyseries.Of(raw, c.length, c.most))
	}
	assert.Nil(t, anyseries.Of(raw[:7], 3, 9), "less than a value")
}

func ExampleOf() {
	fmt.Println(anyseries.Of(anyseries.Bytes(1, 2), 5, anyseries.Longest))
	// Output: [1 2 1 2 1]
}
