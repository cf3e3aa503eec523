package smoothing

import (
	"math"
	"testing"

	"foresight/analytics/internal/anyseries"
)

func abs(i int) int { return max(i, -(i + 1)) }

// FuzzAuto feeds any numbers, 8 bytes each: short series in every form, long ones
// by Auto and Average.
func FuzzAuto(f *testing.F) {
	f.Add(anyseries.Bytes(wave(60, 7)...), 0, 7)
	f.Add(anyseries.Bytes(1, math.NaN(), 3, 1e149, 5e-324, 1e-300, 7, 8), 5000, 2)
	f.Add(anyseries.Bytes(1, math.NaN(), 3, math.Inf(1)), 9, 2)
	f.Add(anyseries.Bytes(-1e149, 1e149, -1e149, 1e149, 1, 0, 0, 0), 800, 2)
	f.Add(anyseries.Bytes(5), 100, 24)
	for _, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, 7)
	}
	f.Fuzz(func(t *testing.T, raw []byte, length, period int) {
		y := anyseries.Of(raw, length, anyseries.Longest)
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
