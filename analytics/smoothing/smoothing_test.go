package smoothing

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// everyForm lists all forms of a period.
func everyForm(period int) []Spec {
	var out []Spec
	for _, t := range []Spec{{}, {Trend: true}, {Trend: true, Damped: true}} {
		for season := SeasonNone; season <= SeasonMultiplicative; season++ {
			for _, relative := range []bool{false, true} {
				s := t
				s.Season, s.Relative = season, relative
				if season != SeasonNone {
					s.Period = period
				}
				out = append(out, s)
			}
		}
	}
	return out
}

// wave is a growing series with a season of the period, above zero, and noise.
func wave(n, period int) []float64 {
	y := make([]float64, n)
	for i := range y {
		noise := float64((i*7919)%101)/101 - 0.5
		y[i] = (100 + 0.2*float64(i)) * (1 + 0.3*math.Sin(2*math.Pi*float64(i)/float64(period)) + 0.1*noise)
	}
	return y
}

// drawSeries draws a series above zero and a form for it.
func drawSeries(t *rapid.T) ([]float64, Spec) {
	period := rapid.IntRange(2, 7).Draw(t, "period")
	y := rapid.SliceOfN(rapid.Float64Range(50, 150), 4*period+10, 80).Draw(t, "y")
	return y, rapid.SampledFrom(everyForm(period)).Draw(t, "form")
}

// ready is the problem of the form s on y, a series of n observations.
func ready(y []float64, n int, s Spec) *problem {
	w := new(Workspace)
	w.begin(y, n)
	p := &w.problems[0]
	p.prepare(w, s, begin(y, s, &w.arena), false)
	return p
}

// The slopes that the search walks by against differences of the value.
func TestNormalsAreTheSlopesOfTheValue(t *testing.T) {
	y := wave(40, 4)
	y[7], y[20] = math.NaN(), math.NaN()
	for _, s := range everyForm(4) {
		t.Run(fmt.Sprintf("%v relative=%v", s, s.Relative), func(t *testing.T) {
			p := ready(y, 38, s)
			p.put(p.x, Params{Alpha: 0.3, Beta: 0.2, Gamma: 0.4, Phi: 0.9}, p.fixed)
			p.normals(p.x)
			x := append([]float64(nil), p.x...)
			for i := range x {
				const h = 1e-6
				x[i] = p.x[i] + h
				up := p.value(x)
				x[i] = p.x[i] - h
				down := p.value(x)
				x[i] = p.x[i]
				// value = ln S, so its slope is 2·grad/S
				assert.InDelta(t, (up-down)/(2*h), 2*p.grad[i]/p.total, 1e-6, "unknown %d", i)
			}
		})
	}
}

func TestUnitDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, s := drawSeries(t)
		scale := math.Ldexp(1, rapid.IntRange(-40, 40).Draw(t, "power"))
		scaled := make([]float64, len(y))
		for i, v := range y {
			scaled[i] = v * scale
		}
		a, err := Fit(y, s)
		require.NoError(t, err)
		b, err := Fit(scaled, s)
		require.NoError(t, err)
		for i, v := range a.Predict(12) {
			assert.InDelta(t, v, b.Predict(12)[i]/scale, 1e-6*(1+math.Abs(v)))
		}
		assert.InDelta(t, a.LogLik-float64(a.N)*math.Log(scale), b.LogLik, 1e-6)
	})
}

// The choice of a form, and the weights of forms, know no unit either.
func TestUnitDoesNotMatterToAChoice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, s := drawSeries(t)
		period := max(s.Period, 1)
		scale := math.Ldexp(1, rapid.IntRange(-40, 40).Draw(t, "power"))
		scaled := make([]float64, len(y))
		for i, v := range y {
			scaled[i] = v * scale
		}
		a, err := Auto(y, period)
		require.NoError(t, err)
		b, err := Auto(scaled, period)
		require.NoError(t, err)
		c, err := Average(y, period)
		require.NoError(t, err)
		d, err := Average(scaled, period)
		require.NoError(t, err)
		assert.Equal(t, a.Spec, b.Spec)
		for i := range 12 {
			assert.InEpsilon(t, a.Mean(12)[i], b.Mean(12)[i]/scale, 1e-6)
			assert.InEpsilon(t, c.Mean(12)[i], d.Mean(12)[i]/scale, 1e-6)
		}
	})
}

func TestZeroDoesNotMatterToSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, s := drawSeries(t)
		s.Relative = false
		if s.Season == SeasonMultiplicative {
			s.Season = SeasonAdditive
		}
		shift := float64(rapid.IntRange(-4096, 4096).Draw(t, "shift"))
		moved := make([]float64, len(y))
		for i, v := range y {
			y[i] = math.Round(v*1024) / 1024 // so that the shift rounds nothing
			moved[i] = y[i] + shift
		}
		a, err := Fit(y, s)
		require.NoError(t, err)
		b, err := Fit(moved, s)
		require.NoError(t, err)
		for i, v := range a.Predict(12) {
			assert.InDelta(t, v+shift, b.Predict(12)[i], 1e-6*(1+math.Abs(v)))
		}
	})
}

// A fit run again from its own parameters and states is the same fit.
func TestRunRepeatsFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, s := drawSeries(t)
		for i := range y {
			if rapid.IntRange(0, 11).Draw(t, "hole") == 0 {
				y[i] = math.NaN()
			}
		}
		a, err := Fit(y, s)
		if err != nil {
			require.ErrorIs(t, err, ErrTooShort)
			return
		}
		b, err := Run(y, s, a.Params, a.Start)
		require.NoError(t, err)
		assert.Equal(t, a.End, b.End)
		assert.Equal(t, a.AICc, b.AICc)
		for i, v := range y {
			assert.Equal(t, math.IsNaN(v), math.IsNaN(a.Residuals[i]))
		}
	})
}

func TestShortSeries(t *testing.T) {
	for n := range 6 {
		y := wave(n, 2)
		for _, s := range everyForm(2) {
			m, err := Fit(y, s)
			if err != nil {
				continue
			}
			assert.True(t, finite(m.Predict(5)...))
		}
		m, err := Auto(y, 2)
		switch {
		case n == 0:
			require.ErrorIs(t, err, ErrNoData)
		case n < 5:
			require.ErrorIs(t, err, ErrTooShort)
		default:
			require.NoError(t, err)
			assert.True(t, finite(m.Predict(5)...))
		}
	}
}

func TestConstantSeriesGoesOn(t *testing.T) {
	for _, v := range []float64{0, 1e-300, 7, -3, 1e140} {
		y := make([]float64, 30)
		for i := range y {
			y[i] = v
		}
		m, err := Auto(y, 7)
		require.NoError(t, err)
		for _, f := range m.Predict(20) {
			assert.InDelta(t, v, f, 1e-9*math.Abs(v))
		}
		assert.True(t, finite(m.LogLik, m.AICc, m.SSE, m.Sigma2))
	}
}

func TestMissingStretchKeepsTheSeasonInPlace(t *testing.T) {
	y := make([]float64, 70)
	for i := range y {
		y[i] = 100 + 10*float64(i%7) + 0.01*float64(i%3)
	}
	for i := 30; i < 41; i++ { // not a whole number of weeks
		y[i] = math.NaN()
	}
	m, err := Fit(y, Spec{Season: SeasonAdditive, Period: 7})
	require.NoError(t, err)
	for i, f := range m.Predict(14) {
		assert.InDelta(t, 100+10*float64(i%7), f, 0.1)
	}
	late := append([]float64{math.NaN(), math.NaN(), math.NaN()}, y...)
	n, err := Fit(late, Spec{Season: SeasonAdditive, Period: 7})
	require.NoError(t, err)
	assert.Equal(t, m.Predict(14), n.Predict(14), "missing values at the head change nothing")
	assert.True(t, math.IsNaN(n.Fitted[2]) && !math.IsNaN(n.Fitted[3]))
}

func TestAutoTakesWhatTheSeriesShows(t *testing.T) {
	m, err := Auto(wave(200, 7), 7)
	require.NoError(t, err)
	assert.Equal(t, SeasonMultiplicative, m.Season)
	assert.True(t, m.Trend && m.Damped)
	zeros := wave(200, 7)
	zeros[50] = 0
	m, err = Auto(zeros, 7)
	require.NoError(t, err)
	assert.False(t, m.Relative, "a zero allows no relative errors")
	m, err = Auto(wave(12, 7), 7)
	require.NoError(t, err)
	assert.Equal(t, SeasonNone, m.Season, "less than two periods show no season")
	// A steep end does not run away.
	steep := make([]float64, 60)
	for i := range steep {
		steep[i] = math.Exp(float64(i) / 8)
	}
	m, err = Auto(steep, 7)
	require.NoError(t, err)
	assert.Less(t, m.Predict(400)[399], 10*steep[59])
}

func TestBadInputIsAnError(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	y := wave(30, 7)
	sums := Spec{Season: SeasonAdditive, Period: 7}
	for _, c := range []struct {
		name string
		y    []float64
		s    Spec
		want error
	}{
		{"empty", nil, Spec{}, ErrNoData},
		{"missing", []float64{nan, nan}, Spec{}, ErrNoData},
		{"infinite", []float64{1, inf, 3, 4, 5}, Spec{}, ErrNotFinite},
		{"huge", []float64{1, 1e200, 3, 4, 5}, Spec{}, ErrTooLarge},
		{"short", y[:4], Spec{Trend: true}, ErrTooShort},
		{"less than two periods", y[:13], sums, ErrTooShort},
		{"zero", []float64{1, 2, 0, 4, 5, 6}, Spec{Relative: true}, ErrNotPositive},
		{"period 1", y, Spec{Season: SeasonAdditive, Period: 1}, nil},
		{"damped without trend", y, Spec{Damped: true}, nil},
		{"unknown season", y, Spec{Season: 9, Period: 7}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Fit(c.y, c.s)
			require.Error(t, err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
	_, err := Run(y, sums, Params{}, State{Season: []float64{1}})
	require.ErrorContains(t, err, "7")
	_, err = FitFrom(y, sums, State{})
	require.ErrorContains(t, err, "7")
	_, err = Run(y, Spec{Season: SeasonMultiplicative, Period: 2}, Params{Alpha: 1}, State{Season: []float64{0, 1}})
	require.ErrorIs(t, err, ErrUnstable)
}
