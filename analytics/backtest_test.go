package analytics

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"foresight/analytics/internal/anyseries"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestOriginsOfABacktest(t *testing.T) {
	for name, c := range map[string]struct {
		options                 BacktestOptions
		length, period, horizon int
		want                    []int
		step                    int
	}{
		"a third of the horizon apart":       {BacktestOptions{Origins: 3}, 400, 7, 30, []int{350, 360, 370}, 10},
		"nearer, so that all fit":            {BacktestOptions{Origins: 5}, 100, 7, 60, []int{20, 25, 30, 35, 40}, 5},
		"the step asked for":                 {BacktestOptions{Origins: 3, Step: 30}, 100, 7, 10, []int{30, 60, 90}, 30},
		"as many as there is room for":       {BacktestOptions{Origins: 9, Step: 30}, 100, 7, 10, []int{30, 60, 90}, 30},
		"the only one":                       {BacktestOptions{}, 24, 7, 10, []int{14}, 1},
		"one asked for":                      {BacktestOptions{Origins: 1}, 100, 7, 30, []int{70}, 10},
		"two seasons are not there":          {BacktestOptions{}, 23, 7, 10, nil, 0},
		"eight by default":                   {BacktestOptions{}, 1095, 7, 90, []int{795, 825, 855, 885, 915, 945, 975, 1005}, 30},
		"without a season eight and no less": {BacktestOptions{Step: 1}, 12, 1, 2, []int{8, 9, 10}, 1},
	} {
		origins, step := c.options.plan(c.length, c.period, c.horizon)
		assert.Equal(t, c.want, origins, name)
		assert.Equal(t, c.step, step, name)
	}
}

func TestHorizonBands(t *testing.T) {
	assert.Equal(t, [][2]int{{0, 7}, {7, 30}, {30, 90}, {90, 400}}, horizonBands(400, 1))
	assert.Equal(t, [][2]int{{0, 7}, {7, 20}}, horizonBands(20, 1))
	assert.Equal(t, [][2]int{{0, 168}, {168, 720}, {720, 2160}}, horizonBands(2160, 24))
	assert.Equal(t, [][2]int{{0, 6}, {6, 12}, {12, 18}}, horizonBands(18, 12/365.25), "months: thirds")
	assert.Equal(t, [][2]int{{0, 2}, {2, 4}, {4, 7}}, horizonBands(7, 1), "a week: thirds")
	assert.Nil(t, horizonBands(2, 1))
}

func backtested(t testing.TB, s Series, o Options, b BacktestOptions) BacktestResult {
	t.Helper()
	r, err := Backtest(context.Background(), s, o, b)
	require.NoError(t, err)
	return r
}

func TestBacktestOfAShop(t *testing.T) {
	s := made(stepDay, day(2021, 1, 4), 900, shop(noisy(3, 20)))
	r := backtested(t, s, Options{Horizon: 60, Quantiles: []float64{0.1, 0.9}}, BacktestOptions{Origins: 4})
	require.Len(t, r.Origins, 4)
	assert.Equal(t, 20, r.Step)
	assert.Equal(t, s.Times[900-60], r.Origins[3].Time)
	assert.Equal(t, 840, r.Origins[3].Training)
	assert.Less(t, r.Scores.MASE, r.Naive.MASE, "better than the yardstick where there is growth")
	assert.Less(t, r.Scores.CRPS, r.Naive.CRPS)
	assert.InDelta(t, 0.8, r.Scores.Coverage80, 0.15)
	assert.InDelta(t, 0.1, r.Scores.Below[0], 0.15)
	assert.InDelta(t, 0.9, r.Scores.Below[1], 0.15)
	assert.Len(t, r.Bands, 3)
	assert.Equal(t, 4*7, r.Bands[0].Scores.N)
	assert.True(t, math.IsNaN(r.Scores.Brier), "no limit, no crossing")
	// The pooled error is the mean of the bands' and of the origins', by their sizes.
	var bands, origins float64
	for _, b := range r.Bands {
		bands += b.Scores.MAE * float64(b.Scores.N)
	}
	for _, o := range r.Origins {
		origins += o.Scores.MAE * float64(o.Scores.N)
	}
	assert.InEpsilon(t, r.Scores.MAE, bands/240, 1e-12)
	assert.InEpsilon(t, r.Scores.MAE, origins/240, 1e-12)
}

// The scores of an origin are those of the run that stood there, by hand.
func TestBacktestIsRunsOwn(t *testing.T) {
	s := made(stepDay, day(2021, 1, 4), 400, shop(noisy(3, 20)))
	r := backtested(t, s, Options{Horizon: 30}, BacktestOptions{Origins: 1})
	f := run(t, s.first(370), Options{Horizon: 30, Quantiles: []float64{0.5}})
	var sum, squares float64
	for i, v := range s.Values[370:] {
		sum += math.Abs(v-f.Quantiles[i][0]) / 30
		squares += (v - f.Mean[i]) * (v - f.Mean[i]) / 30
	}
	assert.InEpsilon(t, sum, r.Scores.MAE, 1e-12)
	var scale float64
	for i := 7; i < 370; i++ {
		scale += (s.Values[i] - s.Values[i-7]) * (s.Values[i] - s.Values[i-7]) / 363
	}
	assert.InEpsilon(t, math.Sqrt(squares/scale), r.Scores.RMSSE, 1e-9)
}

// What comes after an origin does not reach its forecast.
func TestBacktestDoesNotLook(t *testing.T) {
	s := made(stepDay, day(2021, 1, 4), 400, shop(noisy(3, 20)))
	later := made(stepDay, day(2021, 1, 4), 400, func(i int, _ time.Time) float64 {
		if i >= 370 {
			return 1e6
		}
		return s.Values[i]
	})
	o := Options{Horizon: 30, Limits: repeated(s.Values[369]*1.02, 30)}
	a, b := backtested(t, s, o, BacktestOptions{Origins: 1}), backtested(t, later, o, BacktestOptions{Origins: 1})
	assert.Equal(t, a.Origins[0].Overload, b.Origins[0].Overload)
	assert.Equal(t, a.Origins[0].Training, b.Origins[0].Training)
	assert.True(t, b.Origins[0].Overloaded)
}

func TestBacktestOfOverload(t *testing.T) {
	s := made(stepDay, day(2021, 1, 4), 500, shop(noisy(3, 10)))
	never := backtested(t, s, Options{Horizon: 20, Limits: repeated(1e9, 20)}, BacktestOptions{Origins: 2})
	assert.Zero(t, never.Scores.Brier, "as far away as it was said to be")
	assert.Zero(t, never.Naive.BrierByDate)
	always := backtested(t, s, Options{Horizon: 20, Limits: repeated(1, 20)}, BacktestOptions{Origins: 2})
	assert.Zero(t, always.Scores.Brier)
	assert.True(t, always.Origins[0].Overloaded)
	assert.InDelta(t, 1, always.Origins[0].Overload, 0)
}

func TestAPerfectBacktestScoresZero(t *testing.T) {
	week := func(i int, _ time.Time) float64 { return [7]float64{5, 9, 7, 7, 8, 2, 1}[i%7] * 100 }
	s := made(stepDay, day(2021, 1, 4), 800, week)
	r := backtested(t, s, Options{Horizon: 30, Model: yardstick, Limits: repeated(850, 30)}, BacktestOptions{})
	for name, v := range map[string]float64{"MAE": r.Scores.MAE, "WAPE": r.Scores.WAPE, "sMAPE": r.Scores.SMAPE, "bias": r.Scores.Bias, "peak size": r.Scores.PeakSize,
		"peak date": r.Scores.PeakDate, "Brier": r.Scores.Brier, "naive MASE": r.Naive.MASE, "naive CRPS": r.Naive.CRPS} {
		assert.Zero(t, v, name)
	}
	assert.InDelta(t, 1, r.Scores.PeakHit, 0)
}

func TestBacktestErrors(t *testing.T) {
	ctx := context.Background()
	s := made(stepDay, day(2021, 1, 4), 20, shop(noisy(3, 10)))
	_, err := Backtest(ctx, s, Options{Horizon: 30}, BacktestOptions{})
	require.ErrorIs(t, err, ErrShortBacktest)
	assert.ErrorContains(t, err, "20 buckets, and 30 ahead need at least 44")
	_, err = Backtest(ctx, s, Options{Horizon: 3}, BacktestOptions{Step: -1})
	assert.ErrorContains(t, err, "step -1")
	_, err = Backtest(ctx, s, Options{}, BacktestOptions{})
	assert.ErrorContains(t, err, "horizon 0")
	_, err = Backtest(ctx, Series{Times: s.Times[:1], Values: []float64{math.NaN()}, Step: stepDay}, Options{Horizon: 3}, BacktestOptions{})
	require.ErrorIs(t, err, ErrNoData)
	for i := 10; i < 20; i++ {
		s.Values[i] = math.NaN()
	}
	_, err = Backtest(ctx, s, Options{Horizon: 5}, BacktestOptions{})
	require.ErrorIs(t, err, ErrShortBacktest)
	assert.ErrorContains(t, err, "nothing was observed")
	ended, end := context.WithCancel(ctx)
	end()
	_, err = Backtest(ended, made(stepDay, day(2021, 1, 4), 300, shop(noisy(3, 10))), Options{Horizon: 5}, BacktestOptions{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestScalingTheSeriesKeepsTheScores(t *testing.T) {
	s := made(stepDay, day(2022, 1, 1), 300, shop(noisy(9, 20)))
	big := made(stepDay, day(2022, 1, 1), 300, func(i int, _ time.Time) float64 { return 1024 * s.Values[i] })
	o, b := Options{Horizon: 30}, BacktestOptions{Origins: 2}
	x, y := backtested(t, s, o, b), backtested(t, big, o, b)
	assert.InEpsilon(t, x.Scores.MASE, y.Scores.MASE, 0.02)
	assert.InEpsilon(t, x.Naive.MSIS, y.Naive.MSIS, 1e-9)
	assert.InEpsilon(t, 1024*x.Naive.MAE, y.Naive.MAE, 1e-12)
}

func TestAnyUglinessIsBacktested(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := ugly(t)
		h := rapid.IntRange(1, 40).Draw(t, "h")
		r, err := Backtest(context.Background(), s, Options{Horizon: h, Origins: 2, Limits: repeated(3, h), Paths: 20}, BacktestOptions{Origins: 2})
		if err != nil {
			require.ErrorIs(t, err, ErrShortBacktest)
			return
		}
		require.Positive(t, r.Scores.N)
		for _, v := range []float64{r.Scores.MAE, r.Naive.MAE, r.Scores.Brier, r.Scores.Coverage80, r.Naive.Coverage95} {
			require.False(t, math.IsNaN(v) || v < 0)
		}
		require.True(t, r.Scores.Brier <= 1)
	})
}

// FuzzBacktest feeds arbitrary numbers, not-a-numbers and infinities (which count as missing).
func FuzzBacktest(f *testing.F) {
	for _, s := range anyseries.Seeds() {
		if s.Length < 100 {
			f.Add(s.Raw, s.Length, uint8(3))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, length int, h uint8) {
		y := anyseries.Of(raw, length, 150)
		s := made(stepDay, day(2021, 1, 1), len(y), func(i int, _ time.Time) float64 { return y[i] })
		r, err := Backtest(context.Background(), s, Options{Horizon: 1 + int(h)%30, Origins: 2}, BacktestOptions{Origins: 2})
		if err != nil {
			return
		}
		require.False(t, math.IsNaN(r.Scores.MAE) || math.IsNaN(r.Naive.MAE), "a score of observed buckets")
	})
}

func ExampleBacktest() {
	s := made(stepDay, day(2023, 1, 2), 3*364, func(i int, _ time.Time) float64 {
		return 1000 * math.Exp(float64(i)/2000) * [7]float64{1.2, 1, 1, 1, 1.1, 0.7, 0.6}[i%7]
	})
	r, err := Backtest(context.Background(), s, Options{Horizon: 90}, BacktestOptions{Origins: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d origins; the seasonal naive misses by %.0f %%, Foresight by less than 1 %%: %v\n", len(r.Origins), 100*r.Naive.WAPE, r.Scores.WAPE < 0.01)
	// Output: 4 origins; the seasonal naive misses by 17 %, Foresight by less than 1 %: true
}

func BenchmarkBacktest(b *testing.B) {
	for _, n := range []int{365, 1095} {
		s := made(stepDay, day(2021, 1, 4), n, shop(noisy(3, 20)))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				backtested(b, s, Options{Horizon: 90}, BacktestOptions{})
			}
		})
	}
}
