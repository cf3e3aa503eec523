package drive

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// planted draws days of hours: a volume with a day, a week and noise, largest about
// 2, and a resource by f of it with noise.
func planted(days int, seed uint64, f func(v float64) float64, noise float64) (volume, resource []float64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for h := range 24 * days {
		v := 1 + 0.6*math.Sin(2*math.Pi*float64(h)/24)
		if h/24%7 >= 5 {
			v *= 0.7
		}
		v *= math.Exp(0.1 * rng.NormFloat64())
		volume = append(volume, v)
		resource = append(resource, f(v)+noise*rng.NormFloat64())
	}
	return volume, resource
}

func saturating(v float64) float64 { return 10 + 60*math.Min(v, 1.2) + 5*math.Max(0, v-1.2) }

func TestABendIsFoundWhereItWasPlanted(t *testing.T) {
	for name, f := range map[string]struct {
		f             func(float64) float64
		before, after float64
	}{
		"saturates": {saturating, 60, 5},
		"flat":      {func(v float64) float64 { return 10 + 60*math.Min(v, 1.2) }, 60, 0},
		"queues":    {func(v float64) float64 { return 20 + 5*v + 80*math.Max(0, v-1.2) }, 5, 85},
		"idles":     {func(v float64) float64 { return 20 + 80*math.Max(0, v-1.2) }, 0, 80},
	} {
		t.Run(name, func(t *testing.T) {
			v, r := planted(60, 1, f.f, 3)
			m, err := Fit(v, r, Options{})
			require.NoError(t, err)
			k, before, after, bent := m.Bend()
			require.True(t, bent)
			require.InDelta(t, 1.2, k, 0.05)
			require.InDelta(t, f.before, before, 3)
			require.InDelta(t, f.after, after, 8)
			for _, x := range []float64{0, 0.5, 1, 1.5} {
				require.InDelta(t, f.f(x), m.Resource(x), 2, "at %v", x)
			}
			require.InDelta(t, 3, m.Spread(1), 0.6)
			require.Zero(t, m.Since)
		})
	}
}

func TestALineHasNoBend(t *testing.T) {
	bent := 0
	for seed := range uint64(20) {
		v, r := planted(40, seed, func(v float64) float64 { return 5 + 30*v }, 5)
		m, err := Fit(v, r, Options{Resamples: 10})
		require.NoError(t, err)
		if _, _, _, b := m.Bend(); b {
			bent++
		}
	}
	require.LessOrEqual(t, bent, 1, "of 20 straight lines")
}

func TestOutliersDoNotMoveIt(t *testing.T) {
	v, r := planted(60, 2, saturating, 2)
	clean, err := Fit(v, r, Options{})
	require.NoError(t, err)
	for i := 2; i < len(r); i += 20 { // a backup job every twentieth hour
		r[i] += 60
	}
	m, err := Fit(v, r, Options{})
	require.NoError(t, err)
	for _, x := range []float64{0.3, 1, 1.5} {
		require.InDelta(t, clean.Resource(x), m.Resource(x), 1)
	}
}

func TestAChangeOfHardwareCutsTheSample(t *testing.T) {
	v, r := planted(90, 3, func(v float64) float64 { return 5 + 40*v }, 2)
	change := 24*60 + 7
	for i := change; i < len(r); i++ {
		r[i] = 5 + (r[i]-5)/2 // twice the cores
	}
	found, err := Fit(v, r, Options{})
	require.NoError(t, err)
	require.InDelta(t, change, found.Since, 24, "found by the residuals")
	require.InDelta(t, 25, found.Resource(1), 1)
	given, err := Fit(v, r, Options{Since: change})
	require.NoError(t, err)
	require.Equal(t, change, given.Since)
	require.InDelta(t, 25, given.Resource(1), 0.5)
}

func TestItFollowsTheVolumeAtItsLag(t *testing.T) {
	v, _ := planted(60, 4, saturating, 0)
	rng := rand.New(rand.NewPCG(4, 4))
	queue := make([]float64, len(v))
	for i := 2; i < len(v); i++ {
		queue[i] = 3*v[i-2] + 0.1*rng.NormFloat64()
	}
	m, err := Fit(v, queue, Options{MaxLag: 4})
	require.NoError(t, err)
	require.Equal(t, 2, m.Lag)
	v, r := planted(60, 5, saturating, 2)
	m, err = Fit(v, r, Options{MaxLag: 4})
	require.NoError(t, err)
	require.Zero(t, m.Lag)
}

func TestWhatCannotBeLearned(t *testing.T) {
	v, r := planted(60, 6, saturating, 2)
	_, err := Fit(v[:40], r[:40], Options{})
	require.ErrorIs(t, err, ErrTooFew)
	_, err = Fit(v, r, Options{Since: len(v) - 10})
	require.ErrorIs(t, err, ErrTooFew)
	gone := slices.Repeat([]float64{math.NaN()}, len(v))
	_, err = Fit(v, gone, Options{})
	require.ErrorIs(t, err, ErrTooFew)
	flat := slices.Repeat([]float64{7}, len(v))
	for _, pair := range [][2][]float64{{v, flat}, {flat, r}, {slices.Repeat([]float64{0}, len(v)), r}} {
		_, err = Fit(pair[0], pair[1], Options{})
		require.ErrorIs(t, err, ErrNoRelation)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	rng.Shuffle(len(r), func(i, j int) { r[i], r[j] = r[j], r[i] })
	_, err = Fit(v, r, Options{})
	require.ErrorIs(t, err, ErrNoRelation)
	for i := range r {
		r[i] = 100 - 20*v[i] // it falls with the load
	}
	_, err = Fit(v, r, Options{})
	require.ErrorIs(t, err, ErrNoRelation)
}

func TestTheLimitInVolumesHoldsWhatItPromises(t *testing.T) {
	v, r := planted(90, 7, func(v float64) float64 { return 10 + 40*v }, 3)
	m, err := Fit(v, r, Options{})
	require.NoError(t, err)
	l := m.Limit(60) // the median reaches it at 1.25; one in ten 1.2816·3/40 before
	require.InDelta(t, 1.25, l.P50, 0.02)
	require.InDelta(t, 1.25-0.0961, l.P10, 0.02)
	require.InDelta(t, 1.25+0.0961, l.P90, 0.02)
	far := m.Limit(130) // at 3, twice what was ever seen: less sure
	require.InDelta(t, 3, far.P50, 0.1)
	require.Greater(t, far.P90-far.P10, l.P90-l.P10)
	require.Equal(t, Range{}, m.Limit(-50))
	require.True(t, math.IsInf(m.Limit(1e6).P10, 1))
	require.True(t, math.IsNaN(m.Limit(math.NaN()).P50))
	top := 100.0
	bounded, err := Fit(v, r, Options{Upper: &top})
	require.NoError(t, err)
	require.True(t, math.IsInf(bounded.Limit(100).P10, 1), "a bound is never exceeded")
	require.InDelta(t, 100, bounded.Resource(50), 0)
}

func TestASaturatedResourceNeverReachesMore(t *testing.T) {
	v, r := planted(60, 8, func(v float64) float64 { return math.Min(90, 10+70*v) }, 0.5)
	m, err := Fit(v, r, Options{})
	require.NoError(t, err)
	require.True(t, math.IsInf(m.Limit(97).P50, 1))
	require.InDelta(t, 1, m.Limit(80).P50, 0.02)
}

func TestBeyondAnyLoadSeen(t *testing.T) {
	v, r := planted(60, 9, saturating, 2)
	m, err := Fit(v, r, Options{Seen: 5})
	require.NoError(t, err)
	require.Equal(t, slices.Max(v), m.Top)
	require.False(t, m.Beyond(4))
	require.True(t, m.Beyond(5.1))
	m, err = Fit(v, r, Options{})
	require.NoError(t, err)
	require.True(t, m.Beyond(m.Top*1.001))
}

// TestPathsCoverWhatCame draws the resource of days that the fit has not seen.
func TestPathsCoverWhatCame(t *testing.T) {
	v, r := planted(200, 10, saturating, 3)
	cut := 24 * 100
	m, err := Fit(v[:cut], r[:cut], Options{})
	require.NoError(t, err)
	require.InDelta(t, 0.9, coverage(m, v[cut:], r[cut:]), 0.03)
	// The busiest hour against the day's largest reading, which lies above the line.
	busiest, top := daysOf(v, r)
	on, err := m.On(busiest[:100], top[:100])
	require.NoError(t, err)
	require.InDelta(t, 0.9, coverage(on, busiest[100:], top[100:]), 0.07)
	require.Greater(t, on.Resource(1.5), m.Resource(1.5))
	few, err := m.On(busiest[:13], top[:13])
	require.NoError(t, err)
	require.Same(t, m, few)
}

// TestADailyRhythmInCommonIsNoRelation: the room is warm by day, whatever is sold.
func TestADailyRhythmInCommonIsNoRelation(t *testing.T) {
	v, _ := planted(100, 12, saturating, 0)
	rng := rand.New(rand.NewPCG(12, 12))
	room := make([]float64, len(v))
	for h := range room {
		room[h] = 20 + 3*math.Sin(2*math.Pi*float64(h)/24) + 0.5*rng.NormFloat64()
	}
	m, err := Fit(v, room, Options{})
	require.NoError(t, err, "hour by hour they go together")
	busiest, top := daysOf(v, room)
	_, err = m.On(busiest, top)
	require.ErrorIs(t, err, ErrNoRelation)
}

// daysOf takes the largest of each day.
func daysOf(v, r []float64) (busiest, top []float64) {
	for d := range len(v) / 24 {
		busiest, top = append(busiest, slices.Max(v[24*d:24*d+24])), append(top, slices.Max(r[24*d:24*d+24]))
	}
	return busiest, top
}

// coverage is the share of what came within the paths' 90 % range.
func coverage(m *Model, v, r []float64) float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	paths := make([][]float64, 400)
	for i := range paths {
		paths[i] = m.Path(nil, v, rng)
	}
	in := 0
	column := make([]float64, len(paths))
	for t := range v {
		for i := range paths {
			column[i] = paths[i][t]
		}
		slices.Sort(column)
		if column[20] <= r[t] && r[t] <= column[379] {
			in++
		}
	}
	return float64(in) / float64(len(v))
}

func TestPathsRepeat(t *testing.T) {
	v, r := planted(60, 11, saturating, 3)
	m, err := Fit(v, r, Options{})
	require.NoError(t, err)
	again, err := Fit(v, r, Options{})
	require.NoError(t, err)
	one := m.Path(nil, v[:100], rand.New(rand.NewPCG(5, 5)))
	require.Equal(t, one, again.Path(nil, v[:100], rand.New(rand.NewPCG(5, 5))))
	require.NotEqual(t, one, m.Path(nil, v[:100], rand.New(rand.NewPCG(6, 5))))
}
