// Package anyseries makes the series that fuzz targets feed to the engine: any bytes become
// numbers, and the seeds are what has broken forecasters before. Tests alone import it.
package anyseries

import (
	"encoding/binary"
	"math"
)

// Longest is the longest series that a target has to bear.
const Longest = 5000

// Of reads raw as little-endian float64s and repeats them up to length, at most `most` values. A
// negative length counts as its distance below zero, and a length below raw's own as raw's own, so
// that a fuzzer that changes both always has a series.
func Of(raw []byte, length, most int) []float64 {
	own := len(raw) / 8
	if own == 0 {
		return nil
	}
	length = max(length, -(length + 1))
	y := make([]float64, min(max(own, length), most))
	for i := range y {
		y[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*(i%own):]))
	}
	return y
}

// Bytes are what Of reads the values from.
func Bytes(values ...float64) []byte {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	return raw
}

// Seed is a series to begin with, as Of takes it.
type Seed struct {
	Name   string
	Raw    []byte
	Length int
}

// Seeds are series that have broken forecasters: none, one value, constant, hardly any or hardly
// anything but missing, denormal, as large as a float64 goes, both signs, one spike in nothing, and
// the same at the longest.
func Seeds() []Seed {
	nan, inf := math.NaN(), math.Inf(1)
	return []Seed{
		{"empty", nil, 0},
		{"one", Bytes(7), 1},
		{"two", Bytes(7, 3), 2},
		{"all missing", Bytes(nan), 60},
		{"infinite", Bytes(inf, 1, -inf, 2, nan), 60},
		{"constant", Bytes(5), 100},
		{"zero", Bytes(0), 100},
		{"week", Bytes(5, 9, 7, 7, 8, 2, 0), 91},
		{"week with gaps", Bytes(5, 9, nan, 7, 8, 2, 0, 5, 8, 7, nan, 8, 3, 0), 140},
		{"spike", append(Bytes(make([]float64, 70)...), Bytes(1e9)...), 71},
		{"seldom seen", Bytes(nan, nan, nan, 4, nan, nan, nan, nan, nan, nan, 6), 300},
		{"intermittent", Bytes(0, 0, 3, 0, 0, 0, 2, 0, 5, 0, 0, 1, 0), 200},
		{"denormal", Bytes(5e-324, 0, 1e-310, 5e-324, 3e-308, 2e-323, 1e-310), 70},
		{"tiny beside large", Bytes(1e-300, 1e99, 1, 1e-300, 1e50), 70},
		{"huge", Bytes(1e99, 9e99, 3e99, 7e99, 2e99), 70},
		{"too large", Bytes(math.MaxFloat64, 1, -math.MaxFloat64, 2, 1e200), 70},
		{"both signs", Bytes(-1e90, 1e90, -1, 1, 0, math.Copysign(0, -1), 3), 70},
		{"explosive", Bytes(1, 10, 1e2, 1e4, 1e8, 1e16, 1e32, 1e64, 1e99), 9},
		{"longest", Bytes(5, 9, nan, 7, 8, 2, 0, 12, 1e9), Longest},
	}
}

// Finite says that every value is a number.
func Finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
