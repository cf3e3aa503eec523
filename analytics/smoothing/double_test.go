package smoothing

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/internal/anyseries"
)

// quarters is a series with seasons of 4 and 12.
func quarters(n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		noise := float64((i*7919)%101)/101 - 0.5
		y[i] = 100 + 0.3*float64(i) + 10*(float64(i%4)-1.5) + 5*(float64(i%12/4)-1) + 3*noise
	}
	return y
}

// shifts is a series of n hours with a day and a week.
func shifts(n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		noise := float64((i*7919)%101)/101 - 0.5
		y[i] = 100 + 30*math.Sin(2*math.Pi*float64(i%24)/24) + 20*math.Cos(2*math.Pi*float64(i%168)/168) +
			10*math.Sin(float64(i)/900) + 8*noise
	}
	return y
}

// doubles lists the double seasonal forms.
func doubles(short, long int) []DoubleSpec {
	var out []DoubleSpec
	for _, s := range []DoubleSpec{{}, {Trend: true}, {Trend: true, Damped: true}} {
		for _, ar := range []bool{false, true} {
			s.Short, s.Long, s.AR = short, long, ar
			out = append(out, s)
		}
	}
	return out
}

// The figures are those of BATS (PyPI tbats 1.2.0): seasons 4 and 12, damped trend,
// AR(1), with alpha 0.2, beta 0.05, phi 0.9, gamma 0.1 and 0.15, ar 0.4 and the
// states below (there in reverse), on quarters(60).
func TestRunDoubleReproducesBATS(t *testing.T) {
	s := DoubleSpec{Trend: true, Damped: true, Short: 4, Long: 12, AR: true}
	p := DoubleParams{Alpha: 0.2, Beta: 0.05 / 0.2, Delta: 0.1, Omega: 0.15, Phi: 0.9, Rho: 0.4}
	start := DoubleState{Level: 95, Trend: 0.5, Short: []float64{-15, -5, 5, 15},
		Long: []float64{-5, -5, -5, -5, 0, 0, 0, 0, 5, 5, 5, 5}}
	m, err := RunDouble(quarters(60), s, p, start)
	require.NoError(t, err)
	closeTo(t, []float64{119.05558341594494}, []float64{m.SSE}, 1e-10, "SSE")
	closeTo(t, []float64{75.45, 87.82225, 99.29331879950495}, m.Fitted[:3], 1e-10, "fitted")
	closeTo(t, []float64{99.3653977172, 108.838671974, 119.318037342, 129.750379993, 104.312915329, 114.882851888,
		124.819994081, 135.237738461, 110.532550928, 119.933320327, 130.696811708, 140.496903881, 101.256521033,
		110.776781541}, m.Predict(14), 1e-10, "forecast")
}

func TestDoubleNormalsAreTheSlopesOfTheValue(t *testing.T) {
	y := quarters(60)
	y[7], y[20], y[21], y[22] = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	for _, s := range doubles(4, 12) {
		t.Run(s.String(), func(t *testing.T) {
			w := new(Workspace)
			w.begin(y, 56)
			p := &w.double
			p.prepare(w, s)
			p.start(&w.arena)
			p.put(DoubleParams{Alpha: 0.3, Beta: 0.2, Delta: 0.2, Omega: 0.3, Phi: 0.9, Rho: 0.6})
			p.normals(p.x)
			x := append([]float64(nil), p.x...)
			for i := range x {
				const h = 1e-6
				x[i] = p.x[i] + h
				up := p.value(x)
				x[i] = p.x[i] - h
				down := p.value(x)
				x[i] = p.x[i]
				assert.InDelta(t, (up-down)/(2*h), 2*p.grad[i]/p.total, 1e-6, "unknown %d", i)
			}
			assert.Zero(t, testing.AllocsPerRun(3, func() { p.search(p, p.n, fine, 2, rounds) }))
		})
	}
}

func TestDoubleProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(50, 150), 30, 80).Draw(t, "y")
		s := rapid.SampledFrom(doubles(3, 6)).Draw(t, "form")
		for i := range y {
			y[i] = math.Round(y[i]*1024) / 1024 // so that a shift rounds nothing
		}
		a, err := FitDouble(y, s)
		require.NoError(t, err)
		shift := float64(rapid.IntRange(-4096, 4096).Draw(t, "shift"))
		scale := math.Ldexp(1, rapid.IntRange(-40, 40).Draw(t, "power"))
		moved, scaled := make([]float64, len(y)), make([]float64, len(y))
		for i, v := range y {
			moved[i], scaled[i] = v+shift, v*scale
		}
		b, err := FitDouble(moved, s)
		require.NoError(t, err)
		c, err := FitDouble(scaled, s)
		require.NoError(t, err)
		for i, v := range a.Predict(15) {
			assert.InDelta(t, v+shift, b.Predict(15)[i], 1e-6*(1+math.Abs(v)))
			assert.InDelta(t, v, c.Predict(15)[i]/scale, 1e-6*(1+math.Abs(v)))
		}

		// A gap is forecast as from before it, and counts for nothing.
		gap := rapid.IntRange(1, 40).Draw(t, "gap")
		cut, err := RunDouble(y, s, a.DoubleParams, a.Start)
		require.NoError(t, err)
		assert.Equal(t, a.End, cut.End)
		holed, err := RunDouble(append(append([]float64(nil), y...), holes(gap)...), s, a.DoubleParams, a.Start)
		require.NoError(t, err)
		assert.Equal(t, a.Predict(gap), holed.Fitted[len(y):])
		assert.Equal(t, a.LogLik, holed.LogLik)
		assert.Equal(t, a.N, holed.N)
	})
}

// holes is a stretch of n missing values.
func holes(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

func TestDoubleFindsDayAndWeek(t *testing.T) {
	y := shifts(24 * 7 * 12)
	cut := len(y) - 336
	truth := y[cut:]
	for i := 400; i < 460; i++ {
		y[i] = math.NaN()
	}
	miss := func(f []float64) float64 {
		sum := 0.0
		for i, v := range truth {
			sum += math.Abs(f[i] - v)
		}
		return sum
	}
	m, err := FitDouble(y[:cut], DoubleSpec{Short: 24, Long: 168, AR: true})
	require.NoError(t, err)
	single, err := Fit(y[:cut], Spec{Season: SeasonAdditive, Period: 24})
	require.NoError(t, err)
	assert.Less(t, miss(m.Predict(336)), 0.5*miss(single.Predict(336)))
}

func TestDoubleGoesOnFromWhatWasStored(t *testing.T) {
	y := shifts(24 * 7 * 6)
	for _, s := range doubles(24, 168) {
		m, err := FitDouble(y[:len(y)-24], s)
		require.NoError(t, err)
		raw, err := json.Marshal(m.DoubleStored)
		require.NoError(t, err)
		var kept DoubleStored
		require.NoError(t, json.Unmarshal(raw, &kept))
		assert.Equal(t, m.DoubleStored, kept)
		warm, err := kept.Refit(y)
		require.NoError(t, err)
		cold, err := FitDouble(y, s)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, warm.LogLik, cold.LogLik-0.5, "%v", s)
		kept.Start.Level = math.NaN()
		again, err := kept.Refit(y)
		require.NoError(t, err, "what leads nowhere is fitted anew")
		assert.Equal(t, cold.LogLik, again.LogLik)
	}
}

func TestDoubleAdvanceFollowsTheWindow(t *testing.T) {
	y := shifts(24 * 7 * 6)
	copy(y[100:], holes(17))
	for _, s := range doubles(24, 168) {
		m, err := FitDouble(y, s)
		require.NoError(t, err)
		for _, gone := range []int{0, 1, 24, 100, 105, 120} {
			left, err := m.Advance(y, gone)
			require.NoError(t, err)
			n, err := RunDouble(y[gone:], left.DoubleSpec, left.DoubleParams, left.Start)
			require.NoError(t, err)
			closeTo(t, m.Predict(200), n.Predict(200), 1e-10, "forecast")
			again, err := left.Refit(y[gone:])
			require.NoError(t, err)
			assert.GreaterOrEqual(t, again.LogLik, n.LogLik-1e-6, "%v", s)
		}
	}
	m, err := FitDouble(y, DoubleSpec{Short: 24, Long: 168})
	require.NoError(t, err)
	_, err = m.Advance(y, len(y))
	require.ErrorIs(t, err, ErrNoData)
}

func TestDoubleBadInputIsAnError(t *testing.T) {
	y := quarters(60)
	for _, c := range []struct {
		name string
		y    []float64
		s    DoubleSpec
		want error
	}{
		{"empty", nil, DoubleSpec{Short: 4, Long: 12}, ErrNoData},
		{"infinite", []float64{1, math.Inf(-1)}, DoubleSpec{Short: 4, Long: 12}, ErrNotFinite},
		{"short", y[:23], DoubleSpec{Short: 4, Long: 12}, ErrTooShort},
		{"few", append(append([]float64{1}, holes(30)...), 2, 3), DoubleSpec{Short: 4, Long: 12}, ErrTooShort},
		{"no multiple", y, DoubleSpec{Short: 5, Long: 12}, nil},
		{"one season", y, DoubleSpec{Short: 12, Long: 12}, nil},
		{"no season", y, DoubleSpec{}, nil},
		{"damped without trend", y, DoubleSpec{Damped: true, Short: 4, Long: 12}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := FitDouble(c.y, c.s)
			require.Error(t, err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
	_, err := RunDouble(y, DoubleSpec{Short: 4, Long: 12}, DoubleParams{}, DoubleState{Short: make([]float64, 4)})
	require.ErrorContains(t, err, "12")
	_, err = RunDouble(y, DoubleSpec{Short: 4, Long: 12}, DoubleParams{Alpha: 1e9},
		DoubleState{Short: make([]float64, 4), Long: make([]float64, 12)})
	require.ErrorIs(t, err, ErrUnstable)
	_, err = DoubleStored{DoubleSpec: DoubleSpec{Short: 4, Long: 12}}.Refit(y[:4])
	require.ErrorIs(t, err, ErrTooShort)
}

// FuzzDouble feeds any numbers, 8 bytes each. A fit of thousands takes too long for a fuzzer: the test
// after it has them.
func FuzzDouble(f *testing.F) {
	f.Add(anyseries.Bytes(quarters(60)...), 0, 4, 3)
	f.Add(anyseries.Bytes(-1e149, 1e149, -1e149, 1e149, 1, 0, 0, 0, 1e149), 500, 2, 2)
	for _, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, 4, 3)
	}
	f.Fuzz(func(t *testing.T, raw []byte, length, short, times int) {
		short = 2 + abs(short)%30
		bearDouble(t, anyseries.Of(raw, length, 600), short, short*(2+abs(times)%7))
	})
}

func TestDoubleBearsTheLongest(t *testing.T) {
	bearDouble(t, anyseries.Of(anyseries.Bytes(1, math.NaN(), 3, 1e149, 5e-324, 1e-300, 7, 8, 9), anyseries.Longest, anyseries.Longest), 2, 4)
	bearDouble(t, anyseries.Of(anyseries.Bytes(5, 9, math.NaN(), 7, 8, 2, 0, 12, 1e9), anyseries.Longest, anyseries.Longest), 4, 12)
}

// bearDouble wants every form to give numbers, or one of the errors that data can make.
func bearDouble(t *testing.T, y []float64, short, long int) {
	for _, s := range doubles(short, long) {
		m, err := FitDouble(y, s)
		if err != nil {
			if !errors.Is(err, ErrTooShort) && !errors.Is(err, ErrNoData) && !errors.Is(err, ErrNotFinite) &&
				!errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrUnstable) {
				t.Fatal(err)
			}
			continue
		}
		if !finite(m.Predict(30)...) || !finite(m.SSE, m.Sigma2, m.LogLik) || !finite(m.Fitted[leading(y):]...) {
			t.Fatalf("%v of %v: %+v", s, y, m)
		}
	}
}

func BenchmarkFitDouble(b *testing.B) {
	for _, n := range []int{1000, 3000, 8760, 26280} {
		y := shifts(n)
		for _, s := range []DoubleSpec{{Short: 24, Long: 168, AR: true}, {Trend: true, Damped: true, Short: 24, Long: 168, AR: true}} {
			b.Run(fmt.Sprintf("n=%d/%v", n, s), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := FitDouble(y, s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkRefitDouble takes the next day from what was stored.
func BenchmarkRefitDouble(b *testing.B) {
	for _, n := range []int{1000, 3000, 8760, 26280} {
		y, w := shifts(n), new(Workspace)
		m, err := w.FitDouble(y[:n-24], DoubleSpec{Short: 24, Long: 168, AR: true})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.RefitDouble(m.DoubleStored, y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
