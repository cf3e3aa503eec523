package analytics

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// byKind counts the buckets of treatments by kind.
func byKind(all []Treatment) map[TreatmentKind]int {
	n := map[TreatmentKind]int{}
	for _, t := range all {
		n[t.Kind] += t.Buckets
	}
	return n
}

// lose takes nearly everything from some buckets.
func lose(s Series, from, to int) Series {
	out := Series{Times: s.Times, Values: append([]float64(nil), s.Values...), Step: s.Step}
	for i := from; i < to; i++ {
		out.Values[i] *= 0.001
	}
	return out
}

func TestOutagesAreFoundWhereNothingIsRare(t *testing.T) {
	closed := func(i int, at time.Time) float64 { // on Sundays and at Christmas
		if at.Weekday() == time.Sunday || at.Month() == time.December && at.Day() == 25 {
			return 0
		}
		return shop(noisy(uint64(i), 5))(i, at)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, tt := range []struct {
		name string
		s    Series
		want int
	}{
		{"days", lose(tills(1, 700), 300, 303), 3},
		{"hours", lose(desk(1, 24*60), 24*30+9, 24*30+15), 6},
		{"hours over night", lose(desk(1, 24*60), 24*30+12, 24*31+12), 24},
		{"the last days", lose(tills(1, 700), 698, 700), 2},
		{"months", lose(made(stepMonth, day(2010, 1, 1), 120, func(i int, _ time.Time) float64 { return 500 + 50*math.Sin(float64(i)) }), 50, 51), 1},
		{"nothing of the kind", tills(1, 700), 0},
		{"closed by habit", made(stepDay, day(2020, 1, 1), 900, closed), 0},
		{"down beside closed days", lose(made(stepDay, day(2020, 1, 1), 900, closed), 400, 402), 2},
		{"a business that paused", lose(tills(1, 700), 300, 400), 0},
		{"quiet days", made(stepDay, day(2022, 1, 1), 500, func(int, time.Time) float64 { return math.Floor(4 * rng.ExpFloat64()) }), 0},
		{"what can be negative", made(stepDay, day(2022, 1, 1), 300, func(i int, _ time.Time) float64 { return float64(i%9) - 3 }), 0},
		{"what is negative where little comes", made(stepWeek, day(2021, 3, 1), 31, func(i int, _ time.Time) float64 {
			if grown := []float64{-3, 1, 1, 1, 25, 45, 70}; i < len(grown) {
				return grown[i]
			}
			if i == 24 {
				return 0.1
			}
			return 100 + float64(i%3)
		}), 0},
		{"too short", lose(tills(1, 20), 10, 11), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := prepare(tt.s, Options{})
			assert.Equal(t, tt.want, byKind(p.treated)[TreatedOutage])
			p.lift(Options{})
			assert.Equal(t, len(tt.s.Values)-tt.want, observed(p.Values))
		})
	}
}

// A feast on which nothing comes is a closed day and not an outage, the first time too.
func TestFeastsAreNoOutages(t *testing.T) {
	s := tills(2, 500)
	christmas := calendar.NewDate(2021, time.December, 25).Sub(calendar.DateOf(s.Times[0]))
	cut := lose(s, christmas, christmas+1)
	assert.Zero(t, byKind(prepare(cut, Options{Calendar: calendarOf(t, "SE")}).treated)[TreatedOutage])
	assert.Equal(t, 1, byKind(prepare(cut, Options{}).treated)[TreatedOutage], "without a calendar nobody knows")
}

// Another unit finds the same outages.
func TestOutagesHaveNoUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := lose(tills(rapid.Uint64().Draw(t, "seed"), 200), 100, 100+rapid.IntRange(1, 5).Draw(t, "days"))
		by := math.Pow(2, float64(rapid.IntRange(-40, 40).Draw(t, "power")))
		other := Series{Times: s.Times, Values: append([]float64(nil), s.Values...), Step: s.Step}
		for i := range other.Values {
			other.Values[i] *= by
		}
		require.Equal(t, prepare(s, Options{}).treated, prepare(other, Options{}).treated)
	})
}

// An outage that nobody told of is not learned: the forecast is that of the series without it.
func TestAFoundOutageIsNotLearnt(t *testing.T) {
	whole := tills(3, 800)
	f := run(t, lose(whole, 790, 795), Options{Horizon: 30})
	want := run(t, whole, Options{Horizon: 30})
	for i := range f.Mean {
		assert.InDelta(t, 1, f.Mean[i]/want.Mean[i], 0.05)
	}
	assert.Equal(t, 5, byKind(f.Treated)[TreatedOutage])
}

func TestOneOffEventsAreToldOf(t *testing.T) {
	s := tills(4, 800)
	for i := 500; i < 503; i++ {
		s.Values[i] *= 1.9
	}
	f := run(t, s, Options{Horizon: 14})
	var got []Treatment
	for _, tr := range f.Treated {
		if tr.Kind == TreatedOneOff {
			got = append(got, tr)
		}
	}
	days := 0
	for _, tr := range got {
		days += tr.Buckets
		assert.False(t, tr.From.Before(s.Times[500]) || tr.To.After(s.Times[503]), "%v", tr)
		assert.Regexp(t, `^(1\.[89]|2) × what was expected$`, tr.Reason)
	}
	assert.Equal(t, 3, days)
	assert.Empty(t, f.Shifts)
}

func TestLevelShiftsAreToldOf(t *testing.T) {
	s := tills(5, 900)
	for i := 700; i < 900; i++ {
		s.Values[i] *= 1.5
	}
	f := run(t, s, Options{Horizon: 14})
	require.Len(t, f.Shifts, 1)
	assert.WithinDuration(t, s.Times[700], f.Shifts[0].Time, 72*time.Hour)
	assert.True(t, f.Shifts[0].Ratio)
	assert.InDelta(t, 1.5, f.Shifts[0].Size, 0.15)

	hours := desk(6, 24*200)
	for i := 24 * 120; i < len(hours.Values); i++ {
		hours.Values[i] *= 1.5
	}
	f = run(t, hours, Options{Horizon: 24, Origins: 3})
	require.Len(t, f.Shifts, 1)
	assert.WithinDuration(t, hours.Times[24*120], f.Shifts[0].Time, 72*time.Hour)
}
