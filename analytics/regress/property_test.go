package regress

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"foresight/analytics/calendar"
	"foresight/analytics/internal/anyseries"
)

// sane requires every number a model gives to be finite, and counts to be ≥ 0.
func sane(t require.TestingT, m *Model, times []time.Time) {
	for _, v := range [][]float64{m.Predict(times), m.Baseline(times)} {
		for i, x := range v {
			require.False(t, math.IsNaN(x) || math.IsInf(x, 0), "%s: %v", times[i], x)
			require.False(t, m.Log() && x < 0, "%s: %v", times[i], x)
		}
	}
	p := m.Predict(times)
	for i := range times {
		product, sum, scale := 1.0, 0.0, math.Abs(p[i])
		for _, c := range m.Components(times[i : i+1]) {
			product, sum = product*c.Values[0], sum+c.Values[0]
			scale = math.Max(scale, math.Abs(c.Values[0]))
		}
		if m.Log() {
			sum = product
			scale = p[i]
		} else {
			scale = math.Max(scale, m.scale.unit) // sums round by their unit
		}
		require.InDelta(t, p[i], sum, 1e-9*scale+math.SmallestNonzeroFloat64, "components make up the prediction")
	}
}

// hostile draws a series of any length with zeros, gaps, constants, spikes and jumps.
func hostile(t *rapid.T) []float64 {
	n := rapid.OneOf(rapid.IntRange(0, 60), rapid.IntRange(61, 1500)).Draw(t, "n")
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	kind := rapid.IntRange(0, 6).Draw(t, "kind")
	unit := math.Pow(10, rapid.Float64Range(-12, 12).Draw(t, "magnitude"))
	y := make([]float64, n)
	for i := range y {
		switch kind {
		case 0: // constant
			y[i] = unit
		case 1: // zeros
		case 2: // intermittent
			y[i] = unit * math.Floor(r.ExpFloat64())
		case 3: // heavy tails
			y[i] = unit * math.Exp(3*r.NormFloat64())
		case 4: // both signs
			y[i] = unit * r.NormFloat64()
		case 5: // explosive
			y[i] = unit * math.Exp(float64(i)/20)
		case 6: // hardly observed
			y[i] = math.NaN()
			if i%50 < 2 {
				y[i] = unit * float64(1+i%3)
			}
		}
		if r.IntN(20) == 0 {
			y[i] = math.NaN()
		}
	}
	return y
}

func TestNoInputBreaksIt(t *testing.T) {
	se := testCalendar(t, "SE")
	rapid.Check(t, func(t *rapid.T) {
		y := hostile(t)
		times := days(len(y) + 400)
		o := Options{Step: daily}
		if rapid.Bool().Draw(t, "calendar") {
			o.Calendar = se
		}
		m, err := Fit(times[:len(y)], y, o)
		if err != nil {
			require.ErrorIs(t, err, ErrTooShort)
			return
		}
		sane(t, m, times[max(0, len(y)-20):])
	})
}

func TestScalingTheSeriesScalesTheForecast(t *testing.T) {
	se := testCalendar(t, "SE")
	rapid.Check(t, func(t *rapid.T) {
		scale := math.Pow(10, rapid.Float64Range(-6, 6).Draw(t, "scale"))
		n := rapid.IntRange(20, 700).Draw(t, "n")
		times := days(n + 100)
		s := shape{growth: .2, year: .1, noise: .1}
		y := s.draw(times[:n], rapid.Uint64().Draw(t, "seed"))
		if rapid.Bool().Draw(t, "signed") {
			for i := range y {
				y[i] -= 1000
			}
		}
		z := make([]float64, n)
		for i := range y {
			z[i] = scale * y[i]
		}
		o := Options{Step: daily, Calendar: se}
		a, err := Fit(times[:n], y, o)
		require.NoError(t, err)
		b, err := Fit(times[:n], z, o)
		require.NoError(t, err)
		pa, pb := a.Predict(times), b.Predict(times)
		for i := range pa {
			require.InDelta(t, pa[i], pb[i]/scale, 1e-4*math.Abs(pa[i])+1e-3, "to rounding")
		}
	})
}

// On the linear scale another zero moves the forecast; in 28 years weekdays, dates and leap years
// come back and nothing but the times differs.
func TestZeroAndTimeDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(20, 500).Draw(t, "n")
		times := days(n + 60)
		later := make([]time.Time, len(times))
		for i, at := range times {
			later[i] = at.AddDate(28, 0, 0)
		}
		y := shape{growth: .2, year: .1, noise: .1}.draw(times[:n], rapid.Uint64().Draw(t, "seed"))
		o := Options{Step: daily, Scale: rapid.SampledFrom([]Scale{ScaleAuto, ScaleLinear}).Draw(t, "scale")}
		plus := 0.0
		if o.Scale == ScaleLinear {
			plus = rapid.Float64Range(-3000, 3000).Draw(t, "plus")
		}
		moved := make([]float64, n)
		for i := range y {
			moved[i] = y[i] + plus
		}
		a, err := Fit(times[:n], y, o)
		require.NoError(t, err)
		b, err := Fit(later[:n], moved, o)
		require.NoError(t, err)
		pa, pb := a.Predict(times), b.Predict(later)
		for i := range pa {
			require.InDelta(t, pa[i]+plus, pb[i], 1e-3)
		}
	})
}

func TestSameInputSameBits(t *testing.T) {
	times := days(1000)
	y := shape{growth: .1, year: .1, noise: .1}.draw(times[:900], 1)
	o := Options{Step: daily, Calendar: testCalendar(t, "US")}
	want := fit(t, times[:900], y, o)
	for range 5 {
		got := fit(t, times[:900], slices.Clone(y), o)
		require.Equal(t, want.Predict(times), got.Predict(times))
		require.Equal(t, want.Components(times), got.Components(times))
	}
}

func TestPriorSkipsTheEstimation(t *testing.T) {
	s := shape{growth: .1, year: .1, noise: .05}
	times := days(1190)
	y := s.draw(times, 1)
	full := fit(t, times[:1096], y[:1096], Options{Calendar: testCalendar(t, "SE")})
	part := fit(t, times[:900], y[:900], Options{Calendar: testCalendar(t, "SE"), Prior: full.Prior()})
	assert.Equal(t, full.Prior(), part.Prior())
	assert.InDelta(t, 0, level(part, s, times[900:990]), .04)
}

func TestWhatCannotBeFitted(t *testing.T) {
	times := days(100)
	y := shape{}.draw(times, 1)
	infinite := slices.Clone(y)
	infinite[3] = math.Inf(1)
	for _, c := range []struct {
		name  string
		times []time.Time
		y     []float64
		o     Options
		want  error
	}{
		{"no history", nil, nil, Options{Step: daily}, ErrTooShort},
		{"a week", times[:7], y[:7], Options{Step: daily}, ErrTooShort},
		{"all missing", times, slices.Repeat([]float64{math.NaN()}, 100), Options{Step: daily}, ErrTooShort},
		{"hours", times, y, Options{Step: calendar.Step{Unit: calendar.Hour, N: 1}}, ErrStep},
		{"two days", times, y, Options{Step: calendar.Step{Unit: calendar.Day, N: 2}}, ErrStep},
		{"no step", times, y, Options{}, ErrStep},
		{"lengths differ", times, y[:99], Options{Step: daily}, ErrInput},
		{"weights differ", times, y, Options{Step: daily, Weights: []float64{1}}, ErrInput},
		{"negative weight", times[:20], y[:20], Options{Step: daily, Weights: slices.Repeat([]float64{-1}, 20)}, ErrInput},
		{"infinite", times, infinite, Options{Step: daily}, ErrInput},
		{"not ascending", append(slices.Clone(times[:99]), times[5]), y, Options{Step: daily}, ErrInput},
	} {
		m, err := Fit(c.times, c.y, c.o)
		assert.Nil(t, m, c.name)
		assert.ErrorIs(t, err, c.want, c.name)
	}
}

// The envelope factor gives what gonum's dense one does.
func TestFactorAgainstDense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.IntRange(1, 30).Draw(t, "p")
		dense := rapid.IntRange(0, p).Draw(t, "dense")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		gram := make([]float64, p*p)
		full := mat.NewSymDense(p, nil)
		ridge := make([]float64, p)
		right := make([]float64, p)
		for i := range p {
			ridge[i], right[i] = 5+float64(p), r.NormFloat64()
			for j := i; j < p; j++ {
				if j == i || j >= dense || j-i < 3 && r.IntN(2) == 0 {
					gram[j*p+i] = r.Float64()
				}
				full.SetSym(i, j, gram[j*p+i])
			}
			full.SetSym(i, i, gram[i*p+i]+ridge[i])
		}
		f := newFactor(gram, p, dense, &work{})
		require.True(t, f.factorize(gram, 1, ridge))
		var inverse mat.Dense
		require.NoError(t, inverse.Inverse(full))
		for i, v := range f.inverseDiagonal() {
			require.InDelta(t, inverse.At(i, i), v, 1e-12)
		}
		var x mat.VecDense
		x.MulVec(&inverse, mat.NewVecDense(p, right))
		require.InDeltaSlice(t, x.RawVector().Data, f.solve(right), 1e-12)
	})
}

func FuzzFit(f *testing.F) {
	for i, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, uint8(i))
	}
	f.Add(anyseries.Bytes(200, 0, 90, math.NaN()), 160, uint8(2))
	f.Add(anyseries.Bytes(-1e308, 0, -9e307, math.NaN()), 160, uint8(0))
	se, err := calendar.New("SE", calendar.Options{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, raw []byte, length int, step uint8) {
		y := anyseries.Of(raw, length, 400) // the longest are drawn in TestNoInputBreaksIt
		o := Options{Step: []calendar.Step{daily, weekly, monthly}[step%3], Calendar: se}
		times := make([]time.Time, len(y)+30)
		for i := range times {
			times[i] = o.Step.Add(days(1)[0].AddDate(0, 0, -2), i)
		}
		m, err := Fit(times[:len(y)], y, o)
		if err == nil {
			sane(t, m, times)
		}
	})
}

// Steps that are summed at the end give what every product by itself does.
func TestNormalIsTheSumOfItsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, steps, behind := rapid.IntRange(0, 3).Draw(t, "before"), rapid.IntRange(0, 4).Draw(t, "steps"), rapid.IntRange(0, 3).Draw(t, "behind")
		var cols []column
		for i := range before + steps + behind {
			b := blockYear
			if i >= before && i < before+steps {
				b = blockStep
			}
			cols = append(cols, column{block: b})
		}
		p, n := len(cols), rapid.IntRange(1, 20).Draw(t, "n")
		x := &rows{ptr: []int{0}}
		y, w := make([]float64, n), make([]float64, n)
		for i := range n {
			y[i], w[i] = rapid.Float64Range(-3, 3).Draw(t, "y"), rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "w")
			has := rapid.IntRange(0, steps).Draw(t, "has")
			for c := range p {
				step := c >= before && c < before+steps
				switch {
				case step && c < before+has:
					x.add(c, 1, false)
				case !step && rapid.Bool().Draw(t, "in"):
					x.add(c, rapid.Float64Range(-2, 2).Draw(t, "x"), false)
				}
			}
			x.ptr = append(x.ptr, len(x.col))
		}
		got := newNormal(x, y, w, cols, &work{})
		gram, right := make([]float64, p*p), make([]float64, p)
		for i := range n {
			in, vals := x.row(i)
			for a, ca := range in {
				right[ca] += w[i] * vals[a] * y[i]
				for b, cb := range in[:a+1] {
					gram[ca*p+cb] += w[i] * vals[a] * vals[b]
				}
			}
		}
		require.InDeltaSlice(t, right, got.right, 1e-9)
		require.InDeltaSlice(t, gram, got.gram, 1e-9)
	})
}
