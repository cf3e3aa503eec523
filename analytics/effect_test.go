package analytics

import (
	"math"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sale is a shop whose days of a campaign sell more.
func sale(step calendar.Step, n int, factor map[calendar.Date]float64) Series {
	noise := noisy(5, 3)
	return made(step, day(2023, 1, 1), n, func(_ int, t time.Time) float64 {
		v := 300 + 60*math.Sin(float64(t.Weekday())) + noise()
		if f, on := factor[calendar.DateOf(t)]; on {
			v *= f
		}
		return v
	})
}

func TestEffectOfDaysIsThatOverTheSameWeekdays(t *testing.T) {
	first := calendar.NewDate(2023, time.May, 8)
	planted := map[calendar.Date]float64{first: 1.4, first.AddDays(1): 1.2, first.AddDays(2): 0.9}
	for _, step := range []calendar.Step{stepDay, {Unit: calendar.Hour, N: 6}} {
		n := int(400 * step.PerDay())
		s := sale(step, n, planted)
		p, err := EffectOfDays(s, first, first.AddDays(2))
		require.NoError(t, err)
		assert.True(t, p.Multiplicative)
		assert.InDeltaSlice(t, []float64{1.4, 1.2, 0.9}, p.Values, 0.04, "%s", step)
	}
}

func TestEffectOfDaysTakesAHoleForNeutral(t *testing.T) {
	first := calendar.NewDate(2023, time.May, 8)
	s := sale(stepDay, 400, map[calendar.Date]float64{first: 1.4, first.AddDays(1): 1.4})
	s.Values[calendar.NewDate(2023, time.May, 9).Sub(calendar.DateOf(s.Times[0]))] = math.NaN()
	p, err := EffectOfDays(s, first, first.AddDays(1))
	require.NoError(t, err)
	assert.InDelta(t, 1.4, p.Values[0], 0.04)
	assert.InDelta(t, 1, p.Values[1], 0)

	_, err = EffectOfDays(s, first.AddDays(4000), first.AddDays(4001))
	require.ErrorIs(t, err, ErrNoEffect)
	_, err = EffectOfDays(s, first, first.AddDays(-1))
	require.ErrorContains(t, err, "swap them")
}

func TestEffectOnAMonthIsThatOfItsDays(t *testing.T) {
	month := calendar.Step{Unit: calendar.Month, N: 1}
	s := made(month, day(2023, 1, 1), 24, func(_ int, at time.Time) float64 {
		if at.Equal(day(2024, 4, 1)) {
			return 330
		}
		return 300
	})
	from := calendar.NewDate(2024, time.April, 10)
	p, err := EffectOfDays(s, from, from.AddDays(4))
	require.NoError(t, err)
	// A tenth more in 30 days, of 5 days alone: 1 + 0.1·30/5.
	assert.InDeltaSlice(t, []float64{1.6, 1.6, 1.6, 1.6, 1.6}, p.Values, 1e-9)
}

func TestEffectOfValuesOfBothSignsIsAnAmount(t *testing.T) {
	first := calendar.NewDate(2023, time.May, 8)
	s := made(stepDay, day(2023, 1, 1), 300, func(_ int, at time.Time) float64 {
		if calendar.DateOf(at) == first {
			return 40
		}
		return float64(at.Weekday()) - 3
	})
	p, err := EffectOfDays(s, first, first)
	require.NoError(t, err)
	assert.Equal(t, Profile{Values: []float64{42}}, p)
}

// ownEvents is a calendar without a country.
func ownEvents(t testing.TB, name string, days ...calendar.Date) *calendar.Calendar {
	t.Helper()
	var o calendar.Options
	for _, d := range days {
		o.Own = append(o.Own, calendar.OwnEvent{Name: name, From: d, To: d.AddDays(2)})
	}
	cal, err := calendar.New("", o)
	require.NoError(t, err)
	return cal
}

func TestEffectOfAnEventOfThePast(t *testing.T) {
	planted := map[calendar.Date]float64{}
	var events []calendar.Date
	for _, m := range []time.Month{time.March, time.June, time.September} {
		d := calendar.NewDate(2024, m, 12)
		events = append(events, d)
		for i := range 3 {
			planted[d.AddDays(i)] = 1.5
		}
	}
	s := sale(stepDay, 700, planted)
	cal := ownEvents(t, "Spring sale", events...)
	f := run(t, s, Options{Horizon: 60, Calendar: cal, Origins: 2})
	p, err := EffectOfOccasion(s, f, cal, "spring sale")
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{1.5, 1.5, 1.5}, p.Values, 0.06, "it does not come ahead: its last days tell")
	assert.Zero(t, p.Before)

	next := calendar.NewDate(2024, time.December, 20)
	cal = ownEvents(t, "Spring sale", append(events, next)...)
	f = run(t, s, Options{Horizon: 60, Calendar: cal, Origins: 2})
	p, err = EffectOfOccasion(s, f, cal, "own:Spring sale")
	require.NoError(t, err)
	for i := range 3 {
		assert.InDelta(t, 1.5, p.Values[p.Before+i], 0.15, "it comes ahead: the forecast's own component tells")
	}

	_, err = EffectOfOccasion(s, f, cal, "autumn sale")
	require.ErrorIs(t, err, ErrNoEffect)
	require.ErrorContains(t, err, "no such occasion")
	_, err = EffectOfOccasion(s, f, nil, "sale")
	require.Error(t, err)
}

// Laying the effect of a campaign onto a day like those around it gives back the campaign's own
// size.
func TestACampaignLikeLastYears(t *testing.T) {
	first := calendar.NewDate(2023, time.May, 8)
	planted := map[calendar.Date]float64{first: 1.4, first.AddDays(1): 1.4}
	s := sale(stepDay, 420, planted)
	f := run(t, s, Options{Horizon: 40, Origins: 2})
	p, err := EffectOfDays(s, first, first.AddDays(1))
	require.NoError(t, err)
	at := calendar.DateOf(f.Times[0])
	for at.Weekday() != first.Weekday() {
		at = at.AddDays(1)
	}
	out := whatIf(t, s, f, Options{Horizon: 40}, Campaign("again", p, at))
	i := at.Sub(calendar.DateOf(f.Times[0]))
	was := s.Values[first.Sub(calendar.DateOf(s.Times[0]))]
	assert.InEpsilon(t, was, out.Quantiles[i][1], 0.05)
}

func TestEffectsAreFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := ugly(t)
		from := calendar.DateOf(s.Times[0]).AddDays(rapid.IntRange(-5, 310).Draw(t, "from"))
		p, err := EffectOfDays(s, from, from.AddDays(rapid.IntRange(0, 10).Draw(t, "length")))
		if err != nil {
			return
		}
		if err := Campaign("c", p, from).check(); err != nil {
			t.Fatal(err)
		}
	})
}
