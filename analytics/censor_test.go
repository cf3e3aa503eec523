package analytics

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/regress"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// cut is a series that lets nothing above a ceiling through.
func cut(s Series, ceiling float64) Series {
	out := Series{Times: s.Times, Values: make([]float64, len(s.Values)), Step: s.Step}
	for i, v := range s.Values {
		out.Values[i] = math.Min(v, ceiling)
	}
	return out
}

// tills is a daily series with a week, a year that peaks in December, and noise of a few per cent.
func tills(seed uint64, n int) Series {
	noise := noisy(seed, 0.04)
	week := [7]float64{-0.3, 0, 0.02, 0.01, 0.05, 0.2, 0.1}
	return made(stepDay, day(2021, 1, 1), n, func(i int, t time.Time) float64 {
		year := 0.25 * math.Cos(2*math.Pi*float64(t.YearDay()-350)/365.25)
		return 1000 * math.Exp(0.0001*float64(i)+week[t.Weekday()]+year+noise())
	})
}

// desk is an hourly series with a day and a week.
func desk(seed uint64, n int) Series {
	noise := noisy(seed, 0.05)
	return made(stepHour, day(2024, 1, 1), n, func(_ int, t time.Time) float64 {
		hour := math.Cos(2 * math.Pi * float64(t.Hour()-13) / 24)
		week := [7]float64{-0.5, 0.05, 0, 0, 0.02, 0.15, -0.3}
		return 500 * math.Exp(hour+week[t.Weekday()]+noise())
	})
}

// What a ceiling hides of the peaks is found again in good part: the largest value forecast comes
// nearer to what the uncut series' forecast says.
func TestCensoringBringsThePeakNearer(t *testing.T) {
	t.Log("figures censoring: | series | error of the peak %, the ceiling known | not known |\nfigures censoring: |---|---|---|")
	for _, tt := range []struct {
		name  string
		truth func(seed uint64) Series
		h     int
		share float64 // of the values at the ceiling
	}{
		{"days", func(seed uint64) Series { return tills(seed, 1060) }, 90, 0.08},
		{"hours", func(seed uint64) Series { return desk(seed, 24*90) }, 24 * 14, 0.06},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var with, without float64
			for seed := range uint64(3) {
				truth := tt.truth(seed)
				ceiling := percentile(truth.Values, 1-tt.share)
				peak := func(s Series, c []Ceiling) float64 {
					f := run(t, s, Options{Horizon: tt.h, Ceilings: c, Origins: 3})
					top := 0.0
					for _, q := range f.Quantiles {
						top = math.Max(top, q[1])
					}
					return top
				}
				want := peak(truth, []Ceiling{})
				with += math.Abs(math.Log(peak(cut(truth, ceiling), []Ceiling{{Value: ceiling}}) / want))
				without += math.Abs(math.Log(peak(cut(truth, ceiling), []Ceiling{}) / want))
			}
			t.Logf("figures censoring: | %s, %d ahead, cut at its %.0f %% quantile | %.1f | %.1f |", tt.name, tt.h, 100*(1-tt.share), 100*with/3, 100*without/3)
			assert.Less(t, with, 0.6*without)
		})
	}
}

func percentile(values []float64, p float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return s[int(p*float64(len(s)-1))]
}

// A lifted value is never below its bound, and what is not censored stays.
func TestLiftedValuesLieAboveTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]calendar.Step{stepDay, stepHour, stepWeek}).Draw(t, "step")
		n := rapid.IntRange(1, 400).Draw(t, "n")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shift := rapid.SampledFrom([]float64{0, -300}).Draw(t, "shift")
		s := made(step, day(2023, 1, 1), n, func(int, time.Time) float64 { return shift + 500*rng.ExpFloat64() })
		ceiling := rapid.Float64Range(1, 1500).Draw(t, "ceiling")
		s = cut(s, ceiling)
		p := prepare(s, Options{Ceilings: []Ceiling{{Value: ceiling}}})
		p.lift(Options{})
		for i, v := range p.Values {
			if math.IsNaN(v) { // a value next to nothing among equal ones may be an outage
				require.Less(t, s.Values[i], ceiling)
				require.True(t, slices.ContainsFunc(p.treated, func(x Treatment) bool { return x.Kind == TreatedOutage }))
				continue
			}
			if s.Values[i] < ceiling {
				require.Equal(t, s.Values[i], v)
				continue
			}
			require.True(t, p.censored[i])
			require.True(t, v >= ceiling && v <= liftMost*ceiling, "%v of %v", v, ceiling)
		}
	})
}

func TestPlateausAreFound(t *testing.T) {
	noise := noisy(1, 1)
	wave := made(stepDay, day(2023, 1, 1), 400, func(i int, _ time.Time) float64 {
		return math.Round(1000 + 300*math.Sin(float64(i)/9) + 30*noise())
	})
	upper := 1250.0
	flat := made(stepDay, day(2023, 1, 1), 100, func(int, time.Time) float64 { return 7 })
	steps := made(stepDay, day(2023, 1, 1), 400, func(i int, _ time.Time) float64 { return float64(10 + 2*((i/20)%4)) })
	rising := made(stepDay, day(2023, 1, 1), 400, func(i int, _ time.Time) float64 { return math.Min(300, float64(i)) })
	few := made(stepDay, day(2023, 1, 1), 400, func(int, time.Time) float64 { return math.Round(3 + noise()) })
	share := made(stepDay, day(2023, 1, 1), 400, func(i int, _ time.Time) float64 { return math.Min(100, 95+5*math.Sin(float64(i))+noise()) })
	for _, tt := range []struct {
		name   string
		s      Series
		upper  *float64
		values int
	}{
		{"saturated", cut(wave, 1250), nil, 66},
		{"not saturated", wave, nil, 0},
		{"the end of what is possible", cut(wave, upper), &upper, 0},
		{"always the same", flat, nil, 0},
		{"a gauge that moves in steps", steps, nil, 0},
		{"a counter that stands still", rising, nil, 0},
		{"small counts", few, nil, 0},
		{"per cent", share, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := prepare(tt.s, Options{Upper: tt.upper})
			n := 0
			for _, c := range p.treated {
				n += c.Buckets
			}
			assert.InDelta(t, tt.values, n, 12)
			assert.Equal(t, tt.values > 0, n > 0)
		})
	}
}

func TestCeilingsHoldForTheirTime(t *testing.T) {
	s := made(stepDay, day(2024, 1, 1), 100, func(i int, _ time.Time) float64 { return []float64{50, 100, 150, 200}[i%4] })
	count := func(c ...Ceiling) int {
		n := 0
		for _, tr := range prepare(s, Options{Ceilings: c}).treated {
			require.Equal(t, TreatedCensored, tr.Kind)
			n += tr.Buckets
		}
		return n
	}
	assert.Equal(t, 50, count(Ceiling{Value: 150}))
	assert.Equal(t, 50, count(Ceiling{Value: 200}, Ceiling{Value: 150}), "the lowest counts")
	assert.Equal(t, 20, count(Ceiling{Value: 150, To: day(2024, 2, 10)}))
	assert.Equal(t, 30, count(Ceiling{Value: 150, From: day(2024, 2, 10)}))
	assert.Zero(t, count(Ceiling{Value: 201}))
}

// Against numerical integration of the truncated normal density (the formula's own definition).
func TestAbove(t *testing.T) {
	for _, c := range []struct{ mean, sd, bound float64 }{{0, 1, -3}, {0, 1, 0}, {2, 0.5, 3}, {0, 1, 5}, {0, 1, 9}} {
		var mass, moment float64
		const h = 1e-4
		for x := c.bound + h/2; x < c.bound+12*c.sd; x += h * c.sd {
			z := (x - c.mean) / c.sd
			w := math.Exp(-z*z/2 + (c.bound-c.mean)*(c.bound-c.mean)/c.sd/c.sd/2)
			mass, moment = mass+w, moment+w*(x-c.bound)
		}
		assert.InDelta(t, c.bound+moment/mass, regress.Above(c.mean, c.sd, c.bound), 3e-3, "%+v", c)
	}
	assert.InDelta(t, 4, regress.Above(4, 0, 1), 0)
}

func TestCeilingsThatMakeNoSenseAreRefused(t *testing.T) {
	s := made(stepDay, day(2024, 1, 1), 30, shop(noisy(1, 1)))
	for _, c := range []Ceiling{{Value: math.NaN()}, {Value: math.Inf(1)}, {Value: 1, From: day(2024, 2, 1), To: day(2024, 2, 1)}} {
		_, err := Run(context.Background(), s, Options{Horizon: 1, Ceilings: []Ceiling{c}})
		assert.ErrorContains(t, err, "ceiling")
	}
}

// A ceiling is no score: from origins whose peaks were cut, only the rest counts.
func TestBacktestScoresBesideTheCeiling(t *testing.T) {
	s := tills(9, 800)
	ceiling := percentile(s.Values, 0.93)
	r := backtested(t, cut(s, ceiling), Options{Horizon: 60, Ceilings: []Ceiling{{Value: ceiling}}}, BacktestOptions{Origins: 3})
	for _, o := range r.Origins {
		assert.Less(t, o.Largest, ceiling)
	}
	assert.NotEmpty(t, r.Treated)
}

// On real shops whose busiest fourteenth of days is cut away the largest of the next 90 days is missed
// by less when the ceiling is known.
func TestCensoringOfRealShops(t *testing.T) {
	var with, without, n float64
	for i, s := range readShared(t, "grocery_shops_daily.csv.gz", stepDay) {
		if i%4 != 0 {
			continue
		}
		const h = 90
		train, came := s.first(len(s.Values)-h), s.Values[len(s.Values)-h:]
		seen := slices.DeleteFunc(slices.Clone(train.Values), math.IsNaN)
		ceiling, want := percentile(seen, 0.93), came[argmax(came)]
		miss := func(c []Ceiling) float64 {
			f := run(t, cut(train, ceiling), Options{Horizon: h, Calendar: calendarOf(t, "EC"), Ceilings: c})
			return math.Abs(f.medians[argmax(f.medians)]/want - 1)
		}
		with, without, n = with+miss([]Ceiling{{Value: ceiling}}), without+miss([]Ceiling{}), n+1
	}
	t.Logf("%.0f shops: the peak is missed by %.1f %% with the ceiling, %.1f %% without", n, 100*with/n, 100*without/n)
	assert.Less(t, with, 0.75*without)
}
