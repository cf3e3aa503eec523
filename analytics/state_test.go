package analytics

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// shopDays is a shop that grows, with a week, a year and noise.
func shopDays(seed uint64, n int) Series {
	noise := noisy(seed, 20)
	return made(stepDay, day(2021, 1, 4), n, func(i int, at time.Time) float64 {
		return (300+0.15*float64(i))*(1+0.3*math.Sin(float64(at.Weekday()))+0.1*math.Sin(float64(at.YearDay())/58)) + noise()
	})
}

// stored sends a state through JSON, as one that is kept is.
func stored(t require.TestingT, s *State) *State {
	text, err := json.Marshal(s)
	require.NoError(t, err)
	var back State
	require.NoError(t, json.Unmarshal(text, &back))
	return &back
}

func TestStateOfTheDayBefore(t *testing.T) {
	s, cal := shopDays(1, 1100), calendarOf(t, "SE")
	o := Options{Horizon: 90, Calendar: cal, Limits: slices.Repeat([]float64{700}, 90)}
	first := run(t, s.first(1095), o)
	require.NotNil(t, first.State)
	o.State = stored(t, first.State)
	for n := 1096; n <= 1100; n++ {
		cold := run(t, s.first(n), Options{Horizon: 90, Calendar: cal, Limits: o.Limits})
		warm := run(t, s.first(n), o)
		assert.Equal(t, first.Members, warm.Members, "the choice holds for a week")
		assert.Equal(t, "as chosen on 2024-01-04", warm.Choice)
		assert.InDelta(t, cold.Crossing.Probability[89], warm.Crossing.Probability[89], 0.1)
		for i := range warm.Times {
			near := 0.02 * cold.medians[i] // measured: at most half of it
			assert.InDelta(t, cold.medians[i], warm.medians[i], near, "%d days ahead", i+1)
			assert.InDelta(t, cold.Quantiles[i][2], warm.Quantiles[i][2], 2*near, "%d days ahead", i+1)
		}
		o.State = stored(t, warm.State)
	}
}

// Where the window moves with the day, the fits whose states lay at its begin are made afresh, and the
// choice holds all the same.
func TestStateOfAWindowThatMoves(t *testing.T) {
	s, cal := shopDays(1, 803), calendarOf(t, "SE")
	o := Options{Horizon: 60, Calendar: cal}
	o.State = stored(t, run(t, s.first(800), o).State)
	moved := s.last(800)
	warm := run(t, moved, o)
	assert.Equal(t, "as chosen on 2023-03-15", warm.Choice)
	cold := run(t, moved, Options{Horizon: 60, Calendar: cal})
	for i := range warm.Times {
		assert.InEpsilon(t, cold.medians[i], warm.medians[i], 0.02, "%d days ahead", i+1)
	}
}

// A state says of the errors what the run that left it knew: the spread learnt from it is the
// run's own to the digits that are kept, also where a shift was put back.
func TestStateHoldsTheSpread(t *testing.T) {
	steady := made(stepDay, day(2021, 1, 4), 1100, func(i int, at time.Time) float64 {
		return 300 * math.Exp(0.001*float64(i)) * (1 + 0.3*math.Sin(float64(at.Weekday())))
	})
	for name, s := range map[string]Series{"shop": shopDays(2, 1100), "growth": steady} {
		t.Run(name, func(t *testing.T) {
			o, err := Options{Horizon: 60, Calendar: calendarOf(t, "SE")}.withDefaults()
			require.NoError(t, err)
			e := newEngine(s, o)
			require.NoError(t, e.forecast(t.Context()))
			again := newEngine(s, o)
			again.dist.median = slices.Clone(e.dist.median)
			again.learnFrom(stored(t, e.result.State))
			for lead := range 60 {
				assert.InEpsilon(t, e.dist.spread.sigma(lead, 0), again.dist.spread.sigma(lead, 0), 2e-3)
			}
			for g := range groups {
				for _, score := range []float64{-2, -1, 1, 2} {
					assert.InDelta(t, e.dist.spread.standard(score, g), again.dist.spread.standard(score, g), 2e-2)
				}
			}
			if name == "growth" {
				assert.NotZero(t, e.result.State.Shift)
			}
		})
	}
}

func TestStateIsPassedOver(t *testing.T) {
	s := shopDays(3, 800)
	o := Options{Horizon: 60}
	plain := run(t, s, o)
	state := run(t, s.first(797), o).State
	for name, change := range map[string]func(s *State, o *Options){
		"of another version": func(s *State, _ *Options) { s.Version++ },
		"of another step":    func(s *State, _ *Options) { s.Step = "1 week" },
		"of another horizon": func(s *State, _ *Options) { s.Horizon = 61 },
		"of another model":   func(s *State, _ *Options) { s.Model = "ridge" },
		"of a later day":     func(s *State, _ *Options) { s.Chosen = s.Chosen.AddDate(0, 0, 8) },
		"off the grid":       func(s *State, _ *Options) { s.Chosen = s.Chosen.Add(time.Hour) },
		"of nothing":         func(s *State, _ *Options) { s.Members = nil },
	} {
		given := stored(t, state)
		change(given, &o)
		o.State = given
		got := run(t, s, o)
		assert.Equal(t, plain.Quantiles, got.Quantiles, name)
		assert.Equal(t, plain.Choice, got.Choice, name)
	}
}

// What is no number, or names no member, must not come out of a state that somebody has written by
// hand or another program has left.
func TestStateThatIsDamaged(t *testing.T) {
	s := shopDays(4, 800)
	o := Options{Horizon: 60}
	state := run(t, s.first(797), o).State
	for name, damage := range map[string]func(s *State){
		"unknown member":  func(s *State) { s.Members[0].Name = "crystal ball" },
		"negative weight": func(s *State) { s.Members[0].Weight = -1 },
		"weights of NaN":  func(s *State) { s.Members[0].Weight = math.NaN() },
		"no errors":       func(s *State) { s.Errors = nil },
		"empty errors":    func(s *State) { s.Errors[0].Errors = nil },
		"missing errors":  func(s *State) { s.Errors = []OriginErrors{{From: s.Chosen, Errors: Digits{math.NaN()}}} },
		"huge errors":     func(s *State) { s.Errors[0].Errors[0] = 1e300 },
		"huge shift":      func(s *State) { s.Shift = 1e300 },
		"begin after it":  func(s *State) { s.Begin = s.Chosen.AddDate(1, 0, 0) },
		"begin before it": func(s *State) { s.Begin = s.Begin.AddDate(-1, 0, 0) },
		"no strengths":    func(s *State) { s.Prior = nil },
		"no models":       func(s *State) { s.Week, s.Form, s.Level = nil, nil, nil },
		"odd parameters":  func(s *State) { s.Week.Alpha, s.Level.Phi = math.NaN(), 1e300 },
		"short start":     func(s *State) { s.Week.Start.Season = nil },
	} {
		given := *stored(t, state)
		damage(&given)
		o.State = &given
		f, err := Run(t.Context(), s, o)
		require.NoError(t, err, name)
		checkSane(t, f)
	}
}

func TestChoiceIsKept(t *testing.T) {
	s, cal := shopDays(5, 1200), calendarOf(t, "SE")
	o := Options{Horizon: 90, Calendar: cal}
	first := run(t, s.first(1095), o)
	o.State = stored(t, first.State)
	later := run(t, s.first(1109), o)
	assert.Contains(t, later.Choice, "kept from 2024-01-04: choosing anew would gain")
	assert.Equal(t, weightsByName(first.Members), weightsByName(later.Members))
	assert.Equal(t, "2024-01-18", later.State.Chosen.Format(time.DateOnly), "and holds for another week")

	// A choice that is plainly worse is not kept: a trend that dies away, where growth stays.
	growth := made(stepDay, day(2021, 1, 4), 1109, func(i int, at time.Time) float64 {
		return 300 * math.Exp(0.001*float64(i)) * (1 + 0.3*math.Sin(float64(at.Weekday())))
	})
	worse := stored(t, first.State)
	worse.Members = []Member{{Name: "holt-winters", Weight: 1}}
	o.State = worse
	assert.Contains(t, run(t, growth, o).Choice, "a gain of")
}

func weightsByName(members []Member) map[string]float64 {
	out := map[string]float64{}
	for _, m := range members {
		out[m.Name] = math.Round(1e6*m.Weight) / 1e6
	}
	return out
}

// Digits survive being written and read, to four digits.
func TestDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Digits(rapid.SliceOf(rapid.Float64()).Draw(t, "numbers"))
		text, err := json.Marshal(d)
		require.NoError(t, err)
		var back Digits
		require.NoError(t, json.Unmarshal(text, &back))
		require.Len(t, back, len(d))
		for i, v := range d {
			if math.Abs(v) <= maxMagnitude {
				require.InDelta(t, v, back[i], 5e-4*math.Abs(v)+math.SmallestNonzeroFloat64)
			}
		}
	})
	assert.Error(t, json.Unmarshal([]byte(`["a"]`), new(Digits)))
}
