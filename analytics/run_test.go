package analytics

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noisy gives a seeded normal noise.
func noisy(seed uint64, sd float64) func() float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	return func() float64 { return sd * rng.NormFloat64() }
}

func run(t testing.TB, s Series, o Options) Forecast {
	t.Helper()
	f, err := Run(context.Background(), s, o)
	require.NoError(t, err)
	require.Len(t, f.Mean, o.Horizon)
	return f
}

// shop sells more each day, with a week.
func shop(noise func() float64) func(int, time.Time) float64 {
	return func(i int, _ time.Time) float64 {
		return math.Max(0, (300+0.15*float64(i))*(1+0.3*math.Sin(float64(i)*2*math.Pi/7))+noise())
	}
}

func TestRunRefusesTheCallersMistakes(t *testing.T) {
	s := made(stepDay, day(2024, 1, 1), 30, shop(noisy(1, 1)))
	low, high := 5.0, 1.0
	for name, o := range map[string]Options{
		"no horizon":         {},
		"quantile":           {Horizon: 1, Quantiles: []float64{1}},
		"order of quantiles": {Horizon: 1, Quantiles: []float64{0.5, 0.5}},
		"limits":             {Horizon: 2, Limits: []float64{1}},
		"model":              {Horizon: 1, Model: "magic"},
		"risk":               {Horizon: 1, Risk: 1},
		"bounds":             {Horizon: 1, Lower: &low, Upper: &high},
		"paths":              {Horizon: 1, Paths: -1},
	} {
		_, err := Run(context.Background(), s, o)
		assert.ErrorContains(t, err, "checking the options", name)
	}
	_, err := Run(context.Background(), Series{Step: stepDay}, Options{Horizon: 1})
	require.ErrorIs(t, err, ErrNoData)
	_, err = Run(context.Background(), made(stepDay, day(2024, 1, 1), 9, func(int, time.Time) float64 { return math.NaN() }), Options{Horizon: 1})
	require.ErrorIs(t, err, ErrNoData)
	_, err = Run(context.Background(), Series{Step: stepDay, Values: []float64{1}}, Options{Horizon: 1})
	require.Error(t, err)
}

func TestRunStopsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(ctx, made(stepDay, day(2021, 1, 1), 800, shop(noisy(1, 15))), Options{Horizon: 90})
	require.ErrorIs(t, err, context.Canceled)
}

func TestShortHistoriesAreAnsweredFromALowerRung(t *testing.T) {
	for n := 1; n <= 40; n++ {
		f := run(t, made(stepDay, day(2024, 1, 1), n, shop(noisy(1, 5))), Options{Horizon: 90})
		checkSane(t, f)
		assert.Equal(t, n < 12, f.Fallback != "", "%d values: %q", n, f.Fallback)
	}
	f := run(t, made(stepDay, day(2024, 1, 1), 1, func(int, time.Time) float64 { return 7 }), Options{Horizon: 3})
	assert.InDelta(t, 7, f.Quantiles[2][1], 1e-9)
	assert.Contains(t, f.Fallback, "one value")
	assert.Less(t, f.Quantiles[0][0], 3.5, "one value says little")
	assert.Greater(t, f.Quantiles[0][2], 10.0)
}

func TestFlatSeriesStayFlat(t *testing.T) {
	f := run(t, made(stepDay, day(2023, 1, 1), 200, func(int, time.Time) float64 { return 5 }), Options{Horizon: 90})
	for i := range f.Times {
		assert.InDelta(t, 5, f.Mean[i], 0.05)
		assert.InDelta(t, 5, f.Quantiles[i][2], 0.5)
	}
	zero := run(t, made(stepDay, day(2023, 1, 1), 200, func(int, time.Time) float64 { return 0 }), Options{Horizon: 9})
	assert.InDelta(t, 0, zero.Quantiles[8][2], 1e-9)
}

func TestClosedSundaysStayClosed(t *testing.T) {
	f := run(t, made(stepDay, day(2021, 6, 1), 800, func(i int, at time.Time) float64 {
		if at.Weekday() == time.Sunday {
			return 0
		}
		return float64(40 + i%9)
	}), Options{Horizon: 90, Calendar: calendarOf(t, "SE")})
	for i, at := range f.Times {
		if at.Weekday() == time.Sunday {
			assert.Less(t, f.Quantiles[i][2], 15.0, at)
		} else if at.Weekday() == time.Wednesday {
			assert.Greater(t, f.Quantiles[i][1], 25.0, at)
		}
	}
}

func TestDecemberPeakIsKept(t *testing.T) {
	f := run(t, made(stepMonth, day(1990, 1, 1), 180, func(i int, _ time.Time) float64 {
		v := 100 + float64(i)
		if i%12 == 11 {
			v += 30
		}
		return v
	}), Options{Horizon: 18})
	december := f.Mean[11]
	assert.Greater(t, december, f.Mean[10])
	assert.Greater(t, december, f.Mean[9])
	assert.InDelta(t, 100+191+30, december, 10)
}

func TestOwnEventOnANewDate(t *testing.T) {
	var own []calendar.OwnEvent
	spike := map[time.Time]bool{}
	for y := 2019; y < 2024; y++ {
		d := calendar.NewDate(y, time.September, 12+y%3)
		own = append(own, calendar.OwnEvent{Name: "campaign", From: d, To: d})
		spike[d.In(time.UTC)] = true
	}
	ahead := calendar.NewDate(2023, time.November, 3)
	cal, err := calendar.New("", calendar.Options{Own: append(own, calendar.OwnEvent{Name: "campaign", From: ahead, To: ahead})})
	require.NoError(t, err)
	noise := noisy(11, 4)
	s := made(stepDay, day(2019, 1, 1), 1735, func(_ int, at time.Time) float64 {
		v := 100 + noise()
		if spike[at] {
			v *= 2.5
		}
		return v
	})
	f := run(t, s, Options{Horizon: 90, Calendar: cal})
	at := map[string]int{}
	for i, d := range f.Times {
		at[d.Format(time.DateOnly)] = i
	}
	i := at["2023-11-03"]
	assert.InDelta(t, 250, f.Mean[i], 40)
	assert.Less(t, f.Mean[at["2023-11-10"]], 120.0)
	assert.InDelta(t, 100, f.Baseline[i], 10, "a usual day has no campaign")
	peaks := Peaks(s, f, cal, 1.1)
	require.Len(t, peaks, 1)
	assert.Equal(t, "own:campaign", peaks[0].Family)
	assert.Equal(t, i, peaks[0].Index)
	assert.Equal(t, 5, peaks[0].TimesSeen)
	assert.InDelta(t, 2.5, peaks[0].Factor, 0.3)
}

func TestGrowthCrossesItsLimitInTime(t *testing.T) {
	// The first day over the limit comes a few days before the mean's: by simulation about four for
	// a noise of 2, twelve for a noise of 5.
	noise := noisy(3, 2)
	s := made(stepDay, day(2022, 1, 1), 700, func(i int, _ time.Time) float64 { return 100 + 0.5*float64(i) + noise() })
	near, far := make([]float64, 120), make([]float64, 120)
	for i := range near {
		near[i], far[i] = 100+0.5*780, 1000 // the mean crosses 80 days ahead
	}
	f := run(t, s, Options{Horizon: 120, Limits: near})
	c := f.Crossing
	require.NotNil(t, c)
	assert.InDelta(t, 80, c.Expected, 12)
	assert.Less(t, c.Probability[0], 0.05)
	assert.Greater(t, c.Probability[119], 0.9)
	assert.LessOrEqual(t, c.Early, c.Need)
	assert.Greater(t, c.Needed, 500.0)
	assert.Greater(t, c.PeakIndex, 90)
	assert.Less(t, run(t, s, Options{Horizon: 120, Limits: far}).Crossing.Probability[119], 0.05)
}

func TestPathsAgreeWithQuantiles(t *testing.T) {
	f := run(t, made(stepDay, day(2021, 1, 1), 800, shop(noisy(5, 20))), Options{Horizon: 60, Quantiles: []float64{0.05, 0.5, 0.95}, Paths: 1000})
	require.Len(t, f.Paths, 1000)
	for i := range f.Times {
		for j, p := range []float64{0.05, 0.5, 0.95} {
			below := 0.0
			for _, path := range f.Paths {
				if path[i] <= f.Quantiles[i][j] {
					below++
				}
			}
			assert.InDelta(t, p, below/1000, 0.002)
		}
	}
}

func TestTheSameAgain(t *testing.T) {
	s := made(stepDay, day(2021, 1, 1), 500, shop(noisy(5, 20)))
	limits := make([]float64, 30)
	for i := range limits {
		limits[i] = 480
	}
	o := Options{Horizon: 30, Limits: limits}
	a := run(t, s, o)
	assert.Equal(t, a, run(t, s, o))
	o.Seed = 7
	assert.NotEqual(t, a.Paths, run(t, s, o).Paths)
}

func TestEachModelOnItsOwn(t *testing.T) {
	s := made(stepDay, day(2021, 1, 1), 500, shop(noisy(5, 20)))
	for _, name := range Models() {
		f := run(t, s, Options{Horizon: 30, Model: name})
		checkSane(t, f)
		require.Len(t, f.Members, 1, name)
		assert.Equal(t, name, f.Members[0].Name)
		assert.Empty(t, f.Fallback, name)
	}
}

func TestComponentsGiveTheMedian(t *testing.T) {
	f := run(t, made(stepDay, day(2021, 1, 1), 800, shop(noisy(5, 20))), Options{Horizon: 60, Calendar: calendarOf(t, "SE")})
	for i := range f.Times {
		v := 0.0
		for j, c := range f.Components {
			if c.Multiplicative && j > 0 {
				v *= c.Values[i]
			} else {
				v += c.Values[i]
			}
		}
		assert.InDelta(t, f.Quantiles[i][1], v, 1e-6*math.Abs(v)+1e-9)
	}
}

func TestBoundsHold(t *testing.T) {
	low, high := 50.0, 100.0
	f := run(t, made(stepDay, day(2023, 1, 1), 300, func(i int, _ time.Time) float64 { return 75 + 24*math.Sin(float64(i)) }), Options{Horizon: 30, Lower: &low, Upper: &high})
	for i := range f.Times {
		assert.GreaterOrEqual(t, f.Quantiles[i][0], low)
		assert.LessOrEqual(t, f.Quantiles[i][2], high)
	}
	signed := run(t, made(stepDay, day(2023, 1, 1), 300, func(i int, _ time.Time) float64 { return 10 * math.Sin(float64(i)*2*math.Pi/7) }), Options{Horizon: 14})
	assert.Less(t, signed.Quantiles[0][0]+signed.Quantiles[3][0]+signed.Quantiles[5][0], 0.0, "values of both signs may be negative")
}

// One day ahead the ranges are no narrower than the noise, although eight origins give eight errors a day
// ahead.
func TestRangesOfOneDayHoldTheNoise(t *testing.T) {
	inside, n := 0.0, 0.0
	for seed := range uint64(10) {
		noise := noisy(seed, 30)
		s := made(stepDay, day(2022, 1, 3), 420, func(int, time.Time) float64 { return 1000 + noise() })
		for origin := 400; origin < 420; origin += 5 {
			f := run(t, s.first(origin), Options{Horizon: 1, Quantiles: []float64{0.1, 0.9}})
			if v := s.Values[origin]; v >= f.Quantiles[0][0] && v <= f.Quantiles[0][1] {
				inside++
			}
			n++
		}
	}
	assert.InDelta(t, 0.8, inside/n, 0.15, "of %v forecasts", n)
}
