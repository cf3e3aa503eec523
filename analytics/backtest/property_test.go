package backtest

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/internal/anyseries"
)

// drawn is a random past, what came, and a forecast with ascending quantiles and paths.
type drawn struct {
	training, actual, forecast []float64
	quantiles, paths           [][]float64
	low, high                  []float64
}

func draw(t *rapid.T) drawn {
	value := rapid.Float64Range(0.5, 1000)
	h := rapid.IntRange(1, 20).Draw(t, "h")
	list := func(name string, n int) []float64 { return rapid.SliceOfN(value, n, n).Draw(t, name) }
	d := drawn{training: list("training", 30), actual: list("actual", h), forecast: list("forecast", h)}
	for range h {
		q := list("quantiles", len(fifths))
		slices.Sort(q)
		d.quantiles = append(d.quantiles, q)
		d.low, d.high = append(d.low, q[0]), append(d.high, q[4])
	}
	for range rapid.IntRange(1, 8).Draw(t, "paths") {
		d.paths = append(d.paths, list("path", h))
	}
	if rapid.Bool().Draw(t, "hole") {
		d.actual[0], d.training[3] = nan, nan
	}
	return d
}

func (d drawn) scaled(by float64) drawn {
	times := func(x []float64) []float64 {
		out := slices.Clone(x)
		for i := range out {
			out[i] *= by
		}
		return out
	}
	all := func(x [][]float64) (out [][]float64) {
		for _, row := range x {
			out = append(out, times(row))
		}
		return out
	}
	return drawn{times(d.training), times(d.actual), times(d.forecast), all(d.quantiles), all(d.paths), times(d.low), times(d.high)}
}

// free are the scores that do not know the series' unit; the others are in it.
func (d drawn) free() []float64 {
	p, _ := PeakError(d.actual, d.forecast)
	return []float64{
		WAPE(d.actual, d.forecast), SMAPE(d.actual, d.forecast), Bias(d.actual, d.forecast),
		MASE(d.training, 4, d.actual, d.forecast), RMSSE(d.training, 4, d.actual, d.forecast),
		MSIS(0.8, d.training, 4, d.actual, d.low, d.high), ScaledPinball(fifths, d.training, 4, d.actual, d.quantiles),
		Coverage(d.actual, d.low, d.high), p.Size, float64(p.Offset),
	}
}

func (d drawn) inUnit() []float64 {
	return []float64{
		MAE(d.actual, d.forecast), math.Sqrt(MSE(d.actual, d.forecast)), IntervalScore(0.8, d.actual, d.low, d.high),
		MeanPinball(fifths, d.actual, d.quantiles), CRPS(fifths, d.actual, d.quantiles), CRPSFromPaths(d.actual, d.paths),
	}
}

func TestUnitsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		by := rapid.Float64Range(0.001, 1000).Draw(t, "by")
		same(t, d.free(), d.scaled(by).free(), 1)
		same(t, d.inUnit(), d.scaled(by).inUnit(), by)
		naive, naiveScaled := Naive2(d.training, 4, 9), Naive2(d.scaled(by).training, 4, 9)
		same(t, naive, naiveScaled, by)
	})
}

func same(t require.TestingT, a, b []float64, by float64) {
	for i := range a {
		if math.IsNaN(a[i]) {
			require.True(t, math.IsNaN(b[i]), "place %d", i)
			continue
		}
		require.InDelta(t, by*a[i], b[i], 1e-9*(by+math.Abs(b[i])), "place %d", i)
	}
}

func TestAPerfectForecastScoresZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		d.forecast, d.low, d.high = d.actual, d.actual, d.actual
		d.paths = [][]float64{d.actual, d.actual}
		for i, y := range d.actual {
			d.quantiles[i] = []float64{y, y, y, y, y}
		}
		covered := 7
		for i, s := range d.free() {
			if i != covered && !math.IsNaN(s) {
				assert.Zero(t, s, "place %d", i)
			}
		}
		for i, s := range d.inUnit() {
			if !math.IsNaN(s) {
				assert.Zero(t, s, "place %d", i)
			}
		}
	})
}

func TestCRPSOfPathsStaysBelowTheirErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		var mean, n float64
		for _, p := range d.paths {
			if e := MAE(d.actual, p); !math.IsNaN(e) {
				mean, n = mean+e, n+1
			}
		}
		if n == 0 {
			return
		}
		// E|X − y| − ½E|X − X′| ≤ E|X − y|
		assert.LessOrEqual(t, CRPSFromPaths(d.actual, d.paths), mean/n*(1+1e-12))
	})
}

// The two forms of CRPS are the same integral: of many paths, the quantile form with their
// quantiles at dense probabilities agrees with the energy form.
func TestCRPSFormsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-10, 10), 40, 40).Draw(t, "paths")
		y := rapid.Float64Range(-15, 15).Draw(t, "y")
		var paths [][]float64
		for _, v := range x {
			paths = append(paths, []float64{v})
		}
		slices.Sort(x)
		p := make([]float64, len(x))
		for i := range p {
			p[i] = (float64(i) + 0.5) / float64(len(x))
		}
		assert.InDelta(t, CRPSFromPaths([]float64{y}, paths), CRPS(p, []float64{y}, [][]float64{x}), 1e-9)
	})
}

func TestTheHonestProbabilityHasTheBestBrier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		happened := rapid.SliceOfN(rapid.Bool(), 1, 30).Draw(t, "happened")
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		var share float64
		for _, h := range happened {
			if h {
				share++
			}
		}
		share /= float64(len(happened))
		of := func(p float64) float64 { return Brier(slices.Repeat([]float64{p}, len(happened)), happened) }
		assert.GreaterOrEqual(t, of(p), of(share)-1e-12)
	})
}

// Origins ascend, leave the training and the horizon that was asked for, and end with the history.
func TestOriginsLieWithinTheHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.IntRange(-5, 3000)
		p := Plan{number.Draw(t, "length"), number.Draw(t, "horizon"), number.Draw(t, "count"), max(0, number.Draw(t, "train")), number.Draw(t, "span")}
		origins := p.Origins()
		require.True(t, len(origins) <= max(0, p.Count))
		for i, o := range origins {
			require.True(t, o >= p.Train && o+p.Horizon <= p.Length)
			require.True(t, i == 0 || o > origins[i-1])
		}
		if len(origins) > 0 {
			require.Equal(t, p.Length, origins[len(origins)-1]+p.Horizon)
		}
	})
}

// FuzzScores feeds arbitrary numbers: nothing panics, no score but the signed ones is negative,
// and NaN comes only where nothing can be compared.
func FuzzScores(f *testing.F) {
	for _, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, uint8(7))
	}
	f.Fuzz(func(t *testing.T, raw []byte, length int, period uint8) {
		x := anyseries.Of(raw, length, anyseries.Longest)
		comparable := 0
		for i := range x {
			if math.Abs(x[i]) > 1e100 { // the engine's bound of a measurement
				x[i] = math.Copysign(math.Inf(1), x[i])
			}
		}
		half := len(x) / 2
		actual, forecast := x[:half], x[half:2*half]
		for i := range actual {
			if !missing(actual[i]) && !missing(forecast[i]) {
				comparable++
			}
		}
		rows := make([][]float64, half)
		for i := range rows {
			rows[i] = forecast[i : i+1]
		}
		scores := []float64{MAE(actual, forecast), MSE(actual, forecast), SMAPE(actual, forecast),
			IntervalScore(0.9, actual, forecast, forecast), CRPS([]float64{0.5}, actual, rows), CRPSFromPaths(actual, [][]float64{forecast, forecast})}
		for i, s := range scores {
			require.False(t, s < 0, "score %d: %v", i, s)
			require.Equal(t, comparable == 0, math.IsNaN(s), "score %d: %v", i, s)
		}
		PeakError(actual, forecast)
		require.False(t, Coverage(actual, forecast, forecast) < 0)
		Brier(x, CrossedBy(x, forecast))
		Reliability(x, CrossedBy(x, x), 1+int(period)%20)
		for _, v := range Naive2(actual, int(period), 5) {
			require.Equal(t, allMissing(actual), math.IsNaN(v))
		}
	})
}

func allMissing(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return !missing(v) })
}
