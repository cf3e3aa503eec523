package decompose

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/internal/anyseries"
)

// statsmodels are the defaults of statsmodels' STL where they differ from R's.
var statsmodels = Options{SeasonalJump: 1, TrendJump: 1, LowpassJump: 1, Inner: 5}

// picked are the components at some places.
type picked struct {
	at                            []int
	trend, short, long, remainder []float64
}

func (p picked) compare(t *testing.T, c MultipleComponents, tolerance float64) {
	t.Helper()
	for k, i := range p.at {
		assert.InDelta(t, p.trend[k], c.Trend[i], tolerance)
		assert.InDelta(t, p.short[k], c.Seasons[0][i], tolerance)
		assert.InDelta(t, p.long[k], c.Seasons[1][i], tolerance)
		assert.InDelta(t, p.remainder[k], c.Remainder[i], tolerance)
	}
}

// PyPI statsforecast 2.1.1 (statsmodels 0.15.0), mstl(log(AirPassengers), [4, 12],
// s_window=[11, 15]) and mstl(…, iterate=3, s_window=[7, 9], stl_kwargs={trend: 21}),
// printed to 12 digits of values of about 5.
func TestMSTLGivesStatsmodelsComponents(t *testing.T) {
	y := logs(readR(t).Observations)
	c, err := MSTL(y, MultipleOptions{Periods: []float64{4, 12}, Windows: []int{11, 15}, STL: statsmodels})
	require.NoError(t, err)
	picked{
		at:        []int{0, 1, 47, 71, 100, 143},
		trend:     []float64{4.81713189309, 4.82050950065, 5.35395496797, 5.54474075314, 5.88398037686, 6.20147755552},
		short:     []float64{-0.0239219317886, -0.0161396770118, 0.0351190373368, 0.0274114488501, -0.0114392549073, 0.0401840764377},
		long:      []float64{-0.0749349870037, -0.063020990282, -0.128393196507, -0.1325075448, 0.00464180794408, -0.145983163368},
		remainder: []float64{0.000223896999668, 0.0293357911107, 0.00717735025839, -0.00592265363131, -0.00506514042609, -0.0272528803458},
	}.compare(t, c, 1e-10)

	o := MultipleOptions{Periods: []float64{4, 12}, Windows: []int{7, 9}, Iterations: 3, STL: statsmodels}
	o.STL.TrendWindow = 21
	c, err = MSTL(y, o)
	require.NoError(t, err)
	picked{
		at:        []int{0, 71, 143},
		trend:     []float64{4.81382359473, 5.54507685143, 6.19883794455},
		short:     []float64{-0.0311681032694, 0.0254051902474, 0.0391033204217},
		long:      []float64{-0.0703622801715, -0.132157035172, -0.151908535504},
		remainder: []float64{0.00620566000137, -0.00460300295312, -0.0176071412244},
	}.compare(t, c, 1e-10)
}

// The same package's mstl(x, [24, 168]) on hours 20 000 to 21 499 of Washington's hired
// bicycles, with the default windows; 12 digits of values up to 500.
func TestMSTLOfHours(t *testing.T) {
	y := hours(t)[20000:21500]
	c, err := MSTL(y, MultipleOptions{Periods: []float64{24, 168}, STL: statsmodels})
	require.NoError(t, err)
	picked{
		at:        []int{0, 1, 500, 777, 1200, 1499},
		trend:     []float64{102.815767662, 103.395329622, 166.784050347, 155.107988366, 150.60932354, 177.850223888},
		short:     []float64{14.5827321431, -39.1505886777, 134.119182704, -144.336093363, 46.3633916728, -36.5584692205},
		long:      []float64{32.3996652769, 17.3584955639, -8.71453892234, -2.90884536675, 44.6227026223, 0.97331760694},
		remainder: []float64{-43.7981650824, 14.3967634918, 31.8113058707, -3.86304963527, 41.4045821646, 27.7349277256},
	}.compare(t, c, 1e-8)
}

// hours reads the hourly bicycles; the test is skipped where they are not at hand.
func hours(t testing.TB) []float64 {
	f, err := os.Open("../../../shared/data/dc_bikeshare_hourly.csv.gz")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no shared data here: Capital Bikeshare's hourly hires, 2010-2019")
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	rows, err := csv.NewReader(z).ReadAll()
	require.NoError(t, err)
	var y []float64
	for _, r := range rows[1:] {
		v, err := strconv.ParseFloat(r[2], 64)
		if err != nil {
			v = math.NaN()
		}
		y = append(y, v)
	}
	return y
}

// planted is four years and a half of days with a week and a year of 365.25 days.
func planted() (y, week, year []float64) {
	for i := range 1640 {
		u := 2 * math.Pi * math.Mod(float64(i), 365.25) / 365.25
		week = append(week, 10*math.Sin(2*math.Pi*float64(i)/7))
		year = append(year, 30*math.Cos(u)+8*math.Sin(3*u))
		y = append(y, 200+0.05*float64(i)+week[i]+year[i])
	}
	return y, week, year
}

// A year of 365.25 days is found to within what moves in a day, and with a twelfth
// of the days missing as well.
func TestMSTLFindsAPlantedYear(t *testing.T) {
	y, week, year := planted()
	holed := append([]float64(nil), y...)
	for i := range holed {
		if i%12 == 5 {
			holed[i] = math.NaN()
		}
	}
	for name, series := range map[string][]float64{"whole": y, "gaps": holed} {
		t.Run(name, func(t *testing.T) {
			c, err := MSTL(series, MultipleOptions{Periods: []float64{365.25, 7}, Windows: []int{0, 0}})
			require.NoError(t, err)
			for i := range y {
				require.InDelta(t, year[i], c.Seasons[0][i], 1.5, "day %d", i)
				require.InDelta(t, week[i], c.Seasons[1][i], 0.6, "day %d", i)
				require.InDelta(t, 200+0.05*float64(i), c.Trend[i], 1.5, "day %d", i)
			}
		})
	}
}

func TestMSTLOfOnePeriodIsSTL(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := drawn(t)
		want, err := STL(y, o)
		require.NoError(t, err)
		got, err := MSTL(y, MultipleOptions{Periods: []float64{float64(o.Period)}, Windows: []int{o.SeasonalWindow}, STL: o})
		require.NoError(t, err)
		require.Equal(t, want.Trend, got.Trend)
		require.Equal(t, want.Season, got.Seasons[0])
		require.InDeltaSlice(t, want.Remainder, got.Remainder, 1e-12)
		require.Equal(t, want.Weights, got.Weights)
	})
}

// several draws a series with gaps and options with two or three periods.
func several(t *rapid.T) ([]float64, MultipleOptions) {
	periods := rapid.SampledFrom([][]float64{{3, 7}, {10.5, 4}, {2.3, 5, 12.25}}).Draw(t, "periods")
	n := rapid.IntRange(26, 80).Draw(t, "n")
	y := rapid.SliceOfN(rapid.Float64Range(-100, 100), n, n).Draw(t, "y")
	for i := range y {
		if i > 0 && rapid.IntRange(0, 9).Draw(t, "hole") == 0 {
			y[i] = math.NaN()
		}
	}
	return y, MultipleOptions{Periods: periods, Iterations: rapid.IntRange(0, 3).Draw(t, "iterations"),
		STL: Options{Robust: rapid.Bool().Draw(t, "robust")}}
}

func TestMultipleComponentsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := several(t)
		c, err := MSTL(y, o)
		require.NoError(t, err)
		require.Len(t, c.Seasons, len(o.Periods))
		for i, v := range y {
			sum := c.Trend[i]
			for _, s := range c.Seasons {
				sum += s[i]
			}
			require.False(t, math.IsNaN(sum), "trend and seasons know no holes")
			if math.IsNaN(v) {
				require.True(t, math.IsNaN(c.Remainder[i]))
				continue
			}
			require.InDelta(t, v, sum+c.Remainder[i], 1e-12)
			require.True(t, c.Weights[i] >= 0 && c.Weights[i] <= 1)
		}
	})
}

// Another unit and another zero change nothing but the unit and the trend; nor does
// the order in which the periods are named. (Without robust weights: see
// TestUnitAndZeroDoNotMatter.)
func TestMSTLUnitZeroAndOrderDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, o := several(t)
		o.STL.Robust = false
		a, err := MSTL(y, o)
		require.NoError(t, err)
		moved := make([]float64, len(y))
		for i, v := range y {
			moved[i] = 4*v + 300
		}
		back := o
		back.Periods = nil
		for k := len(o.Periods) - 1; k >= 0; k-- {
			back.Periods = append(back.Periods, o.Periods[k])
		}
		b, err := MSTL(moved, back)
		require.NoError(t, err)
		for i := range y {
			require.InDelta(t, 4*a.Trend[i]+300, b.Trend[i], 1e-8)
			for k, s := range a.Seasons {
				require.InDelta(t, 4*s[i], b.Seasons[len(a.Seasons)-1-k][i], 1e-8)
			}
		}
	})
}

func TestAFoldSharesNoStepTooMany(t *testing.T) {
	f := newFold(1500, 365.25)
	assert.Equal(t, 365, f.phases)
	assert.Equal(t, 1498, f.steps) // ⌊1499·365/365.25⌋ + 1: two of the days share a step with another
	y := make([]float64, 1500)
	for i := range y {
		y[i] = float64(i)
	}
	assert.InDeltaSlice(t, y[1:1499], f.sloped(f.gather(y))[1:1499], 1e-9, "a straight line stays one")
}

func TestMSTLRefusesWhatItCannotDo(t *testing.T) {
	y := make([]float64, 20)
	for _, c := range []struct {
		name string
		y    []float64
		o    MultipleOptions
		want error
	}{
		{"no period", y, MultipleOptions{}, nil},
		{"short", y, MultipleOptions{Periods: []float64{7, 10.5}}, ErrTooShort},
		{"twice", y, MultipleOptions{Periods: []float64{7, 7}}, nil},
		{"not a number", y, MultipleOptions{Periods: []float64{math.NaN()}}, nil},
		{"endless", y, MultipleOptions{Periods: []float64{math.Inf(1)}}, ErrTooShort},
		{"windows", y, MultipleOptions{Periods: []float64{7, 5}, Windows: []int{7}}, nil},
		{"negative", y, MultipleOptions{Periods: []float64{7}, Windows: []int{-7}}, nil},
		{"iterations", y, MultipleOptions{Periods: []float64{7}, Iterations: -1}, nil},
		{"nothing", []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}, MultipleOptions{Periods: []float64{2}}, ErrNoData},
		{"huge", []float64{1, 1e151, 1, 1}, MultipleOptions{Periods: []float64{2}}, ErrNotFinite},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := MSTL(c.y, c.o)
			require.Error(t, err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
}

func FuzzMSTL(f *testing.F) {
	for i, s := range anyseries.Seeds() {
		f.Add(s.Raw, s.Length, 2.0, 7.5, 7, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, raw []byte, length int, short, long float64, window int, robust bool) {
		y := anyseries.Of(raw, length, anyseries.Longest)
		c, err := MSTL(y, MultipleOptions{Periods: []float64{long, short}, Windows: []int{window, 0}, STL: Options{Robust: robust}})
		if err != nil {
			return
		}
		for i := range y {
			if v := c.Trend[i] + c.Seasons[0][i] + c.Seasons[1][i]; math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%v at %d of %v", v, i, y)
			}
		}
	})
}

func ExampleMSTL() {
	y, _, _ := planted()
	c, err := MSTL(y, MultipleOptions{Periods: []float64{7, 365.25}, Windows: []int{0, 0}})
	if err != nil {
		fmt.Println(err)
		return
	}
	i := 1000
	fmt.Printf("%.1f = trend %.1f, week %.1f, year %.1f, rest %.1f\n", y[i], c.Trend[i], c.Seasons[0][i], c.Seasons[1][i], c.Remainder[i])
	// Output:
	// 247.7 = trend 250.0, week -7.8, year 5.6, rest -0.1
}

func BenchmarkMSTL(b *testing.B) {
	for _, c := range []struct {
		name    string
		n       int
		periods []float64
	}{
		{"3 years of days", 1096, []float64{7, 365.25}},
		{"10 years of days", 3653, []float64{7, 365.25}},
		{"90 days of hours", 2160, []float64{24, 168}},
		{"3 years of hours", 26304, []float64{24, 168, 8766}},
		{"STL, year of 3 years of days", 1096, []float64{365}},
		{"STL, year of 3 years of hours", 26304, []float64{8766}},
	} {
		y := make([]float64, c.n)
		for i := range y {
			y[i] = float64((i*7919)%101) + 50*math.Sin(2*math.Pi*float64(i)/c.periods[0])
		}
		for _, robust := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/robust=%v", c.name, robust), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := MSTL(y, MultipleOptions{Periods: c.periods, STL: Options{Robust: robust}}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
