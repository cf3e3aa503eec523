package analytics

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/internal/anyseries"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var whatIfQuantiles = []float64{0.05, 0.25, 0.5, 0.75, 0.95}

// planned is a shop's forecast to lay plans over, with the options that it was made with.
func planned(t testing.TB, horizon int, o Options) (Series, Forecast, Options) {
	t.Helper()
	s := made(stepDay, day(2023, 1, 1), 420, shop(noisy(3, 20)))
	o.Horizon, o.Quantiles, o.Paths, o.Origins = horizon, whatIfQuantiles, 400, 3
	if o.Limits == nil {
		o.Limits = flatLimits(horizon, 480)
	}
	return s, run(t, s, o), o
}

func flatLimits(n int, limit float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = limit
	}
	return out
}

func whatIf(t require.TestingT, s Series, f Forecast, o Options, changes ...Change) Outcome {
	out, err := WhatIf(s, f, o, changes...)
	require.NoError(t, err)
	return out
}

// same wants two forecasts to say the same to a relative tolerance.
func same(t require.TestingT, want, got Forecast, tolerance float64) {
	near := func(a, b float64, what string, i int) {
		if math.Abs(a-b) > tolerance*math.Max(1, math.Max(math.Abs(a), math.Abs(b))) {
			require.Fail(t, "forecasts differ", "%s of bucket %d: %v and %v", what, i, a, b)
		}
	}
	for i := range want.Times {
		near(want.Mean[i], got.Mean[i], "mean", i)
		near(want.Baseline[i], got.Baseline[i], "baseline", i)
		near(medians(want)[i], medians(got)[i], "median", i)
		for j := range want.Quantiles[i] {
			near(want.Quantiles[i][j], got.Quantiles[i][j], "quantile", i)
		}
		for k := range want.Paths {
			near(want.Paths[k][i], got.Paths[k][i], "path", i)
		}
	}
	if want.Crossing != nil && tolerance < 1e-6 {
		for i := range want.Crossing.Probability {
			near(want.Crossing.Probability[i], got.Crossing.Probability[i], "probability", i)
		}
	}
}

// added multiplies and adds the components up.
func added(f Forecast) []float64 {
	out := make([]float64, len(f.Times))
	for k, c := range f.Components {
		for i, v := range c.Values {
			if c.Multiplicative && k > 0 { // the first is what the others act on
				out[i] *= v
			} else {
				out[i] += v
			}
		}
	}
	return out
}

func TestGrowthScalesAllButTheLimit(t *testing.T) {
	s, f, o := planned(t, 60, Options{})
	from, to := calendar.DateOf(f.Times[10]), calendar.DateOf(f.Times[39])
	out := whatIf(t, s, f, o, Growth("growth", Certain(1.2), from, to))
	for i := range f.Times {
		g := 1.0
		if i >= 10 && i < 40 {
			g = 1.2
		}
		assert.InEpsilon(t, g*f.Mean[i], out.Mean[i], 1e-12)
		assert.InEpsilon(t, g*f.Baseline[i], out.Baseline[i], 1e-12)
		for j := range f.Quantiles[i] {
			assert.InEpsilon(t, g*f.Quantiles[i][j], out.Quantiles[i][j], 1e-12)
		}
		assert.InEpsilon(t, g*f.Paths[7][i], out.Paths[7][i], 1e-12)
	}
	last := out.Components[len(out.Components)-1]
	assert.Equal(t, "growth", last.Name)
	assert.Equal(t, []float64{1, 1.2, 1.2, 1}, []float64{last.Values[9], last.Values[10], last.Values[39], last.Values[40]})
	for i, v := range added(out.Forecast) {
		assert.InEpsilon(t, out.medians[i], v, 1e-9, "the components still come to the median")
	}
	assert.Equal(t, o.Limits, out.Limits)
	assert.Greater(t, out.Crossing.Probability[59], f.Crossing.Probability[59])
	assert.Equal(t, f.Members, out.Members)
}

func TestGrowthOfOneChangesNothing(t *testing.T) {
	s, f, o := planned(t, 30, Options{})
	out := whatIf(t, s, f, o, Growth("none", Certain(1), calendar.Date{}, calendar.Date{}))
	same(t, f, out.Forecast, 0)
	assert.Len(t, out.Components, len(f.Components), "what changes nothing is no component")
}

func TestCampaignStandsOutOverTheUsualDay(t *testing.T) {
	s, f, o := planned(t, 60, Options{})
	first := calendar.DateOf(f.Times[20])
	c := Campaign("sale", Profile{Values: []float64{1.1, 1.5, 1.2}, Multiplicative: true, Before: 1}, first)
	out := whatIf(t, s, f, o, c)
	for i := range f.Times {
		want := map[int]float64{19: 1.1, 20: 1.5, 21: 1.2}[i]
		if want == 0 {
			want = 1
		}
		assert.InEpsilon(t, want*f.Quantiles[i][2], out.Quantiles[i][2], 1e-12)
		assert.InDelta(t, f.Baseline[i], out.Baseline[i], 0, "a usual day knows no campaign")
	}
	assert.True(t, c.Touches(s, f))
	assert.False(t, Campaign("sale", c.Profile, first.AddDays(300)).Touches(s, f))
}

func TestAnAmountIsClippedAtZero(t *testing.T) {
	s, f, o := planned(t, 20, Options{})
	gone := Change{Name: "loss", Amount: Certain(-f.Quantiles[5][2]), From: calendar.DateOf(f.Times[5]), To: calendar.DateOf(f.Times[5])}
	out := whatIf(t, s, f, o, gone)
	checkSane(t, out.Forecast)
	assert.Zero(t, out.Quantiles[5][0])
	assert.InDelta(t, f.Quantiles[5][4]-f.Quantiles[5][2], out.Quantiles[5][4], 1e-9)
	assert.Greater(t, out.Mean[5], 0.0, "what is cut off below raises the mean over zero")
	for i, v := range added(out.Forecast) {
		assert.InDelta(t, out.medians[i], v, 1e-6)
	}
}

// A factor's range widens the forecast as the product of two independent normals does. Both with sd
// 10 %, (1 + 0.1a)(1 + 0.1b) has the sd √(0.1² + 0.1² + 0.1⁴) = 0.1418, and its median lies where
// E[ab | a+b = 0] = −½ puts it, at 1 − 0.01·½.
func TestARangeWidensTheForecast(t *testing.T) {
	probabilities := []float64{0.05, 0.25, 0.5, 0.75, 0.95}
	f := Forecast{Times: []time.Time{day(2024, 1, 1)}, Mean: []float64{1000}, Baseline: []float64{1000}, Quantiles: [][]float64{make([]float64, 5)}}
	for j, p := range probabilities {
		f.Quantiles[0][j] = 1000 + 100*normalScore(p)
	}
	s := Series{Step: stepDay, Times: []time.Time{day(2023, 12, 31)}, Values: []float64{1000}}
	wide := &Range{Low: 1.5 * (1 - 0.1*rangeScore), Value: 1.5, High: 1.5 * (1 + 0.1*rangeScore)}
	out := whatIf(t, s, f, Options{Horizon: 1, Quantiles: probabilities}, Growth("uncertain", wide, calendar.Date{}, calendar.Date{}))
	assert.InDelta(t, 1500, out.Mean[0], 1)
	assert.InDelta(t, 1500*0.995, out.Quantiles[0][2], 1)
	sd := (out.Quantiles[0][4] - out.Quantiles[0][0]) / (2 * rangeScore)
	assert.InDelta(t, 1500*0.1418, sd, 4)
}

func TestAWeekTakesACampaignByItsDays(t *testing.T) {
	week := calendar.Step{Unit: calendar.Week, N: 1}
	monday := calendar.NewDate(2024, time.January, 1)
	s := Series{Step: week, Times: []time.Time{monday.In(time.UTC)}, Values: []float64{70}}
	f := Forecast{Times: []time.Time{monday.AddDays(7).In(time.UTC), monday.AddDays(14).In(time.UTC)}, Mean: []float64{70, 70}, Baseline: []float64{70, 70},
		Quantiles: [][]float64{{70}, {70}}}
	o := Options{Horizon: 2, Quantiles: []float64{0.5}}
	out := whatIf(t, s, f, o, Change{Name: "weekend", Factor: Certain(2), From: monday.AddDays(12), To: monday.AddDays(14)})
	assert.InDelta(t, 90, out.Quantiles[0][0], 1e-9, "two days of seven at twice their 10")
	assert.InDelta(t, 80, out.Quantiles[1][0], 1e-9)
}

func TestWhatIfRefusesTheCallersMistakes(t *testing.T) {
	s, f, o := planned(t, 5, Options{})
	d := calendar.DateOf(f.Times[0])
	for name, c := range map[string]Change{
		"backwards":         Growth("x", Certain(2), d.AddDays(2), d),
		"negative factor":   Growth("x", Certain(-1), d, d),
		"no number":         Growth("x", Certain(math.NaN()), d, d),
		"range":             Growth("x", &Range{2, 1, 3}, d, d),
		"amount":            {Name: "x", Amount: Certain(math.Inf(1))},
		"capacity":          AddCapacity("x", math.NaN(), d),
		"profile":           Campaign("x", Profile{Values: []float64{math.NaN()}, Multiplicative: true}, d),
		"profile's length":  {Name: "x", From: d, To: d, Profile: Profile{Values: []float64{1, 1}}},
		"profile's day":     {Name: "x", Profile: Profile{Values: []float64{1}}},
		"all capacity away": AddCapacity("x", -480, d),
	} {
		_, err := WhatIf(s, f, o, c)
		assert.ErrorContains(t, err, "applying change", name)
	}
	o.Horizon = 4
	_, err := WhatIf(s, f, o)
	assert.Error(t, err)
}

// changeOf draws a certain change of one kind within and around a forecast's days.
func changeOf(t *rapid.T, f Forecast, name string, kinds ...string) Change {
	first := calendar.DateOf(f.Times[0])
	from := first.AddDays(rapid.IntRange(-3, len(f.Times)+3).Draw(t, name+" from"))
	to := from.AddDays(rapid.IntRange(0, 20).Draw(t, name+" length"))
	switch rapid.SampledFrom(kinds).Draw(t, name+" kind") {
	case "growth":
		return Growth(name, Certain(rapid.Float64Range(0.2, 5).Draw(t, name)), from, to)
	case "amount":
		return Change{Name: name, From: from, To: to, Amount: Certain(rapid.Float64Range(0, 300).Draw(t, name))}
	case "capacity":
		return AddCapacity(name, rapid.Float64Range(0, 300).Draw(t, name), from)
	case "range":
		v := rapid.Float64Range(0.5, 2).Draw(t, name)
		return Growth(name, &Range{v * rapid.Float64Range(0, 1).Draw(t, name+" low"), v, v * rapid.Float64Range(1, 3).Draw(t, name+" high")}, from, to)
	}
	return Campaign(name, Profile{Values: rapid.SliceOfN(rapid.Float64Range(0, 4), 1, 9).Draw(t, name), Multiplicative: true}, from)
}

func TestTogetherIsTheSameAsOneAfterTheOther(t *testing.T) {
	s, f, o := planned(t, 25, Options{})
	rapid.Check(t, func(t *rapid.T) {
		// A factor after an amount would scale it: those kinds are asked for in this order.
		a := changeOf(t, f, "first", "growth", "campaign", "capacity")
		b := changeOf(t, f, "second", "growth", "campaign", "capacity", "amount")
		together := whatIf(t, s, f, o, a, b)
		same(t, together.Forecast, whatIf(t, s, f, o, b, a).Forecast, 1e-12)
		one := whatIf(t, s, f, o, a)
		then := o
		then.Limits = one.Limits
		two := whatIf(t, s, one.Forecast, then, b)
		same(t, together.Forecast, two.Forecast, 1e-9)
		assert.Equal(t, together.Limits, two.Limits)
	})
}

func TestRangesDrawTheSamePathsTogetherOrApart(t *testing.T) {
	s, f, o := planned(t, 25, Options{})
	a := Growth("a", &Range{0.9, 1, 1.4}, calendar.Date{}, calendar.Date{})
	b := Growth("b", &Range{1, 1.2, 1.3}, calendar.Date{}, calendar.Date{})
	together := whatIf(t, s, f, o, a, b)
	apart := whatIf(t, s, whatIf(t, s, f, o, b).Forecast, o, a)
	for i := range together.Paths {
		assert.InDeltaSlice(t, together.Paths[i], apart.Paths[i], 1e-9)
	}
	for i := range f.Times {
		for j := range whatIfQuantiles {
			// 25 draws of a range say its quantiles to a few percent.
			assert.InEpsilon(t, together.Quantiles[i][j], apart.Quantiles[i][j], 0.04)
		}
	}
}

func TestMoreCapacityNeverRaisesOverload(t *testing.T) {
	s, f, o := planned(t, 40, Options{})
	rapid.Check(t, func(t *rapid.T) {
		before := whatIf(t, s, f, o, changeOf(t, f, "volume", "growth", "campaign", "amount", "range"))
		then := o
		then.Limits = before.Limits
		after := whatIf(t, s, before.Forecast, then, changeOf(t, f, "more", "capacity"))
		for i := range before.Crossing.Probability {
			if after.Crossing.Probability[i] > before.Crossing.Probability[i] {
				t.Fatalf("bucket %d: %v after %v", i, after.Crossing.Probability[i], before.Crossing.Probability[i])
			}
		}
	})
}

func TestAnyPlanLeavesASaneForecast(t *testing.T) {
	s, f, o := planned(t, 25, Options{})
	rapid.Check(t, func(t *rapid.T) {
		var changes []Change
		for i := range rapid.IntRange(0, 4).Draw(t, "n") {
			changes = append(changes, changeOf(t, f, string(rune('a'+i)), "growth", "campaign", "capacity", "amount", "range"))
		}
		changes = append(changes, Change{Name: "loss", Amount: &Range{-400, rapid.Float64Range(-400, 100).Draw(t, "loss"), 100}})
		out := whatIf(t, s, f, o, changes...)
		checkSane(t, out.Forecast)
		for _, path := range out.Paths {
			for _, v := range path {
				if !(v >= 0) {
					t.Fatalf("a path holds %v", v)
				}
			}
		}
		for i, v := range added(out.Forecast) {
			if math.Abs(v-out.medians[i]) > 1e-6*math.Max(1, out.medians[i]) {
				t.Fatalf("bucket %d: the components come to %v, the median is %v", i, v, out.medians[i])
			}
		}
	})
}

func FuzzWhatIf(f *testing.F) {
	f.Add(anyseries.Bytes(8, 1, 1.2, 1.5, -3, 5, 9, 7, 7, 8, 2, 0), 60)
	for _, s := range anyseries.Seeds() {
		f.Add(s.Raw, 30)
	}
	f.Fuzz(func(t *testing.T, raw []byte, length int) {
		values := anyseries.Of(raw, length, 60)
		if len(values) < 6 {
			return
		}
		plan, history := values[:5], values[5:]
		s := made(stepDay, day(2024, 1, 1), len(history), func(i int, _ time.Time) float64 { return history[i] })
		o := Options{Horizon: 5, Paths: 20, Origins: 1, Limits: flatLimits(5, plan[0])}
		forecast, err := Run(context.Background(), s, o)
		if err != nil {
			return
		}
		d := calendar.DateOf(forecast.Times[1])
		out, err := WhatIf(s, forecast, o, Growth("a", &Range{plan[1], plan[2], plan[3]}, d, d.AddDays(2)), Change{Name: "b", Amount: Certain(plan[4])},
			Campaign("c", Profile{Values: plan[1:4]}, d))
		if err != nil {
			return
		}
		for i := range out.Times {
			last := math.Inf(-1)
			for _, q := range out.Quantiles[i] {
				if math.IsNaN(q) || q < last {
					t.Fatalf("bucket %d: %v of %v", i, out.Quantiles[i], forecast.Quantiles[i])
				}
				last = q
			}
			if math.IsNaN(out.Mean[i]) {
				t.Fatalf("bucket %d: the mean is no number", i)
			}
		}
	})
}

func BenchmarkWhatIf(b *testing.B) {
	for _, h := range []int{30, 120, 400} {
		s, f, o := planned(b, h, Options{})
		for name, change := range map[string]Change{
			"certain": Growth("g", Certain(1.2), calendar.Date{}, calendar.Date{}),
			"range":   Growth("g", &Range{1.1, 1.2, 1.4}, calendar.Date{}, calendar.Date{}),
		} {
			b.Run(fmt.Sprintf("%s/h=%d", name, h), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, err := WhatIf(s, f, o, change)
					require.NoError(b, err)
				}
			})
		}
	}
}
