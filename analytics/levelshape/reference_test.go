package levelshape_test

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/levelshape"
)

func airPassengers(t testing.TB) []float64 {
	raw, err := os.ReadFile("../decompose/testdata/airpassengers_r.json")
	require.NoError(t, err)
	var r struct{ Observations []float64 }
	require.NoError(t, json.Unmarshal(raw, &r))
	return r.Observations
}

// daily reads the series of a gzipped tidy CSV file; the test is skipped where that is
// not at hand.
func daily(t testing.TB, path string) map[string][]float64 {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no shared data here: daily series, see its README")
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	r := csv.NewReader(z)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	require.NoError(t, err)
	out := map[string][]float64{}
	for _, c := range rows[1:] {
		v, err := strconv.ParseFloat(c[2], 64)
		if err != nil {
			v = math.NaN()
		}
		out[c[0]] = append(out[c[0]], v)
	}
	return out
}

func clarkLake(t testing.TB) []float64 {
	return daily(t, "../../internal/demo/data/chicago_l_entries_daily.csv.gz")["clark_lake"]
}

// The figures are those of PyPI flaircast 0.6.1 (Apache 2.0, the paper's author's own), forecast(y, h, freq),
// with what we do otherwise made the same: no noise of the level and the phases, no
// shift by 1, no shrinkage of the singular value, and the transformed level in the
// unit of the package comment. Printed to 10 digits; the search of λ stops within
// 1e-7 there and here, hence the wider tolerance where 0 < λ < 1.
func TestForecastsAreFlaircasts(t *testing.T) {
	clark := clarkLake(t)
	for _, c := range []struct {
		name      string
		y         []float64
		o         levelshape.Options
		at        []int
		want      []float64
		tolerance float64
	}{
		{"air passengers, M", airPassengers(t), levelshape.Options{Period: 12, ShapePeriods: 2}, []int{0, 1, 5, 11, 12, 23},
			[]float64{429.9705813, 405.7623824, 557.5657194, 464.1836046, 443.5095241, 478.7998494}, 1e-6},
		{"Clark/Lake, first 1000 days, D", clark[:1000], levelshape.Options{Period: 7, Cycle: 364, ShapePeriods: 2}, []int{0, 1, 5, 30, 60, 89},
			[]float64{2944.762752, 13207.16039, 16095.98583, 15326.49254, 14618.80639, 14727.91516}, 1e-9},
		{"Clark/Lake, second 1000 days, D", clark[1000:2000], levelshape.Options{Period: 7, Cycle: 364, ShapePeriods: 2}, []int{0, 1, 5, 30, 60, 89},
			[]float64{4910.048496, 4032.798262, 20392.16271, 17172.00763, 19204.66098, 20552.26949}, 1e-9},
		{"Clark/Lake, first 400 days, D", clark[:400], levelshape.Options{Period: 7, Cycle: 364, ShapePeriods: 2}, []int{0, 1, 5, 30, 60, 89},
			[]float64{13896.48347, 15893.64956, 1885.645765, 15454.15477, 2642.251554, 1853.179403}, 1e-9},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := levelshape.Fit(c.y, c.o)
			require.NoError(t, err)
			f := m.Predict(90)
			for i, at := range c.at {
				assert.InEpsilon(t, c.want[i], f[at], c.tolerance, "step %d", at)
			}
		})
	}
}

// The same package as it comes, medians of 4000 paths with seed 1: what noise, shape
// and shift do apart, on the first month ahead.
func TestForecastsAreNearFlaircastAsItComes(t *testing.T) {
	m, err := levelshape.Fit(airPassengers(t), levelshape.Options{Period: 12})
	require.NoError(t, err)
	f := m.Predict(24)
	for at, want := range map[int]float64{0: 437, 1: 421, 5: 563, 11: 472, 12: 451, 23: 487} {
		assert.InEpsilon(t, want, f[at], 0.05)
	}
	m, err = levelshape.Fit(clarkLake(t)[:1000], levelshape.Options{Period: 7, Cycle: 365.25})
	require.NoError(t, err)
	f = m.Predict(90)
	for at, want := range map[int]float64{0: 2435.5, 1: 15263.5, 5: 15483, 30: 15451, 60: 14648, 89: 14157} {
		assert.InEpsilon(t, want, f[at], 0.1)
	}
}

// MASE of 90 days ahead at up to 8 origins 67 days apart, the training part at most 1100
// days: the mean over a file's series and origins. Beside it flaircast 0.6.1 as it
// comes (medians of 200 paths, seed 1).
func TestForecastsDailySeries(t *testing.T) {
	if testing.Short() {
		t.Skip("development data in full")
	}
	product, files := 1.0, 0.0
	for name, theirs := range map[string]float64{
		"grocery_shops_daily": 1.375, "us_births_daily": 0.753, "chicago_cta_daily": 0.768,
		"melbourne_walkers_daily": 1.363, "textbook_pageviews_daily": 1.550, "walmart_m5_daily": 0.909,
	} {
		sum, n := 0.0, 0.0
		for _, y := range daily(t, "../../../shared/data/"+name+".csv.gz") {
			for end := len(y) - 90; end >= 500 && end > len(y)-90-8*67; end -= 67 {
				train := y[max(0, end-1100):end]
				m, err := levelshape.Fit(train, levelshape.Options{Period: 7, Cycle: 365.25})
				require.NoError(t, err)
				sum += difference(y[end:end+90], m.Predict(90)) / difference(train[7:], train[:len(train)-7])
				n++
			}
		}
		t.Logf("%-26s MASE %.3f, flaircast %.3f", name, sum/n, theirs)
		assert.Less(t, sum/n, 1.03*theirs, name)
		product, files = product*sum/n/theirs, files+1
	}
	ratio := math.Pow(product, 1/files)
	t.Logf("geometric mean of the ratios %.3f", ratio)
	assert.Less(t, ratio, 0.97)
}

// difference is the mean absolute difference where both are observed.
func difference(a, b []float64) float64 {
	sum, n := 0.0, 0.0
	for i, v := range a {
		if d := math.Abs(v - b[i]); !math.IsNaN(d) {
			sum, n = sum+d, n+1
		}
	}
	return sum / n
}

// The choices of flaircast's _select_period(y + 1, n, freq).
func TestStrongestPeriod(t *testing.T) {
	clark := clarkLake(t)
	for _, y := range [][]float64{clark[:1000], clark[1000:2000], clark[:400]} {
		p, err := levelshape.Strongest(y, 7, 365)
		require.NoError(t, err)
		assert.Equal(t, 7, p)
	}
	p, err := levelshape.Strongest(airPassengers(t), 12)
	require.NoError(t, err)
	assert.Equal(t, 12, p)
	flat := make([]float64, 200)
	for i := range flat {
		flat[i] = 100 + 10*math.Sin(float64(i)*1.7) + float64(i%11)
	}
	p, err = levelshape.Strongest(flat, 7, 365)
	require.NoError(t, err)
	assert.Equal(t, 1, p)
}
