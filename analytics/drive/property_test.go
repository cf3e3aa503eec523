package drive

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// anyFit draws a sample with a random bend and at least that share of its slope as noise, and fits it.
func anyFit(t *rapid.T, least float64) (v, r []float64, m *Model) {
	k, b, c := rapid.Float64Range(0.3, 1.5).Draw(t, "k"), rapid.Float64Range(1, 50).Draw(t, "b"), rapid.Float64Range(0, 50).Draw(t, "c")
	f := func(v float64) float64 { return b*math.Min(v, k) + c*math.Max(0, v-k) }
	v, r = planted(rapid.IntRange(3, 20).Draw(t, "days"), rapid.Uint64().Draw(t, "seed"), f, rapid.Float64Range(least*b, b/4).Draw(t, "noise"))
	m, err := Fit(v, r, Options{Resamples: 10})
	if err != nil {
		t.Skip("refused")
	}
	return v, r, m
}

func TestTheResourceNeverFallsWithTheVolume(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, _, m := anyFit(t, 0)
		a, b := rapid.Float64Range(0, 10).Draw(t, "a"), rapid.Float64Range(0, 10).Draw(t, "b")
		if a > b {
			a, b = b, a
		}
		require.LessOrEqual(t, m.Resource(a), m.Resource(b))
	})
}

func TestALargerCeilingIsReachedLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, _, m := anyFit(t, 0)
		c := rapid.Float64Range(0, 100).Draw(t, "ceiling")
		low, high := m.Limit(c), m.Limit(c+rapid.Float64Range(0, 50).Draw(t, "more"))
		require.LessOrEqual(t, low.P10, low.P50)
		require.LessOrEqual(t, low.P50, low.P90)
		const eps = 1 + 1e-9
		require.LessOrEqual(t, low.P10, high.P10*eps+1e-9)
		require.LessOrEqual(t, low.P50, high.P50*eps+1e-9)
	})
}

func TestUnitsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, r, m := anyFit(t, 1e-3) // of less noise rounding decides which residuals count as large
		sv, sr := rapid.Float64Range(1e-6, 1e6).Draw(t, "per volume"), rapid.Float64Range(1e-6, 1e6).Draw(t, "per resource")
		plus := rapid.Float64Range(-100, 100).Draw(t, "plus")
		v2, r2 := make([]float64, len(v)), make([]float64, len(r))
		for i := range v {
			v2[i], r2[i] = v[i]*sv, (r[i]+plus)*sr
		}
		m2, err := Fit(v2, r2, Options{Resamples: 10})
		require.NoError(t, err)
		require.Equal(t, m.Since, m2.Since)
		x := rapid.Float64Range(0, 3).Draw(t, "x")
		const tol = 1e-4 // rounding may move the bend to another of places that fit equally well
		require.InDelta(t, (m.Resource(x)+plus)*sr, m2.Resource(x*sv), tol*sr*(1+math.Abs(m.Resource(x)+plus)+m.unit))
		require.InDelta(t, m.Explained, m2.Explained, tol)
	})
}

func FuzzFit(f *testing.F) {
	f.Add([]byte{}, uint8(0), 0)
	f.Add(make([]byte, 8*2*60), uint8(3), 5)
	seed := make([]byte, 0, 8*400)
	v, r := planted(5, 1, saturating, 1)
	for i := range v {
		seed = binary.LittleEndian.AppendUint64(seed, math.Float64bits(v[i]))
		seed = binary.LittleEndian.AppendUint64(seed, math.Float64bits(r[i]))
	}
	f.Add(seed, uint8(2), 10)
	odd := append([]byte(nil), seed...)
	for i, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, -1} {
		binary.LittleEndian.PutUint64(odd[8*(7*i):], math.Float64bits(x))
	}
	f.Add(odd, uint8(0), -4)
	f.Fuzz(func(t *testing.T, raw []byte, lag uint8, since int) {
		var v, r []float64
		for ; len(raw) >= 16 && len(v) < 2500; raw = raw[16:] {
			v = append(v, math.Float64frombits(binary.LittleEndian.Uint64(raw)))
			r = append(r, math.Float64frombits(binary.LittleEndian.Uint64(raw[8:])))
		}
		m, err := Fit(v, r, Options{MaxLag: int(lag % 4), Since: since, Resamples: 5})
		if err != nil {
			require.True(t, err == ErrTooFew || err == ErrNoRelation) //nolint:errorlint // exactly these are promised
			return
		}
		volumes := []float64{0, m.Top / 2, m.Top, 3 * m.Top, math.MaxFloat64, math.Inf(1), -1}
		for _, x := range volumes {
			require.False(t, math.IsNaN(m.Resource(x)) || math.IsNaN(m.Spread(x)), x)
		}
		if on, err := m.On(v, r); err == nil {
			m = on
		}
		for _, x := range m.Path(nil, volumes, rand.New(rand.NewPCG(1, 1))) {
			require.False(t, math.IsNaN(x))
		}
		l := m.Limit(m.Resource(m.Top))
		require.True(t, l.P10 <= l.P50 && l.P50 <= l.P90, "%v", l)
	})
}
