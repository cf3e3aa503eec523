package smoothing

import (
	"encoding/binary"
	"math"
	"testing"
)

// bytesOf and floatsOf turn numbers into what a fuzzer changes, and back. The
// numbers are repeated up to the length asked for, at most 5000; their own length
// serves where that is less.
func bytesOf(vs ...float64) []byte {
	var b []byte
	for _, v := range vs {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

func floatsOf(raw []byte, length int) []float64 {
	own := len(raw) / 8
	if own == 0 {
		return nil
	}
	y := make([]float64, min(max(own, length), 5000))
	for i := range y {
		y[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*(i%own):]))
	}
	return y
}

func abs(i int) int { return max(i, -(i + 1)) }

// FuzzAuto feeds any numbers, 8 bytes each: short series in every form, long ones
// by Auto and Average.
func FuzzAuto(f *testing.F) {
	f.Add(bytesOf(wave(60, 7)...), 0, 7)
	f.Add(bytesOf(1, math.NaN(), 3, 1e149, 5e-324, 1e-300, 7, 8), 5000, 2)
	f.Add(bytesOf(1, math.NaN(), 3, math.Inf(1)), 9, 2)
	f.Add(bytesOf(-1e149, 1e149, -1e149, 1e149, 1, 0, 0, 0), 800, 2)
	f.Add(bytesOf(5), 100, 24)
	f.Fuzz(func(t *testing.T, raw []byte, length, period int) {
		y := floatsOf(raw, length)
		period = abs(period) % 64
		if len(y) > 500 {
			period %= 13
		}
		check := func(m *Model, err error) {
			if err != nil {
				return
			}
			if !finite(m.Predict(30)...) || !finite(m.Mean(30)...) || !finite(m.SSE, m.Sigma2, m.LogLik, m.End.Level, m.End.Trend) || math.IsNaN(m.AICc) {
				t.Fatalf("%v of %v: %+v", m.Spec, y, m)
			}
			if !finite(m.Fitted[leading(y):]...) {
				t.Fatalf("fitted values of %v: %v", y, m.Fitted)
			}
		}
		m, err := Auto(y, period)
		check(m, err)
		if err == nil {
			check(m.Refit(y[:len(y)-len(y)/7]))
		}
		if a, err := Average(y, period); err == nil {
			if !finite(a.Mean(30)...) || !finite(a.Weights...) {
				t.Fatalf("average of %v: %v", y, a.Weights)
			}
		}
		if len(y) > 500 {
			return
		}
		for _, s := range everyForm(max(period, 2)) {
			check(Fit(y, s))
		}
	})
}
