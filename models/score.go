package models

import (
	"fmt"
	"time"
)

// LeadBand is a stretch of days ahead over which forecasts are scored together.
type LeadBand struct{ From, To int }

// LeadBands are the bands, nearest first. The first day ahead is 1; what lies beyond the
// last band belongs to it.
var LeadBands = [...]LeadBand{{1, 7}, {8, 28}, {29, 90}, {91, 400}}

// LeadBandOf returns the place in LeadBands of a bucket so many days ahead.
func LeadBandOf(lead int) int {
	for i, b := range LeadBands {
		if lead <= b.To {
			return i
		}
	}
	return len(LeadBands) - 1
}

// String is the band as it is told: "8-28".
func (b LeadBand) String() string { return fmt.Sprintf("%d-%d", b.From, b.To) }

// Score says how all that was forecast of one bucket met what came.
type Score struct {
	Subject string  // of the forecasts
	Time    int64   // start of the bucket, epoch seconds
	Actual  float64 // what came

	// The forecast in force: the last told before the bucket began.
	Lead              int // days ahead that the bucket was
	Low, Median, High float64
	PIT               float64 // probability integral transform: the share of that forecast that lies below what came

	Tallies []Tally // by band, and by override within
}

// Tally sums how the forecasts of one band, or the figures of one override, met one bucket.
type Tally struct {
	Band     int     // place in LeadBands
	Override string  // its id; "" for the forecasts themselves
	N        int     // forecasts
	Abs      float64 // Σ|median − actual|
	Signed   float64 // Σ(median − actual)
	Naives   int     // of which the seasonal naive is known
	Naive    float64 // its Σ|error|

	// Of forecasts only.
	Pinball          float64 // Σ mean quantile loss over Probabilities
	In50, In80, In90 int     // actual values within the central intervals
	// Of overrides only: the Σ|error| of the forecasts that they stood beside.
	Forecast float64
}

// Accuracy is how right the forecasts of one measure were, of a band of days ahead and
// over a stretch of what came.
type Accuracy struct {
	Measure  Measure
	Band     LeadBand
	Override string    // its id; "" for the forecasts themselves
	From, To time.Time // first and last bucket, local
	Buckets  int       // that came
	N        int       // pairs of a forecast and a bucket

	WAPE     float64 // Σ|error| / Σ|actual|
	Naive    float64 // the same of the seasonal naive, on the same buckets
	Relative float64 // mean absolute error over the seasonal naive's: below 1 is better
	Bias     float64 // Σ(median − actual) / Σ|actual|: above 0 the forecasts were too high
	Beside   float64 // of an override: WAPE of the forecasts that it stood beside; else NaN

	// NaN of an override.
	Coverage50, Coverage80, Coverage90 float64
	Pinball                            float64 // mean quantile loss, in the signal's unit

	Last Score // the last bucket, without its tallies
}
