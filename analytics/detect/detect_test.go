package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/internal/anyseries"
)

func TestRobustIsNotMovedByTheOddOnes(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name       string
		r          []float64
		middle, sd float64
	}{
		{"one far off", []float64{1, -1, 0, 1, -1, 40}, 0.5, 1.4826},
		{"missing and infinite values are left out", []float64{nan, 0, 1, 2, math.Inf(1)}, 1, 1.4826},
		{"mostly equal", []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 5}, 0, math.Sqrt(math.Pi/2) * 0.5},
		{"all missing", []float64{nan, nan}, nan, 0},
		{"none", nil, nan, 0},
	} {
		middle, sd := Robust(c.r)
		assert.InDelta(t, c.sd, sd, 1e-4, c.name)
		if c.middle == c.middle {
			assert.InDelta(t, c.middle, middle, 1e-12, c.name)
		} else {
			assert.True(t, math.IsNaN(middle), c.name)
		}
	}
}

// steps returns n values with the level changing at the given indices.
func steps(n int, noise float64, seed uint64, at map[int]float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	y, level := make([]float64, n), 10.0
	for i := range y {
		if l, ok := at[i]; ok {
			level = l
		}
		y[i] = level + noise*r.NormFloat64()
	}
	return y
}

func TestLevelShiftsFindsWhatWasPlanted(t *testing.T) {
	y := steps(500, .3, 1, map[int]float64{150: 12, 390: 9})
	y[40], y[300] = 60, -30 // outliers are no shifts
	y[200] = math.NaN()
	got := LevelShifts(y, ShiftOptions{})
	require.Len(t, got, 2)
	assert.InDelta(t, 150, got[0].Index, 2)
	assert.InDelta(t, 390, got[1].Index, 2)
	assert.InDelta(t, 10, got[0].Before, .1)
	assert.InDelta(t, 12, got[0].After, .1)
	assert.InDelta(t, 9, got[1].After, .1)
	assert.Len(t, LevelShifts(y, ShiftOptions{MinSize: 2.5}), 1, "the smaller shift is dropped")
}

func TestLevelShiftsIsSilentOnNoise(t *testing.T) {
	found := 0
	for seed := range uint64(100) {
		found += len(LevelShifts(steps(700, 1, seed, nil), ShiftOptions{}))
	}
	assert.LessOrEqual(t, found, 3, "false alarms in 100 series of pure noise")
	assert.Empty(t, LevelShifts(make([]float64, 300), ShiftOptions{}))
	assert.Empty(t, LevelShifts(steps(30, 1, 1, nil), ShiftOptions{}), "too short")
}

func TestLevelShiftsWithoutNoise(t *testing.T) {
	got := LevelShifts(steps(200, 0, 1, map[int]float64{101: 11}), ShiftOptions{})
	assert.Equal(t, []Shift{{Index: 101, Before: 10, After: 11}}, got)
}

// The annual flow of the Nile at Aswan, 1871 to 1970, in 10⁸ m³ (R datasets::Nile; Cobb, "The problem
// of the Nile", Biometrika 65 (1978) 243-251). R's strucchange::breakpoints(Nile ~ 1) puts its one
// break after observation 28, 1898, with means of 1098 and 850.
var nile = []float64{
	1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
	1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
	831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
	781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
	744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
}

func TestTheNileFellIn1898(t *testing.T) {
	got := LevelShifts(nile, ShiftOptions{Block: 1, MinSegment: 15})
	require.Len(t, got, 1)
	assert.Equal(t, 28, got[0].Index)
	assert.InDelta(t, 1098, got[0].Before, 35, "a median beside a mean")
	assert.InDelta(t, 850, got[0].After, 15)
	// R 4.2, mad(Nile) and median(Nile)
	middle, sd := Robust(nile)
	assert.InDelta(t, 893.5, middle, 1e-9)
	assert.InDelta(t, 179.3946, sd, 1e-3) // whose 1.4826 has no more digits
}

func TestOutages(t *testing.T) {
	nan := math.NaN()
	e := []float64{50, 50, 50, 0, 50, 50, 50}
	for _, c := range []struct {
		name string
		y    []float64
		o    OutageOptions
		want []Span
	}{
		{"none", []float64{40, 60, 50, 0, 50, 50, 50}, OutageOptions{}, nil},
		{"zeros", []float64{40, 0, 0, 0, 50, 50, 50}, OutageOptions{}, []Span{{1, 3}}},
		{"across a closed day", []float64{40, 0, nan, 0, 0, 50, 50}, OutageOptions{}, []Span{{1, 5}}},
		{"at the end", []float64{40, 50, 50, 0, 50, nan, 0}, OutageOptions{}, []Span{{5, 7}}},
		{"too short", []float64{40, 0, 50, 0, 50, 50, 50}, OutageOptions{MinRun: 2}, nil},
		{"too little expected", []float64{40, 0, 50, 0, 50, 50, 50}, OutageOptions{MinExpected: 60}, nil},
		{"next to nothing", []float64{1, 50, 50, 0, 50, 50, 50}, OutageOptions{}, []Span{{0, 1}}},
	} {
		assert.Equal(t, c.want, Outages(c.y, e, c.o), c.name)
	}
}

func TestShiftsMoveWithTheSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(60, 240).Draw(t, "at")
		scale := rapid.Float64Range(1e-3, 1e6).Draw(t, "scale")
		lift := rapid.Float64Range(-100, 100).Draw(t, "lift")
		y := steps(300, .2, rapid.Uint64().Draw(t, "seed"), map[int]float64{at: 13})
		z := make([]float64, len(y))
		for i := range y {
			z[i] = scale * (y[i] + lift)
		}
		a, b := LevelShifts(y, ShiftOptions{}), LevelShifts(z, ShiftOptions{})
		require.NotEmpty(t, a)
		require.Len(t, b, len(a))
		for i := range a {
			require.Equal(t, a[i].Index, b[i].Index)
		}
	})
}

// Another unit, another zero and another order leave the odd ones odd, and another unit an outage.
func TestWhatIsOddHasNoUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(-10, 10), 1, 60).Draw(t, "y")
		y[0] *= 40
		order := rapid.Permutation(index(len(y))).Draw(t, "order")
		by := math.Pow(2, float64(rapid.IntRange(-30, 30).Draw(t, "power")))
		moved, up, expected, more := make([]float64, len(y)), make([]float64, len(y)), make([]float64, len(y)), make([]float64, len(y))
		for i, j := range order {
			moved[i] = by * y[j]
			up[i], expected[i], more[i] = by*y[i], 5, 5*by
		}
		middle, sd := Robust(y)
		moves, spreads := Robust(moved)
		require.InDelta(t, middle*by, moves, 1e-12*math.Abs(moves))
		require.InDelta(t, sd*by, spreads, 1e-9*spreads)
		require.Equal(t, Outages(y, expected, OutageOptions{}), Outages(up, more, OutageOptions{MinExpected: 10 * by}))
	})
}

func index(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func FuzzDetect(f *testing.F) {
	for _, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length)
	}
	f.Fuzz(func(t *testing.T, raw []byte, length int) {
		y := anyseries.Of(raw, length, anyseries.Longest)
		middle, sd := Robust(y)
		require.False(t, sd < 0 || math.IsNaN(sd) || math.IsInf(middle, 0))
		last := 0
		for _, s := range LevelShifts(y, ShiftOptions{Block: 3 + len(y)/500, MinSegment: 2}) {
			require.Greater(t, s.Index, last)
			require.Less(t, s.Index, len(y))
			last = s.Index
		}
		last = -1
		for _, s := range Outages(y, y, OutageOptions{}) {
			require.Greater(t, s.From, last)
			require.Greater(t, s.To, s.From)
			last = s.To
		}
	})
}

func ExampleLevelShifts() {
	y := make([]float64, 120)
	for i := range y {
		y[i] = 100 + float64(i%7)
		if i >= 70 {
			y[i] += 40 // a migration
		}
	}
	fmt.Println(LevelShifts(y, ShiftOptions{}))
	// Output: [{70 103 143}]
}
